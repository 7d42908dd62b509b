"""Standards as data: packs, the verbs that give points, scoring and its explanation.

One folder per standard edition under ``packs/``; the engine knows no standard's name.
:func:`load` and :func:`packs` read them, :func:`score` marks answers, :func:`explain` says what is
missing and the shortest way there, :func:`template` shows the shape of the answers, and
:mod:`tracer.standards.credit` keeps running scores from postings. :func:`flow_of` tells how a
standard is applied for.
"""

from tracer.standards.assessment import score
from tracer.standards.blank import template
from tracer.standards.explanation import explain
from tracer.standards.flow_loader import flow_of
from tracer.standards.loader import load, packs

__all__ = ["explain", "flow_of", "load", "packs", "score", "template"]

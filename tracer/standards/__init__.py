"""Standards as data: packs, the verbs that give points, scoring and its explanation.

One folder per standard edition under ``packs/``; the engine knows no standard's name.
:func:`load` and :func:`packs` read them, :func:`score` marks answers, and
:mod:`tracer.standards.credit` keeps running scores from postings.
"""

from tracer.standards.loader import load, packs
from tracer.standards.score import score

__all__ = ["load", "packs", "score"]

"""Standards as data: packs, the verbs that give points, scoring and its explanation.

One folder per standard edition under ``packs/``; the engine knows no standard's name.
:func:`load` and :func:`packs` read them, :func:`score` marks answers, :func:`explain` says what is
missing, :func:`template` shows the shape of the answers, :mod:`tracer.standards.credit` keeps
running scores from postings.
"""

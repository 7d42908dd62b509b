"""The few ways in which standards give points, by the name a pack uses for them."""

from __future__ import annotations

from tracer.standards.verbs.base import Room, Verb
from tracer.standards.verbs.clauses import Absent, Among, Clause, Cluster, Coverage, NoneSince
from tracer.standards.verbs.counts import Count, Elsewhere, Mean, Rate
from tracer.standards.verbs.marks import Ladder, Mark, StandIn

__all__ = ["VERBS", "Room", "Verb"]

VERBS: dict[str, Verb] = {
    "mark": Mark(),
    "ladder": Ladder(),
    "stand_in": StandIn(),
    "count": Count(),
    "rate": Rate(),
    "mean": Mean(),
    "elsewhere": Elsewhere(),
    "clause": Clause(),
    "cluster": Cluster(),
    "coverage": Coverage(),
    "none_since": NoneSince(),
    "absent": Absent(),
    "among": Among(),
}

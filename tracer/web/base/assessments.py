"""``/base/assessments``: a base applies to be recognised."""

from __future__ import annotations

from tracer.queries.assessment.parts import owned
from tracer.web.base import hall
from tracer.web.shared import applications, assessment_papers
from tracer.web.shared.door import actor

applications.open_in(hall, "base/_frame.html")
assessment_papers.open_in(hall, lambda tx, one: owned(tx, one, None, actor().base))

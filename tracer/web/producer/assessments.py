"""``/farm/assessments``: a producer applies for marks with its products."""

from __future__ import annotations

from tracer.queries.assessment.parts import owned
from tracer.web.producer import hall
from tracer.web.shared import applications, assessment_papers
from tracer.web.shared.door import actor

applications.open_in(hall, "producer/_frame.html")
assessment_papers.open_in(hall, lambda tx, one: owned(tx, one, actor().producer, None))

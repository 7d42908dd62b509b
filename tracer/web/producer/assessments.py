"""``/farm/assessments``: a producer applies for marks with its products."""

from __future__ import annotations

from tracer.web.producer import hall
from tracer.web.shared import applications

applications.open_in(hall, "producer/_frame.html")

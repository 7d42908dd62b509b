"""The public hall: one scan, one second; no sign-in, no cookie, no script."""

from tracer.web.public import files, verifying, views
from tracer.web.public.lobby import hall

__all__ = ["files", "hall", "verifying", "views"]

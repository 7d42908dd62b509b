"""The public hall: one scan, one second; no sign-in, no cookie, no script."""

from tracer.web.public import disclosure, files, supervision, verifying, views
from tracer.web.public.lobby import hall

__all__ = ["disclosure", "files", "hall", "supervision", "verifying", "views"]

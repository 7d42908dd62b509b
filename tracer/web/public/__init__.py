"""The public hall: one scan, one second; no sign-in, no cookie, no script."""

from tracer.web.public import bases, disclosure, files, supervision, verifying, views
from tracer.web.public.lobby import hall

__all__ = ["bases", "disclosure", "files", "hall", "supervision", "verifying", "views"]

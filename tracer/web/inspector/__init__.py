"""The inspector's hall ``/inspect``: scan, one verdict, record, next."""

from tracer.web.inspector.views import hall

__all__ = ["hall"]

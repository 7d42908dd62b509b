"""The desk ``/desk``: operators and experts; every number opens its evidence."""

from tracer.web.desk import bases, incidents, reviews
from tracer.web.desk.views import hall

__all__ = ["bases", "hall", "incidents", "reviews"]

"""Persons on public pages: masked unless they consented."""

from __future__ import annotations

from tracer.domain.masking import public_text, subject_of
from tracer.store.tables import Producer


def published(producer: Producer, field: str, value: str) -> str:
    """``value`` of a producer's ``field`` as a stranger may see it; empty where not at all."""
    subject = subject_of(producer.kind, producer.uscc)
    return public_text(field, value, subject, producer.publish_name) or ""

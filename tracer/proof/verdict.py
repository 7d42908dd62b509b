"""What the recipe answers: one outcome, the checks behind it, and the sentence for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tracer.domain.clock import iso_instant
from tracer.domain.words import Outcome
from tracer.proof.evidence import Source
from tracer.proof.knowledge import Status
from tracer.proof.statement import Statement


@dataclass(frozen=True)
class Finding:
    """What one step found. ``passed`` is None where it could not be made; ``ends`` the recipe."""

    passed: bool | None
    detail: str
    code: str = ""
    outcome: Outcome = Outcome.CANNOT_TELL
    ends: bool = False


def good(detail: str) -> Finding:
    """The step is passed."""
    return Finding(True, detail)


def bad(outcome: Outcome, code: str, detail: str) -> Finding:
    """The step failed: nothing further is checked."""
    return Finding(False, detail, code, outcome, ends=True)


def unmade(code: str, detail: str, ends: bool = False) -> Finding:
    """The step could not be made for want of records."""
    return Finding(None, detail, code, ends=ends)


@dataclass(frozen=True)
class Check:
    """One step. ``passed`` is None where it was not or could not be made."""

    number: int
    key: str
    label_zh: str
    passed: bool | None
    detail_zh: str


@dataclass(frozen=True)
class Verdict:
    """The answer about one piece of material.

    ``code`` names the reason for programs, ``reason_zh`` for people. ``statement`` is what was
    signed, where it could be read: in an ``altered`` verdict it is what the signer's bytes say, and
    not to be shown as true. ``as_of`` (Unix seconds) is None where no records were at hand.
    """

    outcome: Outcome
    code: str
    reason_zh: str
    checks: tuple[Check, ...]
    as_of: int | None = None
    source: Source | None = None
    statement: Statement | None = None
    status: Status = field(default_factory=Status)

    def as_dict(self) -> dict[str, Any]:
        """The verdict for JSON: plain values, instants in ISO 8601."""
        voiding, recall = self.status.voiding, self.status.recall
        return {
            "outcome": self.outcome.value,
            "outcome_zh": self.outcome.label,
            "code": self.code,
            "reason": self.reason_zh,
            "checks": [
                {
                    "number": check.number,
                    "key": check.key,
                    "label": check.label_zh,
                    "passed": check.passed,
                    "detail": check.detail_zh,
                }
                for check in self.checks
            ],
            "as_of": None if self.as_of is None else iso_instant(self.as_of),
            "source": self.source.value if self.source else None,
            "certificate_id": self.statement.certificate_id if self.statement else None,
            "certificate": self.statement.readable() if self.statement else None,
            "voided": voiding
            and {
                "reason": voiding.reason,
                "at": iso_instant(voiding.at),
                "advice": voiding.advice,
                "replaced_by": voiding.replaced_by,
            },
            "recalled": recall
            and {"reason": recall.reason, "at": iso_instant(recall.at), "advice": recall.advice},
        }

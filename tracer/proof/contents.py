"""What leaves other than ``issued`` commit to. Numbers and order are part of the log: never change.

Texts that may be long or hold personal data enter by their hash inside the commitment only.
"""

from __future__ import annotations

import hashlib

from tracer.proof.codec import encode

VERSION = 1


def voiding_content(
    certificate_id: str, reason: str, advice: str | None, replaced_by: str | None
) -> bytes:
    """A voiding: why, what to do with the goods, and the id of the new certificate if any."""
    return encode([VERSION, certificate_id, _hash(reason), _hash(advice or ""), replaced_by or ""])


def recall_content(batch_id: str, reason: str, advice: str) -> bytes:
    """A recall: why, and what buyers should do."""
    return encode([VERSION, batch_id, _hash(reason), _hash(advice)])


def finding_content(
    finding_id: str, code: str, verdict: str, conclusion: str, note: str, items: str
) -> bytes:
    """A finding: what was checked, what came of it; ``items`` are the quick tests as JSON text."""
    return encode(
        [VERSION, finding_id, _hash(code), verdict, conclusion, _hash(note), _hash(items)]
    )


def decision_content(
    incident_id: str,
    step: str,
    kind: str,
    row: str,
    amount: str,
    *,
    title: str,
    document: str,
    reason: str,
    evidence: str,
    files: list[str],
) -> bytes:
    """A decision in force: which step made it so, what it posted (exact points, empty for none),
    the words that are published, and the SHA-256 (hex) of each paper it rests on."""
    words = [_hash(text) for text in (title, document, reason, evidence)]
    papers = _hash("\n".join(sorted(files)))
    return encode([VERSION, incident_id, step, kind, row, amount, *words, papers])


def assessed_content(
    assessment_id: str,
    standard: str,
    digest: str,
    total: str | None,
    outcome: str,
    passed: bool,
    answers: str,
) -> bytes:
    """A result: ``standard`` is id/edition, ``digest`` its file's SHA-256 in hex, ``total`` the
    exact points, ``answers`` all answers as JSON text, sorted and without spaces."""
    said = (standard, digest, total or "", outcome)
    return encode([VERSION, assessment_id, *said, int(passed), _hash(answers)])


def licensed_content(licence_id: str, payload: bytes, signature: bytes) -> bytes:
    """A licence: its signed bytes and their signature."""
    return encode([VERSION, licence_id, payload, signature])


def licence_act_content(licence_id: str, act_id: str, reason: str) -> bytes:
    """A suspension, resumption or withdrawal, and why."""
    return encode([VERSION, licence_id, act_id, _hash(reason)])


def key_content(producer_id: str, public_key: bytes) -> bytes:
    """A signing key coming into force: whose it is (a producer's id, ``licence`` for the key of
    licences), and its SubjectPublicKeyInfo in DER."""
    return encode([VERSION, producer_id, public_key])


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()

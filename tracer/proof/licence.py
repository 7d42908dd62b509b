"""What a 标识使用许可 or 认证证书 says, as the bytes the association's key signs."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import date

from tracer.proof.codec import CodecError, decode, encode

VERSION = 1


@dataclass(frozen=True)
class LicenceStatement:
    """Everything a licence says. Days are ISO texts, ``issued_at`` Unix seconds.

    ``standard`` is id and edition, ``digest`` the SHA-256 of its file in hex, ``total`` the exact
    points as a fraction, empty where the standard gives none; ``kid`` names the signing key.
    """

    licence_id: str
    number: str
    mark: str
    holder: str
    subject: str
    organisation: str
    standard: str
    digest: str
    assessment_id: str
    total: str
    outcome: str
    valid_from: str
    valid_to: str
    issued_at: int
    kid: bytes

    def __post_init__(self) -> None:
        if not (_is_day(self.valid_from) and _is_day(self.valid_to)):
            raise CodecError("a licence's days are written as 2026-07-08")
        if self.valid_to < self.valid_from:
            raise CodecError("no licence ends before it begins")

    def to_bytes(self) -> bytes:
        """The bytes to sign under ``sign.LICENCE_TAG``."""
        return encode([VERSION, *astuple(self)])

    @classmethod
    def from_bytes(cls, data: bytes) -> LicenceStatement:
        """The statement of which ``data`` is the encoding; CodecError for anything else."""
        match decode(data):
            case (
                1,
                str(licence_id),
                str(number),
                str(mark),
                str(holder),
                str(subject),
                str(organisation),
                str(standard),
                str(digest),
                str(assessment_id),
                str(total),
                str(outcome),
                str(valid_from),
                str(valid_to),
                int(issued_at),
                bytes(kid),
            ):
                return cls(
                    licence_id=licence_id,
                    number=number,
                    mark=mark,
                    holder=holder,
                    subject=subject,
                    organisation=organisation,
                    standard=standard,
                    digest=digest,
                    assessment_id=assessment_id,
                    total=total,
                    outcome=outcome,
                    valid_from=valid_from,
                    valid_to=valid_to,
                    issued_at=issued_at,
                    kid=kid,
                )
        raise CodecError("not a licence of a known version")


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False

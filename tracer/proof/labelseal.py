"""The seal of a signed tag: this label belongs to that certificate, says the issuer's key."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.domain.errors import Refusal
from tracer.domain.ids import is_crockford, normalise_code, parse_id
from tracer.proof.codec import CodecError, decode, encode
from tracer.proof.keys import KID_BYTES
from tracer.proof.labelcode import MAX_LENGTH, MIN_LENGTH

VERSION = 1


@dataclass(frozen=True)
class LabelSeal:
    """What a signed tag carries beside its code: certificate and key. Sign under ``LABEL_TAG``."""

    certificate_id: str
    code: str
    kid: bytes

    def __post_init__(self) -> None:
        try:
            if parse_id(self.certificate_id) != self.certificate_id:
                raise CodecError("a certificate id in its normal form")
        except Refusal as error:
            raise CodecError("not a certificate id") from error
        if normalise_code(self.code) != self.code or not is_crockford(self.code):
            raise CodecError("a label code in its normal form")
        if not MIN_LENGTH <= len(self.code) <= MAX_LENGTH or len(self.kid) != KID_BYTES:
            raise CodecError("a label code and a key id of their lengths")

    def to_bytes(self) -> bytes:
        return encode([VERSION, self.certificate_id, self.code, self.kid])

    @classmethod
    def from_bytes(cls, data: bytes) -> LabelSeal:
        """The seal of which ``data`` is the encoding; CodecError for anything else."""
        match decode(data):
            case (1, str(certificate_id), str(code), bytes(kid)):
                return cls(certificate_id, code, kid)
        raise CodecError("not a label seal of a known version")

"""Step 1 of the recipe: from whatever was handed in to the signed bytes it stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tracer.domain.errors import Refusal
from tracer.domain.words import Outcome
from tracer.proof.codec import CodecError
from tracer.proof.evidence import Evidence, of_record, read
from tracer.proof.knowledge import Knowledge, StoredCertificate
from tracer.proof.labelseal import LabelSeal
from tracer.proof.qrtext import (
    BatchText,
    CertificateText,
    IdText,
    LabelText,
    NumberText,
    QrText,
    SignedLabelText,
)
from tracer.proof.statement import Statement
from tracer.proof.verdict import Finding, bad, unmade

# A loopback address leads nobody astray, and its port changes with every trial start.
_LOOPBACK = re.compile(r"(?:https?://)?(?:127\.0\.0\.1|localhost)(?::[0-9]+)?")

SPOILED = "这张标签印坏了，已经作废，不该贴在货上；货上贴着它的，请向卖家问清楚"


@dataclass(frozen=True)
class Located:
    """Signed bytes and what they say; with a signed tag also its seal and that seal's text."""

    evidence: Evidence
    said: Statement
    seal: tuple[LabelSeal, SignedLabelText] | None = None


def locate(
    material: bytes | str | StoredCertificate, knowledge: Knowledge | None
) -> Located | Finding:
    """The signed bytes behind the material, or why there are none."""
    seal = None
    if isinstance(material, StoredCertificate):
        evidence = of_record(material)
    else:
        try:
            found = read(material)
        except Refusal as refusal:
            return _refused(refusal)
        if isinstance(found, SignedLabelText):
            try:
                seal = LabelSeal.from_bytes(found.seal), found
            except CodecError:
                return bad(Outcome.ALTERED, "seal_malformed", "标签里的签名数据已被改动或损坏")
            if seal[0].code != found.code:
                return bad(Outcome.ALTERED, "seal_of_another", "标签码和签名数据不是同一枚标签的")
        if isinstance(found, Evidence):
            evidence = found
        else:
            stored = _look_up(found, knowledge, seal[0] if seal else None)
            if isinstance(stored, Finding):
                return stored
            evidence = of_record(stored)
    try:
        return Located(evidence, Statement.from_bytes(evidence.statement), seal)
    except CodecError:
        return bad(Outcome.ALTERED, "statement_malformed", "签名的内容读不出来，已被改动或损坏")


def is_foreign(site: str, knowledge: Knowledge) -> bool:
    """Whether a written address (scheme optional) is neither one of ours nor a loopback one."""
    if not site or _LOOPBACK.fullmatch(site):
        return False
    ours = {address.lower() for address in knowledge.sites}
    return site not in ours | {address.partition("://")[2] for address in ours}


def _look_up(
    text: QrText, knowledge: Knowledge | None, seal: LabelSeal | None
) -> StoredCertificate | Finding:
    """The stored certificate that a code leads to."""
    if isinstance(text, BatchText):
        return unmade("batch", "这是批次的网址，不是合格证，请打开网址看这一批的合格证", ends=True)
    if knowledge is None:
        return unmade("no_records", "没有连上登记记录，单凭这个码判断不了，请联网再查", ends=True)
    site = getattr(text, "site", "")
    if is_foreign(site, knowledge):
        outcome = Outcome.ALTERED if seal else Outcome.UNKNOWN
        return bad(outcome, "foreign_site", f"这个码指向 {site}，不是本系统的码")
    match text:
        case LabelText(code) | SignedLabelText(code):
            label = knowledge.label(code)
            if label is None:
                return bad(Outcome.UNKNOWN, "unknown_label", "没有印过这枚标签，请看清标签码再查")
            if label.spoiled:
                return bad(Outcome.VOIDED, "label_spoiled", SPOILED)
            if label.certificate_id is None:
                return unmade("label_without_certificate", "这枚标签还没有对应的合格证", ends=True)
            reference = label.certificate_id
            if seal and seal.certificate_id != reference:
                return bad(Outcome.ALTERED, "seal_of_another", "标签对应的不是签名数据里的合格证")
        case CertificateText(reference) | IdText(reference) | NumberText(reference):
            pass
    return knowledge.certificate(reference) or bad(
        Outcome.UNKNOWN, "unknown_certificate", "没有开具过这张合格证，请看清号码再查"
    )


def _refused(refusal: Refusal) -> Finding:
    if refusal.code == "paper_without_data":
        return unmade(refusal.code, refusal.message, ends=True)
    altered = refusal.code.endswith("_altered")
    return bad(Outcome.ALTERED if altered else Outcome.UNKNOWN, refusal.code, refusal.message)

"""What somebody hands in to be checked: a file, a scanned or typed text, or a stored row."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.domain.errors import Refusal
from tracer.domain.words import Word
from tracer.proof import document, paper, qrtext
from tracer.proof.document import Document
from tracer.proof.knowledge import StoredCertificate
from tracer.proof.paper import PaperEvidence
from tracer.proof.qrtext import QrText, SignedCertificateText

MAX_BYTES = 4 << 20


class Source(Word):
    """Where the signed bytes came from."""

    PDF = "pdf", "PDF 合格证"
    JSON = "json", "合格证文件"
    QR = "qr", "二维码"
    RECORD = "record", "本系统的存档"


@dataclass(frozen=True)
class Evidence:
    """Signed bytes, and whatever stood beside them where they were found.

    ``paper`` is intact: from a PDF that is not, nothing is taken.
    """

    source: Source
    statement: bytes
    signature: bytes
    document: Document | None = None
    paper: PaperEvidence | None = None
    written: SignedCertificateText | None = None
    stored: StoredCertificate | None = None


def read(material: bytes | str) -> Evidence | QrText:
    """The evidence in a PDF, a JSON file or a QR text; a reference where there is nothing signed.

    Raises a Refusal and nothing else. Codes that end in ``_altered`` mean that the material was
    once a certificate of this service and is damaged.
    """
    data = material.encode("utf-8", "replace") if isinstance(material, str) else material
    if len(data) > MAX_BYTES:
        raise Refusal("too_large", "文件太大，不是合格证，请选择从本系统下载的 PDF 或 JSON 文件")
    if paper.claims_to_be_one(data):
        return _read_paper(data)
    if data.lstrip()[:1] == b"{" or document.claims_to_be_one(data):
        found = document.parse(data)
        return Evidence(Source.JSON, found.statement, found.signature, document=found)
    text = qrtext.parse(data.decode("utf-8", "replace"))
    if isinstance(text, SignedCertificateText):
        return Evidence(Source.QR, text.statement, text.signature, written=text)
    return text


def of_record(stored: StoredCertificate) -> Evidence:
    """The evidence in a certificate's own row."""
    return Evidence(Source.RECORD, stored.statement, stored.signature, stored=stored)


def _read_paper(data: bytes) -> Evidence:
    found = paper.read_pdf(data)
    if found.certificate is None:
        if found.sealed and not found.intact:
            raise Refusal("paper_altered", "这份 PDF 在签名之后被改动过，请向开具人重新要一份")
        raise Refusal(
            "paper_without_data",
            "这份 PDF 里没有可以核对的数据，请扫上面的二维码，或输入合格证编号",
        )
    attached = document.parse(found.certificate)
    return Evidence(
        Source.PDF, attached.statement, attached.signature, document=attached, paper=found
    )

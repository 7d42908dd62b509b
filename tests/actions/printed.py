"""What a printed paper says."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pypdfium2 as pdfium


def text_of(pdf: bytes) -> str:
    """The words of a PDF in reading order, without spaces, breaks and the feet of pages."""
    document = pdfium.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_range() for page in document]
    document.close()
    text = re.sub(r"\s", "", "".join(pages))
    return re.sub(
        r"评价编号2026-\d{4}(标准数据.{3,30}SHA-256[0-9a-f]{64})?第\d+页，共\d+页", "", text
    )


def in_order(text: str, words: Iterable[str]) -> None:
    """Each of the words is there, after the one before."""
    at = 0
    for word in words:
        plain = re.sub(r"\s", "", word)
        found = text.find(plain, at)
        assert found >= 0, (word, text[at : at + 200])
        at = found + len(plain)

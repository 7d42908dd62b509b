"""Reading back what was painted, before anybody prints it."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import pypdfium2
import zxingcpp
from PIL import Image

from labels.design import Design
from labels.errors import LabelError

# PDFium may only be entered by one thread at a time.
_pdfium = threading.Lock()


def require_statutory(design: Design, values: Mapping[str, str]) -> None:
    """Refuse a form the design does not know and a form with an empty statutory field.

    Raises LabelError `form_unknown` or `field_missing`.
    """
    form = values.get("form", "")
    if form not in design.forms:
        raise LabelError("form_unknown", f"“{design.title}”印不了这种标签，请换一种样式", "form")
    for key in design.forms[form]:
        if not values.get(key, "").strip():
            label = design.fields[key].label
            raise LabelError("field_missing", f"“{label}”还没有填，填好以后才能印", key)


def code_place(code: str, qr_text: str) -> slice:
    """Where the printed code stands in the QR text; LabelError `code` where it does not.

    Spaces that set the code in groups are not part of it.
    """
    bare = code.replace(" ", "")
    start = qr_text.find(bare)
    if not bare or start < 0:
        raise LabelError("code", "标签上印的码和二维码里的不一样，请重新做这批标签", "code")
    return slice(start, start + len(bare))


def require_readable(picture: Image.Image, *texts: str) -> None:
    """Refuse a picture that does not read as exactly these QR texts; LabelError `unreadable`.

    The codes must stand upright, dark on white.
    """
    codes = zxingcpp.read_barcodes(
        picture.convert("L"),
        formats=zxingcpp.BarcodeFormat.QRCode,
        try_rotate=False,
        try_invert=False,
    )
    if sorted(code.text for code in codes) != sorted(texts):
        raise LabelError("unreadable", "印出来的二维码读不出原来的内容，请换大一号的标签再试")


def page_picture(pdf: bytes, page: int = 0, dpi: float = 203) -> Image.Image:
    """A PDF page as a printer of that resolution would see it, in grey."""
    with _opened(pdf) as document:
        return document[page].render(scale=dpi / 72, grayscale=True).to_pil()


def page_pictures(
    pdf: bytes, dpi: float, areas: Iterable[Iterable[tuple[float, ...]]]
) -> list[Image.Image]:
    """Parts of each page, one after the other: left, top, right and bottom in mm."""
    pictures: list[Image.Image] = []
    with _opened(pdf) as document:
        for page, parts in zip(document, areas, strict=True):
            for part in parts:
                left, top, right, bottom = (edge * 72 / 25.4 for edge in part)
                crop = (left, page.get_height() - bottom, page.get_width() - right, top)
                pictures.append(page.render(scale=dpi / 72, grayscale=True, crop=crop).to_pil())
    return pictures


@contextmanager
def _opened(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    with _pdfium:
        document = pypdfium2.PdfDocument(pdf)
        try:
            yield document
        finally:
            document.close()

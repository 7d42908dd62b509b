"""A PDF whose pages are appended one after the other, each byte made and written once.

The shared objects (what every label draws, its font) are saved first as a document without pages.
The pages follow as an incremental update (ISO 32000-2, 7.5.6) with its own cross-reference table,
so memory does not grow with the job.
"""

import io
import re
from array import array
from typing import BinaryIO

import pikepdf

from labels.stock import Pair


class PageWriter:
    """Writes a PDF to a binary stream, page after page; call `close` at the end.

    Every page can draw the form `/L` and set text in the font `/F`.
    """

    def __init__(self, out: BinaryIO, head: bytes) -> None:
        """`head` is what `shared_objects` made."""
        self._out = out
        self._at = 0
        self._offsets = array("Q")
        # Read from the bytes: opening the document would push what pages inherit down to pages.
        tree = _find(rb"(\d+) 0 obj\n<< /Count 0 /Kids \[ \] (.+) >>\nendobj", head)
        trailer = _find(rb"trailer << /Root (\d+) 0 R /Size (\d+) .*\nstartxref\n(\d+)\n", head)
        self._tree_number, self._inherited = int(tree[1]), tree[2]
        self._catalog, self._first, self._previous = (int(number) for number in trailer.groups())
        self._write(head)

    def add(self, content: bytes) -> None:
        """One page with that content stream."""
        number = self._first + len(self._offsets)
        page = b"%d 0 obj<</Type/Page/Parent %d 0 R/Contents %d 0 R>>endobj\n" % (
            number,
            self._tree_number,
            number + 1,
        )
        self._offsets.extend((self._at, self._at + len(page)))
        self._write(b"%b%d 0 obj<</Length %d>>stream\n" % (page, number + 1, len(content)))
        self._write(content)
        self._write(b"\nendstream endobj\n")

    def close(self) -> None:
        """Write the page tree and the cross-reference table."""
        numbers = range(self._first, self._first + len(self._offsets), 2)
        kids = b" ".join(b"%d 0 R" % number for number in numbers)
        tree_at = self._at
        self._write(
            b"%d 0 obj<<%b/Count %d/Kids[%b]>>endobj\n"
            % (self._tree_number, self._inherited, len(numbers), kids)
        )
        table_at = self._at
        entry = b"%010d 00000 n \n"
        self._write(b"xref\n%d 1\n" % self._tree_number + entry % tree_at)
        self._write(b"%d %d\n" % (self._first, len(self._offsets)))
        for start in range(0, len(self._offsets), 4096):
            self._write(b"".join(entry % at for at in self._offsets[start : start + 4096]))
        self._write(
            b"trailer<</Size %d/Root %d 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
            % (self._first + len(self._offsets), self._catalog, self._previous, table_at)
        )

    def _write(self, data: bytes) -> None:
        self._out.write(data)
        self._at += len(data)


def _find(pattern: bytes, text: bytes) -> re.Match[bytes]:
    found = re.search(pattern, text)
    if not found:
        raise ValueError("the document head is not written as expected")
    return found


def shared_objects(size: Pair, part: bytes) -> tuple[bytes, str]:
    """A document without pages that holds the form, the font and the page size.

    With it goes the font's `ToUnicode` map, which tells the numbers of its glyphs.

    `size` in points; `part` is a PDF whose first page is the form, its second the font.
    """
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(part)) as source, pikepdf.new() as document:
        (font,) = source.pages[1].Resources.Font.values()
        unicode = font.ToUnicode.read_bytes().decode("ascii")
        tree = document.Root.Pages
        tree.MediaBox = [0, 0, *(round(side, 5) for side in size)]
        tree.Resources = pikepdf.Dictionary(
            XObject=pikepdf.Dictionary(L=document.copy_foreign(source.pages[0].as_form_xobject())),
            Font=pikepdf.Dictionary(F=document.copy_foreign(font)),
        )
        # Otherwise printer dialogues shrink the page "to fit", and cells and dots are lost.
        document.Root.ViewerPreferences = pikepdf.Dictionary(PrintScaling=pikepdf.Name("/None"))
        document.save(
            out,
            force_version="1.7",
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            deterministic_id=True,
        )
    return out.getvalue(), unicode

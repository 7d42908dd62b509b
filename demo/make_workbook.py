"""Writes ``demo/demo.xlsx``: a village in 蓼兰镇 over two seasons. Run from the checkout:

python -m demo.make_workbook
"""

from __future__ import annotations

from pathlib import Path

from demo import animals, dossiers, fruit_and_tea, trade, vegetables
from demo.book import Book
from tracer.actions.exchange.book import workbook

FILE = Path(__file__).with_name("demo.xlsx")


def rows() -> dict[str, list[dict[str, str]]]:
    """The demo's rows by sheet, cells by column title."""
    book = Book()
    for part in (vegetables, fruit_and_tea, animals, trade, dossiers):
        part.add(book)
    return book.tables


if __name__ == "__main__":
    FILE.write_bytes(workbook(rows()))

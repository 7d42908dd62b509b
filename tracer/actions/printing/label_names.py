"""How people name labels of a run: by their numbers, or by the codes printed on them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tracer.domain.errors import Refusal
from tracer.proof.labelcode import resolve
from tracer.store.tables import PrintRun
from tracer.store.world import Tx

_MAX_NUMBER_DIGITS = 8  # longer texts of digits are codes

# A label by its number in the run, counted from 1, or by the code printed on it.
LabelName = int | Annotated[str, Field(max_length=30)]


def label_named(tx: Tx, run: PrintRun, name: int | str, field: str, most: int = 0) -> int:
    """The place in the run of a label that is named by it or by its code.

    ``most`` is the last number that may be named, else the run's last label.
    """
    text, most = str(name).strip(), most or run.count
    if is_number(text):
        number = int(text)
    else:
        index = resolve(text, tx.secrets.label_key)
        if index is None:
            raise Refusal("unknown_label", "请填第几张，或者照抄标签上的码", field)
        number = index - run.first_index + 1
    if not 1 <= number <= most:
        raise Refusal("other_label", f"这张标签不是这次打的，这次打的是第 1 到第 {most} 张", field)
    return number


def is_number(name: int | str) -> bool:
    """Whether a label is named by its number."""
    text = str(name).strip()
    return text.isascii() and text.isdigit() and len(text) <= _MAX_NUMBER_DIGITS


def labels_named(
    tx: Tx, run: PrintRun, first_name: int | str, last_name: int | str | None
) -> tuple[int, int]:
    """The first and the last of the labels that are named; one label where no last one is."""
    first = label_named(tx, run, first_name, "first")
    last = first if last_name is None else label_named(tx, run, last_name, "last")
    if last < first:
        raise Refusal("bad_range", "“到哪一张”不能在“从哪一张”前面", "last")
    return first, last

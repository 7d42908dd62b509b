"""Reading a producer's dossier: each topic, field and entry as it stands, and what is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from tracer.domain.clock import day_of, format_until
from tracer.domain.elements import ElementField, ElementRow, element_row
from tracer.domain.masking import subject_of
from tracer.queries.credit_view import EDITION, PACK, signed
from tracer.queries.dossier.public import PUBLIC_ROWS
from tracer.queries.dossier.topics import GROUPS, Open, Told, TopicLine, is_fixed, topic_of
from tracer.queries.dossier.values import files_of, text_of, value_of
from tracer.queries.lines import Line
from tracer.standards import credit as rules
from tracer.standards import load
from tracer.store.dossier import all_values, current_entries
from tracer.store.tables import CreditScore, Element, Producer, Product
from tracer.store.world import Tx


class Reader:
    """A producer's dossier, read once. ``opened``: what is private is told in full."""

    def __init__(self, tx: Tx, producer: Producer, opened: bool = False) -> None:
        self._opened = opened
        self._tx = tx
        self._producer = producer
        self._subject = subject_of(producer.kind, producer.uscc)
        self._today = day_of(tx.now)
        self._entries = current_entries(tx.session, producer.id or 0)
        self._pack = load(PACK, EDITION)
        self.rated = rules.rates(self._pack, "C.1", producer.kind)
        score = tx.session.get(CreditScore, ("subject", producer.id))
        self._tallies: Mapping[str, Any] = score.tallies if score else {}

    def rows(self, keys: Iterable[str]) -> list[ElementRow]:
        """Those of the rows that this kind of subject fills."""
        return [row for key in keys if (row := element_row(key)).applies(self._subject)]

    def entries(self, rows: Sequence[ElementRow], product: Product | None) -> list[Element]:
        """The entries under rows: of a product's own topic its own, else all of rows with many."""
        keys = {row.key for row in rows}
        return [
            entry
            for entry in self._entries
            if entry.row in keys
            and (
                entry.product_id == (product.id if product else None)
                or (product is None and rows[0].many)
            )
        ]

    def line(self, title: str, keys: Iterable[str], product: Product | None) -> TopicLine | None:
        """A topic's line in the overview; None where the subject does not fill it."""
        rows = self.rows(keys)
        if not rows:
            return None
        entries = self.entries(rows, product)
        if rows[0].many:
            note = f"{len(entries)} 条" if entries else ""
            earned = {row.once for row in rows} | {f.earns for row in rows for f in row.fields}
            gain = self._gain(earned, rows[0].each if not entries else "")
            mark, tone = ("已填", "genuine") if entries else ("没填", "")
        else:
            note, gain, mark, tone = self._single(rows[0], entries[0] if entries else None)
        key = next(iter(rows)).key
        return TopicLine(
            topic_of(key), title, note, gain, mark, tone, product.public_id if product else ""
        )

    def _single(self, row: ElementRow, entry: Element | None) -> tuple[str, str, str, str]:
        """Note, gain and mark of a row that holds one entry."""
        told = self.told(row, entry)
        some = any(one.filled for one in told)
        # Who is not rated is asked for the papers of a person (6.1.1.2) all the same.
        wanted = self.rated or row.key.startswith("6.1.1.2")
        asked = {f.name for f in row.fields if f.required or (f.earns and wanted)}
        missing = [one for one in told if one.name in asked and not one.filled]
        if not missing:
            return "", "", *(("已填", "genuine") if some else ("没填", ""))
        open_rows = {f.earns for f in row.fields if f.name in {one.name for one in missing}}
        note = f"还差{'、'.join(one.title for one in missing[:3])}" if len(asked) > 1 else ""
        note += "等" if len(missing) > 3 else ""
        mark = (f"差 {len(missing)} 项", "unsure") if some else ("没填", "")
        return note, self._gain(open_rows), *mark

    def told(self, row: ElementRow, entry: Element | None) -> tuple[Told, ...]:
        """Each field of a row as it stands."""
        said = all_values(self._tx.secrets, entry)
        product = (
            self._tx.session.get(Product, entry.product_id)
            if entry is not None and entry.product_id
            else None
        )
        return tuple(self._told(field, product, said) for field in row.fields)

    def _told(self, field: ElementField, product: Product | None, said: Mapping[str, Any]) -> Told:
        value = value_of(field, self._producer, product, said)
        files = files_of(self._tx, value) if field.is_file and value else ()
        text = ""
        if value and not files:
            hidden = field.private and not (self._opened and field.name in said)
            text = "已加密保存" if hidden else text_of(field, value)
        return Told(
            field.name,
            field.title,
            text,
            files,
            "" if value else self._gain([field.earns]),
            field.private,
        )

    def entry_line(self, entry: Element) -> Line:
        """An entry in its topic's list."""
        row = element_row(entry.row)
        product = self._tx.session.get(Product, entry.product_id) if entry.product_id else None
        until = f"到{format_until(entry.valid_to)}" if entry.valid_to else ""
        note = " · ".join(filter(None, (row.item, product.name if product else "", until)))
        if entry.valid_to is not None and entry.valid_to < self._today:
            state = ("已过期", "void")
        elif row.key not in PUBLIC_ROWS:
            state = ("", "")
        else:
            state = ("已公开", "genuine") if entry.published else ("没公开", "")
        return Line(entry.public_id, entry.title or row.item, note, *state)

    def next_open(self) -> Open | None:
        """The open field that brings most."""
        best: tuple[Fraction, Open] | None = None
        for _, topics in GROUPS:
            for _, keys in topics:
                for row in self.rows(keys):
                    if row.many:
                        continue
                    entries = self.entries([row], None)
                    for one, field in zip(
                        self.told(row, entries[0] if entries else None), row.fields, strict=True
                    ):
                        worth = self._worth(field.earns)
                        if one.filled or not worth or is_fixed(field):
                            continue
                        if best is None or worth > best[0]:
                            verb = "上传" if field.is_file else "填"
                            words = f"{verb}{field.title}"
                            best = worth, Open(row.key, field.name, words, signed(worth))
        return best[1] if best else None

    def _gain(self, earned: Iterable[str], each: str = "") -> str:
        """What open rows of table C.1 would bring together, and one more in row ``each`` of C.2."""
        total = sum((self._worth(row) for row in set(earned)), Fraction(0))
        total += rules.points(self._pack, each, {"n": 1}) if each else 0
        return signed(total) if total else ""

    def _worth(self, row: str) -> Fraction:
        if not row or not self.rated or self._tallies.get(row, {}).get("n"):
            return Fraction(0)
        return self._pack.scored("C.1")[row].max or Fraction(0)

"""Finding what a row names: the producer, plot, product, input, campaign or batch people mean."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlmodel import SQLModel, col, or_, select

from tracer.actions.actor import Actor
from tracer.actions.exchange import sheets
from tracer.actions.exchange.columns import PRODUCER, Sheet
from tracer.actions.exchange.rows import Line
from tracer.domain.errors import Refusal
from tracer.domain.words import Role
from tracer.store.tables import Batch, Campaign, Input, Plot, Producer, Product
from tracer.store.world import Tx


class FollowsMistake(Exception):
    """The row names one that was refused itself: it is passed over without a word of its own."""


class Names:
    """The names that the rows of one import use. What is found is remembered."""

    def __init__(self, tx: Tx, actor: Actor) -> None:
        self._tx = tx
        self._actor = actor
        self._producers: dict[str, int] = {}
        self._found: dict[tuple[str, int, str, str], str] = {}
        self._refused: set[tuple[str, int, str]] = set()

    def refuse(self, sheet: Sheet, producer: int, name: str) -> None:
        """Remember that the row which makes ``name`` was refused; producers belong to nobody, 0."""
        self._refused.add((sheet.name, producer, name))

    def actor_for(self, line: Line) -> Actor:
        """Who acts for the producer of a row: a producer for itself, the operator for any."""
        said = line.cells.get(PRODUCER.title)
        if said is None:
            raise Refusal("no_producer", "生产者没有填", PRODUCER.field)
        if said not in self._producers:
            self._producers[said] = self._producer(said)
        producer = self._producers[said]
        if self._actor.role is not Role.OPERATOR and producer != self._actor.producer_id:
            raise Refusal("other_producer", f"这个账号不能替“{said}”导入", PRODUCER.field)
        return replace(self._actor, producer_id=producer)

    def plot(self, actor: Actor, name: str | None) -> str | None:
        return self._find(Plot, sheets.PLOTS, actor, name, "plot", {"name": name})

    def product(self, actor: Actor, name: str | None, spec: str | None) -> str | None:
        return self._find(
            Product, sheets.PRODUCTS, actor, name, "product", {"name": name, "spec": spec}
        )

    def input(self, actor: Actor, name: str | None, number: str | None) -> str | None:
        return self._find(
            Input, sheets.INPUTS, actor, name, "input", {"name": name, "registration_no": number}
        )

    def campaign(self, actor: Actor, ref: str | None) -> str | None:
        return self._find(Campaign, sheets.CAMPAIGNS, actor, ref, "campaign", {"ref": ref})

    def batch(self, actor: Actor, code: str | None) -> str | None:
        return self._find(Batch, sheets.BATCHES, actor, code, "batch", {"code": code})

    def _producer(self, said: str) -> int:
        found = self._tx.session.exec(
            select(Producer.id)
            .where(or_(col(Producer.name) == said, col(Producer.uscc) == said))
            .limit(2)
        ).all()
        if len(found) == 1:
            return found[0] or 0
        if (sheets.PRODUCERS.name, 0, said) in self._refused:
            raise FollowsMistake
        raise Refusal(
            "unknown_name",
            f"有几个“{said}”，请改填统一社会信用代码" if found else f"没有登记过生产者“{said}”",
            PRODUCER.field,
        )

    def _find(
        self,
        table: type[SQLModel],
        sheet: Sheet,
        actor: Actor,
        name: str | None,
        field: str,
        said: dict[str, str | None],
    ) -> str | None:
        """The public id of the one row that fits all that is said; None where nothing is."""
        if name is None:
            return None
        key = (sheet.name, actor.producer, name, "/".join(filter(None, said.values())))
        if key not in self._found:
            self._found[key] = self._only(table, sheet, actor, name, field, said)
        return self._found[key]

    def _only(
        self,
        table: Any,
        sheet: Sheet,
        actor: Actor,
        name: str,
        field: str,
        said: dict[str, str | None],
    ) -> str:
        found = self._tx.session.exec(
            select(table.public_id)
            .where(
                table.producer_id == actor.producer,
                *(getattr(table, column) == text for column, text in said.items() if text),
            )
            .limit(2)
        ).all()
        if len(found) == 1:
            return str(found[0])
        if (sheet.name, actor.producer, name) in self._refused:
            raise FollowsMistake
        more = "规格" if table is Product else "登记证号或批准文号"
        raise Refusal(
            "unknown_name",
            f"有几个“{name}”，请把{more}也填上" if found else f"“{sheet.name}”里没有“{name}”",
            field,
        )

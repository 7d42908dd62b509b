"""Taking tables in: through the same forms and actions as the pages, all of it or nothing.

Rows are taken sheet by sheet, because later sheets name what earlier ones make. A row that is
there already is counted as such; one that contradicts what is there is a mistake. All mistakes
are collected, and a single one undoes everything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlmodel import func, select

from tracer.actions.actor import Actor, require
from tracer.actions.exchange import sheets
from tracer.actions.exchange.batches import CODE, SOURCE, in_turn, take_batch
from tracer.actions.exchange.columns import Sheet
from tracer.actions.exchange.dossier import take_line
from tracer.actions.exchange.dossier_sheets import DOSSIER_SHEETS, ROWS_OF
from tracer.actions.exchange.files import Grid
from tracer.actions.exchange.names import FollowsMistake, Names
from tracer.actions.exchange.rows import ImportRefused, Line, Mistake, Mistaken, fill, read_lines
from tracer.actions.exchange.sheets import BY_NAME
from tracer.actions.farm.campaigns import CampaignForm, CloseForm, close_campaign, open_campaign
from tracer.actions.farm.farmwork import OperationForm, RecordIncomplete, record_operation
from tracer.actions.farm.flow import SourceForm
from tracer.actions.farm.holdings import PlotForm, ProductForm, add_plot, add_product
from tracer.actions.farm.inputs import InputForm, InputUseForm, add_input
from tracer.actions.farm.reports import (
    ReportForm,
    ReportItemForm,
    SourceProofForm,
    add_report,
    add_source_proof,
)
from tracer.actions.forms import Form
from tracer.actions.people.enroll import ProducerForm, create_producer
from tracer.domain.errors import Refusal
from tracer.domain.words import Role
from tracer.store.tables import (
    Batch,
    Campaign,
    Element,
    Input,
    Operation,
    Plot,
    Producer,
    Product,
    SourceProof,
    TestReport,
)
from tracer.store.world import Tx

_MAKES: dict[str, Any] = {
    sheets.PRODUCERS.name: Producer,
    sheets.PLOTS.name: Plot,
    sheets.PRODUCTS.name: Product,
    sheets.INPUTS.name: Input,
    sheets.CAMPAIGNS.name: Campaign,
    sheets.OPERATIONS.name: Operation,
    sheets.BATCHES.name: Batch,
    sheets.REPORTS.name: TestReport,
    sheets.SOURCE_PROOFS.name: SourceProof,
    **dict.fromkeys(ROWS_OF, Element),
}
_NAMES = ("code", "batch")  # of part rows: they name batches, which are found later
Key = tuple[int, str, str]  # the producer's row id and what names the record


@dataclass
class Tally:
    """How many rows of a sheet were new, and how many were there already."""

    added: int = 0
    existing: int = 0


def import_tables(
    tx: Tx, actor: Actor, tables: Mapping[str, Grid], progress: Callable[[], None] = lambda: None
) -> dict[str, Tally]:
    """Take all rows in; ImportRefused with every mistake where there is one.

    The operator imports for any producer, a producer for itself. ``progress`` is called once for
    every row of :func:`count_rows`.
    """
    require(actor, Role.OPERATOR, Role.PRODUCER)
    lines, mistakes = read_lines(tables)
    if mistakes:
        raise ImportRefused(mistakes)
    taking = _Taking(tx, actor, lines, progress)
    taking.all()
    if taking.mistakes:
        order = list(BY_NAME)
        raise ImportRefused(
            sorted(taking.mistakes, key=lambda one: (order.index(one.sheet), one.row))
        )
    return taking.tallies


def count_rows(tables: Mapping[str, Grid]) -> int:
    """How many rows there are to take."""
    return sum(map(len, read_lines(tables)[0].values()))


class _Parts:
    """Rows that are part of another sheet's record: label lines, tested items, sources."""

    def __init__(self, sheet: Sheet, whole: Sheet) -> None:
        self.sheet = sheet
        self.whole = whole
        self.rows: dict[Key, list[Line]] = {}
        self.broken: set[Key] = set()

    def take(self, key: Key) -> list[Line]:
        """The parts of one record, once; passed over where one of them has a mistake."""
        rows = self.rows.pop(key, [])
        if key in self.broken:
            raise FollowsMistake
        return rows


class _Taking:
    """One import under way: what is found, counted and refused so far."""

    def __init__(
        self, tx: Tx, actor: Actor, lines: dict[str, list[Line]], progress: Callable[[], None]
    ) -> None:
        self.tx = tx
        self.actor = actor
        self.lines = lines
        self.progress = progress
        self.names = Names(tx, actor)
        self.mistakes: list[Mistake] = []
        self.tallies: dict[str, Tally] = {}
        # What is written from now on has higher row ids: one transaction writes at a time.
        self._highest = {
            name: tx.session.exec(select(func.max(table.id))).one() or 0
            for name, table in _MAKES.items()
        }
        self._seen: set[tuple[str, int]] = set()

    def all(self) -> None:
        """Every sheet, in the order in which they name each other."""
        for line in self.lines[sheets.PRODUCERS.name]:
            self._try(line, self._producer)
        self._sheet(sheets.PLOTS, self._plot)
        self._sheet(sheets.PRODUCTS, self._product)
        self.uses = self._parts(
            sheets.INPUT_USES, sheets.INPUTS, InputUseForm, "投入品名称", "登记证号或批准文号"
        )
        self._sheet(sheets.INPUTS, self._input)
        self._sheet(sheets.CAMPAIGNS, self._campaign)
        self._sheet(sheets.OPERATIONS, self._operation)
        self._batches()
        self.items = self._parts(sheets.REPORT_ITEMS, sheets.REPORTS, ReportItemForm, "报告编号")
        self._sheet(sheets.REPORTS, self._report)
        self._sheet(sheets.SOURCE_PROOFS, self._source_proof)
        for sheet in DOSSIER_SHEETS:
            self._sheet(sheet, partial(take_line, self.tx, self.names))
        for line in self.lines[sheets.CAMPAIGNS.name]:
            if "结束日期" in line.cells:
                self._try(line, self._close)
        for parts in (self.uses, self.sources, self.items):
            self._left_over(parts)

    def _sheet(self, sheet: Sheet, take: Callable[[Actor, Line], Any]) -> None:
        for line in self.lines[sheet.name]:
            self._try(line, lambda line: take(self.names.actor_for(line), line))

    def _try(self, line: Line, take: Callable[[Line], Any]) -> None:
        """Take one row; note what is wrong with it, or count what it made."""
        try:
            line.require_cells()
            row = take(line)
        except FollowsMistake:
            self._refused(line)
        except (Mistaken, RecordIncomplete) as several:
            for problem in several.problems:
                self._note(line, problem)
            self._refused(line)
        except Refusal as refusal:
            self._note(line, refusal)
            self._refused(line)
        else:
            self._count(line.sheet.name, row)

    def _note(self, line: Line, refusal: Refusal) -> None:
        column = line.sheet.title_of(refusal.field)
        self.mistakes.append(Mistake(line.sheet.name, line.number, column, refusal.message))

    def _refused(self, line: Line) -> None:
        """Rows that name what this row should have made are passed over in silence."""
        names = [line.cells[title] for title in line.sheet.named_by if title in line.cells]
        producer = 0
        if line.sheet is not sheets.PRODUCERS:
            try:
                producer = self.names.actor_for(line).producer
            except (FollowsMistake, Refusal):
                return
        for name in names:
            self.names.refuse(line.sheet, producer, name)

    def _count(self, sheet: str, row: Any) -> None:
        if row is None:
            return
        self.progress()
        tally = self.tallies.setdefault(sheet, Tally())
        if row.id > self._highest[sheet] and (sheet, row.id) not in self._seen:
            tally.added += 1
        else:
            tally.existing += 1
        self._seen.add((sheet, row.id))

    def _parts(self, sheet: Sheet, whole: Sheet, form: type[Form], *titles: str) -> _Parts:
        """The sheet's rows by the record they belong to, each checked on its own."""
        parts = _Parts(sheet, whole)
        for line in self.lines[sheet.name]:
            self._try(line, lambda line: self._part(parts, line, form, titles))
        return parts

    def _part(self, parts: _Parts, line: Line, form: type[Form], titles: tuple[str, ...]) -> None:
        key = self._key(line, *titles)
        parts.rows.setdefault(key, []).append(line)
        self.progress()
        data = {name: text for name, text in line.fields().items() if name not in _NAMES}
        try:
            fill(form, data | ({"batch": "0"} if "batch" in form.model_fields else {}))
        except Mistaken:
            parts.broken.add(key)
            raise

    def _key(self, line: Line, name: str, number: str = "") -> Key:
        producer = self.names.actor_for(line).producer
        return producer, line.cells.get(name, ""), line.cells.get(number, "")

    def _left_over(self, parts: _Parts) -> None:
        for rows in parts.rows.values():
            for line in rows:
                message = f"“{parts.whole.name}”表里没有这一行说的那一条，请一起导入"
                self.mistakes.append(Mistake(parts.sheet.name, line.number, "", message))

    def _producer(self, line: Line) -> Producer:
        require(self.actor, Role.OPERATOR)
        return create_producer(self.tx, fill(ProducerForm, line.fields()))

    def _plot(self, actor: Actor, line: Line) -> Plot:
        return add_plot(self.tx, actor, fill(PlotForm, line.fields()))

    def _product(self, actor: Actor, line: Line) -> Product:
        return add_product(self.tx, actor, fill(ProductForm, line.fields()))

    def _input(self, actor: Actor, line: Line) -> Input:
        parts = self.uses.take(self._key(line, "投入品名称", "登记证号或批准文号"))
        uses = [part.fields() for part in parts]
        return add_input(self.tx, actor, fill(InputForm, line.fields() | {"uses": uses}))

    def _campaign(self, actor: Actor, line: Line) -> Campaign:
        data: dict[str, Any] = line.fields()
        data.pop("ended_on", None)
        data["product"] = self.names.product(actor, data.get("product"), line.cells.get("规格"))
        data["plot"] = self.names.plot(actor, data.get("plot"))
        return open_campaign(self.tx, actor, fill(CampaignForm, data))

    def _operation(self, actor: Actor, line: Line) -> Operation:
        data: dict[str, Any] = line.fields()
        number = line.cells.get("登记证号或批准文号")
        data["campaign"] = self.names.campaign(actor, data.get("campaign"))
        data["plot"] = self.names.plot(actor, data.get("plot"))
        data["input"] = self.names.input(actor, data.get("input"), number)
        return record_operation(self.tx, actor, fill(OperationForm, data))

    def _batches(self) -> None:
        self.sources = self._parts(sheets.BATCH_SOURCES, sheets.BATCHES, SourceForm, CODE)
        rows: list[tuple[Key, Line]] = []
        for line in self.lines[sheets.BATCHES.name]:
            self._try(line, lambda line: rows.append((self._key(line, CODE), line)))
        for line, in_order in in_turn(rows, dict(self.sources.rows)):
            self._try(line, partial(self._batch, in_order))

    def _batch(self, in_order: bool, line: Line) -> Batch:
        sources = self.sources.take(self._key(line, CODE))
        if not in_order:
            raise Refusal("circle", "来源批次绕成了一个圈，请检查“批次关系”表", "code")
        actor, before = self.names.actor_for(line), len(self.mistakes)
        for source in sources:
            self._try(source, partial(self._source_is_there, actor))
        if len(self.mistakes) > before:
            raise FollowsMistake
        return take_batch(self.tx, self.names, actor, line, sources)

    def _source_is_there(self, actor: Actor, line: Line) -> None:
        self.names.batch(actor, line.cells.get(SOURCE))

    def _report(self, actor: Actor, line: Line) -> TestReport:
        items = [part.fields() for part in self.items.take(self._key(line, "报告编号"))]
        data: dict[str, Any] = line.fields() | {"items": items}
        data["batch"] = self.names.batch(actor, data.get("batch"))
        return add_report(self.tx, actor, fill(ReportForm, data))

    def _source_proof(self, actor: Actor, line: Line) -> SourceProof:
        data: dict[str, Any] = line.fields()
        data["batch"] = self.names.batch(actor, data.get("batch"))
        return add_source_proof(self.tx, actor, fill(SourceProofForm, data))

    def _close(self, line: Line) -> None:
        actor = self.names.actor_for(line)
        campaign = self.names.campaign(actor, line.cells.get("作业编号"))
        form = fill(CloseForm, {"ended_on": line.cells["结束日期"]})
        close_campaign(self.tx, actor, campaign or "", form)

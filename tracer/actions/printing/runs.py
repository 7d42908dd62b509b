"""Print runs: a run is one row; each label's code is derived from its index."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from sqlmodel import select

import labels
from tracer.actions import credit, insurance, sites
from tracer.actions.actor import Actor, own
from tracer.actions.forms import Form
from tracer.actions.printing import paper as print_paper
from tracer.actions.printing.own_stock import own_paper
from tracer.actions.printing.stock_place import Cell, ProposedCell, check_place, remember_place
from tracer.domain.errors import Conflict, Refusal
from tracer.domain.ids import new_id
from tracer.domain.printing import OWN_STOCK
from tracer.proof.labelcode import code
from tracer.store.prints import logo_of
from tracer.store.tables import Batch, Certificate, LabelCounter, PrintRun
from tracer.store.world import Tx

MAX_LABELS = 1_000_000
MAX_COPIES = 20


class PrintForm(Form):
    """What to print. Without batch and certificate the labels are 预印 and bound later.

    ``stock`` is a name from the list or ``own:`` and the id of the producer's own paper. ``hide``
    names fields that are not printed, ``copies`` how often each label is: ``together`` one behind
    the other, else the whole run again. ``proposed_cell`` is the one that a page proposed.
    """

    batch: Annotated[str | None, Field(title="批次", max_length=20)] = None
    certificate: Annotated[str | None, Field(title="合格证", max_length=20)] = None
    design: Annotated[str, Field(title="标签样式", min_length=1, max_length=40)]
    stock: Annotated[str, Field(title="标签纸", min_length=1, max_length=40)]
    count: Annotated[int, Field(title="张数", ge=1, le=MAX_LABELS)]
    start_cell: Cell = 1
    proposed_cell: ProposedCell = None
    copies: Annotated[int, Field(title="每张几份", ge=1, le=MAX_COPIES)] = 1
    together: Annotated[bool, Field(title="同一张的几份挨着")] = True
    hide: Annotated[
        tuple[Annotated[str, Field(max_length=30)], ...], Field(title="不印的内容", max_length=10)
    ] = ()
    logo: Annotated[bool, Field(title="印上企业标志")] = False
    policy: Annotated[str | None, Field(title="码上保", max_length=20)] = None


def print_labels(tx: Tx, actor: Actor, form: PrintForm) -> PrintRun:
    """Reserve the codes of a run. What is painted from it is the same however often it is made.

    Its labels count now (表 C.2 序号 8 and 10) and never again: the service does not see paper.
    The first is painted before codes are used: what cannot be printed is refused here.
    """
    _check_design(form)
    options = _options(tx, actor, form)
    _check_paper(form, options)
    check_place(tx, actor.producer, form.stock, form.start_cell, form.proposed_cell)
    batch, certificate = None, None
    if form.certificate is not None:
        certificate = own(tx, actor, Certificate, form.certificate)
        batch = tx.session.get(Batch, certificate.batch_id)
    if form.batch is not None:
        chosen = own(tx, actor, Batch, form.batch)
        if batch is not None and batch.id != chosen.id:
            raise Refusal("other_batch", "这张合格证不是这个批次的，请重新选择", "certificate")
        batch = chosen
    batch_id, certificate_id = batch.id if batch else None, certificate.id if certificate else None
    print_paper.check_goods(tx, batch_id, certificate_id)
    policy = None
    if form.policy is not None:
        product_id = batch.product_id if batch else None
        policy = insurance.policy_to_print(tx, actor, form.policy, product_id)
    run = PrintRun(
        public_id=new_id(),
        producer_id=actor.producer,
        batch_id=batch_id,
        certificate_id=certificate_id,
        design=form.design,
        stock=form.stock,
        first_index=_reserve(tx, form.count),
        count=form.count,
        start_cell=form.start_cell,
        options=options,
        policy_id=policy.id if policy else None,
        bound_at=tx.now if batch else None,
        created_by=actor.account_id,
        created_at=tx.now,
    )
    tx.session.add(run)
    sites.remember(tx)
    tx.session.flush()
    print_paper.run_png(tx, run, 1, print_paper.stock_of(run).dpi)
    remember_place(tx, run, print_paper.whole(run))
    if certificate is not None:
        credit.count(
            tx, certificate.product_id, "C.2-8", "print_run", run.public_id, prints=form.count
        )
    if batch is not None and policy is not None:
        credit.count(tx, batch.product_id, "C.2-10", "print_run", run.public_id, prints=form.count)
    return run


def bind_run(tx: Tx, actor: Actor, run_id: str, batch_id: str) -> PrintRun:
    """Give a pre-printed roll its batch, once.

    It posts nothing. 表 C.2 序号 8 counts printed 合格证, and such a label was printed without a
    promise, whatever certificate the batch has; nor does a roll carry a policy (序号 10).
    """
    run = own(tx, actor, PrintRun, run_id)
    batch = own(tx, actor, Batch, batch_id)
    if run.batch_id == batch.id:
        return run
    if run.batch_id is not None:
        raise Conflict("already_bound", "这卷标签已经启用，不能换到别的批次", "batch")
    print_paper.check_goods(tx, batch.id, None)
    run.batch_id = batch.id
    run.bound_at = tx.now
    return run


def _check_design(form: PrintForm) -> None:
    design = labels.designs().get(form.design)
    if design is None:
        raise Refusal("no_design", "没有这种标签样式，请从列表里选一种", "design")
    if form.design.startswith("certificate-") and form.certificate is None:
        raise Refusal("needs_certificate", "合格证样式的标签要先选一张合格证", "certificate")


def _options(tx: Tx, actor: Actor, form: PrintForm) -> dict[str, Any]:
    """What the run's row keeps of the form, so that it is painted alike for ever."""
    options: dict[str, Any] = {}
    if form.stock.startswith(OWN_STOCK):
        options["paper"] = own_paper(tx, actor, form.stock.removeprefix(OWN_STOCK))
    elif form.stock not in labels.stocks():
        raise Refusal("no_stock", "没有这种标签纸，请从列表里选一种", "stock")
    if form.copies > 1:
        options |= {"copies": form.copies, "together": form.together}
    if form.hide:
        options["hide"] = list(form.hide)
    if form.logo:
        options["logo"] = _logo(tx, actor)
    return options


def _logo(tx: Tx, actor: Actor) -> str:
    found = logo_of(tx.session, actor.producer)
    if found is None:
        raise Refusal("no_logo", "还没有登记企业标志，请先到主体资料里上传", "logo")
    return found


def _check_paper(form: PrintForm, options: dict[str, Any]) -> None:
    """Refuse what could never be painted: such a run would use up codes for nothing."""
    design, stock = labels.design(form.design), print_paper.stock_named(form.stock, options)
    if not stock.holds(design.size):
        raise Refusal("stock_small", f"“{design.title}”比这种标签纸大，请换标签纸", "stock")
    if form.start_cell > stock.cells:
        raise Refusal("no_cell", "这种标签纸没有这么多格，请改小起始格", "start_cell")


def _reserve(tx: Tx, count: int) -> int:
    counter = tx.session.exec(select(LabelCounter)).one()
    first = counter.next_index
    if len(code(first, tx.secrets.label_key)) != len(code(first + count - 1, tx.secrets.label_key)):
        # All codes of a run have one length, so that its labels are set alike: indexes before the
        # first one with a longer code stay unused.
        first = 1 << (first + count - 1).bit_length() - 1
    counter.next_index = first + count
    return first

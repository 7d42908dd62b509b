"""资料: what is filled under the rows of tables B.1 to B.5, and what that earns.

A row that holds one entry is saved as a whole, the columns of its producer or product included;
rows that hold many get an entry each time. An edit is a new version that follows the old one. What
is private is sealed; what is published of a person needs that person's separate consent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlmodel import select

from tracer.actions import change_limit
from tracer.actions.actor import Actor, own
from tracer.actions.change_limit import Change
from tracer.actions.dossier import values as dossier_values
from tracer.actions.dossier.entries import Draft, erase, keep, known, only_entry, withdraw
from tracer.actions.dossier.forms import EntryForm, values_form
from tracer.actions.dossier.values import Values, given_values, merged
from tracer.actions.farm.holdings import ProductForm, edit_product
from tracer.actions.forms import Form, parse
from tracer.actions.people.enroll import changes_of, form_of, write_producer
from tracer.domain.clock import day_of
from tracer.domain.elements import ElementField, ElementRow, Owner, element_row
from tracer.domain.errors import Conflict, Refusal
from tracer.domain.masking import Subject, subject_of
from tracer.store.dossier import all_values, latest_version
from tracer.store.tables import ChangeSet, Element, Producer, Product
from tracer.store.world import Tx

WAITING = (
    "今年免费修改的三次已经用完。这次的改动先存着，原来的内容照旧；请联系平台管理员，办好就生效"
)

_SETTLED = ("kind", "name", "uscc", "county", "address")


@dataclass(frozen=True)
class Saved:
    """What came of a save.

    ``entry`` is None where the row lives in columns alone, or is empty now. ``change`` is the
    counted edit of C.1 fields, which may be waiting. ``notes`` are sentences for the producer.
    """

    entry: Element | None
    change: ChangeSet | None = None
    notes: tuple[str, ...] = ()


def add_entry(tx: Tx, actor: Actor, form: EntryForm) -> Saved:
    """Fill a row: a new entry, or for a row that holds one, that one.

    The same sent again gives what exists. With ``ref`` an entry is known for good: content that it
    has or once had is the same, other content a Conflict.
    """
    row = element_row(form.row)
    if not row.many:
        return save_profile(tx, actor, form)
    draft, read = _read(tx, actor, row, form)
    dossier_values.check(row, read, draft.values, day_of(tx.now))
    entry = known(tx, draft, form.ref)
    if entry is None:
        dossier_values.check_in_force(draft.values, {}, day_of(tx.now))
        entry = keep(tx, actor, draft, ref=form.ref)
    return Saved(entry, notes=dossier_values.notes(row, draft.values, draft.published, form))


def edit_entry(tx: Tx, actor: Actor, public_id: str, form: EntryForm) -> Saved:
    """Give an entry of the actor's own a new version; the same sent again changes nothing."""
    old = own(tx, actor, Element, public_id)
    row = element_row(old.row)
    if form.row != old.row:
        raise Refusal("other_row", "这一条不属于这个项目，请回到列表重新选择", "row")
    if not row.many:
        return save_profile(tx, actor, form)
    newest = latest_version(tx.session, old)
    if newest.withdrawn_at is not None:
        raise Conflict("withdrawn", "这一条已经撤下，请重新填一条")
    before = all_values(tx.secrets, newest)
    draft, read = _read(tx, actor, row, form)
    values = merged(row, form, draft.values, before)
    draft = replace(draft, values=values)
    dossier_values.check(row, read, values, day_of(tx.now))
    if newest.id != old.id and not draft.is_said_by(tx, newest):
        raise Conflict("edited_since", "这一条刚才已经改过，请刷新页面再改")
    dossier_values.check_in_force(values, before, day_of(tx.now))
    entry = keep(tx, actor, draft, newest)
    erase(tx, entry or newest, form.clear)
    return Saved(entry, notes=dossier_values.notes(row, values, draft.published, form))


def save_profile(tx: Tx, actor: Actor, form: EntryForm) -> Saved:
    """Save a row that holds one entry, with the columns it speaks of, as one edit (D12).

    A field that is left empty is emptied, but for files and private values: ``form.clear`` names
    those to remove. Name, kind, code and address need not be given again.
    """
    row = element_row(form.row)
    draft, read = _read(tx, actor, row, form)
    producer = draft.producer
    old = only_entry(tx, producer, row, draft.product_id)
    before = all_values(tx.secrets, old)
    values = merged(row, form, draft.values, before)
    dossier_values.check(row, read, values, day_of(tx.now))
    wanted = None
    changes = _entry_changes(row, before, values, form.clear)
    if row.columns(Owner.PRODUCER):
        wanted = form_of(producer, **_columns(row, Owner.PRODUCER, read))
        changes += changes_of(tx, producer, wanted)
    held = change_limit.hold(tx, actor, producer, changes)
    values = _without(row, values, before, held.places)
    if wanted is not None:
        write_producer(tx, actor, producer, wanted, held.places)
    if draft.product_id is not None and row.columns(Owner.PRODUCT):
        _write_product(tx, actor, row, draft.product_id, read)
    entry = keep(tx, actor, replace(draft, values=values), old)
    if entry is not None:
        erase(tx, entry, [name for name in form.clear if f"{row.key}/{name}" not in held.places])
    notes = dossier_values.notes(row, values, draft.published, form)
    return Saved(entry, held.change, _waits(held.change) + notes)


def take_entry(tx: Tx, actor: Actor, form: EntryForm) -> Element | None:
    """Fill a row from a table: what was ever entered stays as it was edited or withdrawn since.

    A row that holds one entry is filled only where it is empty; a Conflict where it says otherwise.
    Columns are not touched: tables have their own sheets for them. Papers that have run out are
    taken in too, for they were true once, but earn nothing.
    """
    row = element_row(form.row)
    draft, read = _read(tx, actor, row, form)
    entered = tx.session.exec(
        select(Element).where(Element.producer_id == draft.producer.id, Element.row == row.key)
    ).all()
    for version in entered:
        if draft.is_told_by(tx, version):
            return latest_version(tx.session, version)
    if not row.many and only_entry(tx, draft.producer, row, draft.product_id) is not None:
        said = f"“{row.item}”已经填过，内容与原来的不一样，要改请到系统里修改"
        raise Conflict("already_recorded", said)
    dossier_values.check(row, read, draft.values, day_of(tx.now))
    return keep(tx, actor, draft)


def with_columns(tx: Tx, actor: Actor, form: EntryForm) -> EntryForm:
    """The form with what columns say where it is silent, for programs that send parts of a row."""
    row = element_row(form.row)
    holders: dict[Owner | None, Any] = {
        Owner.PRODUCER: tx.session.get_one(Producer, actor.producer),
        Owner.PRODUCT: own(tx, actor, Product, form.product) if form.product else None,
    }
    said = {
        field.name: value.isoformat() if isinstance(value, date) else value
        for field in row.fields
        if not field.private and (holder := holders.get(field.owner)) is not None
        if (value := getattr(holder, field.column_name))
    }
    return form.model_copy(update={"values": said | form.values})


def withdraw_entry(tx: Tx, actor: Actor, public_id: str) -> Saved:
    """Take an entry back: it is shown no more, and a row it filled is open again.

    Points that it earned stay (D2), and entering the same again earns none. It is done at once,
    and what waits for its fields is forgotten.
    """
    newest = latest_version(tx.session, own(tx, actor, Element, public_id))
    if newest.withdrawn_at is not None:
        return Saved(newest)
    row = element_row(newest.row)
    producer = tx.session.get_one(Producer, actor.producer)
    names = [field.name for field in row.entry_fields]
    changes = _entry_changes(row, all_values(tx.secrets, newest), {}, names)
    change_limit.hold(tx, actor, producer, changes)
    withdraw(tx, newest)
    return Saved(newest)


def unpublish_entry(tx: Tx, actor: Actor, public_id: str) -> Saved:
    """Take the consent back, or simply stop showing: the entry is kept for its owner alone."""
    newest = latest_version(tx.session, own(tx, actor, Element, public_id))
    if newest.withdrawn_at is not None:
        return Saved(newest)
    draft = Draft(
        tx.session.get_one(Producer, actor.producer),
        element_row(newest.row),
        newest.product_id,
        all_values(tx.secrets, newest),
    )
    return Saved(keep(tx, actor, draft, newest))


def apply_changes(tx: Tx, actor: Actor, producer: Producer, wanted: Mapping[str, Any]) -> None:
    """Carry out the values of an edit that waited, by place (:mod:`change_limit`)."""
    columns: Values = {}
    entries: dict[str, Values] = {}
    for place, value in wanted.items():
        row, slash, name = place.partition("/")
        if slash:
            entries.setdefault(row, {})[name] = value
        else:
            columns[place.removeprefix(f"{Owner.PRODUCER}.")] = value
    if columns:
        write_producer(tx, actor, producer, form_of(producer, **columns))
    for key, changed in entries.items():
        old = only_entry(tx, producer, element_row(key))
        said = all_values(tx.secrets, old) | changed
        draft = Draft(
            producer,
            element_row(key),
            None,
            {name: value for name, value in said.items() if value is not None},
            published=old is not None and old.published,
            consented=old is not None and old.consented_at is not None,
        )
        entry = keep(tx, actor, draft, old)
        if entry is not None:
            erase(tx, entry, [name for name, value in changed.items() if value is None])


def _read(tx: Tx, actor: Actor, row: ElementRow, form: EntryForm) -> tuple[Draft, Form]:
    """What a form asks for, and its values as the row's own form read them.

    A Refusal where the row is not the actor's to fill.

    A natural person's entry is published with the separate consent only (PIPL art. 25).
    """
    producer = tx.session.get_one(Producer, actor.producer)
    subject = subject_of(producer.kind, producer.uscc)
    if not row.applies(subject):
        raise Refusal("not_asked", f"“{row.item}”不用您来填，请回到列表重新选择", "row")
    if not row.fields:
        raise Refusal("derived", f"“{row.item}”由平时的记录得出，不用另外填", "row")
    if form.product is None and row.of_product:
        raise Refusal("missing", "请选是哪个产品", "product")
    if form.product is not None and not row.may_name_product:
        raise Refusal("no_product", f"“{row.item}”说的是主体，不用选产品", "product")
    settled = {field.name: _settled(producer, field) for field in row.fields}
    read = parse(values_form(row.key), settled | form.values)
    draft = Draft(
        producer,
        row,
        own(tx, actor, Product, form.product).id if form.product is not None else None,
        given_values(tx, actor, row, read),
        published=form.publish and (form.consent or subject is not Subject.NATURAL_PERSON),
        consented=form.consent,
    )
    return draft, read


def _settled(producer: Producer, field: ElementField) -> str | None:
    """What a column says that is hardly ever changed, and never emptied."""
    if field.owner is not Owner.PRODUCER or field.column_name not in _SETTLED:
        return None
    said: str | None = getattr(producer, field.column_name)
    return said


def _columns(row: ElementRow, owner: Owner, read: Form) -> Values:
    """What a row's form says of columns; a private one that is not given stays as it is."""
    said = {field: getattr(read, field.name) for field in row.columns(owner)}
    return {
        field.column_name: value
        for field, value in said.items()
        if value is not None or not field.private
    }


def _write_product(tx: Tx, actor: Actor, row: ElementRow, product_id: int, read: Form) -> None:
    product = tx.session.get_one(Product, product_id)
    said = {name: getattr(product, name) for name in ProductForm.model_fields}
    form = parse(ProductForm, said | _columns(row, Owner.PRODUCT, read))
    edit_product(tx, actor, product.public_id, form)


def _entry_changes(
    row: ElementRow, before: Values, after: Values, clear: Collection[str]
) -> list[Change]:
    """What changes of rows C.1-1 to C.1-17: rows of one entry hold them.

    A field that is to be cleared is told even where it is empty, for a value of it may wait.
    """
    return [
        Change(f"{row.key}/{name}", field.earns, after.get(name), fills=not before.get(name))
        for field in row.entry_fields
        for name in (field.name,)
        if not row.many and field.earns
        if before.get(name) != after.get(name) or (name in clear and name not in after)
    ]


def _without(row: ElementRow, after: Values, before: Values, places: Collection[str]) -> Values:
    """The values of an entry where those at ``places`` are as they were before."""
    waiting = {name for name in after if f"{row.key}/{name}" in places}
    kept = {name: value for name, value in after.items() if name not in waiting}
    return kept | {name: before[name] for name in waiting if name in before}


def _waits(change: ChangeSet | None) -> tuple[str, ...]:
    return (WAITING,) if change_limit.waits(change) else ()

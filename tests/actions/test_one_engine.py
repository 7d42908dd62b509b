"""Live counting and ``tracer standards score`` are one engine: each worked case, lived through."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

import tracer.standards
from tests.actions.farm import start_farm
from tracer.actions import credit
from tracer.actions.credit_replay import replay
from tracer.actions.farm.holdings import ProductForm, add_product, edit_product
from tracer.actions.forms import parse
from tracer.domain.errors import Refusal
from tracer.domain.ids import new_id
from tracer.queries.credit.answers import answers_of
from tracer.standards.assessment import score
from tracer.standards.cases import Case, read_cases
from tracer.store.tables import CreditScore, Producer, Product
from tracer.store.world import Tx, World

FOLDER = Path(tracer.standards.__file__).parent / "packs" / credit.PACK / credit.EDITION
CASES = read_cases(FOLDER)
MEAN = "C.1-注2"
# Reviews of products whose indexes add up to the sums that the cases name.
MEMBERS: dict[Any, list[dict[str, int]]] = {
    "1281/5": [{"good": 9, "all": 10}, {"good": 1, "all": 2}],
    "100/9": [{"good": 1, "all": 3}, {}],
    0: [],
}
# What a posting cannot say at all, so that no live fact corresponds to it.
UNSAYABLE = {"bad_answer", "unknown_exemption", "exempt_row", "unknown_row", "unknown_table"}


def plain_producer(tx: Tx, kind: str = "cooperative") -> Producer:
    row = Producer(
        public_id=new_id(), kind=kind, name="合作社", contact_phone="053280000000",
        county="370283", address="一号", created_at=tx.now,
    )  # fmt: skip
    tx.session.add(row)
    tx.session.flush()
    return row


def plain_product(tx: Tx, producer: Producer, category: str = "A1-7") -> Product:
    row = Product(
        public_id=new_id(), producer_id=producer.id or 0, name=new_id(), origin="平度市",
        category=category, sector="planting", created_at=tx.now,
    )  # fmt: skip
    tx.session.add(row)
    tx.session.flush()
    return row


def posted(tally: dict[str, int]) -> list[dict[str, int]]:
    """A tally as postings: one at first, the rest after, as counts really come."""
    first = {name: 1 for name, number in tally.items() if number > 1}
    if not first or set(tally) == {"good", "all"}:
        return [tally]
    rest = {name: number - first.get(name, 0) for name, number in tally.items()}
    return [first, {name: number for name, number in rest.items() if number}]


def post(tx: Tx, target: Producer | Product, rows: dict[str, dict[str, int]]) -> None:
    for row, tally in rows.items():
        for number, fact in enumerate(posted(tally)):
            if isinstance(target, Product):
                credit.count(tx, target.id or 0, row, "case", f"{row}-{number}", **fact)
            else:
                credit.count_subject(tx, target, row, "case", f"{row}-{number}", **fact)


def live(tx: Tx, case: Case) -> tuple[str, CreditScore | None]:
    """The case, recorded by the service: the target's public id and its score."""
    rows = dict(case.answers.get("rows", {}))
    exempt = case.answers.get("exempt", ())
    if case.answers["table"] == "C.2":
        barred = "not_applicable" in exempt
        product = plain_product(tx, plain_producer(tx), "A5-133" if barred else "A1-7")
        post(tx, product, rows)
        return product.public_id, tx.session.get(CreditScore, ("product", product.id))
    producer = plain_producer(tx, "household" if "household" in exempt else "cooperative")
    for reviews in MEMBERS[rows.pop(MEAN, {"sum": 0})["sum"]]:
        member = plain_product(tx, producer)
        credit.settle(tx, member)
        if reviews:
            credit.count(tx, member.id or 0, "C.2-11", "case", member.public_id, **reviews)
    post(tx, producer, rows)
    return producer.public_id, tx.session.get(CreditScore, ("subject", producer.id))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_worked_case_comes_out_the_same_when_it_is_lived(world: World, case: Case) -> None:
    if case.expect.get("refused", ["", ""])[0] in UNSAYABLE:
        with pytest.raises(Refusal):
            score(credit.pack(), case.answers)
        return
    with world.write() as tx:
        public_id, counted = live(tx, case)
        scored = score(credit.pack(), answers_of(tx, public_id))
        assert scored.outcome == case.expect.get("outcome", scored.outcome)
        if counted is None:  # nothing has been recorded, or a household
            assert scored.published in (None, 0)
            return
        assert Decimal(counted.published) == scored.published
        assert Decimal(counted.published) == Decimal(str(case.expect["total"]))
        assert counted.grade == scored.outcome
        assert [one for one in replay(tx) if one] == []


def differences(tx: Tx) -> list[object]:
    return [one for one in replay(tx) if one]


def test_a_new_product_takes_part_in_its_subjects_mean_at_once(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        first = tx.session.exec(select(Product)).one()
        credit.count(tx, first.id or 0, "C.2-4", "case", "one")
        key = ("subject", first.producer_id)
        before = Fraction(tx.session.get_one(CreditScore, key).total)
        form = {"name": "番茄", "origin": "平度市", "category": "A1-12", "sector": "种植"}
        add_product(tx, farm.actor, parse(ProductForm, form))
        mean = Fraction(tx.session.get_one(CreditScore, ("product", first.id)).total)
        assert before - Fraction(tx.session.get_one(CreditScore, key).total) == mean / 2
        assert differences(tx) == []


def test_what_was_certified_stays_a_kind_that_is_certified(world: World) -> None:
    """Textiles never get a certificate (D21), so becoming one would wipe out a deduction."""
    with world.write() as tx:
        farm = start_farm(tx)
        product = tx.session.exec(select(Product)).one()
        form = {"name": "黄瓜", "origin": "平度市", "category": "A1-7", "sector": "种植"}
        barred = form | {"category": "A5-133", "sector": "加工"}
        for changed in (barred, form):
            edit_product(tx, farm.actor, product.public_id, parse(ProductForm, changed))
            assert differences(tx) == []
        credit.count(tx, product.id or 0, "C.2-14", "case", "one")
        with pytest.raises(Refusal, match="不开合格证") as refused:
            edit_product(tx, farm.actor, product.public_id, parse(ProductForm, barred))
        assert refused.value.field == "category"
        assert differences(tx) == []

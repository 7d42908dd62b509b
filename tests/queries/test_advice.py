"""Advice: what it promises comes true, and it advises nothing that brings nothing."""

from __future__ import annotations

from fractions import Fraction

from sqlmodel import select

from tests.actions.farm import start_farm
from tests.web.goods import sell
from tracer.actions import credit
from tracer.domain.words import ProducerKind
from tracer.queries.credit.advice import DOABLE, FILLED, product_advice, subject_advice
from tracer.queries.credit_view import subject_card
from tracer.store.tables import CreditScore, Producer, Product
from tracer.store.world import World


def test_the_way_leads_to_the_next_grade(world: World) -> None:
    sell(world)
    with world.write() as tx:
        product = tx.session.exec(select(Product)).one()
        advice = product_advice(tx, product)
        assert (advice.goal, advice.gap) == ("C", "35")
        assert [(act.words, act.gain) for act in advice.way] == [("交 2 份检测报告", "+40")]
        assert "暂无评价" in advice.reviews
        for number in range(2):
            credit.count(tx, product.id or 0, "C.2-3", "report", f"检-{number}")
        assert tx.session.get_one(CreditScore, ("product", product.id)).grade == "C"
        assert product_advice(tx, product).goal == "B"


def test_each_open_row_brings_what_it_says(world: World) -> None:
    sell(world)
    with world.write() as tx:
        product = tx.session.exec(select(Product)).one()
        for act in product_advice(tx, product).open:
            row = act.row.split()[1]
            before = Fraction(tx.session.get_one(CreditScore, ("product", product.id)).total)
            fact = "prints" if row in ("C.2-8", "C.2-10") else "n"
            credit.count(tx, product.id or 0, row, "try", row, **{fact: DOABLE[row].each})
            after = Fraction(tx.session.get_one(CreditScore, ("product", product.id)).total)
            assert after - before == Fraction(act.gain)


def test_what_is_done_once_is_advised_once(world: World) -> None:
    with world.write() as tx:
        start_farm(tx)
        product = tx.session.exec(select(Product)).one()
        words = {act.words for act in product_advice(tx, product).open}
        assert "给产品写一段介绍" in words
        credit.count(tx, product.id or 0, "C.2-1", "product", product.public_id)
        words = {act.words for act in product_advice(tx, product).open}
        assert "给产品写一段介绍" not in words


def test_a_product_without_certificates_is_not_advised_to_issue(world: World) -> None:
    with world.write() as tx:
        start_farm(tx)
        product = tx.session.exec(select(Product)).one()
        product.category = "A5-133"  # textiles
        rows = {act.row.split()[1] for act in product_advice(tx, product).open}
        assert "C.2-3" in rows
        assert not {"C.2-7", "C.2-8"} & rows


def test_the_best_grade_needs_no_way(world: World) -> None:
    with world.write() as tx:
        start_farm(tx)
        product = tx.session.exec(select(Product)).one()
        credit.count(tx, product.id or 0, "C.2-3", "report", "many", n=30)
        advice = product_advice(tx, product)
        assert (advice.goal, advice.way) == ("", ())
        assert advice.open


def test_the_subjects_way_leads_to_the_next_grade(world: World) -> None:
    with world.write() as tx:
        start_farm(tx)
        producer = tx.session.exec(select(Producer)).one()
        key = ("subject", producer.id)
        for goal in ("C", "B"):
            advice = subject_advice(tx, producer)
            assert advice is not None
            assert advice.goal == goal
            for act in advice.way:
                row = act.row.split()[1]
                before = Fraction(tx.session.get_one(CreditScore, key).total)
                credit.count_subject(tx, producer, row, "element", row)
                after = Fraction(tx.session.get_one(CreditScore, key).total)
                assert after - before == Fraction(act.gain)
            assert tx.session.get_one(CreditScore, key).grade == goal


def test_a_full_dossier_leaves_nothing_to_fill_in(world: World) -> None:
    with world.write() as tx:
        start_farm(tx)
        producer = tx.session.exec(select(Producer)).one()
        for row in FILLED:
            credit.count_subject(tx, producer, row, "element", row)
        advice = subject_advice(tx, producer)
        assert advice is not None
        assert (advice.open, advice.way, advice.goal) == ((), (), "A")
        assert "+20" in advice.reviews


def test_every_row_of_a_subject_that_can_earn_has_its_advice() -> None:
    rows = credit.pack().scored("C.1").values()
    assert {row.key for row in rows if row.params.get("each", -1) > 0} == set(FILLED)


def test_the_subjects_card(world: World) -> None:
    with world.write() as tx:
        start_farm(tx)
        person = {"kind": ProducerKind.HOUSEHOLD.label, "name": "李长河", "uscc": None}
        start_farm(tx, "changhe", **person)
        rated, household = tx.session.exec(select(Producer)).all()
        card = subject_card(tx, rated.id or 0)
        assert (card.rated, card.points, card.mean) == (True, "50", "+20")
        assert not subject_card(tx, household.id or 0).rated
        assert subject_advice(tx, household) is None

"""Postings: counted once, settled for product and producer, proven by replay."""

from __future__ import annotations

from fractions import Fraction

from sqlalchemy import text
from sqlmodel import col, select

from tests.actions.farm import start_farm
from tracer.actions import credit
from tracer.actions.certificates.issue import IssueForm, issue
from tracer.actions.credit_replay import Difference, replay
from tracer.actions.forms import parse
from tracer.actions.printing.runs import PrintForm, print_labels
from tracer.actions.supervision.review import review, review_token
from tracer.domain.words import ProducerKind, Rating
from tracer.queries.credit_view import latest_postings, product_credit
from tracer.store.tables import CreditScore, Posting, Producer, Product
from tracer.store.world import Tx, World


def differences(tx: Tx) -> list[Difference]:
    return [one for one in replay(tx) if one is not None]


def test_the_main_job_posts_its_rows_and_replays(any_world: World) -> None:
    with any_world.write() as tx:
        farm = start_farm(tx)
        batch = farm.harvest(tx)
        order = {"batch": batch.public_id, "quantity": "10", "unit": "kg", "basis": ["control"]}
        certificate = issue(tx, farm.actor, parse(IssueForm, order))
        run = None
        for _ in range(3):
            run = print_labels(
                tx,
                farm.actor,
                PrintForm(
                    certificate=certificate.public_id,
                    design="trace-a4-3x8",
                    stock="a4-3x8",
                    count=500,
                ),
            )
        assert run is not None
        for offset, rating in enumerate((Rating.GOOD, Rating.BAD)):
            index = run.first_index + offset
            review(tx, index, review_token(tx.secrets, index, tx.now), rating, visitor=1)
    with any_world.read() as tx:
        product = tx.session.exec(select(Product)).one()
        view = product_credit(tx, product.id or 0)
        assert view is not None
        points = {row.key: row.points for row in view.rows}
        # 1,500 prints are one full thousand; half of two reviews good gives 37.5.
        assert points["C.2-8"] == "+5"
        assert points["C.2-11"] == "+37.5"
        amounts = tx.session.exec(select(Posting.amount).where(Posting.target == "product"))
        total = tx.session.get_one(CreditScore, ("product", product.id)).total
        assert sum(map(Fraction, amounts)) == Fraction(total)
        assert differences(tx) == []
        assert latest_postings(tx, product.id or 0)[0].row == "C.2-11"


def test_a_producers_index_holds_the_mean_of_its_products(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        farm.harvest(tx)
        product = tx.session.exec(select(Product)).one()
        score = tx.session.get_one(CreditScore, ("product", product.id))
        subject = tx.session.get_one(CreditScore, ("subject", product.producer_id))
        own = [
            Fraction(one.amount)
            for one in tx.session.exec(select(Posting).where(Posting.target == "subject"))
        ]
        assert Fraction(subject.total) == sum(own) + Fraction(score.total)
        assert differences(tx) == []


def test_a_household_is_not_rated_but_its_products_are(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx, kind=ProducerKind.HOUSEHOLD.label, uscc=None)
        farm.harvest(tx)
        targets = set(tx.session.exec(select(CreditScore.target)))
        assert targets == {"product"}
        producer = tx.session.exec(select(Producer)).one()
        credit.count_subject(tx, producer, "C.1-1", "field", "x")
        posted = tx.session.exec(select(Posting).where(col(Posting.target) == "subject")).all()
        assert posted == []


def test_the_same_evidence_counts_once(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        product = tx.session.exec(select(Product)).one()
        for _ in range(3):
            credit.count(tx, product.id or 0, "C.2-3", "report", "检-1")
        rows = tx.session.exec(select(Posting).where(Posting.row == "C.2-3")).all()
        assert len(rows) == 1
        assert farm.product == product.public_id


def test_replay_tells_a_changed_score_a_lost_posting_and_lost_scores(world: World) -> None:
    for harm in (
        "UPDATE credit_score SET published = '999.0' WHERE target = 'product'",
        "DELETE FROM posting WHERE row = 'C.2-6'",
        "DELETE FROM credit_score WHERE target = 'product'",
        "DELETE FROM credit_score WHERE target = 'subject'",
        "UPDATE credit_score SET ranking = 9999 WHERE target = 'product'",
    ):
        with world.write() as tx:
            if tx.session.exec(select(Product)).first() is None:
                start_farm(tx).harvest(tx)
            assert differences(tx) == []
            held = tx.session.begin_nested()
            tx.session.execute(text(harm))
            tx.session.expire_all()
            assert differences(tx)
            held.rollback()
            tx.session.expire_all()

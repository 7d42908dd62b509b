"""Issuing: gate, signature, log and postings; voiding, replacing, recalling; what changes show."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text
from sqlmodel import select

from tests.actions.farm import second_farm, start_farm
from tracer.actions.certificates import paper
from tracer.actions.certificates.issue import GateClosed, IssueForm, issue, replace
from tracer.actions.certificates.void import RecallForm, VoidForm, recall, void
from tracer.actions.farm.batches import SplitForm, split_batch
from tracer.actions.farm.farmwork import OperationForm, record_operation
from tracer.actions.forms import parse
from tracer.domain.errors import Conflict, NotFound, Refusal
from tracer.domain.ids import parse_number
from tracer.domain.words import Outcome
from tracer.proof.verify import verify
from tracer.queries.fsck import fsck
from tracer.queries.knowledge import StoreKnowledge, verdict_on
from tracer.queries.trace.model import State
from tracer.queries.trace.page import batch_page, certificate_page
from tracer.store.tables import Batch, Certificate, CreditScore, LogLeaf, Posting
from tracer.store.world import World


def order(batch: Batch, quantity: str = "100", **changed: object) -> IssueForm:
    form = {"batch": batch.public_id, "quantity": quantity, "unit": "公斤", "basis": ["control"]}
    return parse(IssueForm, {**form, **changed})


def test_a_promise_is_signed_logged_posted_and_genuine(any_world: World) -> None:
    with any_world.write() as tx:
        farm = start_farm(tx)
        record_operation(tx, farm.actor, parse(OperationForm, farm.work()))
        certificate = issue(tx, farm.actor, order(farm.harvest(tx)))
    assert parse_number(certificate.number) == certificate.number
    with any_world.read() as tx:
        verdict = verdict_on(tx, certificate.public_id)
        assert verdict.outcome is Outcome.GENUINE
        assert all(check.passed for check in verdict.checks)
        leaf = tx.session.get_one(LogLeaf, certificate.log_index)
        assert (leaf.event, leaf.subject) == ("issued", certificate.public_id)
        rows = set(tx.session.exec(select(Posting.row)))
        assert {"C.2-4", "C.2-5", "C.2-6", "C.2-7"} <= rows
        assert [problem for problem in fsck(tx) if problem] == []


def test_the_interval_closes_the_gate_until_its_day(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        record_operation(tx, farm.actor, parse(OperationForm, farm.work(occurred_on="2026-07-05")))
        batch = farm.harvest(tx)  # 6 July: one day after, two are wanted
        with pytest.raises(GateClosed, match="安全间隔期") as closed:
            issue(tx, farm.actor, order(batch))
        assert str(closed.value.result.refusals[0].clears_on) == "2026-07-07"
        assert tx.session.exec(select(Certificate)).all() == []


def test_nothing_is_promised_twice(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        batch = farm.harvest(tx, "500")
        issue(tx, farm.actor, order(batch, "300"))
        with pytest.raises(GateClosed):
            issue(tx, farm.actor, order(batch, "200.001"))
        issue(tx, farm.actor, order(batch, "400", unit="斤"))
        with pytest.raises(GateClosed):
            issue(tx, farm.actor, order(batch, "0.001"))


def test_numbers_follow_each_other(world: World) -> None:
    with world.write() as tx:
        farm, other = start_farm(tx), second_farm(tx)
        numbers = [
            issue(tx, one.actor, order(one.harvest(tx), "1")).number for one in (farm, other, farm)
        ]
    assert [number[:19] for number in numbers] == [
        f"370283260708{sequence:07d}" for sequence in (1, 2, 3)
    ]


def test_another_producers_batch_is_not_there(world: World) -> None:
    with world.write() as tx:
        farm, other = start_farm(tx), second_farm(tx)
        batch = farm.harvest(tx)
        certificate = issue(tx, farm.actor, order(batch))
        with pytest.raises(NotFound):
            issue(tx, other.actor, order(batch))
        with pytest.raises(NotFound):
            void(tx, other.actor, certificate.public_id, VoidForm(reason="不是我的"))


def test_a_voided_certificate_says_so_and_makes_no_more_paper(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        certificate = issue(tx, farm.actor, order(farm.harvest(tx)))
        void(tx, farm.actor, certificate.public_id, VoidForm(reason="数量填错"))
        with pytest.raises(Conflict):
            void(tx, farm.actor, certificate.public_id, VoidForm(reason="数量填错"))
    with world.read() as tx:
        page = certificate_page(tx, certificate.public_id)
        assert (page.state, page.notice and page.notice.reason) == (State.VOIDED, "数量填错")
        with pytest.raises(Conflict):
            paper.certificate_pdf(tx, certificate.public_id)
        assert [problem for problem in fsck(tx) if problem] == []


def test_a_deleted_voiding_does_not_bring_it_back(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        certificate = issue(tx, farm.actor, order(farm.harvest(tx)))
        void(tx, farm.actor, certificate.public_id, VoidForm(reason="数量填错"))
        tx.session.execute(text("DELETE FROM voiding"))
    with world.read() as tx:
        assert verdict_on(tx, certificate.public_id).outcome is Outcome.VOIDED
        assert any(problem and "不见了" in problem for problem in fsck(tx))


def test_replacing_frees_the_quantity_and_counts_once(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        batch = farm.harvest(tx, "500")
        old = issue(tx, farm.actor, order(batch, "500"))
        score = (
            tx.session.exec(select(CreditScore).where(CreditScore.target == "product")).one().total
        )
        new = replace(
            tx, farm.actor, old.public_id, order(batch, "450"), VoidForm(reason="数量填错")
        )
        assert (
            tx.session.exec(select(CreditScore).where(CreditScore.target == "product")).one().total
            == score
        )
    with world.read() as tx:
        page = certificate_page(tx, old.public_id)
        assert (page.state, page.notice and page.notice.newer_id) == (
            State.REPLACED,
            new.public_id,
        )
        shown = batch_page(tx, batch.public_id)
        assert shown.promise is not None
        assert shown.promise.number == new.number


def test_a_recall_reaches_what_was_made_from_the_batch(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        batch = farm.harvest(tx, "500")
        form = {"batch": batch.public_id, "made_on": "2026-07-07", "parts": [{"quantity": "200"}]}
        part = split_batch(tx, farm.actor, parse(SplitForm, form))[0]
        certificate = issue(tx, farm.actor, order(part))
        recall(
            tx,
            farm.actor,
            batch.public_id,
            RecallForm(reason="抽检不合格", advice="请退回购买处"),
        )
    with world.read() as tx:
        page = certificate_page(tx, certificate.public_id)
        assert page.state is State.RECALLED
        assert page.notice is not None
        assert page.notice.advice == "请退回购买处"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("product", "西红柿"),
        ("quantity_milli", 900_000),
        ("unit", "吨"),
        ("origin", "山东省寿光市"),
        ("issuer", "别的合作社"),
        ("contact", "13900009999"),
        ("issued_at", 1_783_400_001),
        ("basis", 7),
        ("number", "37028326070800000999"),
        ("form", "2025-purchaser"),
        ("log_index", 0),
        ("evidence_root", b"\0" * 32),
        ("salt", b"\0" * 16),
        ("signature", b"\1" * 64),
        ("kid", b"\0" * 8),
    ],
)
def test_one_changed_field_in_the_database_is_altered(
    world: World, column: str, value: object
) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        certificate = issue(tx, farm.actor, order(farm.harvest(tx)))
        tx.session.execute(text(f"UPDATE certificate SET {column} = :v"), {"v": value})  # noqa: S608
    with world.read() as tx:
        verdict = verdict_on(tx, certificate.public_id)
        assert verdict.outcome is Outcome.ALTERED
        assert any(check.passed is False for check in verdict.checks)
        assert any(problem for problem in fsck(tx))


def test_a_record_changed_behind_the_log_is_noticed_and_an_open_correction_is_told(
    world: World,
) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        work = record_operation(tx, farm.actor, parse(OperationForm, farm.work()))
        certificate = issue(tx, farm.actor, order(farm.harvest(tx)))
        later = farm.work(occurred_on="2026-07-07")
        record_operation(tx, farm.actor, parse(OperationForm, later))
    with world.read() as tx:
        promise = certificate_page(tx, certificate.public_id).promise
        assert promise is not None
        assert (promise.records_intact, promise.corrections) == (True, 0)
    with world.write() as tx:
        tx.session.execute(text("UPDATE operation SET dose = '5' WHERE id = :id"), {"id": work.id})
    with world.read() as tx:
        promise = certificate_page(tx, certificate.public_id).promise
        assert promise is not None
        assert not promise.records_intact


def test_json_and_pdf_verify_and_one_changed_byte_does_not(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        certificate = issue(tx, farm.actor, order(farm.harvest(tx)))
    with world.read() as tx:
        knowledge = StoreKnowledge(tx)
        said = paper.certificate_json(tx, certificate.public_id)
        pdf = paper.certificate_pdf(tx, certificate.public_id)
        assert verify(said, knowledge).outcome is Outcome.GENUINE
        assert verify(pdf, knowledge).outcome is Outcome.GENUINE
        assert verify(said, None).outcome is Outcome.CANNOT_TELL
        changed = said.replace("100 公斤".encode(), "900 公斤".encode())
        assert changed != said
        assert verify(changed, knowledge).outcome is Outcome.ALTERED
        broken = bytearray(pdf)
        broken[len(pdf) // 2] ^= 1
        assert verify(bytes(broken), knowledge).outcome is Outcome.ALTERED
        assert json.loads(said)["fields"]


def test_a_suspended_producer_promises_nothing(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        batch = farm.harvest(tx)
        tx.session.execute(text("UPDATE producer SET suspended_at = 1"))
        with pytest.raises(Refusal, match="暂停"):
            issue(tx, farm.actor, order(batch))

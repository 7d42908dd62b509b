"""Deductions: two pairs of eyes, one posting an incident, its exact reverse on appeal."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import col, select

from tests.actions.farm import Farm, second_farm, start_farm
from tests.actions.supervision import (
    OPINION,
    incident_form,
    operators,
    paper,
    tell,
    uphold,
    verdict,
)
from tracer.actions.actor import Actor
from tracer.actions.certificates.issue import IssueForm, issue
from tracer.actions.credit_replay import replay
from tracer.actions.forms import parse
from tracer.actions.supervision.adjudicate import confirm, decide, decide_appeal, send_back
from tracer.actions.supervision.inspect import FindingForm, record_finding
from tracer.actions.supervision.opening import LinkForm, false_rows, link_reports, open_incident
from tracer.actions.supervision.supervise import StatementForm, answer, appeal
from tracer.domain.errors import Conflict, Forbidden, NotFound, Refusal
from tracer.domain.supervision import STANDING, Decision, Stage, Step, after
from tracer.domain.words import Outcome, ProducerKind, Role
from tracer.proof.leaf import Event
from tracer.queries.fsck import fsck
from tracer.queries.supervision.incident import opening_page
from tracer.store.tables import (
    CreditScore,
    Incident,
    IncidentStep,
    LogLeaf,
    Posting,
    Product,
)
from tracer.store.world import Tx, World


class Undone(Exception):
    """Ends a transaction without keeping what it changed."""


def totals(tx: Tx, farm: Farm) -> tuple[Fraction, Fraction]:
    """The exact indexes of the farm's product and of the farm."""
    product = tx.session.exec(select(Product).where(Product.public_id == farm.product)).one()
    scores = [
        tx.session.get(CreditScore, key)
        for key in (("product", product.id), ("subject", product.producer_id))
    ]
    return tuple(Fraction(one.total) if one else Fraction(0) for one in scores)  # type: ignore[return-value]


def assert_replays(tx: Tx) -> None:
    assert [one for one in replay(tx) if one is not None] == []


# What each kind costs: the product's index, and the subject's own rows.
COSTS = {
    ("false_information", "C.2-5"): (10, 0),
    ("false_information", "C.2-1"): (20, 0),
    ("false_information", "C.1-3"): (0, 20),
    ("quality", None): (0, 20),
    ("complaint", None): (0, 50),
    ("false_certificate", None): (10, 0),
    ("sampling", None): (20, 0),
    ("accident", None): (0, 40),
    ("penalty", None): (0, 20),
    ("overuse", None): (0, 20),
}


@pytest.mark.parametrize(("what", "cost"), COSTS.items())
def test_each_kind_posts_its_one_row_and_an_appeal_takes_it_back(
    world: World, what: tuple[str, str | None], cost: tuple[int, int]
) -> None:
    kind, row = what
    with world.write() as tx:
        farm = start_farm(tx)
        desk = operators(tx, "jia", "yi", "bing")
        told = tell(tx, farm.harvest(tx))
        before = totals(tx, farm)
        form = incident_form(
            tx,
            farm,
            told,
            kind=kind,
            row=row,
            document="平农检〔2026〕7 号",
            file=paper(tx, desk[0]),
        )
        posted = len(tx.session.exec(select(Posting)).all())
        incident = uphold(tx, farm, desk, form)
        confirm(tx, desk[1], incident.public_id, OPINION)  # sent twice
        assert len(tx.session.exec(select(Posting)).all()) == posted + 1
        product, subject = totals(tx, farm)
        # The subject's index holds the mean of its products', here of one.
        assert before[0] - product == cost[0]
        assert before[1] - subject == cost[0] + cost[1]
        assert_replays(tx)
        appeal(tx, farm.actor, incident.public_id, StatementForm(text="不服"))
        done = decide_appeal(tx, desk[2], incident.public_id, verdict())
        decide_appeal(tx, desk[2], incident.public_id, verdict())
        assert done.stage == Stage.REVERSED
        assert totals(tx, farm) == before
        assert len(tx.session.exec(select(Posting)).all()) == posted + 2
        assert_replays(tx)


def problems(tx: Tx) -> list[str]:
    return [problem for problem in fsck(tx) if problem]


def test_decisions_in_force_are_leaves_that_the_rows_rebuild(any_world: World) -> None:
    with any_world.write() as tx:
        farm = start_farm(tx)
        desk = operators(tx, "jia", "yi", "bing")
        row = open_incident(tx, desk[0], incident_form(tx, farm, tell(tx, farm.harvest(tx))))
        answer(tx, farm.actor, row.public_id, StatementForm(text="在查"))
        decide(tx, desk[0], row.public_id, verdict(file=paper(tx, desk[0])))
        decided = select(LogLeaf).where(LogLeaf.event == Event.DECIDED.value)
        assert tx.session.exec(decided).all() == []
        for _ in range(2):
            confirm(tx, desk[1], row.public_id, OPINION)
        assert [leaf.subject for leaf in tx.session.exec(decided)] == [row.public_id]
        appeal(tx, farm.actor, row.public_id, StatementForm(text="不服"))
        for _ in range(2):
            decide_appeal(tx, desk[2], row.public_id, verdict(reason="复检合格"))
        leaves = tx.session.exec(decided).all()
        assert len(leaves) == 2
        assert not any("复检".encode() in leaf.leaf for leaf in leaves)
        assert problems(tx) == []
    told = "对应的记录被改动过"
    for change, sentence in (
        ("update incident set title = '小事'", told),
        ("update incident_step set text = '改过的理由' where step = 'decided'", told),
        ("update incident_step set evidence = '无' where step = 'appeal_decided'", told),
        ("update posting set amount = '-1' where evidence_kind = 'incident'", told),
        ("update stored_file set sha256 = 'another'", told),
        ("update incident_step set salt = null where step = 'confirmed'", "不见了"),
        ("delete from incident_step where step = 'decided'", "不见了"),
    ):
        with pytest.raises(Undone), any_world.write() as tx:
            tx.session.connection().execute(text(change))
            assert any(sentence in problem for problem in problems(tx)), change
            raise Undone


def test_steps_from_before_there_were_leaves_stay_good(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        told = tell(tx, farm.harvest(tx))
        uphold(tx, farm, operators(tx, "jia", "yi"), incident_form(tx, farm, told))
        last = tx.session.exec(select(LogLeaf).order_by(col(LogLeaf.index).desc())).first()
        tx.session.delete(last)
        for step in tx.session.exec(select(IncidentStep)):
            step.salt = step.log_index = None
        tx.session.flush()
        assert problems(tx) == []


@pytest.mark.parametrize("number", ["13912345678", "139 1234 5678", "370283198001010019"])
def test_what_will_be_published_names_nobody(world: World, number: str) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        told = tell(tx, farm.harvest(tx))
        for field in ("title", "document"):
            with pytest.raises(Refusal, match="请去掉手机号") as refused:
                incident_form(tx, farm, told, **{field: f"请找{number}"})
            assert refused.value.field == field
        for field in ("reason", "evidence"):
            with pytest.raises(Refusal, match="请去掉手机号"):
                verdict(**{field: f"请找{number}"})


def test_a_reporters_telephone_is_not_published_in_pieces(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        (one,) = operators(tx, "jia")
        told = tell(tx, farm.harvest(tx), phone="13912345678")
        row = open_incident(tx, one, incident_form(tx, farm, told))
        answer(tx, farm.actor, row.public_id, StatementForm(text="在查"))
        for field in ("reason", "evidence"):
            with pytest.raises(Refusal, match="举报人的电话"):
                decide(tx, one, row.public_id, verdict(**{field: "举报人 139-123-456-78"}))


def test_many_reports_are_one_incident_and_one_deduction(any_world: World) -> None:
    with any_world.write() as tx:
        farm = start_farm(tx)
        desk = operators(tx, "jia", "yi")
        batch = farm.harvest(tx)
        told = [tell(tx, batch, visitor=number) for number in range(6)]
        _, before = totals(tx, farm)
        first = open_incident(tx, desk[0], incident_form(tx, farm, *told[:2]))
        # Another report of the same matter opens nothing new.
        again = open_incident(tx, desk[1], incident_form(tx, farm, told[2], title="还是药味"))
        assert again.id == first.id
        more = LinkForm(reports=tuple(one.public_id for one in told[3:]))
        for _ in range(2):
            link_reports(tx, desk[0], first.public_id, more)
        assert {one.incident_id for one in told} == {first.id}
        uphold(tx, farm, desk, incident_form(tx, farm, told[0]))
        assert before - totals(tx, farm)[1] == 20
        # A seventh, after the decision, joins it and costs nothing more.
        late = tell(tx, batch, visitor=99)
        link_reports(tx, desk[0], first.public_id, LinkForm(reports=(late.public_id,)))
        assert open_incident(tx, desk[0], incident_form(tx, farm, late)).id == first.id
        assert before - totals(tx, farm)[1] == 20
        assert_replays(tx)


def test_a_deduction_takes_two_people_and_an_appeal_a_third(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        one, two, three, four = operators(tx, "jia", "yi", "bing", "ding")
        row = open_incident(tx, one, incident_form(tx, farm, tell(tx, farm.harvest(tx))))
        answer(tx, farm.actor, row.public_id, StatementForm(text="在查"))
        before = totals(tx, farm)
        decide(tx, one, row.public_id, verdict())
        with pytest.raises(Forbidden):
            confirm(tx, one, row.public_id, OPINION)
        assert totals(tx, farm) == before
        send_back(tx, two, row.public_id, OPINION)
        # Decided again, now by the other one; who decided first never hears the appeal.
        decide(tx, two, row.public_id, verdict(reason="补了复检"))
        with pytest.raises(Forbidden):
            confirm(tx, two, row.public_id, OPINION)
        confirm(tx, three, row.public_id, OPINION)
        appeal(tx, farm.actor, row.public_id, StatementForm(text="不服"))
        for hand in (one, two, three):
            with pytest.raises(Forbidden):
                decide_appeal(tx, hand, row.public_id, verdict("rejected"))
        done = decide_appeal(tx, four, row.public_id, verdict("rejected"))
        assert done.stage == Stage.FINAL
        assert before[1] - totals(tx, farm)[1] == 20


@pytest.mark.parametrize(("decision", "stage"), [("rejected", "rejected"), ("report_false",) * 2])
def test_what_is_not_upheld_costs_nothing(world: World, decision: str, stage: str) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        (one,) = operators(tx, "jia")
        told = tell(tx, farm.harvest(tx))
        before = totals(tx, farm)
        row = open_incident(tx, one, incident_form(tx, farm, told))
        for _ in range(2):
            assert decide(tx, one, row.public_id, verdict(decision)).stage == stage
        assert totals(tx, farm) == before
        with pytest.raises(Conflict):
            decide(tx, one, row.public_id, verdict())


def test_a_household_is_recorded_without_a_number(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx, kind=ProducerKind.HOUSEHOLD.label, uscc=None)
        desk = operators(tx, "jia", "yi")
        posted = len(tx.session.exec(select(Posting)).all())
        batch = farm.harvest(tx)
        posted = len(tx.session.exec(select(Posting)).all())
        row = uphold(tx, farm, desk, incident_form(tx, farm, tell(tx, batch), kind="complaint"))
        assert row.stage == Stage.UPHELD
        assert len(tx.session.exec(select(Posting)).all()) == posted
        # Its products are scored like any other's.
        false = incident_form(
            tx,
            farm,
            tell(tx, batch, visitor=8, concern="false_information", row="C.2-5"),
            kind="false_information",
            row="C.2-5",
        )
        before, _ = totals(tx, farm)
        uphold(tx, farm, desk, false)
        assert before - totals(tx, farm)[0] == 10


def test_an_inspectors_failing_finding_becomes_one_incident(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        batch = farm.harvest(tx)
        order = {"batch": batch.public_id, "quantity": "10", "unit": "kg", "basis": ["control"]}
        certificate = issue(tx, farm.actor, parse(IssueForm, order))
        (one,) = operators(tx, "jia")
        inspector = Actor(one.account_id, Role.INSPECTOR, "检查员")
        finding = record_finding(
            tx,
            inspector,
            FindingForm(
                client_id="device-0001",
                code=certificate.number,
                certificate=certificate.public_id,
                verdict=Outcome.GENUINE,
                conclusion="held",
                place="城东市场",
            ),
        )
        form = incident_form(tx, farm, kind="sampling", finding=finding.public_id)
        row = open_incident(tx, one, form)
        assert open_incident(tx, one, form).id == row.id
        assert row.row == "C.2-15"
        with pytest.raises(Forbidden):
            open_incident(tx, inspector, form)


def test_only_operators_adjudicate_and_only_what_belongs_together(world: World) -> None:
    with world.write() as tx:
        farm, other = start_farm(tx), second_farm(tx)
        (one,) = operators(tx, "jia")
        told = tell(tx, farm.harvest(tx))
        form = incident_form(tx, farm, told)
        expert = Actor(one.account_id, Role.EXPERT, "专家")
        for stranger in (farm.actor, expert):
            with pytest.raises(Forbidden):
                open_incident(tx, stranger, form)
        for changed, error in (
            ({"product": other.product}, "不是这家"),
            ({"product": None, "kind": "sampling", "document": "1", "file": "x"}, "哪个产品"),
            ({"kind": "penalty"}, "文书编号"),
            ({"kind": "penalty", "document": "7 号"}, "文书照片"),
            ({"reports": []}, "从举报投诉"),
            ({"reports": ["7K3M9Q2XW4E"]}, "没有这条举报"),
            ({"finding": "7K3M9Q2XW4E"}, "没有这条查验"),
            ({"producer": "7K3M9Q2XW4E"}, "没有这个生产主体"),
        ):
            with pytest.raises(Refusal, match=error):
                open_incident(tx, one, incident_form(tx, farm, told, **changed))
        with pytest.raises(Refusal, match="说的是别家"):
            open_incident(tx, one, incident_form(tx, other, told))
        for row in (None, "C.2-7", "C.2-11", "C.9-9"):
            with pytest.raises(Refusal, match="哪一项信息不实"):
                incident_form(tx, farm, told, kind="false_information", row=row)
        with pytest.raises(NotFound):
            decide(tx, one, "7K3M9Q2XW4E", verdict())
        assert tx.session.exec(select(Incident)).all() == []


def test_a_report_belongs_to_one_incident(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        (one,) = operators(tx, "jia")
        batch = farm.harvest(tx)
        first, second = tell(tx, batch), tell(tx, batch, visitor=8)
        open_incident(tx, one, incident_form(tx, farm, first))
        other = open_incident(tx, one, incident_form(tx, farm, second, kind="complaint"))
        with pytest.raises(Conflict, match="别的事件"):
            link_reports(tx, one, other.public_id, LinkForm(reports=(first.public_id,)))


def test_the_rows_that_may_be_false_are_those_the_standard_deducts() -> None:
    assert {*(f"C.1-{number}" for number in range(1, 21))} <= set(false_rows())
    assert "C.2-7" not in false_rows()  # a false certificate is C.2-14
    assert {"C.2-9", "C.2-11", "C.2-12", "C.2-14"}.isdisjoint(false_rows())


@given(
    st.lists(
        st.tuples(st.sampled_from(list(Step)), st.sampled_from([None, *Decision])), max_size=12
    )
)
def test_no_walk_reaches_a_deduction_without_decision_and_confirmation(
    walk: list[tuple[Step, Decision | None]],
) -> None:
    stage, taken = Stage.OPEN, []
    for step, decision in walk:
        reached = after(stage, step, decision)
        if reached is not None:
            stage = reached
            taken.append(step)
    if stage in STANDING:
        assert taken.index(Step.DECIDED) < taken.index(Step.CONFIRMED)
    assert taken.count(Step.APPEALED) <= 1


def test_who_reports_late_joins_what_was_upheld_and_nothing_is_posted_twice(world: World) -> None:
    with world.write() as tx:
        farm, desk = start_farm(tx), operators(tx, "yi", "er")
        batch = farm.harvest(tx)
        row = uphold(tx, farm, desk, incident_form(tx, farm, tell(tx, batch)))
        late = tell(tx, batch, visitor=8)
        offered = opening_page(tx, late.public_id, "", "").open_ones
        assert offered == ((row.public_id, f"{row.title}（{Stage(row.stage).label}）"),)
        posted = tx.session.exec(select(Posting)).all()
        link_reports(tx, desk[0], row.public_id, LinkForm(reports=(late.public_id,)))
        assert late.incident_id == row.id
        assert tx.session.exec(select(Posting)).all() == posted

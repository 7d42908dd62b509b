"""Entries of 数据元: every row can be filled, once is once, and what is private stays so."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from tests.actions.farm import second_farm, start_farm
from tests.actions.papers import (
    BASE,
    HONOUR,
    HOUSEHOLD,
    MARK,
    add,
    entry_form,
    full_values,
    picture,
)
from tracer.actions.credit_replay import replay
from tracer.actions.dossier.filling import edit_entry, unpublish_entry, withdraw_entry
from tracer.actions.earning import catch_up
from tracer.actions.farm.reports import keep_file
from tracer.actions.private_files import keep_private_file
from tracer.domain.elements import element_rows, rows_for
from tracer.domain.errors import Conflict, NotFound, Refusal
from tracer.domain.masking import Subject
from tracer.store.dossier import current_entries
from tracer.store.tables import CreditScore, Element, Posting, Producer
from tracer.store.world import Tx, World


def rows_posted(tx: Tx, target: str = "subject") -> set[str]:
    return set(tx.session.exec(select(Posting.row).where(Posting.target == target)))


def index(tx: Tx, target: str) -> str:
    return tx.session.exec(select(CreditScore.total).where(CreditScore.target == target)).one()


@pytest.mark.parametrize("subject", [Subject.LEGAL_PERSON, Subject.NATURAL_PERSON])
def test_every_row_can_be_filled_or_says_where_it_comes_from(
    any_world: World, subject: Subject
) -> None:
    person = subject is Subject.NATURAL_PERSON
    with any_world.write() as tx:
        farm = start_farm(tx, **HOUSEHOLD if person else {})
        for row in rows_for(subject):
            product = farm.product if row.of_product else None
            if not row.fields:
                assert row.derived
                with pytest.raises(Refusal, match="平时的记录"):
                    add(tx, farm.actor, row.key, {})
                continue
            values = full_values(tx, farm.actor, row.key, product)
            saved = add(tx, farm.actor, row.key, values, product=product, publish=True)
            assert (saved.entry is not None) is bool(row.entry_fields)
        others = [row for row in element_rows().values() if row not in rows_for(subject)]
        for row in others:
            with pytest.raises(Refusal, match="不用您来填"):
                add(tx, farm.actor, row.key, full_values(tx, farm.actor, row.key))
        filled = {entry.row for entry in current_entries(tx.session, farm.actor.producer)}
        assert filled == {row.key for row in rows_for(subject) if row.entry_fields}
        assert [one for one in replay(tx) if one] == []
        expected = set() if person else {f"C.1-{number}" for number in range(1, 21)}
        assert rows_posted(tx) == expected


def test_the_same_sent_twice_is_one_entry_and_one_point(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        for _ in range(2):
            mark = add(tx, farm.actor, "B.2-7", MARK, product=farm.product, publish=True)
            add(tx, farm.actor, "B.1-6", HONOUR)
            add(tx, farm.actor, "B.1-6", HONOUR | {"name": "市级示范社"})
            add(tx, farm.actor, "B.1-9", BASE)
        assert len(current_entries(tx.session, farm.actor.producer)) == 4
        posted = tx.session.exec(select(Posting).where(Posting.evidence_kind == "entry")).all()
        assert sorted(one.row for one in posted) == ["C.1-18", "C.1-19", "C.1-20", "C.2-2"]
        assert mark.entry is not None
        assert {one.evidence_id for one in posted if one.row == "C.2-2"} == {mark.entry.public_id}


def test_marks_count_each_and_only_once_published(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        hidden = add(tx, farm.actor, "B.2-7", MARK, product=farm.product).entry
        assert hidden is not None
        assert rows_posted(tx, "product") == {"C.2-4"}
        shown = entry_form("B.2-7", MARK, product=farm.product, publish=True)
        edit_entry(tx, farm.actor, hidden.public_id, shown)
        organic = MARK | {"mark": "有机产品", "number": "121OP2600001"}
        add(tx, farm.actor, "B.2-7", organic, product=farm.product, publish=True)
        score = tx.session.get_one(CreditScore, ("product", 1))
        assert score.tallies["C.2-2"] == {"n": 2}


def test_a_paper_written_another_way_is_the_same_paper(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        for changed in (
            {},
            {"number": MARK["number"].lower()},
            {"number": MARK["number"].replace("-", " ")},
            {"number": MARK["number"].replace("-", "—")},
            {"mark": "有机产品"},
        ):
            add(tx, farm.actor, "B.2-7", MARK | changed, product=farm.product, publish=True)
        score = tx.session.get_one(CreditScore, ("product", 1))
        assert score.tallies["C.2-2"] == {"n": 1}


def test_marks_of_other_kinds_fill_no_row_of_the_subject(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        other = MARK | {"mark": "名特优新农产品"}
        add(tx, farm.actor, "B.2-7", other, product=farm.product, publish=True)
        assert "C.1-18" not in rows_posted(tx)
        assert "C.2-2" in rows_posted(tx, "product")


def test_what_is_withdrawn_or_edited_never_earns_again(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        before = None
        for number in ("LB-1", "LB-2", "LB-1", "LB-2"):
            mark = MARK | {"number": "LB-1"}
            entry = add(tx, farm.actor, "B.2-7", mark, product=farm.product, publish=True).entry
            assert entry is not None
            form = entry_form("B.2-7", MARK | {"number": number}, product=farm.product)
            entry = edit_entry(tx, farm.actor, entry.public_id, form).entry
            assert entry is not None
            withdraw_entry(tx, farm.actor, entry.public_id)
            withdraw_entry(tx, farm.actor, entry.public_id)
            now = index(tx, "product"), index(tx, "subject")
            assert before in (None, now)
            before = now
        assert current_entries(tx.session, farm.actor.producer) == []


def test_an_edit_follows_and_keeps_what_was_said(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        first = add(tx, farm.actor, "B.1-6", HONOUR).entry
        assert first is not None
        form = entry_form("B.1-6", HONOUR | {"issuer": "青岛市农业农村局"})
        second = edit_entry(tx, farm.actor, first.public_id, form).entry
        assert second is not None
        assert second.follows_id == first.id
        assert first.values["issuer"] == HONOUR["issuer"]
        assert edit_entry(tx, farm.actor, first.public_id, form).entry == second
        with pytest.raises(Conflict, match="已经改过"):
            edit_entry(tx, farm.actor, first.public_id, entry_form("B.1-6", HONOUR))
        assert current_entries(tx.session, farm.actor.producer) == [second]


def test_a_ref_knows_its_entry_for_good(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        first = add(tx, farm.actor, "B.1-6", HONOUR, ref="荣-1").entry
        assert first is not None
        changed = HONOUR | {"issuer": "青岛市农业农村局"}
        edit_entry(tx, farm.actor, first.public_id, entry_form("B.1-6", changed))
        edited = add(tx, farm.actor, "B.1-6", HONOUR, ref="荣-1").entry
        assert edited is not None
        assert edited.values["issuer"] == "青岛市农业农村局"
        with pytest.raises(Conflict, match="荣-1"):
            add(tx, farm.actor, "B.1-6", HONOUR | {"name": "别的"}, ref="荣-1")


def test_others_entries_and_products_do_not_exist(world: World) -> None:
    with world.write() as tx:
        farm, other = start_farm(tx), second_farm(tx)
        entry = add(tx, farm.actor, "B.1-6", HONOUR).entry
        assert entry is not None
        stranger = other.actor
        file = keep_private_file(tx, farm.actor, "身份证.jpg", picture()).public_id
        for act in (
            lambda: edit_entry(tx, stranger, entry.public_id, entry_form("B.1-6", HONOUR)),
            lambda: withdraw_entry(tx, stranger, entry.public_id),
            lambda: unpublish_entry(tx, stranger, entry.public_id),
            lambda: add(tx, stranger, "B.2-7", MARK, product=farm.product),
            lambda: add(tx, stranger, "B.1-2", {"id_card_front": file}),
        ):
            with pytest.raises(NotFound):
                act()


def test_a_private_field_takes_sealed_files_only(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        open_one = keep_file(tx, farm.actor, "a.jpg", picture()).public_id
        sealed = keep_private_file(tx, farm.actor, "b.jpg", picture()).public_id
        with pytest.raises(Refusal, match="重新上传"):
            add(tx, farm.actor, "B.1-2", {"id_card_front": open_one})
        with pytest.raises(Refusal, match="重新上传"):
            add(tx, farm.actor, "B.1-8", {"logo": sealed})


@pytest.mark.parametrize(
    ("row", "values", "field"),
    [
        ("B.1-6", HONOUR | {"issuer": ""}, "issuer"),
        ("B.1-6", {"name": "无日期", "issuer": "某局"}, "awarded_on"),
        ("B.1-6", HONOUR | {"awarded_on": "2027-01-01"}, "awarded_on"),
        ("B.1-6", HONOUR | {"level": "宇宙级"}, "level"),
        ("B.1-6", HONOUR | {"shoe_size": "43"}, "shoe_size"),
        ("B.2-7", {**MARK, "number": ""}, "number"),
        ("B.2-7", {**MARK, "valid_to": ""}, "valid_to"),
        ("B.2-7", {**MARK, "valid_to": "2026-02-28"}, "valid_to"),
        ("B.2-7", {**MARK, "certified_on": "2025-01-01", "valid_to": "2026-07-07"}, "valid_to"),
        ("B.1-9", {**BASE, "certificate_no": ""}, "certificate_no"),
        ("B.1-2", {"id_card": "370283198001010018"}, "id_card"),
        ("B.1-7", {"address": "河西村", "latitude": "360", "longitude": "119"}, "latitude"),
        ("B.1-7", {"address": "河西村", "latitude": "36"}, "longitude"),
        ("B.4-21", {"role": "植保员", "count": "2.5"}, "count"),
        ("B.3-1", {}, "measures"),
    ],
)
def test_a_mistake_is_named_by_its_field(
    world: World, row: str, values: dict[str, str], field: str
) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        product = farm.product if row == "B.2-7" else None
        with pytest.raises(Refusal) as refused:
            add(tx, farm.actor, row, values, product=product)
        assert refused.value.field == field


def test_a_standard_with_an_odd_number_is_kept_and_told(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        said = add(tx, farm.actor, "B.4-3", {"number": "GB 2763", "name": "最大残留限量"})
        assert said.entry is not None
        assert "不像行业标准" in said.notes[0]
        assert add(tx, farm.actor, "B.4-3", {"number": "NY/T 391", "name": "环境"}).notes == ()


def test_long_term_is_understood(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        values = MARK | {"valid_to": "长期", "mark": "农产品地理标志"}
        entry = add(tx, farm.actor, "B.2-7", values, product=farm.product).entry
        assert entry is not None
        assert entry.values["valid_to"] == "2999-12-31"


def test_a_person_is_published_with_separate_consent_only(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx, **HOUSEHOLD)
        kept = add(tx, farm.actor, "B.1-6", HONOUR, publish=True)
        assert kept.entry is not None
        assert not kept.entry.published
        assert "单独同意" in kept.notes[0]
        agreed = entry_form("B.1-6", HONOUR, publish=True, consent=True)
        shown = edit_entry(tx, farm.actor, kept.entry.public_id, agreed).entry
        assert shown is not None
        assert (shown.published, shown.consented_at) == (True, tx.now)
        taken_back = unpublish_entry(tx, farm.actor, shown.public_id).entry
        assert taken_back is not None
        assert (taken_back.published, taken_back.consented_at) == (False, None)
        assert unpublish_entry(tx, farm.actor, kept.entry.public_id).entry == taken_back
        versions = tx.session.exec(select(Element).order_by(col(Element.id))).all()
        assert [one.values for one in versions] == [kept.entry.values] * 3


def test_private_values_stay_until_given_again_or_cleared(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        team = {"role": "植保员", "count": "2", "names": "张三、李四"}
        first = add(tx, farm.actor, "B.4-21", team).entry
        assert first is not None
        assert "names" not in first.values
        fewer = {"role": "植保员", "count": "1"}
        second = edit_entry(tx, farm.actor, first.public_id, entry_form("B.4-21", fewer)).entry
        assert second is not None
        assert second.sealed is not None
        cleared = entry_form("B.4-21", fewer, clear=["names"])
        third = edit_entry(tx, farm.actor, second.public_id, cleared).entry
        assert third is not None
        assert third.sealed is None


def test_name_kind_code_and_place_need_not_be_given_again(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        add(
            tx, farm.actor, "B.1-1", {"address": "蓼兰镇河西村 1 号", "registered_on": "2019-03-12"}
        )
        add(tx, farm.actor, "B.1-4", {"business_type": "种植"})
        row = tx.session.get_one(Producer, farm.actor.producer)
        assert (row.registered_on, row.business_type) == (date(2019, 3, 12), "种植")
        assert (row.county, row.town) == ("370283", "370283108")
        add(tx, farm.actor, "B.1-4", {"county": "370281"})
        assert (row.county, row.town, row.business_type) == ("370281", None, None)
        with pytest.raises(Refusal, match="平台管理员"):
            add(tx, farm.actor, "B.1-1", {"name": "别的名字", "address": "河西村"})


def test_what_was_filled_before_its_rows_counted_is_caught_up_with_once(world: World) -> None:
    with world.write() as tx:
        start_farm(tx, contact_name="王禾")
        before = index(tx, "subject")
        tx.session.execute(text("DELETE FROM posting WHERE target = 'subject'"))
        tx.session.execute(text("DELETE FROM credit_score WHERE target = 'subject'"))
        tx.session.expire_all()
        for _ in range(2):
            assert catch_up(tx) == 1
            assert index(tx, "subject") == before
        assert [one for one in replay(tx) if one] == []

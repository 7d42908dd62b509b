"""A product base: founded, filled with companies and products, written down, and told about."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlmodel import select

from tests.actions.farm import Farm, second_farm, start_farm
from tests.actions.village_base import BASE, base_actor, found_base, kept
from tracer.actions.actor import Actor
from tracer.actions.bases.founding import (
    BaseForm,
    BaseProductForm,
    LeaveForm,
    ResidentForm,
    admit_resident,
    create_base,
    drop_product,
    edit_base,
    leave,
    put_product,
)
from tracer.actions.bases.notices import NoticeForm, read_notice, send_notice
from tracer.actions.bases.records import WithdrawForm, add_record, form_of, withdraw_record
from tracer.actions.forms import parse
from tracer.actions.people.accounts import authenticate, create_account
from tracer.actions.people.moderate import AccountForm, open_account
from tracer.domain.bases import ClauseState, record_kinds
from tracer.domain.errors import Conflict, Forbidden, NotFound, Refusal
from tracer.domain.words import Role
from tracer.store.base_facts import base_facts, notices_to, standing_records
from tracer.store.facts import facts_for
from tracer.store.files import clean_upload
from tracer.store.tables import Assessment, Base, BaseRecord, NoticeReading, Producer, Revision
from tracer.store.world import Tx, World

TODAY = date(2026, 7, 8)


def resident(tx: Tx, actor: Actor, farm: Farm, **changed: Any) -> None:
    producer = tx.session.get_one(Producer, farm.actor.producer)
    form = {"producer": producer.public_id, "admitted_on": "2026-01-05", "met": "全程记录，三检"}
    admit_resident(tx, actor, parse(ResidentForm, form | changed))


def product(tx: Tx, actor: Actor, farm: Farm, **changed: Any) -> None:
    form = {
        "product": farm.product,
        "chain": "蔬菜",
        "certificate_no": "OTOP-2026-001",
        "certified_on": "2026-02-01",
        "certified_to": "2029-01-31",
    }
    put_product(tx, actor, parse(BaseProductForm, form | changed))


def test_a_base_and_its_account_are_founded_by_the_operator(any_world: World) -> None:
    with any_world.write() as tx:
        boss = Actor(
            create_account(tx, "guanli", "麦子熟了2026", Role.OPERATOR, "管").id or 0,
            Role.OPERATOR,
            "管",
        )
        base = create_base(tx, boss, parse(BaseForm, BASE))
        assert create_base(tx, boss, parse(BaseForm, BASE)).id == base.id
        with pytest.raises(Conflict, match="已经登记过"):
            create_base(tx, boss, parse(BaseForm, BASE | {"boundary": "别处"}))
        opened = open_account(
            tx,
            boss,
            parse(
                AccountForm, {"login": "jidi", "name": "李", "role": "base", "base": base.public_id}
            ),
        )
        actor = authenticate(tx, "jidi", opened.password)
        assert (actor.role, actor.base) == (Role.BASE, base.id)
        with pytest.raises(Forbidden):
            _ = actor.producer
        with pytest.raises(Forbidden):
            create_base(tx, actor, parse(BaseForm, BASE | {"name": "另一个"}))
        for wrong in ({"role": "base"}, {"role": "producer", "base": base.public_id}):
            with pytest.raises(Refusal, match="基地申请方的账号"):
                open_account(tx, boss, parse(AccountForm, {"login": "x12", "name": "李", **wrong}))


def test_a_base_changes_itself_but_not_its_name(world: World) -> None:
    with world.write() as tx:
        actor = found_base(tx)
        edit_base(tx, actor, parse(BaseForm, BASE | {"area": "12000.5"}))
        row = tx.session.exec(select(Base)).one()
        assert row.area_milli_mu == 12_000_500
        assert tx.session.exec(select(Revision.table)).all() == ["base"]
        with pytest.raises(Refusal, match="申请方要改的话"):
            edit_base(tx, actor, parse(BaseForm, BASE | {"applicant": "别人"}))


def test_residents_and_their_products_come_and_go(any_world: World) -> None:
    with any_world.write() as tx:
        actor, farm = found_base(tx), start_farm(tx)
        with pytest.raises(Refusal, match="没有入驻"):
            product(tx, actor, farm)
        resident(tx, actor, farm)
        product(tx, actor, farm)
        product(tx, actor, farm)
        facts = base_facts(tx.session, actor.base, TODAY)
        assert [(one.name, one.chain) for one in facts.certified] == [("黄瓜", "蔬菜")]
        producer = tx.session.get_one(Producer, farm.actor.producer).public_id
        for day in ("2025-12-31", "2026-01-06", "2026-07-09"):
            with pytest.raises(Refusal, match="请填今天（2026-07-08）"):
                leave(tx, actor, producer, parse(LeaveForm, {"left_on": day}))
        leave(tx, actor, producer, parse(LeaveForm, {"left_on": "2026-07-08"}))
        assert base_facts(tx.session, actor.base, TODAY).certified == ()
        with pytest.raises(Refusal, match="没有入驻"):
            product(tx, actor, farm)
        resident(tx, actor, farm)
        product(tx, actor, farm)
        assert len(base_facts(tx.session, actor.base, TODAY).certified) == 1
        drop_product(tx, actor, farm.product)
        drop_product(tx, actor, farm.product)
        assert base_facts(tx.session, actor.base, TODAY).certified == ()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"certificate_no": ""}, "要一起填"),
        ({"certified_to": ""}, "要一起填"),
        ({"certified_to": "2026-01-01"}, "早于发证日期"),
        ({"certified_on": "2026-12-01"}, "发证日期还没到"),
        ({"product": "00000000000"}, "没有这个产品"),
        ({"chain": ""}, "产业链没有填"),
    ],
)
def test_a_bad_product_is_told(world: World, changed: dict[str, str], sentence: str) -> None:
    with world.write() as tx:
        actor, farm = found_base(tx), start_farm(tx)
        resident(tx, actor, farm)
        with pytest.raises(Refusal, match=sentence):
            product(tx, actor, farm, **changed)


def test_every_kind_can_be_written_down_and_then_speaks_for_its_clause(any_world: World) -> None:
    with any_world.write() as tx:
        actor, farm = found_base(tx), start_farm(tx)
        resident(tx, actor, farm)
        product(tx, actor, farm)
        for kind in record_kinds().values():
            if not kind.event:
                first = kept(tx, actor, kind.key, farm)
                assert kept(tx, actor, kind.key, farm).id == first.id
        send_notice(tx, actor, parse(NoticeForm, NOTICE))
        facts = base_facts(tx.session, actor.base, TODAY)
        unmet = {
            kind.clause
            for kind in record_kinds().values()
            if facts.standing(kind.clause).state is not ClauseState.MET
        }
        assert unmet == {"5.5.2"}  # the product has neither a report nor a batch
        assert facts.standing("5.6.1").state is ClauseState.MET


def test_a_certified_product_with_a_report_and_a_batch_is_filed_and_traced(world: World) -> None:
    from tests.web.producer.village import tested

    with world.write() as tx:
        actor, farm = found_base(tx), start_farm(tx)
        resident(tx, actor, farm)
        product(tx, actor, farm)
        tested(tx, farm, farm.harvest(tx))
        standing = base_facts(tx.session, actor.base, TODAY).standing("5.5.2")
        assert (standing.state, standing.missing) == (ClauseState.MET, ())
        kept(tx, actor, "counterfeit", farm)
        standing = base_facts(tx.session, actor.base, TODAY).standing("5.5.2")
        assert (standing.state, standing.missing) == (ClauseState.UNMET, ())
        assert "假冒伪劣事件 1 起" in standing.said


def test_grave_events_count_for_three_years_and_lesser_ones_never(world: World) -> None:
    with world.write() as tx:
        actor = found_base(tx)
        kept(tx, actor, "clean_record")
        kept(tx, actor, "environmental_event", level="一般")
        assert base_facts(tx.session, actor.base, TODAY).standing("5.4.2").state is ClauseState.MET
        kept(tx, actor, "environmental_event", level="重大", held_on="2023-07-08")
        assert base_facts(tx.session, actor.base, TODAY).standing("5.4.2").state is ClauseState.MET
        kept(tx, actor, "environmental_event", level="重大", held_on="2023-07-09")
        found = base_facts(tx.session, actor.base, TODAY).standing("5.4.2")
        assert found.state is ClauseState.UNMET


def test_a_record_is_corrected_and_withdrawn_but_never_lost(any_world: World) -> None:
    with any_world.write() as tx:
        actor = found_base(tx)
        photo = BytesIO()
        Image.new("RGB", (40, 30), "green").save(photo, "PNG")
        form = parse(
            form_of("goals"), {"title": "目标", "held_on": "2026-01-01", "text": "三年三品"}
        )
        first = add_record(tx, actor, "goals", form, ("目标.png", clean_upload(photo.getvalue())))
        better = parse(form_of("goals"), {"title": "目标", "held_on": "2026-01-01", "text": "五品"})
        second = add_record(tx, actor, "goals", better, follows=first.public_id)
        assert second.file_id == first.file_id is not None
        assert [row.id for row in standing_records(tx.session, actor.base)] == [second.id]
        with pytest.raises(Conflict, match="已经更正"):
            add_record(tx, actor, "goals", form, follows=first.public_id)
        with pytest.raises(Refusal, match="不能换记录的种类"):
            kept(tx, actor, "policy", follows=second.public_id)
        reason = WithdrawForm(reason="记错了")
        last = withdraw_record(tx, actor, second.public_id, reason)
        assert withdraw_record(tx, actor, second.public_id, reason).id == last.id
        assert list(standing_records(tx.session, actor.base)) == []
        assert len(tx.session.exec(select(BaseRecord)).all()) == 3
        stranger = base_actor(tx, "另一个基地", "other")
        with pytest.raises(NotFound):
            withdraw_record(tx, stranger, second.public_id, reason)


@pytest.mark.parametrize(
    ("kind", "changed", "sentence"),
    [
        ("leading_group", {"members": "张三"}, "第 1 行要写成"),
        ("training", {"people": "很多"}, "要填整数"),
        ("training", {"held_on": "2026-07-09"}, "培训日期还没到"),
        ("environment", {"medium": "火"}, "不在可选范围里"),
        ("budget", {"amount": "一百万"}, "要填数字"),
        ("policy", {"text": ""}, "主要内容没有填"),
        ("policy", {"colour": "红"}, "没有“colour”这一项"),
        ("mark_issue", {"serial_from": "起"}, "字母加数字"),
        ("mark_issue", {"serial_to": "LL-0001"}, "和发放数量不一样"),
        ("mark_issue", {"serial_to": "QQ-0100"}, "字母要一样"),
        ("mark_issue", {"returned": "101"}, "退回数量不能多于"),
        ("mark_issue", {"about": "00000000000"}, "不在基地里"),
    ],
)
def test_a_bad_record_is_told(
    world: World, kind: str, changed: dict[str, str], sentence: str
) -> None:
    with world.write() as tx:
        actor, farm = found_base(tx), start_farm(tx)
        resident(tx, actor, farm)
        product(tx, actor, farm)
        with pytest.raises(Refusal, match=sentence):
            kept(tx, actor, kind, farm, **changed)
        assert list(standing_records(tx.session, actor.base)) == []


def test_no_mark_is_handed_out_twice(world: World) -> None:
    with world.write() as tx:
        actor, farm = found_base(tx), start_farm(tx)
        resident(tx, actor, farm)
        product(tx, actor, farm)
        first = kept(tx, actor, "mark_issue", farm)
        clash = {"serial_from": "LL-0100", "serial_to": "LL-0199", "title": "第二批"}
        with pytest.raises(Refusal, match="重了"):
            kept(tx, actor, "mark_issue", farm, **clash)
        kept(
            tx,
            actor,
            "mark_issue",
            farm,
            title="第二批",
            serial_from="LL-0101",
            serial_to="LL-0200",
        )
        kept(tx, actor, "mark_issue", farm, follows=first.public_id, returned="3")


NOTICE = {"concern": "风险信息", "title": "霜冻", "text": "十七号有霜冻，请盖棚。"}


def test_notices_reach_residents_and_are_read_once(any_world: World) -> None:
    with any_world.write() as tx:
        actor, farm, other = found_base(tx), start_farm(tx), second_farm(tx)
        with pytest.raises(Refusal, match="还没有入驻企业"):
            send_notice(tx, actor, parse(NoticeForm, NOTICE))
        resident(tx, actor, farm)
        everybody = send_notice(tx, actor, parse(NoticeForm, NOTICE))
        assert send_notice(tx, actor, parse(NoticeForm, NOTICE)).id == everybody.id
        stranger = tx.session.get_one(Producer, other.actor.producer).public_id
        with pytest.raises(Refusal, match="没有入驻"):
            send_notice(tx, actor, parse(NoticeForm, NOTICE | {"producer": stranger}))
        resident(tx, actor, other)
        private = send_notice(tx, actor, parse(NoticeForm, NOTICE | {"producer": stranger}))
        mine = notices_to(tx.session, farm.actor.producer)
        assert [(notice.id, reading) for notice, reading in mine] == [(everybody.id, None)]
        for _ in range(2):
            read_notice(tx, farm.actor, everybody.public_id)
        assert len(tx.session.exec(select(NoticeReading)).all()) == 1
        with pytest.raises(NotFound):
            read_notice(tx, farm.actor, private.public_id)


def test_what_a_base_has_on_record_stands_beside_the_rows_of_its_assessment(world: World) -> None:
    with world.write() as tx:
        actor = found_base(tx)
        kept(tx, actor, "policy")
        kept(tx, actor, "training")
        row = Assessment(base_id=actor.base, stage="draft")
        facts = facts_for(tx.session, row, {"base:5.1.1", "base:5.6.2", "base:5.2.2"}, TODAY)
    assert (
        "已登记工作意见和配套政策（2026-07-01）；还缺规划或年度工作计划" in facts["base:5.1.1"].text
    )
    assert facts["base:5.6.2"].text == "已登记培训（2026-07-01）；还缺技术服务"
    assert facts["base:5.2.2"].text == "还缺规模化、专业化、标准化和品牌情况"
    assert all(not fact.answers for fact in facts.values())

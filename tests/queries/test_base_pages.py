"""What a base's pages say, on both databases."""

from __future__ import annotations

from tests.actions.farm import second_farm, start_farm
from tests.actions.test_bases import NOTICE, product, resident
from tests.actions.village_base import BASE, found_base, kept
from tests.web.producer import village
from tracer.actions.bases.founding import drop_product
from tracer.actions.bases.notices import NoticeForm, read_notice, send_notice
from tracer.actions.forms import parse
from tracer.queries.bases import members as base_members
from tracer.queries.bases import notices as base_notices
from tracer.queries.bases import pages as base_pages
from tracer.queries.bases import public as base_public
from tracer.queries.bases import records as base_records
from tracer.store.tables import Base
from tracer.store.world import World


def test_the_pages_of_a_base(any_world: World) -> None:
    with any_world.write() as tx:
        actor, farm, other = found_base(tx), start_farm(tx), second_farm(tx)
        for one in (farm, other):
            resident(tx, actor, one)
            product(tx, actor, one)
        village.tested(tx, farm, farm.harvest(tx))
        drop_product(tx, actor, other.product)
        marks = kept(tx, actor, "mark_issue", farm, returned="4")
        better = kept(tx, actor, "mark_issue", farm, follows=marks.public_id, returned="5")
        sent = send_notice(tx, actor, parse(NoticeForm, NOTICE))
        read_notice(tx, farm.actor, sent.public_id)
    with any_world.read() as tx:
        view = base_pages.dashboard(tx, actor.base)
        assert (view.met, view.of) == (2, 26)  # 5.5.2 and 5.6.1
        assert [section.key for section in view.sections][:2] == ["5.1", "5.2"]
        rows = {row.key: row for section in view.sections for row in section.rows}
        assert rows["5.2.1"].missing[0] == "同一产业链的获证产品 2 个"
        assert rows["5.3.2"].missing == ("专用标志管理制度",)
        assert [one.id for one in rows["5.3.2"].records] == [better.public_id]
        assert rows["5.2.5"].advisory
        assert rows["5.2.5"].word == "鼓励"
        assert view.next is not None
        assert view.next.kind == "policy"
        ledger = base_records.record_table(tx, actor.base, "mark_issue")
        assert ledger.total == "共发放 100 枚，退回 5 枚，在用 95 枚"
        page = base_records.record_page(tx, actor.base, marks.public_id)
        assert (page.state, page.changeable) == ("已更正，这是原来的内容", False)
        assert [one.name for one in base_members.products(tx, actor.base)] == ["黄瓜"]
        assert len(base_members.residents(tx, actor.base)) == 2
        (line,) = base_notices.notices(tx, actor.base)
        assert (line.read, line.of, line.unread) == (1, 2, "禾下家庭农场")
        assert base_notices.unread(tx, farm.actor.producer) == 0
        assert base_notices.unread(tx, other.actor.producer) == 1
        (listed,) = base_public.bases(tx)
        assert (listed.residents, listed.products) == (2, 1)
        public = base_public.public_base(tx, tx.session.get_one(Base, actor.base))
        assert public.name == BASE["name"]
        assert [(chain, len(lines)) for chain, lines in public.chains] == [("蔬菜", 1)]
        assert public.chains[0][1][0].batch


def test_a_company_is_found_by_its_whole_name_only(world: World) -> None:
    with world.write() as tx:
        actor = found_base(tx)
        start_farm(tx)
    with world.read() as tx:
        assert base_members.findable_producers(tx, actor.base, "绿畦") == ()
        assert base_members.findable_producers(tx, actor.base, "%") == ()
        (found,) = base_members.findable_producers(tx, actor.base, "绿畦蔬菜专业合作社")
        assert found[1] == "绿畦蔬菜专业合作社"

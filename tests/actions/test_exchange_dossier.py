"""资料 in tables: round and round without change, and never with what is private."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlmodel import select

from tests.actions.papers import ID_CARD, entry_form, picture
from tests.actions.tables import COOP, Village, grids, village
from tracer.actions.actor import Actor
from tracer.actions.dossier.filling import add_entry, edit_entry, withdraw_entry
from tracer.actions.exchange.giving_out import export_tables
from tracer.actions.exchange.rows import ImportRefused
from tracer.actions.exchange.taking_in import Tally, import_tables
from tracer.actions.people.accounts import actor_of, create_account
from tracer.actions.private_files import keep_private_file
from tracer.domain.words import Role
from tracer.store.dossier import current_entries
from tracer.store.tables import Element, Posting, Producer
from tracer.store.world import Tx, World


def operator(tx: Tx) -> Actor:
    return actor_of(create_account(tx, "admin", "麦子熟了2026", Role.OPERATOR, "管理员"))


def owner(tx: Tx) -> Actor:
    row = tx.session.exec(select(Producer).where(Producer.name == COOP)).one()
    return actor_of(create_account(tx, "luqi", "麦子熟了2026", Role.PRODUCER, "王禾", row.id))


def taken(tx: Tx, actor: Actor, tables: Village) -> dict[str, Tally]:
    return import_tables(tx, actor, grids(tables))


def told(tx: Tx, actor: Actor, tables: Village) -> list[tuple[str, int, str, str]]:
    with pytest.raises(ImportRefused) as refused:
        taken(tx, actor, tables)
    return [(one.sheet, one.row, one.column, one.message) for one in refused.value.mistakes]


def test_entries_earn_and_are_published_as_the_table_says(world: World) -> None:
    with world.write() as tx:
        taken(tx, operator(tx), village())
        rows = set(tx.session.exec(select(Posting.row)))
        assert {"C.1-18", "C.1-20", "C.2-2"} <= rows
        shown = {one.row for one in tx.session.exec(select(Element)) if one.published}
        assert shown == {"B.1-6", "B.1-11", "B.2-7", "B.4-21"}


def test_columns_of_the_same_rows_are_left_alone(world: World) -> None:
    with world.write() as tx:
        tables = village()
        tables["生产者"][0]["主体介绍"] = "二十七户社员"
        tables["主体资料"].append({"生产者": COOP, "项目": "企业介绍", "人才": "农艺师一名"})
        taken(tx, operator(tx), tables)
        row = tx.session.exec(select(Producer).where(Producer.name == COOP)).one()
        assert row.introduction == "二十七户社员"


def test_what_was_edited_or_withdrawn_since_stays_so(world: World) -> None:
    with world.write() as tx:
        desk = operator(tx)
        taken(tx, desk, village())
        actor = owner(tx)
        honour, mark = (
            tx.session.exec(select(Element).where(Element.row == row)).one()
            for row in ("B.1-6", "B.2-7")
        )
        edited = honour.values | {"level": "省级"}
        edit_entry(tx, actor, honour.public_id, entry_form("B.1-6", edited))
        withdraw_entry(tx, actor, mark.public_id)
        standing = [one.id for one in current_entries(tx.session, actor.producer)]
        again = taken(tx, desk, village())
        assert sum(tally.added for tally in again.values()) == 0
        assert [one.id for one in current_entries(tx.session, actor.producer)] == standing
        tables = village()
        tables["主体资料"][1]["企业宗旨"] = "别的宗旨"
        assert [one[:2] for one in told(tx, desk, tables)] == [("主体资料", 3)]


def test_a_cell_that_its_row_does_not_ask_for_is_named(world: World) -> None:
    with world.write() as tx:
        tables = village()
        tables["主体资料"][0]["企业宗旨"] = "写错了地方"
        tables["生产技术"][0]["项目"] = "土办法"
        tables["产品资质"][0]["有效期至"] = "明年"
        found = told(tx, operator(tx), tables)
        assert [(sheet, column) for sheet, _, column, _ in found] == [
            ("主体资料", "企业宗旨"),
            ("产品资质", "有效期至"),
            ("生产技术", "项目"),
        ]
        assert "位置信息" in found[0][3]


def test_what_is_private_stays_behind_and_is_not_lost(world: World) -> None:
    with world.write() as tx:
        desk = operator(tx)
        taken(tx, desk, village())
        actor = owner(tx)
        photo = keep_private_file(tx, actor, "正面.jpg", picture()).public_id
        add_entry(
            tx,
            actor,
            entry_form("B.1-2", {"id_card": ID_CARD, "id_card_front": photo}),
        )
        team = tx.session.exec(select(Element).where(Element.row == "B.4-21")).one()
        named = entry_form("B.4-21", team.values | {"names": "甄好人"}, publish=True, consent=True)
        edit_entry(tx, actor, team.public_id, named)
        for one in (desk, actor):
            out = export_tables(tx, one)
            said = json.dumps(out, ensure_ascii=False)
            assert not any(secret in said for secret in (ID_CARD, photo, "甄好人"))
        before = tx.session.exec(select(Element)).all()
        again = import_tables(tx, desk, grids(out))
        assert sum(tally.added for tally in again.values()) == 0
        assert tx.session.exec(select(Element)).all() == before


@pytest.mark.parametrize("clock", [date(2030, 1, 1)], indirect=True)
def test_a_paper_that_has_run_out_is_taken_in_and_earns_nothing(world: World) -> None:
    with world.write() as tx:
        tallies = taken(tx, operator(tx), village())
        assert tallies["产品资质"] == Tally(1, 0)
        assert {"C.1-18", "C.2-2"}.isdisjoint(tx.session.exec(select(Posting.row)))

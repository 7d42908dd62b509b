"""Names are found from any character or syllable on, by an index, on both databases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import select

from tests.actions.farm import start_farm
from tracer.actions import credit
from tracer.domain.spelling import findable, folded, parts
from tracer.queries.credit import disclosure
from tracer.queries.credit.disclosure import Wanted, ranking
from tracer.store import schema
from tracer.store.tables import NamePart, Producer, Product
from tracer.store.world import Tx, World


def found(tx: Tx, name: str, target: str = "product") -> int:
    return len(ranking(tx, Wanted(target=target, name=name)).lines)


def test_parts_of_a_name() -> None:
    assert parts(findable("黄瓜")) == {"黄瓜", "瓜", "huanggua", "gua", "hg", "g"}
    assert {"a2牛奶", "2牛奶", "niunai", "nn", "nai"} <= parts(findable("A2 牛奶"))
    assert parts(findable("")) == set()


@given(st.text(st.sampled_from("黄瓜西红柿绿A2 ü"), max_size=8), st.integers(0, 7))
def test_whatever_stands_in_a_name_begins_a_part(name: str, first: int) -> None:
    rest = folded(name)[first:]
    assert not rest or any(part.startswith(rest) for part in parts(findable(name)))


@pytest.mark.parametrize("few", [0, 500])
def test_by_character_by_syllable_by_initials(
    any_world: World, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """However many are found: they are sorted, or waited for on the way down the ranking."""
    monkeypatch.setattr(disclosure, "_FEW", few)
    with any_world.write() as tx:
        start_farm(tx)
        product = tx.session.exec(select(Product)).one()
        credit.count(tx, product.id or 0, "C.2-1", "product", product.public_id)
        for name in ("黄瓜", "瓜", "HuangGua", "huang", "gua", "hg", "G", "黄 瓜"):
            assert found(tx, name) == 1, name
        for name in ("uanggua", "瓜黄", "huangguax", "西红柿", "%", "_", "'"):
            assert found(tx, name) == 0, name
        product.name = "西红柿"
        tx.session.flush()
        assert (found(tx, "hg"), found(tx, "hongshi"), found(tx, "xhs")) == (0, 1, 1)


def test_a_masked_name_is_not_found_by_what_is_masked(any_world: World) -> None:
    with any_world.write() as tx:
        start_farm(tx, kind="家庭农场", name="李长河", uscc=None)
        producer = tx.session.exec(select(Producer)).one()
        for consent in (False, True, False):
            producer.publish_name = consent
            tx.session.flush()
            for name in ("长河", "changhe", "lch", "ch"):
                assert found(tx, name, "subject") == int(consent), name
            assert found(tx, "li", "subject") == 1


def test_an_older_database_is_given_its_parts(any_world: World) -> None:
    with any_world.write() as tx:
        start_farm(tx)
        before = {
            (row.target, row.target_id, row.part) for row in tx.session.exec(select(NamePart))
        }
    with any_world.engines.writer.begin() as connection:
        connection.execute(text("DROP TABLE name_part"))
        connection.execute(text("ALTER TABLE product DROP COLUMN retired_at"))
        connection.execute(text("DROP TABLE print_sending"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0004'"))
    schema.upgrade(any_world.engines.writer)
    with any_world.read() as tx:
        rows = tx.session.exec(select(NamePart)).all()
    assert {(row.target, row.target_id, row.part) for row in rows} == before

"""Laws of 数据元: the index does not know in which order they were filled, and replay agrees."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from tests.actions.farm import start_farm
from tests.actions.papers import BASE, HONOUR, ID_CARD, MARK, add
from tracer.actions.credit_replay import replay
from tracer.store.tables import CreditScore
from tracer.store.world import Tx, World

FILLINGS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("B.1-1", {"registered_on": "2019-03-12"}),
    ("B.1-2", {"legal_person": "王禾", "id_card": ID_CARD}),
    ("B.1-3", {"contact_phone": "13800001234", "contact_email": "he@example.cn"}),
    ("B.1-4", {"business_type": "种植", "main_products": "黄瓜"}),
    ("B.1-6", HONOUR),
    ("B.1-6", HONOUR | {"name": "市级示范社"}),
    ("B.1-9", BASE),
    ("B.2-7", MARK),
    ("B.2-7", MARK | {"mark": "有机产品", "number": "999OP2600001"}),
    ("B.4-2", {"number": "GB 2763", "name": "最大残留限量"}),
)


def scores(tx: Tx) -> dict[str, Fraction]:
    rows = tx.session.exec(select(CreditScore)).all()
    return {f"{row.target}": Fraction(row.total) for row in rows}


@settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(order=st.permutations(range(len(FILLINGS))), twice=st.sets(st.integers(0, 9)))
def test_the_order_of_filling_does_not_matter(
    world: World, order: list[int], twice: set[int]
) -> None:
    with world.write() as tx:
        saved = tx.session.begin_nested()
        farm = start_farm(tx)
        last = scores(tx)
        for place in (*order, *(one for one in order if one in twice)):
            row, values = FILLINGS[place]
            product = farm.product if row == "B.2-7" else None
            add(tx, farm.actor, row, values, product=product, publish=product is not None)
            now = scores(tx)
            assert all(now[target] >= last[target] for target in last)
            last = now
        # C.1-3, 6, 13 and 15 of the farm itself, then 1, 7, 8, 14, 16, 17, 18, 19 and 20.
        own = 10 + 10 + 5 + 5 + 10 + 10 + 10 + 5 + 5 + 5 + 20 + 20 + 10
        assert last["product"] == 20 + 2 * 20
        assert last["subject"] == own + last["product"]
        assert [one for one in replay(tx) if one] == []
        saved.rollback()

"""Batches: what goes in comes out, nothing is taken twice, and papers belong to their batch."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from tests.actions.farm import Farm, second_farm, start_farm, uscc
from tracer.actions.farm.batches import (
    HarvestForm,
    MergeForm,
    PurchaseForm,
    SplitForm,
    TransformForm,
    buy_batch,
    merge_batches,
    record_harvest,
    split_batch,
    transform_batches,
)
from tracer.actions.farm.campaigns import CampaignForm, open_campaign
from tracer.actions.farm.corrections import correct_harvest, withdraw_batch
from tracer.actions.farm.farmwork import (
    RetractForm,
)
from tracer.actions.farm.holdings import ProductForm, add_product
from tracer.actions.forms import parse
from tracer.domain.errors import Conflict, NotFound, Refusal
from tracer.store.stock import moved_on, quantity_of, remaining
from tracer.store.tables import Batch, BatchEdge, Operation, Posting, Recall
from tracer.store.world import Tx, World

REASON = RetractForm(reason="称错了")


def split(tx: Tx, farm: Farm, batch: Batch, *parts: dict[str, str]) -> list[Batch]:
    form = {"batch": batch.public_id, "made_on": "2026-07-07", "parts": list(parts)}
    return split_batch(tx, farm.actor, parse(SplitForm, form))


def merge(tx: Tx, farm: Farm, *batches: Batch, **changed: Any) -> Batch:
    sources = [{"batch": batch.public_id} for batch in batches]
    form = {"made_on": "2026-07-07", "sources": sources, **changed}
    return merge_batches(tx, farm.actor, parse(MergeForm, form))


def factory(tx: Tx, farm: Farm) -> str:
    """A campaign that makes pickles."""
    product = add_product(
        tx,
        farm.actor,
        parse(
            ProductForm,
            {"name": "酱黄瓜", "origin": "山东省平度市", "category": "A5-73", "sector": "加工"},
        ),
    )
    form = {
        "product": product.public_id,
        "plot": farm.plot,
        "name": "2026 年酱菜",
        "started_on": "2026-07-01",
    }
    return open_campaign(tx, farm.actor, parse(CampaignForm, form)).public_id


def purchase(campaign: str, **changed: str) -> PurchaseForm:
    form = {
        "campaign": campaign,
        "made_on": "2026-07-06",
        "operator": "赵收",
        "quantity": "300",
        "unit": "公斤",
        "supplier": "李禾苗",
        "origin": "山东省平度市蓼兰镇",
    }
    return parse(PurchaseForm, form | changed)


def test_a_harvest_makes_a_record_and_a_batch(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        batch = farm.harvest(tx, "500.5")
        record = tx.session.get_one(Operation, batch.operation_id)
        posted = tx.session.exec(select(Posting).where(Posting.row == "C.2-6")).one()
    assert (record.kind, record.quantity_milli, record.unit) == ("harvest", 500_500, "kg")
    assert (batch.code, batch.origin) == ("260706-01", "山东省平度市蓼兰镇")
    assert str(quantity_of(batch)) == "500.5 公斤"
    assert posted.evidence_id == batch.public_id


def test_batches_of_a_day_are_numbered_around_those_that_have_a_number(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        codes = [farm.harvest(tx, code=code).code for code in (None, "260706-03", None, None)]
        with pytest.raises(Conflict, match="换一个编号"):
            farm.harvest(tx, code="260706-03")
    assert codes == ["260706-01", "260706-03", "260706-04", "260706-05"]


def test_a_resent_harvest_is_the_same_batch(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        first = farm.harvest(tx, ref="采-1", code="HG-1")
        assert farm.harvest(tx, ref="采-1", code="HG-1").id == first.id
        with pytest.raises(Conflict, match="数量"):
            farm.harvest(tx, "501", ref="采-1", code="HG-1")
        with pytest.raises(Conflict, match="HG-1"):
            farm.harvest(tx, ref="采-1", code="HG-2")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"made_on": "2026-07-09"}, "occurred_on"),
        ({"made_on": "2026-03-01"}, "occurred_on"),
        ({"kind": "irrigation"}, "kind"),
        ({"kind": "slaughter"}, "kind"),
        ({"kind": "egg_collection"}, "kind"),
    ],
)
def test_a_harvest_that_cannot_be_is_refused(
    world: World, changed: dict[str, str], field: str
) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        with pytest.raises(Refusal) as refused:
            farm.harvest(tx, **changed)
    assert refused.value.field == field


def test_a_sector_with_several_harvests_asks_which(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        hens = add_product(
            tx,
            farm.actor,
            parse(
                ProductForm,
                {"name": "鲜鸡蛋", "origin": "平度市", "category": "A3-48", "sector": "畜禽养殖"},
            ),
        )
        form = {"product": hens.public_id, "plot": farm.plot, "name": "蛋鸡"}
        campaign = open_campaign(
            tx, farm.actor, parse(CampaignForm, form | {"started_on": "2026-01-01"})
        )
        with pytest.raises(Refusal, match="收蛋、挤奶、出栏"):
            farm.harvest(tx, campaign=campaign.public_id, unit="枚")
        eggs = farm.harvest(tx, "900", campaign=campaign.public_id, unit="枚", kind="收蛋")
    assert str(quantity_of(eggs)) == "900 枚"


def test_a_split_leaves_the_rest_in_the_parent(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        batch = farm.harvest(tx)
        parts = split(tx, farm, batch, {"quantity": "200"}, {"quantity": "250", "unit": "斤"})
        assert [str(quantity_of(part)) for part in parts] == ["200 公斤", "250 斤"]
        assert str(remaining(tx.session, batch)) == "175 公斤"
        with pytest.raises(Refusal, match="只剩 175 公斤"):
            split(tx, farm, batch, {"quantity": "175.001"})
        split(tx, farm, batch, {"quantity": "175"})
        assert remaining(tx.session, batch).milli == 0
        with pytest.raises(Refusal, match="只剩 0 公斤"):
            split(tx, farm, batch, {"quantity": "0.001"})


def test_two_parts_of_one_number_are_refused(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        batch = farm.harvest(tx)
        part = {"quantity": "200", "code": "A-1"}
        with pytest.raises(Refusal, match="同一个编号"):
            split(tx, farm, batch, part, part)
        assert str(remaining(tx.session, batch)) == "500 公斤"


def test_amounts_are_never_rounded(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        batch = farm.harvest(tx)
        with pytest.raises(Refusal, match="除不尽"):
            split(tx, farm, batch, {"quantity": "0.001", "unit": "斤"})
        with pytest.raises(Refusal, match="不能换算"):
            split(tx, farm, batch, {"quantity": "1", "unit": "箱"})


def test_a_resent_split_is_the_same_parts(world: World) -> None:
    part = {"quantity": "200", "code": "HG-1A"}
    with world.write() as tx:
        farm = start_farm(tx)
        batch = farm.harvest(tx)
        (first,) = split(tx, farm, batch, part)
        assert split(tx, farm, batch, part) == [first]
        with pytest.raises(Conflict, match="HG-1A"):
            split(tx, farm, batch, part | {"quantity": "100"})
        assert str(remaining(tx.session, batch)) == "300 公斤"


def test_a_merge_is_the_exact_sum(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        first, second = farm.harvest(tx, "100"), farm.harvest(tx, "60", unit="斤")
        with pytest.raises(Refusal, match="合计是 130 公斤"):
            merge(tx, farm, first, second, quantity="131", code="HZ-1")
        both = merge(tx, farm, first, second, quantity="130", code="HZ-1")
        assert str(quantity_of(both)) == "130 公斤"
        assert remaining(tx.session, first).milli == remaining(tx.session, second).milli == 0
        assert merge(tx, farm, first, second, code="HZ-1").id == both.id
        with pytest.raises(Conflict, match="HZ-1"):
            merge(tx, farm, first, farm.harvest(tx, "1"), code="HZ-1")
        with pytest.raises(Refusal, match="写了两遍"):
            merge(tx, farm, both, both)


def test_only_one_product_is_merged(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        pickles = factory(tx, farm)
        cucumbers, more = farm.harvest(tx, "100"), farm.harvest(tx, "100")
        jar = transform_batches(
            tx,
            farm.actor,
            parse(
                TransformForm,
                {
                    "campaign": pickles,
                    "made_on": "2026-07-07",
                    "operator": "王禾",
                    "quantity": "40",
                    "method": "盐渍",
                    "sources": [{"batch": more.public_id}],
                },
            ),
        )
        with pytest.raises(Refusal, match="同一种产品"):
            merge(tx, farm, cucumbers, jar)


def test_processing_takes_its_raw_material(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        raw = farm.harvest(tx)
        form = {
            "ref": "加-1",
            "campaign": factory(tx, farm),
            "made_on": "2026-07-07",
            "operator": "王禾",
            "quantity": "120",
            "unit": "袋",
            "method": "清洗、盐渍、酱制",
            "sources": [{"batch": raw.public_id, "quantity": "400", "unit": "斤"}],
        }
        jar = transform_batches(tx, farm.actor, parse(TransformForm, form))
        assert str(remaining(tx.session, raw)) == "300 公斤"
        assert str(quantity_of(jar)) == "120 袋"
        assert transform_batches(tx, farm.actor, parse(TransformForm, form)).id == jar.id
        with pytest.raises(Conflict):
            less = form | {"sources": [{"batch": raw.public_id, "quantity": "100"}]}
            transform_batches(tx, farm.actor, parse(TransformForm, less))
        with pytest.raises(Refusal, match="不能更早"):
            early = form | {"ref": "加-2", "made_on": "2026-07-05"}
            transform_batches(tx, farm.actor, parse(TransformForm, early))


def test_a_purchaser_buys_in_and_a_family_farm_does_not(world: World) -> None:
    with world.write() as tx:
        buyer = start_farm(tx, kind="收购者", name="聚禾收购站", uscc=uscc("92370283MA3T0X009"))
        bought = buy_batch(tx, buyer.actor, purchase(buyer.campaign, ref="收-1"))
        assert (bought.kind, bought.origin) == ("purchase", "山东省平度市蓼兰镇")
        again = buy_batch(tx, buyer.actor, purchase(buyer.campaign, ref="收-1"))
        assert again.id == bought.id
        family = second_farm(tx)
        with pytest.raises(Refusal, match="收购者的账号"):
            buy_batch(tx, family.actor, purchase(family.campaign))


def test_recalled_goods_go_nowhere(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        batch = farm.harvest(tx)
        (part,) = split(tx, farm, batch, {"quantity": "100"})
        tx.session.add(
            Recall(
                batch_id=batch.id or 0,
                reason="农残超标",
                advice="退回合作社",
                recalled_by=farm.actor.account_id,
                recalled_at=tx.now,
                salt=b"",
                log_index=99,
            )
        )
        tx.session.flush()
        for gone in (batch, part):
            with pytest.raises(Refusal, match="已召回"):
                split(tx, farm, gone, {"quantity": "1"})


def test_another_producers_batches_do_not_exist(world: World) -> None:
    with world.write() as tx:
        farm, other = start_farm(tx), second_farm(tx)
        batch, mine = farm.harvest(tx), other.harvest(tx)
        with pytest.raises(NotFound):
            split(tx, other, batch, {"quantity": "1"})
        with pytest.raises(NotFound):
            merge(tx, other, mine, batch)
        with pytest.raises(NotFound):
            withdraw_batch(tx, other.actor, batch.public_id, REASON)
        with pytest.raises(NotFound):
            farm.harvest(tx, campaign=other.campaign)
        form = {
            "campaign": other.campaign,
            "made_on": "2026-07-06",
            "operator": "王禾",
            "quantity": "1",
        }
        with pytest.raises(NotFound):
            correct_harvest(tx, other.actor, batch.public_id, parse(HarvestForm, form))
        with pytest.raises(NotFound):
            record_harvest(tx, farm.actor, parse(HarvestForm, form))


class _Undo(Exception):
    """Ends an example without keeping it."""


@pytest.fixture
def settled(world: World) -> Farm:
    """A farm that is there before the examples begin."""
    with world.write() as tx:
        return start_farm(tx)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    harvested=st.integers(1, 2_000_000),
    steps=st.lists(
        st.tuples(
            st.integers(0, 5), st.integers(1, 1_500_000), st.sampled_from(["kg", "jin", "g", "t"])
        ),
        max_size=8,
    ),
)
def test_no_sequence_of_splits_and_merges_makes_or_loses_a_gram(
    world: World, settled: Farm, harvested: int, steps: list[tuple[int, int, str]]
) -> None:
    farm = settled
    with pytest.raises(_Undo), world.write() as tx:
        batches = [farm.harvest(tx, _decimal(harvested))]
        for pick, milli, unit in steps:
            batch = batches[pick % len(batches)]
            try:
                if pick % 3 == 2 and len(batches) > 1:
                    batches.append(merge(tx, farm, batch, batches[(pick + 1) % len(batches)]))
                else:
                    batches += split(tx, farm, batch, {"quantity": _decimal(milli), "unit": unit})
            except Refusal:
                continue
        left = sum(remaining(tx.session, batch).base for batch in batches)
        assert left == harvested * 1000
        for batch in batches:
            assert 0 <= moved_on(tx.session, batch).milli <= batch.quantity_milli
            gone_in = tx.session.exec(select(BatchEdge).where(BatchEdge.child_id == batch.id)).all()
            if gone_in:
                parents = {edge.parent_id: edge.quantity_milli for edge in gone_in}
                given_up = sum(
                    milli
                    * quantity_of(tx.session.get_one(Batch, parent)).base
                    // tx.session.get_one(Batch, parent).quantity_milli
                    for parent, milli in parents.items()
                )
                assert given_up == quantity_of(batch).base
        raise _Undo


def _decimal(milli: int) -> str:
    return f"{milli // 1000}.{milli % 1000:03d}"

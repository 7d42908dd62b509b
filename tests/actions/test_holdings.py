"""Plots, products and inputs: resent, edited, refused, and never another producer's."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from tests.actions.farm import SPRAY, second_farm, start_farm
from tracer.actions.farm.holdings import (
    PlotForm,
    ProductForm,
    add_plot,
    add_product,
    edit_plot,
    edit_product,
)
from tracer.actions.farm.inputs import InputForm, add_input, edit_input, kept_uses
from tracer.actions.forms import parse, problems
from tracer.domain.errors import Conflict, NotFound
from tracer.store.tables import Posting, Revision
from tracer.store.world import World

PLOT = {"name": "东棚 1 号", "facility": "大棚"}
PRODUCT = {"name": "黄瓜", "origin": "山东省平度市蓼兰镇", "category": "A1-7", "sector": "种植"}


def test_a_plot_is_added_once_and_edited_with_a_trace(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        again = add_plot(tx, farm.actor, parse(PlotForm, PLOT))
        assert again.public_id == farm.plot
        with pytest.raises(Conflict, match="面积"):
            add_plot(tx, farm.actor, parse(PlotForm, PLOT | {"area": "3.5"}))
        edited = edit_plot(tx, farm.actor, farm.plot, parse(PlotForm, PLOT | {"area": "3.5"}))
        assert edited.area_milli_mu == 3500
        assert add_plot(tx, farm.actor, parse(PlotForm, PLOT)).public_id == farm.plot
        kept = tx.session.exec(select(Revision).where(Revision.table == "plot")).one()
    assert kept.before["area_milli_mu"] is None


def test_a_plot_is_smaller_than_a_county() -> None:
    assert [one.field for one in problems(PlotForm, PLOT | {"area": "1000001"})] == ["area"]


def test_two_plots_do_not_share_a_name(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        other = add_plot(tx, farm.actor, parse(PlotForm, PLOT | {"name": "东棚 2 号"}))
        with pytest.raises(Conflict, match="已经有了"):
            edit_plot(tx, farm.actor, other.public_id, parse(PlotForm, PLOT))


def test_an_introduction_counts_once_for_the_credit_index(world: World) -> None:
    told = PRODUCT | {"introduction": "自家大棚，只施腐熟农家肥。"}
    with world.write() as tx:
        farm = start_farm(tx)
        edit_product(tx, farm.actor, farm.product, parse(ProductForm, told))
        edit_product(
            tx, farm.actor, farm.product, parse(ProductForm, told | {"introduction": "改了一句。"})
        )
        posted = tx.session.exec(select(Posting).where(Posting.row == "C.2-1")).all()
    assert [posting.evidence_id for posting in posted] == [farm.product]


def test_name_and_spec_together_make_a_product(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        boxed = add_product(tx, farm.actor, parse(ProductForm, PRODUCT | {"spec": "5 公斤/箱"}))
        assert boxed.public_id != farm.product
        with pytest.raises(Conflict, match="已经有了"):
            edit_product(tx, farm.actor, boxed.public_id, parse(ProductForm, PRODUCT))
        with pytest.raises(Conflict, match="产地"):
            add_product(tx, farm.actor, parse(ProductForm, PRODUCT | {"origin": "山东省平度市"}))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"category": "Z9-1"}, "category"),
        ({"sector": "采矿"}, "sector"),
        ({"gtin": "6901234567893"}, "gtin"),
        ({"unit": "筐"}, "unit"),
        ({"name": ""}, "name"),
    ],
)
def test_a_wrong_product_is_named_by_its_field(changed: dict[str, str], field: str) -> None:
    assert problems(ProductForm, PRODUCT) == []
    assert [problem.field for problem in problems(ProductForm, PRODUCT | changed)] == [field]


def test_an_input_keeps_its_label_line_by_line(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        spray = add_input(tx, farm.actor, parse(InputForm, SPRAY))
        assert spray.public_id == farm.spray
        assert spray.ingredients == ["啶虫脒"]
        stricter = SPRAY | {"uses": [SPRAY["uses"][0] | {"phi_days": 4}, {"crop": "柑橘"}]}
        with pytest.raises(Conflict, match="标签用法"):
            add_input(tx, farm.actor, parse(InputForm, stricter))
        edit_input(tx, farm.actor, farm.spray, parse(InputForm, stricter))
        assert [line["crop"] for line in kept_uses(tx, spray)] == ["柑橘", "黄瓜"]
        revision = tx.session.exec(select(Revision).where(Revision.table == "input")).one()
        assert revision.before["uses"][0]["phi_days"] == 2
        assert add_input(tx, farm.actor, parse(InputForm, SPRAY)).public_id == farm.spray
        edit_input(tx, farm.actor, farm.spray, parse(InputForm, stricter))
        assert len(tx.session.exec(select(Revision)).all()) == 1


def test_ingredients_are_split_the_way_labels_join_them() -> None:
    form = parse(InputForm, SPRAY | {"ingredients": "阿维菌素·高效氯氰菊酯、哒螨灵+2,4-滴异辛酯"})
    assert form.ingredients == ["阿维菌素", "高效氯氰菊酯", "哒螨灵", "2,4-滴异辛酯"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"registration_no": None}, "registration_no"),
        ({"ingredients": ""}, "ingredients"),
        ({"uses": [{"crop": "黄瓜", "phi_days": -1}]}, "uses.0.phi_days"),
        (
            {"uses": [{"crop": "黄瓜", "phi_days": 7, "interval_unstated": True}]},
            "uses.0.interval_unstated",
        ),
        ({"uses": [{"crop": "黄瓜", "max_dose": "30"}]}, "uses.0.dose_unit"),
        ({"uses": [{"crop": "黄瓜", "max_dose": "30", "dose_unit": "瓢"}]}, "uses.0.dose_unit"),
        ({"uses": [{"crop": "黄瓜"}, {"crop": "黄瓜"}]}, "uses"),
    ],
)
def test_a_wrong_label_is_named_by_its_field(changed: dict[str, Any], field: str) -> None:
    assert problems(InputForm, SPRAY) == []
    assert [problem.field for problem in problems(InputForm, SPRAY | changed)] == [field]


def test_fertiliser_needs_no_registration() -> None:
    assert problems(InputForm, {"kind": "肥料", "name": "腐熟羊粪"}) == []


def test_another_producers_things_do_not_exist(world: World) -> None:
    with world.write() as tx:
        farm, other = start_farm(tx), second_farm(tx)
        with pytest.raises(NotFound):
            edit_plot(tx, other.actor, farm.plot, parse(PlotForm, PLOT))
        with pytest.raises(NotFound):
            edit_product(tx, other.actor, farm.product, parse(ProductForm, PRODUCT))
        with pytest.raises(NotFound):
            edit_input(tx, other.actor, farm.spray, parse(InputForm, SPRAY))

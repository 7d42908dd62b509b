"""One product has one licence of a mark at a time, whatever it was applied for under."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.actions.assessing import (
    Desk,
    call_for,
    close_it,
    fill,
    licensed,
    mark,
    open_desk,
    open_gates,
)
from tests.actions.farm import Farm, start_farm
from tracer.actions.assessment.applying import start, submit
from tracer.actions.assessment.closing import LicenceForm, license
from tracer.actions.assessment.licences import suspend, withdraw_licence
from tracer.actions.forms import parse
from tracer.domain.errors import Refusal
from tracer.queries.assessment import licences as licence_pages
from tracer.queries.assessment.licences import register
from tracer.store.tables import Assessment, Licence
from tracer.store.world import Tx, World


@pytest.fixture
def tx(any_world: World) -> Any:
    with any_world.write() as opened:
        yield opened


@pytest.fixture
def farm(tx: Tx) -> Farm:
    return start_farm(tx)


@pytest.fixture
def desk(tx: Tx) -> Desk:
    return open_desk(tx)


def again(tx: Tx, desk: Desk, farm: Farm) -> Assessment:
    """The same product passes under another call."""
    call = call_for(tx, desk, "liaolan", title="2026 年第二次申报通知")
    row = start(tx, farm.actor, call.public_id, farm.product)
    fill(tx, farm.actor, row)
    submit(tx, farm.actor, row.public_id, declared=True)
    open_gates(tx, desk, row)
    mark(tx, desk, row)
    close_it(tx, desk, row)
    return row


def license_from(tx: Tx, desk: Desk, row: Assessment, day: date) -> Licence:
    form = {"valid_from": day.isoformat(), "valid_to": (day + timedelta(days=365)).isoformat()}
    return license(tx, desk.operator, row.public_id, parse(LicenceForm, form))


def test_a_renewal_begins_when_the_last_licence_has_ended(tx: Tx, farm: Farm, desk: Desk) -> None:
    first = licensed(tx, desk, farm)
    row = again(tx, desk, farm)
    for day in (first.valid_from, first.valid_to):
        with pytest.raises(Refusal, match=f"{first.number}.*到 {first.valid_to}") as told:
            license_from(tx, desk, row, day)
        assert (told.value.code, told.value.field) == ("already_licensed", "valid_from")
    begins = first.valid_to + timedelta(days=1)
    second = license_from(tx, desk, row, begins)
    assert second.valid_from == begins


def test_the_register_goes_on_where_a_page_ends(
    tx: Tx, farm: Farm, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = licensed(tx, desk, farm)
    second = license_from(tx, desk, again(tx, desk, farm), first.valid_to + timedelta(days=1))
    whole = register(tx)
    assert [line.number for line in whole.lines] == [second.number, first.number]
    assert whole.after == 0
    monkeypatch.setattr(licence_pages, "PAGE", 1)
    newest = register(tx)
    assert (newest.lines, newest.after) == (whole.lines[:1], second.id)
    oldest = register(tx, newest.after)
    assert (oldest.lines, oldest.after) == (whole.lines[1:], 0)


def test_only_a_withdrawn_licence_makes_room(tx: Tx, farm: Farm, desk: Desk) -> None:
    first = licensed(tx, desk, farm)
    row = again(tx, desk, farm)
    suspend(tx, desk.operator, first.public_id, "等复查")
    with pytest.raises(Refusal, match="或者先撤销它"):
        license_from(tx, desk, row, first.valid_from)
    withdraw_licence(tx, desk.operator, first.public_id, "换发新证")
    assert license_from(tx, desk, row, first.valid_from).number != first.number

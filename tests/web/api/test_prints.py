"""Print runs for programs: options, and every step at the printer, safe to resend."""

from __future__ import annotations

import time
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.actions.paper_tray import PaperTray, arrived
from tests.web.goods import Goods, sell
from tracer.actions.forms import parse
from tracer.actions.people.accounts import create_token
from tracer.actions.printing.printers import PrinterForm, add_printer
from tracer.actions.printing.sending import LOST, SendForm, claim
from tracer.domain.clock import FixedClock
from tracer.store.sendings import LOST_SECONDS
from tracer.store.world import World


class Caller:
    """A program with a token; each call names itself unless told otherwise."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}
        self._calls = 0

    def post(self, path: str, body: dict[str, Any], key: str = "", status: int = 201) -> Any:
        self._calls += 1
        headers = self._headers | {"Idempotency-Key": key or f"call-number-{self._calls}"}
        answer = self._client.post(f"/api/v1/print-runs{path}", json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.get_json()

    def get(self, path: str) -> Any:
        return self._client.get(f"/api/v1/print-runs{path}", headers=self._headers).get_json()


@pytest.fixture
def goods(world: World) -> Goods:
    return sell(world)


@pytest.fixture
def api(client: FlaskClient, world: World, goods: Goods) -> Caller:
    with world.write() as tx:
        return Caller(client, create_token(tx, "luqi"))


def order(goods: Goods, **more: Any) -> dict[str, Any]:
    paper = {"design": "trace-a4-3x8", "stock": "a4-3x8"}
    return {"certificate": goods.certificate, **paper, "count": 300, "start_cell": 14, **more}


def test_a_run_keeps_how_it_is_printed(api: Caller, goods: Goods) -> None:
    made = api.post("", order(goods, copies=2, hide=["origin"]))
    assert (made["copies"], made["together"], made["hide"]) == (2, True, ["origin"])
    assert (made["logo"], made["good"], made["jammed"]) == (False, 0, False)
    statutory = api.post("", order(goods, hide=["product"]), status=422)
    assert statutory["error"]["field"] == "product"
    unknown = api.post("", order(goods, hide=["origin", "orign"]), status=422)["error"]
    assert (unknown["code"], unknown["field"]) == ("field_unknown", "hide")
    assert "没有“orign”这一项" in unknown["message"]
    none = api.post("", order(goods, logo=True), status=422)
    assert none["error"]["code"] == "no_logo"


def test_every_step_is_kept_and_resent_once(api: Caller, goods: Goods) -> None:
    run = "/" + api.post("", order(goods))["id"]
    code = api.get(f"{run}/labels?first=117")["items"][0]["code"]
    jam = api.post(f"{run}/jam", {"last_good": code}, key="the-jam-of-today")
    assert (jam["step"], jam["first"], jam["last"]) == ("jammed", 118, 300)
    assert api.post(f"{run}/jam", {"last_good": code}, key="the-jam-of-today") == jam
    assert api.get(run)["jammed"]
    resumed = api.post(f"{run}/resume", {"start_cell": 5})
    assert (resumed["first"], resumed["start_cell"]) == (118, 5)
    body = {"first": 5, "last": 7, "reason": "jam"}
    api.post(f"{run}/reprint", body, key="three-once-more")
    api.post(f"{run}/reprint", body, key="three-once-more")
    api.post(f"{run}/spoil", {"first": 9, "note": "擦花了"})
    api.post(f"{run}/finish", {})
    steps = api.get(f"{run}/steps")["items"]
    assert [step["step"] for step in steps] == [
        "jammed",
        "resumed",
        "reprinted",
        "spoiled",
        "finished",
    ]
    assert steps[2]["reason"] == "jam"
    assert (api.get(run)["good"], api.get(run)["jammed"]) == (300, False)


@pytest.mark.parametrize(
    ("step", "body", "status"),
    [
        ("resume", {}, 409),
        ("jam", {"last_good": 4}, 422),
        ("jam", {}, 422),
        ("reprint", {"first": 1, "reason": "because"}, 422),
        ("reprint", {"first": 3, "last": 2, "reason": "lost"}, 422),
        ("reprint", {"first": 1, "reason": "lost", "start_cell": 25}, 422),
        ("spoil", {"first": 0}, 422),
        ("finish", {"last": 4}, 422),
    ],
)
def test_a_step_that_cannot_be_is_refused(
    api: Caller, goods: Goods, step: str, body: dict[str, Any], status: int
) -> None:
    refused = api.post(f"/{goods.run.public_id}/{step}", body, status=status)
    assert refused["error"]["message"]
    assert api.get(f"/{goods.run.public_id}/steps")["items"] == []


def test_a_program_sends_a_run_and_stops_it(api: Caller, goods: Goods, world: World) -> None:
    roll = {"design": "trace-60x40", "stock": "roll-60x40", "start_cell": 1}
    run = "/" + api.post("", order(goods, **roll))["id"]
    assert api.get(f"{run}/sending")["error"]["code"] == "not_found"
    with PaperTray(holds_after=60_000) as tray:
        form = {"name": "库房", "language": "tspl", "address": f"127.0.0.1:{tray.port}"}
        with world.write() as tx:
            printer = add_printer(tx, goods.farm.actor, parse(PrinterForm, form)).public_id
        body = {"printer": printer}
        began = api.post(f"{run}/send", body, key="send-it-once")
        assert api.post(f"{run}/send", body, key="send-it-once") == began
        assert (began["state"], began["last"], began["wanted"]) == ("under_way", 300, 300)
        assert api.post(f"{run}/send", body, status=409)["error"]["code"] == "sending"
        while not api.get(f"{run}/sending")["prints"]:
            time.sleep(0.05)
        api.post(f"{run}/stop", {})
        arrived(world)
        tray.go()
    ended = api.get(f"{run}/sending")
    assert (ended["state"], ended["trouble"], ended["printer"]) == ("stopped", "停下了", printer)
    assert 0 < ended["reached"] < 300
    assert (api.get(run)["jammed"], api.get(run)["good"]) == (True, ended["reached"])
    assert api.post(f"{run}/send", {"printer": "7K3M9Q2XW4E"}, status=404)


def test_a_program_goes_on_after_a_killed_server(
    api: Caller, goods: Goods, world: World, clock: FixedClock
) -> None:
    """Nobody opens a page: the calls themselves end what was left behind."""
    roll = {"design": "trace-60x40", "stock": "roll-60x40", "start_cell": 1}
    first, second = ("/" + api.post("", order(goods, **roll))["id"] for _ in range(2))
    with world.write() as tx:
        at = {"name": "库房", "language": "zpl", "address": "127.0.0.1:9107"}
        printer = add_printer(tx, goods.farm.actor, parse(PrinterForm, at)).public_id

    def left_behind(run: str) -> None:
        with world.write() as tx:
            claim(tx, goods.farm.actor, run[1:], SendForm(printer=printer)).prints = 17
        assert api.get(f"{run}/sending")["state"] == "under_way"
        clock.advance(LOST_SECONDS + 1)

    left_behind(first)
    ended = api.get(f"{first}/sending")
    assert (ended["state"], ended["reached"], ended["trouble"]) == ("stopped", 17, LOST)
    left_behind(second)
    stopped = api.post(f"{second}/send", {"printer": printer}, status=409)
    assert stopped["error"]["code"] == "jammed"
    assert api.post(f"{second}/resume", {})["first"] == 18

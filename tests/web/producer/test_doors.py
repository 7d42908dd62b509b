"""Every address of the hall: open to its owner, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from PIL import Image
from sqlmodel import select
from werkzeug.routing import Rule

from tests.actions.assessing import (
    call_for,
    close_it,
    fill,
    license_it,
    mark,
    open_desk,
    open_gates,
)
from tests.actions.insurance import policy_form
from tests.actions.supervision import incident_form, operators, tell
from tests.web.people import add_account, csrf_of, sign_in
from tests.web.producer.desk import Visitor
from tests.web.producer.village import Village
from tracer.actions.assessment.applying import EvidenceForm, Upload, add_evidence, start, submit
from tracer.actions.dossier.filling import add_entry
from tracer.actions.dossier.forms import EntryForm
from tracer.actions.forms import parse
from tracer.actions.insurance import record_policy
from tracer.actions.private_files import keep_private_file
from tracer.actions.supervision.opening import open_incident
from tracer.domain.words import Role
from tracer.store.tables import Batch
from tracer.store.world import World

# Addresses with a name in them that is nobody's: the designs' samples, the rows of a standard.
COMMON: dict[str, dict[str, object]] = {
    "design_png": {"name": "trace-60x40"},
    **{key: {"key": "B.1-1"} for key in ("topic", "filling", "fill")},
    **{key: {"key": "B.1-6"} for key in ("adding", "add")},
}
Address = Callable[[str], str]
# They lead on to another page.
LEADING = {"buying", "record", "registering", "repeat_last"}


def rules(app: Flask, method: str) -> list[tuple[str, Rule]]:
    """The hall's views that answer a method."""
    return [
        (rule.endpoint.removeprefix("farm."), rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("farm.") and method in (rule.methods or ())
    ]


@pytest.fixture(autouse=True)
def supervised(world: World, village: Village) -> dict[str, dict[str, object]]:
    """An incident about the busy farm, a policy and papers of its own: the ids of their views."""
    with world.write() as tx:
        batch = tx.session.exec(select(Batch).where(Batch.public_id == village.harvested)).one()
        photo = BytesIO()
        Image.new("RGB", (40, 30), "green").save(photo, "PNG")
        told = tell(tx, batch, photo=photo.getvalue())
        desk = operators(tx, "guanli")
        opened = open_incident(tx, desk[0], incident_form(tx, village.farm, told))
        incident = {"public_id": opened.public_id}
        names = ("incident", "answering", "answer", "appealing", "appeal")
        policy = {"public_id": record_policy(tx, village.farm.actor, policy_form()).public_id}
        policies = ("policy", "editing_policy", "change_policy", "claim", "ending_policy")
        honour = {"name": "示范户", "issuer": "平度市", "awarded_on": "2025-12-01"}
        said = parse(EntryForm, {"row": "B.1-6", "values": honour})
        kept = add_entry(tx, village.farm.actor, said).entry
        assert kept is not None
        entries = ("editing_entry", "edit_entry", "unpublish", "withdrawing_entry")
        card = keep_private_file(tx, village.farm.actor, "身份证.png", photo.getvalue())
        return (
            dict.fromkeys(names, incident)
            | {key: {"public_id": kept.public_id} for key in ("entry", "withdraw_entry", *entries)}
            | {"dossier_file": {"public_id": card.public_id}}
            | {"incident_file": {"file": told.files[0]}}
            | dict.fromkeys((*policies, "end_policy"), policy)
        )


@pytest.fixture
def applied(app: Flask, world: World, village: Village) -> dict[str, dict[str, object]]:
    """A licensed application of the busy farm with a photo: the ids of its views."""
    with world.write() as tx:
        desk = open_desk(tx)
        call = call_for(tx, desk, "heitu")
        row = start(tx, village.farm.actor, call.public_id, village.farm.product)
        fill(tx, village.farm.actor, row)
        photo = BytesIO()
        Image.new("RGB", (40, 30), "green").save(photo, "PNG")
        said = parse(EvidenceForm, {"item": "M1", "kind": "licence", "title": "执照"})
        content = Upload("执照.png", photo.getvalue())
        paper = add_evidence(tx, village.farm.actor, row.public_id, said, content)
        submit(tx, village.farm.actor, row.public_id, declared=True)
        open_gates(tx, desk, row)
        mark(tx, desk, row)
        close_it(tx, desk, row)
        license_it(tx, desk, row)
    ids: dict[str, object] = {
        "assessment": row.public_id,
        "section": "organisation",
        "evidence": paper.public_id,
    }
    views = [rule for rule in app.url_map.iter_rules() if "assessment" in rule.arguments]
    return {"new_assessment": {"call": call.public_id}} | {
        rule.endpoint.removeprefix("farm."): {name: ids[name] for name in rule.arguments}
        for rule in views
        if rule.endpoint.startswith("farm.")
    }


@pytest.fixture
def address(
    app: Flask,
    village: Village,
    supervised: dict[str, dict[str, object]],
    applied: dict[str, dict[str, object]],
) -> Address:
    """A view's address by name, with the busy farm's ids in it; the buyer's where only it has."""
    bought = {"public_id": village.bought}
    values = village.ids() | supervised | applied | COMMON
    values |= {"new_proof": bought, "record_proof": bought}
    values |= {"new_purchase": {"public_id": village.buyer.campaign}}

    def build(name: str) -> str:
        with app.test_request_context():
            return url_for(f"farm.{name}", _external=False, **values.get(name, {}))

    return build


def test_the_owner_sees_every_page(app: Flask, address: Address, farmer: Visitor) -> None:
    for name, rule in rules(app, "GET"):
        if name in {"new_proof", "new_purchase"}:
            continue
        answer = farmer.client.get(address(name))
        wanted = 303 if name in LEADING else 200
        assert answer.status_code == wanted, (rule.rule, answer.status_code)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_producers_things_do_not_exist(
    app: Flask, village: Village, address: Address, neighbour: Visitor, method: str
) -> None:
    walked = 0
    token = csrf_of(neighbour.client.get("/farm"))
    for name, rule in rules(app, method):
        if not rule.arguments or name in COMMON or name == "new_purchase":
            continue
        form = {"csrf_token": token, "once": f"walk-{name}"} | _complete(village)
        answer = neighbour.client.open(
            address(name), method=method, data=form if method == "POST" else None
        )
        assert answer.status_code == 404, (rule.rule, answer.status_code, answer.text[-800:])
        walked += 1
    assert walked > 15


def test_a_choice_of_another_producer_is_not_found(village: Village, neighbour: Visitor) -> None:
    """An id of another farm inside an answer is as unknown as one in the address."""
    theirs = {"product": village.farm.product, "plot": village.neighbour.plot}
    assert neighbour.send("/farm/campaigns/new", theirs).status_code == 404
    printing = f"/farm/print/new?certificate={village.certificate}"
    assert neighbour.client.get(printing).status_code == 404
    assert neighbour.send("/farm/print/new", {"batch": village.harvested}).status_code == 404


def test_nobody_enters_without_signing_in(app: Flask, address: Address) -> None:
    stranger = app.test_client()
    for name, rule in rules(app, "GET"):
        answer = stranger.get(address(name))
        assert answer.status_code == 303, rule.rule
        assert answer.headers["Location"].endswith("/sign-in"), rule.rule


def test_other_roles_stay_outside(world: World, village: Village, client: FlaskClient) -> None:
    add_account(world, Role.INSPECTOR)
    sign_in(client)
    assert client.get("/farm").status_code == 403
    assert client.get(f"/farm/batches/{village.harvested}").status_code == 403


def test_every_form_is_protected(app: Flask, address: Address, farmer: Visitor) -> None:
    for name, rule in rules(app, "POST"):
        answer = farmer.client.post(address(name), data={"once": "without-token"})
        assert answer.status_code == 400, rule.rule


def _complete(village: Village) -> dict[str, object]:
    """Answers good enough to get past the form to the door behind it."""
    return {
        "name": "甲",
        "facility": "大棚",
        "origin": "平度市",
        "category": "A1-7",
        "sector": "planting",
        "kind": "pesticide",
        "crop": "黄瓜",
        "ended_on": "2026-07-08",
        "reason": "试一试",
        "advice": "退货",
        "occurred_on": "2026-07-08",
        "made_on": "2026-07-08",
        "operator": "甲",
        "quantity": "1",
        "unit": "kg",
        "basis": "control",
        "batch": village.harvested,
        "last_good": "1",
        "first": "1",
        "language": "zpl",
        "parts.0.quantity": "1",
        "registration_no": "PD20081234",
        "ingredients": "啶虫脒",
    }

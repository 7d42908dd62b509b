"""Assessments for the web tests: real actions carry one to the stage a page is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from sqlmodel import select
from werkzeug.test import TestResponse

from tests.actions import assessing as walk
from tests.actions.assessing import Desk, open_desk
from tests.actions.farm import Farm, start_farm
from tests.actions.village_base import found_base
from tests.conftest import SITE
from tests.web.people import csrf_of
from tracer.actions.assessment.moving import find, standard_of
from tracer.actions.people.accounts import actor_of, start_sign_in
from tracer.store.assessments import sheets_of
from tracer.store.tables import Account, Call
from tracer.store.world import World

HOST = SITE.removeprefix("https://")
OPERATOR, EXPERTS, FARMER = "zhongxin", ("zhuanjia0", "zhuanjia1", "zhuanjia2"), "luqi"


@dataclass
class Case:
    """A farm, a desk with three experts, and one application by public id."""

    farm: Farm
    desk: Desk
    assessment: str
    sheets: tuple[str, ...] = ()
    licence: str = ""


def called(world: World, standard: str = "liaolan") -> tuple[Farm, Desk, Call]:
    """A farm and a desk whose call is open."""
    with world.write() as tx:
        farm, desk = start_farm(tx, FARMER), open_desk(tx)
        return farm, desk, walk.call_for(tx, desk, standard)


def submitted(world: World, standard: str = "liaolan", **producer: Any) -> Case:
    """An application that waits for the desk; ``producer`` changes the farm's form."""
    with world.write() as tx:
        farm = start_farm(tx, FARMER, **producer)
    return applied(world, farm, standard)


def applied(world: World, farm: Farm, standard: str = "liaolan") -> Case:
    """A known farm's application."""
    with world.write() as tx:
        desk = open_desk(tx)
        return Case(farm, desk, walk.apply(tx, desk, farm, standard).public_id)


def applied_by_base(world: World, standard: str = "otop-1003") -> Case:
    """A base's application; the farm is nobody to it."""
    with world.write() as tx:
        farm, desk, base = start_farm(tx, FARMER), open_desk(tx), found_base(tx)
        return Case(farm, desk, walk.apply_for(tx, desk, base, standard).public_id)


def given_out(world: World, standard: str = "liaolan") -> Case:
    """An application that is with the experts, no row marked but those the records fill."""
    case = applied_by_base(world) if standard == "otop-1003" else submitted(world, standard)
    with world.write() as tx:
        row = find(tx, case.assessment)
        walk.open_gates(tx, case.desk, row)
        by_experts = standard_of(tx, row)[0].table().experts
        chosen = case.desk.ids if by_experts else case.desk.ids[:1]
        walk.start_marking(tx, case.desk.operator, row.public_id, chosen)
        case.sheets = tuple(sheet.public_id for sheet in sheets_of(tx.session, row))
    return case


def closed(world: World, standard: str = "liaolan", **producer: Any) -> Case:
    """An application with a result that passes."""
    return _closed(world, submitted(world, standard, **producer))


def licensed(world: World, standard: str = "liaolan", **producer: Any) -> Case:
    """An application with its licence."""
    return _licensed(world, closed(world, standard, **producer))


def licensed_for(world: World, farm: Farm) -> Case:
    """A known farm's licence."""
    return _licensed(world, _closed(world, applied(world, farm)))


def _closed(world: World, case: Case) -> Case:
    with world.write() as tx:
        row = find(tx, case.assessment)
        walk.open_gates(tx, case.desk, row)
        walk.mark(tx, case.desk, row)
        walk.close_it(tx, case.desk, row)
        case.sheets = tuple(sheet.public_id for sheet in sheets_of(tx.session, row))
    return case


def _licensed(world: World, case: Case) -> Case:
    with world.write() as tx:
        case.licence = walk.license_it(tx, case.desk, find(tx, case.assessment)).public_id
    return case


def post(client: FlaskClient, page: str, address: str, **data: object) -> TestResponse:
    """Press a button of ``page`` that is sent to ``address``."""
    token = csrf_of(client.get(page))
    return client.post(address, data={"csrf_token": token, **data})


def secret_of(world: World, login: str) -> str:
    """The secret of a browser that is signed in as ``login``."""
    with world.write() as tx:
        account = tx.session.exec(select(Account).where(Account.login == login)).one()
        return start_sign_in(tx, actor_of(account))


def as_(client: FlaskClient, login: str) -> FlaskClient:
    """The same browser, signed in as another."""
    world = client.application.extensions["tracer"].world
    client.set_cookie("__Host-sign-in", secret_of(world, login), domain=HOST, secure=True)
    return client


def text_of(page: TestResponse) -> str:
    """The page's words without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))

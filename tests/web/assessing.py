"""Assessments for the web tests: real actions carry one to the stage a page is about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.actions import assessing as walk
from tests.actions.assessing import Desk, open_desk
from tests.actions.farm import Farm, start_farm
from tests.web.people import csrf_of, sign_in
from tracer.actions.assessments import find, standard_of
from tracer.store.assessments import sheets_of
from tracer.store.tables import Call
from tracer.store.world import World

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


def submitted(world: World, standard: str = "liaolan") -> Case:
    """An application that waits for the desk."""
    with world.write() as tx:
        farm, desk = start_farm(tx, FARMER), open_desk(tx)
        return Case(farm, desk, walk.apply(tx, desk, farm, standard).public_id)


def given_out(world: World, standard: str = "liaolan") -> Case:
    """An application that is with the experts, no row marked but those the records fill."""
    case = submitted(world, standard)
    with world.write() as tx:
        row = find(tx, case.assessment)
        walk.open_gates(tx, case.desk, row)
        by_experts = standard_of(tx, row)[0].table().experts
        chosen = case.desk.ids if by_experts else case.desk.ids[:1]
        walk.start_marking(tx, case.desk.operator, row.public_id, chosen)
        case.sheets = tuple(sheet.public_id for sheet in sheets_of(tx.session, row))
    return case


def closed(world: World, standard: str = "liaolan") -> Case:
    """An application with a result that passes."""
    case = submitted(world, standard)
    with world.write() as tx:
        row = find(tx, case.assessment)
        walk.open_gates(tx, case.desk, row)
        walk.mark(tx, case.desk, row)
        walk.close_it(tx, case.desk, row)
        case.sheets = tuple(sheet.public_id for sheet in sheets_of(tx.session, row))
    return case


def licensed(world: World, standard: str = "liaolan") -> Case:
    """An application with its licence."""
    case = closed(world, standard)
    with world.write() as tx:
        case.licence = walk.license_it(tx, case.desk, find(tx, case.assessment)).public_id
    return case


def post(client: FlaskClient, page: str, address: str, **data: object) -> TestResponse:
    """Press a button of ``page`` that is sent to ``address``."""
    token = csrf_of(client.get(page))
    return client.post(address, data={"csrf_token": token, **data})


def as_(client: FlaskClient, login: str) -> FlaskClient:
    """The same browser, signed in as another."""
    page = client.get("/sign-in", follow_redirects=True)
    if "/sign-out" in page.text:
        client.post("/sign-out", data={"csrf_token": csrf_of(page)})
    sign_in(client, login)
    return client


def text_of(page: TestResponse) -> str:
    """The page's words without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))

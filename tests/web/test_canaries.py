"""No personal word leaves its room: each is known by a canary, and looked for everywhere."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select as columns
from sqlmodel import select

from tests.actions.farm import second_farm
from tests.web.canaries import (
    EMAIL,
    ID_CARD,
    LOGIN,
    NAME,
    OLD_PHONE,
    OPEN,
    PERSONAL,
    PHONE,
    REPORTER,
    SEALED,
    SECRET,
    TALE,
    household,
    table_of,
    text_columns,
)
from tests.web.goods import Goods
from tests.web.people import sign_in
from tracer.actions.exchange.giving_out import certificate_grid, export_tables
from tracer.actions.people.accounts import create_token
from tracer.actions.printing.paper import run_labels, whole
from tracer.store.tables import LogLeaf, NamePart, PublicReport
from tracer.store.world import World

CANARIES = {*PERSONAL.values(), NAME, ID_CARD, PHONE, OLD_PHONE, REPORTER, EMAIL, LOGIN, TALE}
MOST_PAGES = 400


@pytest.fixture
def goods(world: World) -> Goods:
    return household(world)


def sung(text: str) -> set[str]:
    """The canaries that a text holds."""
    return {canary for canary in CANARIES if canary in text}


def test_every_column_that_can_hold_a_word_is_in_one_class() -> None:
    columns = text_columns()
    classes = [set(PERSONAL), SEALED, SECRET, OPEN]
    assert set().union(*classes) == columns
    assert sum(map(len, classes)) == len(columns)


def test_every_personal_column_has_its_canary(world: World, goods: Goods) -> None:
    with world.read() as tx:
        for column, canary in PERSONAL.items():
            _, kept = table_of(column)
            rows = tx.session.connection().execute(columns(kept)).scalars()
            assert any(canary in words(row) for row in rows), column
        for column in SEALED:
            _, kept = table_of(column)
            rows = [row for row in tx.session.connection().execute(columns(kept)).scalars() if row]
            assert rows, column
            assert not any(sung(words(row)) for row in rows), column
        assert not any(sung(part) for part in tx.session.exec(select(NamePart.part)))
        for leaf in tx.session.exec(select(LogLeaf)):
            assert not sung(words(leaf.leaf) + leaf.subject)


def words(kept: object) -> str:
    if isinstance(kept, bytes):
        return kept.decode("utf-8", "replace")
    return kept if isinstance(kept, str) else json.dumps(kept, ensure_ascii=False)


def test_no_public_page_sings(app: Flask, client: FlaskClient, world: World, goods: Goods) -> None:
    seen: set[str] = set()
    for path, text in crawled(client, starts(app, world, goods)):
        seen.add(path.partition("?")[0])
        assert not sung(text), path
    # The crawl went where it should have gone.
    with world.read() as tx:
        receipt = tx.session.exec(select(PublicReport.public_id)).one()
    for path in (
        f"/T/{goods.label}",
        f"/C/{goods.certificate}",
        f"/B/{goods.batch}",
        f"/credit/{goods.farm.product}",
        f"/credit/{goods.farm.product}.json",
        f"/credit/{goods.farm.product}.pdf",
        f"/tip/T/{goods.label}",
        "/credit/open-data.csv",
        "/bases/7K3M9Q2XW4E",
        f"/report/{receipt}",
    ):
        assert path in seen, path
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("public.") and not rule.arguments and "GET" in rule.methods:
            assert rule.rule in seen, rule.rule


def test_no_answer_to_a_question_sings(client: FlaskClient, goods: Goods) -> None:
    for asked in (goods.number, goods.certificate, goods.label, f"/C/{goods.certificate}"):
        assert not sung(client.post("/verify", data={"text": asked}).text.replace(asked, ""))
    for name in (NAME, NAME[1:], PHONE, "queming", "lqm", LOGIN, "赵雀工"):
        for kind in ("product", "subject"):
            page = client.get(f"/credit?kind={kind}&name={name}")
            assert goods.farm.product not in page.text
            assert not sung(page.text.replace(f'value="{name}"', "").replace(f"name={name}", ""))


def test_no_label_sings(world: World, goods: Goods) -> None:
    with world.read() as tx:
        _, texts = run_labels(tx, goods.run, whole(goods.run), None)
        for text in texts:
            assert not sung(text)


def test_no_log_line_sings(
    app: Flask,
    client: FlaskClient,
    world: World,
    goods: Goods,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    capsys.readouterr()
    for _ in crawled(client, starts(app, world, goods)):
        pass
    sign_in(client, LOGIN)
    for path in ("/farm", "/farm/dossier", "/farm/subject", "/farm/incidents", "/farm/credit"):
        assert client.get(path).status_code == 200
    client.get(f"/credit?name={PHONE}")
    printed = capsys.readouterr()
    assert "route=/farm" in printed.out
    assert not sung(printed.out + printed.err + caplog.text)


def test_no_neighbour_hears(app: Flask, client: FlaskClient, world: World, goods: Goods) -> None:
    with world.write() as tx:
        other = second_farm(tx)
        headers = {"Authorization": f"Bearer {create_token(tx, 'hexia')}"}
        tables, grid = export_tables(tx, other.actor), certificate_grid(tx, other.actor)
    assert not sung(json.dumps([tables, grid], ensure_ascii=False))
    known = (goods.farm.product, goods.farm.plot, goods.farm.campaign, goods.farm.spray)
    known += (goods.batch, goods.certificate, "7K3M9Q2XW4E")
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or not rule.rule.startswith(("/api/v1/", "/farm")):
            continue
        for public_id in known if rule.arguments else ("",):
            path = re.sub(r"<[^>]+>", public_id, rule.rule)
            assert not sung(client.get(path, headers=headers).text), path
    sign_in(client, "hexia")
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and rule.rule.startswith("/farm"):
            for public_id in known if rule.arguments else ("",):
                path = re.sub(r"<[^>]+>", public_id, rule.rule)
                assert not sung(client.get(path).text), path


def starts(app: Flask, world: World, goods: Goods) -> list[str]:
    """Where a stranger can begin: every page without a name, and every code that is printed."""
    with world.read() as tx:
        receipt = tx.session.exec(select(PublicReport.public_id)).one()
    plain = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and not rule.arguments and not rule.rule.startswith("/api/v1")
    ]
    printed = [f"/T/{goods.label}", f"/C/{goods.certificate}", f"/C/{goods.number}"]
    files = [f"/C/{goods.certificate}.pdf", f"/C/{goods.certificate}.json"]
    found = [f"/B/{goods.batch}", f"/report/{receipt}", "/calls/7K3M9Q2XW4E"]
    return [*plain, *printed, *files, *found, "/credit?kind=subject", "/assessment/7K3M9Q2XW4E"]


def crawled(client: FlaskClient, first: list[str]) -> Iterator[tuple[str, str]]:
    """Every page that links lead to, without signing in: its path and all its words."""
    waiting, known = deque(first), set(first)
    while waiting:
        path = waiting.popleft()
        answer = client.get(path)
        if answer.mimetype == "application/pdf":
            with pypdfium2.PdfDocument(answer.data) as document:
                text = "".join(page.get_textpage().get_text_bounded() for page in document)
        elif answer.mimetype.startswith(("text/", "application/json")):
            text = answer.text
        else:
            continue
        yield path, text
        for link in re.findall(r'(?:href|src)="(/[^"#]*)"', text):
            link = link.replace("&amp;", "&")
            if link not in known and not link.startswith(("/static", "/farm", "/desk")):
                known.add(link)
                waiting.append(link)
        assert len(known) < MOST_PAGES

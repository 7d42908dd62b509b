"""What weighs on an index from outside comes from its role, with its paper, and posts its row."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from tests.web.goods import Goods, sell
from tests.web.people import add_account, csrf_of, sign_in
from tests.web.test_supervision import hidden
from tracer.domain.clock import FixedClock
from tracer.domain.words import Role
from tracer.proof.labelcode import code
from tracer.store.tables import CreditScore, Incident, IncidentStep, Posting, Producer, Product
from tracer.store.world import World

DOCUMENT = "平农罚〔2026〕3 号"
# Row, points off the product, points off the subject by its own row.
ENTERED = {
    "accident": ("C.1-21", 0, 40),
    "penalty": ("C.1-22", 0, 20),
    "overuse": ("C.1-23", 0, 20),
    "sampling": ("C.2-15", 20, 0),
}


@pytest.fixture
def goods(world: World) -> Goods:
    made = sell(world)
    for login in ("yi", "er"):
        add_account(world, Role.OPERATOR, f"guanli-{login}")
    add_account(world, Role.INSPECTOR, "jiancha")
    add_account(world, Role.EXPERT, "zhuanjia")
    return made


def change(client: FlaskClient, login: str) -> None:
    client.get("/")
    client.delete_cookie("__Host-sign-in", domain="hgz.example.cn")
    assert sign_in(client, login).status_code == 303


def pdf() -> tuple[io.BytesIO, str]:
    return io.BytesIO(b"%PDF-1.7\n%%EOF"), "决定书.pdf"


def totals(world: World) -> tuple[float, float]:
    with world.read() as tx:
        product = tx.session.exec(select(Product)).one()
        scores = (
            tx.session.get_one(CreditScore, ("product", product.id)),
            tx.session.get_one(CreditScore, ("subject", product.producer_id)),
        )
        return float(scores[0].published), float(scores[1].published)


def producer_of(world: World) -> str:
    with world.read() as tx:
        return tx.session.exec(select(Producer.public_id)).one()


def through_to_the_posting(client: FlaskClient, address: str) -> None:
    """The producer answers, one operator decides with a paper, another confirms."""
    change(client, "luqi")
    mine = address.replace("/desk", "/farm")
    form = client.get(f"{mine}/answer")
    said = {"csrf_token": csrf_of(form), "once": hidden(form, "once"), "text": "认识到了，在改"}
    assert client.post(f"{mine}/answer", data=said).status_code == 303
    change(client, "guanli-yi")
    decision = {
        "csrf_token": csrf_of(client.get(address)),
        "decision": "upheld",
        "reason": "文书写明",
        "evidence": "决定书和送达回证",
        "file": pdf(),
    }
    answer = client.post(f"{address}/decision", data=decision, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    change(client, "guanli-er")
    agree = {"csrf_token": csrf_of(client.get(address)), "opinion": "同意", "agree": "yes"}
    assert client.post(f"{address}/confirmation", data=agree).status_code == 303


@pytest.mark.parametrize("kind", ENTERED)
def test_an_authoritys_paper_becomes_its_row(
    client: FlaskClient, world: World, goods: Goods, kind: str
) -> None:
    row, off_product, off_subject = ENTERED[kind]
    path = f"/desk/incidents/new?producer={producer_of(world)}"
    for login in ("jiancha", "zhuanjia", "luqi"):
        change(client, login)
        assert client.get(path).status_code == 403
    change(client, "guanli-yi")
    form = {
        "csrf_token": csrf_of(client.get(path)),
        "producer": producer_of(world),
        "kind": kind,
        "product": goods.farm.product,
        "title": "有关部门的决定",
        "text": "按文书办理",
        "document": DOCUMENT,
    }
    missing = client.post(path, data=form)
    assert (missing.status_code, "文书照片" in missing.text) == (422, True)
    form["file"] = pdf()  # type: ignore[assignment]
    opened = client.post(path, data=form, content_type="multipart/form-data")
    assert opened.status_code == 303, opened.text
    before = totals(world)
    through_to_the_posting(client, opened.headers["Location"])
    after = totals(world)
    assert before[0] - after[0] == off_product
    assert before[1] - after[1] == off_product + off_subject
    with world.read() as tx:
        posting = tx.session.exec(select(Posting).where(Posting.evidence_kind == "incident")).one()
        assert posting.row == row
        steps = tx.session.exec(select(IncidentStep).order_by(IncidentStep.id)).all()  # type: ignore[arg-type]
    papers = [file for step in steps for file in step.files]
    assert len(papers) == 2
    for page in (f"/T/{goods.label}", f"/credit/{goods.farm.product}"):
        text = client.get(page).text
        assert DOCUMENT in text
        assert "决定书和送达回证" in text
        assert not any(paper in text for paper in papers)
    change(client, "luqi")
    for paper in papers:
        assert client.get(f"/farm/incidents/files/{paper}").mimetype == "application/pdf"
    client.delete_cookie("__Host-sign-in", domain="hgz.example.cn")
    assert client.get(f"/desk/incidents/files/{papers[0]}").status_code == 303


def test_an_inspectors_finding_becomes_a_failed_sampling(
    client: FlaskClient, world: World, goods: Goods
) -> None:
    change(client, "jiancha")
    page = client.get(f"/inspect/check?code={goods.number}")
    finding = {
        "csrf_token": csrf_of(page),
        "client_id": hidden(page, "client_id"),
        "code": goods.number,
        "certificate": goods.certificate,
        "verdict": "genuine",
        "conclusion": "held",
        "place": "城东市场",
        "item-0": "啶虫脒",
        "method-0": "快检",
        "value-0": "2.1",
        "limit-0": "1",
        "passed-0": "0",
    }
    assert client.post("/inspect/findings", data=finding).status_code == 303
    before = totals(world)
    change(client, "guanli-yi")
    listed = client.get("/desk/findings").text
    start = listed.index("/desk/incidents/new?finding=")
    path = listed[start : listed.index('"', start)]
    form = client.get(path)
    assert 'value="sampling" selected' in form.text
    opened = client.post(
        path,
        data={
            "csrf_token": csrf_of(form),
            "producer": producer_of(world),
            "finding": path.partition("=")[2],
            "kind": "sampling",
            "product": goods.farm.product,
            "title": "市场抽检啶虫脒超标",
            "text": "请说明用药情况",
        },
    )
    assert opened.status_code == 303, opened.text
    through_to_the_posting(client, opened.headers["Location"])
    assert before[0] - totals(world)[0] == 20
    with world.read() as tx:
        row = tx.session.exec(select(Incident)).one()
    assert (row.row, row.finding_id is not None, row.document) == ("C.2-15", True, None)


def test_a_falsely_issued_certificate_costs_its_row_alone(
    client: FlaskClient, world: World, goods: Goods
) -> None:
    with world.read() as tx:
        label = code(goods.run.first_index + 1, tx.secrets.label_key)
    page = client.get(f"/tip/T/{label}")
    told = {
        "token": hidden(page, "token"),
        "concern": "false_information",
        "row": "C.2-14",
        "text": "证上的数量和货对不上",
    }
    receipt = client.post(f"/tip/T/{label}", data=told).headers["Location"].rpartition("/")[2]
    change(client, "guanli-yi")
    path = f"/desk/incidents/new?report={receipt}"
    form = client.get(path)
    assert 'value="false_certificate" selected' in form.text
    opened = client.post(
        path,
        data={
            "csrf_token": csrf_of(form),
            "producer": producer_of(world),
            "kind": "false_certificate",
            "product": goods.farm.product,
            "title": "合格证数量不实",
            "text": "请说明",
            "reports": receipt,
        },
    )
    assert opened.status_code == 303, opened.text
    before = totals(world)
    through_to_the_posting(client, opened.headers["Location"])
    assert before[0] - totals(world)[0] == 10
    with world.read() as tx:
        posting = tx.session.exec(select(Posting).where(Posting.evidence_kind == "incident")).one()
    assert posting.row == "C.2-14"


def test_the_desks_home_says_what_is_late(
    client: FlaskClient, world: World, goods: Goods, clock: FixedClock
) -> None:
    page = client.get(f"/tip/T/{goods.label}")
    told = {"token": hidden(page, "token"), "concern": "quality", "text": "有药味"}
    receipt = client.post(f"/tip/T/{goods.label}", data=told).headers["Location"].rpartition("/")[2]
    change(client, "guanli-yi")
    assert "今天要办的" not in client.get("/desk").text
    clock.advance(8 * 86_400)
    change(client, "guanli-yi")
    home = client.get("/desk").text
    assert "应在2026年7月15日前办，已过期" in home
    assert f'href="/desk/incidents/new?report={receipt}"' in home

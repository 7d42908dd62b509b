"""``/verify`` and ``/look-up``: whatever is handed in, a verdict in words and nothing kept."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlmodel import select
from werkzeug.test import TestResponse

from tests.web import goods as stall
from tests.web.goods import Goods
from tracer.actions.certificates import paper
from tracer.domain.words import Outcome
from tracer.proof.qrtext import signed_certificate_text
from tracer.proof.verify import verify
from tracer.queries.knowledge import StoreKnowledge
from tracer.store.tables import Certificate
from tracer.store.world import World


@pytest.fixture
def goods(world: World) -> Goods:
    return stall.sell(world)


def hand_in(client: FlaskClient, content: bytes, name: str = "certificate") -> TestResponse:
    return client.post("/verify", data={"file": (io.BytesIO(content), name)})


def verdict(answer: TestResponse) -> str:
    assert answer.status_code == 200
    found = re.search(r"<h1[^>]*>(.*?)</h1>", answer.text)
    assert found
    return found[1]


def test_the_form_is_there(client: FlaskClient) -> None:
    page = client.get("/verify").text
    assert 'type="file"' in page
    assert "看完就丢，不保存" in page


def test_pdf_and_json_are_genuine_with_every_check(
    world: World, client: FlaskClient, goods: Goods
) -> None:
    with world.read() as tx:
        files = [
            paper.certificate_pdf(tx, goods.certificate),
            paper.certificate_json(tx, goods.certificate),
        ]
    for content in files:
        answer = hand_in(client, content)
        assert verdict(answer) == "签名有效"
        assert answer.text.count('aria-label="通过"') == 7
        for part in (goods.number, "绿畦蔬菜专业合作社", "500 公斤", "记录截至"):
            assert part in answer.text


def test_what_the_page_gives_to_take_away_passes_here(client: FlaskClient, goods: Goods) -> None:
    page = client.get(f"/C/{goods.certificate}").text
    for ending, kind in (("pdf", "application/pdf"), ("json", "application/json")):
        path = f"/C/{goods.certificate}.{ending}"
        assert path in page
        file = client.get(path)
        assert file.status_code == 200
        assert file.content_type == kind
        assert file.headers["Content-Disposition"].startswith("attachment")
        assert verdict(hand_in(client, file.data)) == "签名有效"


@pytest.mark.parametrize("where", [0.3, 0.6, 0.9])
def test_one_changed_byte_is_altered(
    world: World, client: FlaskClient, goods: Goods, where: float
) -> None:
    with world.read() as tx:
        content = bytearray(paper.certificate_json(tx, goods.certificate))
    content[int(len(content) * where)] ^= 1
    answer = hand_in(client, bytes(content))
    assert verdict(answer) == "内容被改动"
    assert "合格证上写着" not in answer.text


def test_texts_of_every_kind_are_understood(
    world: World, client: FlaskClient, goods: Goods
) -> None:
    with world.read() as tx:
        row = tx.session.exec(select(Certificate)).one()
        assert row.signature
        whole = signed_certificate_text(tx.site, row.public_id, row.payload, row.signature)
    for text in (
        whole,
        goods.number,
        f"{goods.number[:6]} {goods.number[6:12]} {goods.number[12:]}",
        goods.certificate.lower(),
        goods.label,
        f"https://hgz.example.cn/t/{goods.label.lower()}",
    ):
        assert verdict(client.post("/verify", data={"text": text})) == "签名有效", text


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("https://evil.example/C/7K3M9Q2XW4D", "查无此码"),
        ("7K3M9QF2XHPA", "查无此码"),
        ("你好", "查无此码"),
        ("<script>alert(1)</script>", "查无此码"),
        ("{" * 3000, "查无此码"),
    ],
)
def test_what_is_not_ours_is_said_so(client: FlaskClient, text: str, word: str) -> None:
    answer = client.post("/verify", data={"text": text})
    assert verdict(answer) == word
    assert "<script" not in answer.text


@pytest.mark.parametrize("content", [b"%PDF-1.7\n%%EOF", b"\x00\xff" * 50, b"PK\x03\x04", b"{}"])
def test_foreign_files_get_a_sentence(client: FlaskClient, content: bytes) -> None:
    assert verdict(hand_in(client, content)) in {"查无此码", "暂时无法判断", "内容被改动"}


def test_a_file_beyond_the_limit_gets_a_sentence(client: FlaskClient) -> None:
    # Written out by hand: the test client would leave a large body's temporary file open.
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="big.pdf"\r\n\r\n'
    body = head + b"%PDF-1.7" + bytes(5 << 20) + b"\r\n--x--\r\n"
    answer = client.post("/verify", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 200
    assert "文件太大" in answer.text


def test_nothing_handed_in_is_asked_for(client: FlaskClient) -> None:
    answer = client.post("/verify", data={"text": "  "})
    assert answer.status_code == 422
    assert "请粘贴文字" in answer.text


def test_verifying_is_limited(client: FlaskClient) -> None:
    statuses = [client.post("/verify", data={"text": "你好"}).status_code for _ in range(31)]
    assert statuses == [200] * 30 + [429]


# ------------------------------------------------------------------ look-up


def test_the_home_page_leads_to_the_page_of_any_code(client: FlaskClient, goods: Goods) -> None:
    for typed, path in (
        (goods.label.lower(), f"/T/{goods.label}"),
        (f"{goods.label[:4]} {goods.label[4:8]} {goods.label[8:]}", f"/T/{goods.label}"),
        (goods.number, f"/C/{goods.number}"),
        (goods.certificate, f"/C/{goods.certificate}"),
        (goods.batch, f"/B/{goods.batch}"),
        (f"https://hgz.example.cn/b/{goods.batch}", f"/B/{goods.batch}"),
    ):
        answer = client.post("/look-up", data={"text": typed})
        assert (answer.status_code, answer.location) == (303, path)


def test_a_link_to_elsewhere_leads_to_our_own_page_only(client: FlaskClient, goods: Goods) -> None:
    answer = client.post("/look-up", data={"text": f"https://evil.example/T/{goods.label}"})
    assert answer.location == f"/T/{goods.label}"


@pytest.mark.parametrize("typed", ["", "你好", "123", "37028326070800004171"])
def test_what_cannot_be_a_code_is_told_at_the_input(client: FlaskClient, typed: str) -> None:
    answer = client.post("/look-up", data={"text": typed})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


def test_papers_from_before_a_move_stay_genuine(world: World, goods: Goods) -> None:
    with world.read() as tx:
        papers = [paper.certificate_json(tx, goods.certificate)]
        papers.append(f"{tx.site}/T/{goods.label}")
        papers.append(f"{tx.site}/C/{goods.certificate}")
    moved = replace(world, site="https://new.example.cn")
    with moved.read() as tx:
        for one in papers:
            assert verify(one, StoreKnowledge(tx)).outcome is Outcome.GENUINE
        foreign = verify(f"https://evil.example/C/{goods.certificate}", StoreKnowledge(tx))
        assert foreign.code == "foreign_site"

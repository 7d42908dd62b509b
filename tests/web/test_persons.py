"""Persons on the public pages: named as far as they agreed, and nowhere further."""

from __future__ import annotations

from hashlib import sha256

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from tests.actions.farm import start_farm
from tests.web import goods as stall
from tests.web.goods import Goods
from tracer.actions.certificates.issue import IssueForm, issue
from tracer.actions.farm.batches import PurchaseForm, buy_batch
from tracer.actions.farm.reports import SourceProofForm, add_source_proof
from tracer.actions.forms import parse
from tracer.actions.people.enroll import grant_consent
from tracer.domain.words import Basis
from tracer.store.tables import Certificate, LogLeaf
from tracer.store.world import World


@pytest.fixture
def goods(world: World) -> Goods:
    return stall.sell(world)


def test_a_persons_name_and_number_stay_masked_everywhere(
    world: World, client: FlaskClient
) -> None:
    goods = stall.sell(world, kind="农户", name="李长河", uscc=None, id_card="370283198001010019")
    pages = [
        client.get(path).text
        for path in (
            f"/T/{goods.label}",
            f"/C/{goods.certificate}",
            f"/B/{goods.batch}",
            f"/C/{goods.number}",
        )
    ]
    pages.append(client.post("/verify", data={"text": goods.number}).text)
    for page in pages:
        assert "李**" in page
        for canary in ("李长河", "13800001234", "370283198001010019", "王禾", "河西村 1 号"):
            assert canary not in page
    for ending in ("pdf", "json"):
        answer = client.get(f"/C/{goods.certificate}.{ending}")
        assert answer.status_code == 404
        assert "李长河".encode() not in answer.data


def test_a_purchaser_without_registration_is_a_person(world: World, client: FlaskClient) -> None:
    with world.write() as tx:
        buyer = start_farm(tx, kind="收购者", name="钱有余", uscc=None)
        bought = {"campaign": buyer.campaign, "made_on": "2026-07-06", "operator": "钱有余"}
        bought |= {"quantity": "500", "unit": "公斤", "supplier": "农户", "origin": "蓼兰镇"}
        batch = buy_batch(tx, buyer.actor, parse(PurchaseForm, bought))
        proof = {
            "batch": batch.public_id,
            "kind": "检测合格报告",
            "number": "检 1",
            "issuer": "农户",
        }
        add_source_proof(tx, buyer.actor, parse(SourceProofForm, proof))
        form = {"batch": batch.public_id, "quantity": "1", "unit": "公斤", "basis": [Basis.CONTROL]}
        row = issue(tx, buyer.actor, parse(IssueForm, form))
    page = client.get(f"/C/{row.public_id}").text
    assert "钱**" in page
    for canary in ("钱有余", "13800001234"):
        assert canary not in page
    assert client.get(f"/C/{row.public_id}.json").status_code == 404


def test_consent_to_the_name_gives_away_no_file(world: World, client: FlaskClient) -> None:
    goods = stall.sell(world, kind="农户", name="李长河", uscc=None)
    with world.write() as tx:
        grant_consent(tx, goods.farm.actor)
    page = client.get(f"/C/{goods.certificate}").text
    assert "李长河" in page
    assert "138****1234" in page
    assert "13800001234" not in page
    for ending in ("pdf", "json"):
        assert f".{ending}" not in page
        assert client.get(f"/C/{goods.certificate}.{ending}").status_code == 404


def test_whom_to_call_stands_on_the_page(client: FlaskClient, goods: Goods) -> None:
    assert "联系 13800001234" in client.get(f"/C/{goods.certificate}").text


def test_the_fingerprint_shown_is_the_salted_one(
    world: World, client: FlaskClient, goods: Goods
) -> None:
    page = client.get(f"/C/{goods.certificate}").text
    with world.read() as tx:
        row = tx.session.exec(select(Certificate)).one()
        leaf = tx.session.get_one(LogLeaf, row.log_index)
    assert leaf.leaf_hash.hex() in page
    assert sha256(row.payload).hexdigest() not in page

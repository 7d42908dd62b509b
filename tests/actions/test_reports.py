"""Papers: test reports, proofs of what was bought in, and the files that show them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from sqlmodel import select

from tests.actions.farm import Farm, second_farm, start_farm, uscc
from tracer.actions.certificates.issue import IssueForm, issue
from tracer.actions.certificates.void import VoidForm, void
from tracer.actions.farm.batches import PurchaseForm, buy_batch
from tracer.actions.farm.corrections import withdraw_batch
from tracer.actions.farm.farmwork import RetractForm
from tracer.actions.farm.reports import (
    ReportForm,
    SourceProofForm,
    add_report,
    add_source_proof,
    keep_file,
)
from tracer.actions.forms import parse, problems
from tracer.domain.errors import Conflict, NotFound, Refusal
from tracer.domain.words import Basis
from tracer.store.stock import remaining
from tracer.store.tables import Posting, ReportItem, StoredFile
from tracer.store.world import Tx, World

REPORT = {
    "number": "HX-2026-0701",
    "batch": "",
    "kind": "委托检测",
    "laboratory": "禾信检测技术有限公司",
    "sampled_on": "2026-07-06",
    "tested_on": "2026-07-07",
    "items": [
        {"analyte": "啶虫脒", "value": "未检出", "limit": "1", "unit": "mg/kg", "passed": "合格"}
    ],
    "passed": "合格",
}


def photo(colour: str = "green") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return out.getvalue()


def bought(tx: Tx) -> tuple[Farm, str]:
    buyer = start_farm(tx, kind="收购者", name="聚禾收购站", uscc=uscc("92370283MA3T0X009"))
    form = {
        "campaign": buyer.campaign,
        "made_on": "2026-07-06",
        "operator": "赵收",
        "quantity": "300",
        "supplier": "李禾苗",
        "origin": "山东省平度市蓼兰镇",
    }
    return buyer, buy_batch(tx, buyer.actor, parse(PurchaseForm, form)).public_id


def test_a_report_keeps_its_items_and_counts_once(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        form = REPORT | {"batch": farm.harvest(tx).public_id}
        report = add_report(tx, farm.actor, parse(ReportForm, form))
        assert add_report(tx, farm.actor, parse(ReportForm, form)).id == report.id
        items = tx.session.exec(select(ReportItem)).all()
        posted = tx.session.exec(select(Posting).where(Posting.row == "C.2-3")).all()
        with pytest.raises(Conflict, match="检测单位"):
            add_report(tx, farm.actor, parse(ReportForm, form | {"laboratory": "别家"}))
        with pytest.raises(Conflict, match="检测项目"):
            other = [REPORT["items"][0] | {"value": "0.01"}]
            add_report(tx, farm.actor, parse(ReportForm, form | {"items": other}))
    assert [(item.analyte, item.passed) for item in items] == [("啶虫脒", True)]
    assert [posting.evidence_id for posting in posted] == [report.public_id]


def test_a_failing_report_is_recorded_as_failing(world: World) -> None:
    failed = [REPORT["items"][0] | {"value": "1.6", "passed": "不合格"}]
    with world.write() as tx:
        farm = start_farm(tx)
        form = REPORT | {"batch": farm.harvest(tx).public_id, "items": failed}
        assert (
            problems(ReportForm, form)[0].message == "啶虫脒不合格，结论不能是合格，请对照报告改正"
        )
        report = add_report(tx, farm.actor, parse(ReportForm, form | {"passed": "不合格"}))
        posted = tx.session.exec(select(Posting).where(Posting.row == "C.2-3")).all()
    assert not report.passed
    assert posted == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"tested_on": "2026-07-05"}, "tested_on"),
        ({"items": []}, "items"),
        ({"kind": "目测"}, "kind"),
        ({"number": None}, "number"),
    ],
)
def test_a_wrong_report_is_named_by_its_field(changed: dict[str, Any], field: str) -> None:
    form = REPORT | {"batch": "B"}
    assert problems(ReportForm, form) == []
    assert [problem.field for problem in problems(ReportForm, form | changed)] == [field]


def test_a_test_of_tomorrow_is_refused(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        form = REPORT | {"batch": farm.harvest(tx).public_id, "tested_on": "2026-07-09"}
        with pytest.raises(Refusal, match="还没到"):
            add_report(tx, farm.actor, parse(ReportForm, form))


def test_a_photo_is_kept_once_and_re_encoded(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        row = keep_file(tx, farm.actor, "C:\\照片\\报告.png", photo())
        assert keep_file(tx, farm.actor, "again.png", photo()).id == row.id
        assert (row.media_type, row.name) == ("image/jpeg", "报告.png")
        assert tx.files.get(row.sha256).startswith(b"\xff\xd8")
        assert keep_file(tx, farm.actor, "a\u202eb.png", photo("red")).name == "文件"
        with pytest.raises(Refusal, match="打不开"):
            keep_file(tx, farm.actor, "报告.svg", b"<svg onload='x'/>")
        assert len(tx.session.exec(select(StoredFile)).all()) == 2


def test_a_proof_belongs_to_what_was_bought_in(world: World) -> None:
    proof = {"kind": "承诺达标合格证", "number": "37028326070600000013", "issuer": "李禾苗"}
    with world.write() as tx:
        buyer, batch = bought(tx)
        form = parse(SourceProofForm, proof | {"batch": batch})
        row = add_source_proof(tx, buyer.actor, form)
        assert row.certificate_id is None
        assert add_source_proof(tx, buyer.actor, form).id == row.id
        with pytest.raises(Conflict, match="开具人"):
            other = proof | {"batch": batch, "issuer": "王禾"}
            add_source_proof(tx, buyer.actor, parse(SourceProofForm, other))
        own_harvest = proof | {"batch": buyer.harvest(tx).public_id}
        with pytest.raises(Refusal, match="不是收购的"):
            add_source_proof(tx, buyer.actor, parse(SourceProofForm, own_harvest))


def test_a_voided_certificate_proves_nothing(world: World) -> None:
    with world.write() as tx:
        grower = second_farm(tx)
        harvest = grower.harvest(tx)
        form = IssueForm(batch=harvest.public_id, quantity="300", unit="kg", basis=(Basis.CONTROL,))
        certificate = issue(tx, grower.actor, form)
        buyer, batch = bought(tx)
        proof = {"batch": batch, "kind": "承诺达标合格证", "issuer": "禾下家庭农场"}
        number = f"{certificate.number[:10]} {certificate.number[10:]}"
        row = add_source_proof(tx, buyer.actor, parse(SourceProofForm, proof | {"number": number}))
        assert row.certificate_id == certificate.id
        void(tx, grower.actor, certificate.public_id, VoidForm(reason="货没发出"))
        with pytest.raises(Refusal, match="已经作废"):
            again = proof | {"number": certificate.number}
            add_source_proof(tx, buyer.actor, parse(SourceProofForm, again))


def test_a_certified_batch_is_not_moved_on_or_corrected(world: World) -> None:
    with world.write() as tx:
        farm = start_farm(tx)
        harvest = farm.harvest(tx)
        form = IssueForm(
            batch=harvest.public_id, quantity="300", unit="公斤", basis=(Basis.CONTROL,)
        )
        certificate = issue(tx, farm.actor, form)
        assert str(remaining(tx.session, harvest)) == "200 公斤"
        with pytest.raises(Conflict, match="记录要留底"):
            withdraw_batch(tx, farm.actor, harvest.public_id, RetractForm(reason="错了"))
        void(tx, farm.actor, certificate.public_id, VoidForm(reason="货没发出"))
        assert str(remaining(tx.session, harvest)) == "500 公斤"
        with pytest.raises(Conflict, match="记录要留底"):
            withdraw_batch(tx, farm.actor, harvest.public_id, RetractForm(reason="错了"))


def test_another_producers_papers_do_not_exist(world: World) -> None:
    with world.write() as tx:
        farm, other = start_farm(tx), second_farm(tx)
        batch = farm.harvest(tx).public_id
        file = keep_file(tx, farm.actor, "报告.png", photo()).public_id
        with pytest.raises(NotFound):
            add_report(tx, other.actor, parse(ReportForm, REPORT | {"batch": batch}))
        theirs = REPORT | {"batch": other.harvest(tx).public_id, "file": file}
        with pytest.raises(NotFound):
            add_report(tx, other.actor, parse(ReportForm, theirs))
        proof = {"batch": batch, "kind": "承诺达标合格证", "number": "1", "issuer": "某人"}
        with pytest.raises(NotFound):
            add_source_proof(tx, other.actor, parse(SourceProofForm, proof))

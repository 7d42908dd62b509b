"""Papers that speak for a batch: test reports, proofs of what was bought in, their photos."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from tracer.actions.actor import own
from tracer.actions.farm.reports import (
    ReportForm,
    ReportItemForm,
    SourceProofForm,
    add_report,
    add_source_proof,
    keep_file,
)
from tracer.actions.forms import parse
from tracer.domain.clock import day_of
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.words import BatchKind, ReportKind, SourceProofKind
from tracer.queries.farm import papers as farm_papers
from tracer.store.tables import Batch, Product, StoredFile
from tracer.store.world import Tx
from tracer.web.producer import hall
from tracer.web.producer.certificates import download
from tracer.web.producer.pages import Back, back, form_page, options
from tracer.web.producer.questions import Asking, Option, Question, answers
from tracer.web.producer.sending import send, wants_more_rows
from tracer.web.shared.door import actor, world

_ROWS = 3
_RESULT = (Option("yes", "合格"), Option("no", "不合格"))
_PHOTO = "image/jpeg,image/png,image/webp,application/pdf"


@hall.get("/batches/<public_id>/reports/new")
def new_report(public_id: str) -> str:
    """Ask about a test report; the drugs that were used stand in its first rows."""
    return _report_page(public_id, {}, None)


@hall.post("/batches/<public_id>/reports/new")
def record_report(public_id: str) -> ResponseReturnValue:
    """Record a test report with its photo."""
    given = answers()
    if wants_more_rows():
        return _report_page(public_id, given, None)

    def act(tx: Tx) -> str:
        used = farm_papers.used_ingredients(tx, own(tx, actor(), Batch, public_id))
        filled = _without_offers(given, used) | {"batch": public_id} | kept_photo(tx)
        add_report(tx, actor(), parse(ReportForm, filled))
        return url_for("farm.batch", public_id=public_id)

    return send(
        act, lambda refusal: _report_page(public_id, given, refusal), mine=(Batch, public_id)
    )


@hall.get("/batches/<public_id>/proofs/new")
def new_proof(public_id: str) -> str:
    """Ask for the proof of what was bought in."""
    return _proof_page(public_id, {}, None)


@hall.post("/batches/<public_id>/proofs/new")
def record_proof(public_id: str) -> ResponseReturnValue:
    """Record a proof with its photo."""
    given = answers()

    def act(tx: Tx) -> str:
        filled = given | {"batch": public_id} | kept_photo(tx)
        add_source_proof(tx, actor(), parse(SourceProofForm, filled))
        return url_for("farm.batch", public_id=public_id)

    return send(
        act, lambda refusal: _proof_page(public_id, given, refusal), mine=(Batch, public_id)
    )


@hall.get("/files/<public_id>")
def file(public_id: str) -> Response:
    """A photo or PDF of the producer's own."""
    with world().read() as tx:
        row = own(tx, actor(), StoredFile, public_id)
        if row.sealed:
            raise NotFound()
        try:
            content = tx.files.get(row.sha256)
        except FileNotFoundError as error:
            raise NotFound("这个文件找不到了，请联系平台管理员") from error
    if row.media_type != "application/pdf":
        return download(content, row.media_type, f"{public_id}.jpg")
    # A picture was painted anew; a PDF is a stranger's bytes, to be opened outside this site.
    answer = download(content, row.media_type, f"{public_id}.pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{public_id}.pdf"'
    return answer


def _without_offers(given: Mapping[str, Any], used: tuple[str, ...]) -> dict[str, Any]:
    """The answers without the rows that were only offered: a drug's name and nothing else."""
    rows = given.get("items", [])
    kept = [row for row in rows if set(row) != {"analyte"} or row["analyte"] not in used]
    return {**given, "items": kept}


def kept_photo(tx: Tx) -> dict[str, str]:
    """The uploaded photo, kept, as the form names it; nothing where none was chosen."""
    upload = request.files.get("photo")
    if upload is None or not upload.filename:
        return {}
    return {"file": keep_file(tx, actor(), upload.filename, upload.stream.read()).public_id}


def _report_page(public_id: str, given: Mapping[str, Any], refusal: Refusal | None) -> str:
    with world().read() as tx:
        batch = own(tx, actor(), Batch, public_id)
        title = tx.session.get_one(Product, batch.product_id).name
        used = farm_papers.used_ingredients(tx, batch)
        laboratory = farm_papers.last_laboratory(tx, actor().producer)
        today = day_of(tx.now).isoformat()
    shown = {**laboratory, "sampled_on": today, "tested_on": today, **given}
    rows = list(given.get("items", [{"analyte": name} for name in used]))
    blank = _ROWS if wants_more_rows() or not rows else 1
    rows += [{} for _ in range(blank)]
    ask = Asking(ReportForm, shown)
    return form_page(
        "检测报告",
        [
            ask.one("kind", options(tuple(ReportKind))),
            ask.text("laboratory", hint="自行检测就写自己的名称"),
            ask.text("number"),
            ask.date("sampled_on"),
            ask.date("tested_on"),
        ],
        _to_batch(title, public_id),
        button="保存报告",
        refusal=refusal,
        subtitle=f"{title} · 批次 {batch.code}",
        rows=[Asking(ReportItemForm, row, f"items.{i}") for i, row in enumerate(rows)],
        used=used,
        last=[
            ask.one("passed", _RESULT, label="检测结论"),
            photo("报告照片或 PDF"),
        ],
        results=_RESULT,
        template="report",
    )


def _proof_page(public_id: str, given: Mapping[str, Any], refusal: Refusal | None) -> str:
    with world().read() as tx:
        batch = own(tx, actor(), Batch, public_id)
        if batch.kind != BatchKind.PURCHASE:
            raise NotFound("这个批次不是收购的，不用来源凭证")
        title = tx.session.get_one(Product, batch.product_id).name
        supplier = farm_papers.supplier_of(tx, batch)
    shown = {"kind": SourceProofKind.CERTIFICATE.value, "issuer": supplier, **given}
    ask = Asking(SourceProofForm, shown)
    return form_page(
        "来源凭证",
        [
            ask.one("kind", options(tuple(SourceProofKind))),
            ask.text("number", hint="合格证编号是 20 位数字，照着填"),
            ask.text("issuer"),
            ask.date("issued_on"),
            photo("凭证照片"),
        ],
        _to_batch(title, public_id),
        button="保存凭证",
        refusal=refusal,
        subtitle=f"{title} · 批次 {batch.code}",
        intro="没有合格证或者其他合格证明的货，收了也不能再开证。",
    )


def photo(label: str) -> Question:
    """The question for a paper's picture, kept by :func:`kept_photo`."""
    return Asking(ReportForm, {}).file(
        "photo", label, hint="拍清楚整张纸；不超过 10 兆", attrs={"accept": _PHOTO}
    )


def _to_batch(title: str, public_id: str) -> Back:
    return back(title, "batch", public_id=public_id)

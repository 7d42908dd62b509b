"""Records of a base: a ledger of each kind, one record, adding, correcting, withdrawing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from tracer.actions.bases import records as acts
from tracer.actions.forms import parse
from tracer.domain.bases import RecordField, record_kind
from tracer.domain.clock import day_of
from tracer.domain.errors import Refusal
from tracer.queries.bases import members as base_members
from tracer.queries.bases import records as base_records
from tracer.store.files import CleanFile, clean_upload
from tracer.store.world import Tx
from tracer.web.base import hall
from tracer.web.base.pages import back, form_page, page
from tracer.web.producer.questions import Asking, Option, Question, answers
from tracer.web.producer.sending import send
from tracer.web.shared.attachments import attachment
from tracer.web.shared.door import actor, world

_PAPER = "image/jpeg,image/png,image/webp,application/pdf"


@hall.get("/records/<kind>")
def records(kind: str) -> str:
    """The ledger of one kind."""
    with world().read() as tx:
        table = base_records.record_table(tx, actor().base, kind)
    return page("records", table.title, back("基地", "home"), table=table)


@hall.get("/records/<kind>/new")
def new_record(kind: str) -> str:
    """Ask about a new record."""
    return _record_page(kind, {"held_on": day_of(world().clock.now()).isoformat()}, None)


@hall.post("/records/<kind>/new")
def add_record(kind: str) -> ResponseReturnValue:
    """Write down a record."""
    return _write(kind, None)


@hall.get("/record/<public_id>")
def record(public_id: str) -> str:
    """One record and what it corrected."""
    with world().read() as tx:
        view = base_records.record_page(tx, actor().base, public_id)
    return page("record", view.title, back(view.kind_title, "records", kind=view.kind), view=view)


@hall.get("/record/<public_id>/correct")
def correcting(public_id: str) -> str:
    """Show a record to correct it."""
    with world().read() as tx:
        view = base_records.record_page(tx, actor().base, public_id)
        given = base_records.record_answers(tx, actor().base, public_id)
    return _record_page(view.kind, given, None, public_id)


@hall.post("/record/<public_id>/correct")
def correct(public_id: str) -> ResponseReturnValue:
    """Write down a correction."""
    with world().read() as tx:
        kind = base_records.record_page(tx, actor().base, public_id).kind
    return _write(kind, public_id)


@hall.get("/record/<public_id>/withdraw")
def withdrawing(public_id: str) -> str:
    """Ask why a record no longer stands."""
    return _withdraw_page(public_id, {}, None)


@hall.post("/record/<public_id>/withdraw")
def withdraw(public_id: str) -> ResponseReturnValue:
    """Withdraw a record."""
    given = answers()

    def act(tx: Tx) -> str:
        form = parse(acts.WithdrawForm, given)
        gone = acts.withdraw_record(tx, actor(), public_id, form)
        return url_for("base.records", kind=gone.kind)

    return send(act, lambda refusal: _withdraw_page(public_id, given, refusal))


@hall.get("/files/<file>")
def record_file(file: str) -> Response:
    """The photo or paper of one of the base's records."""
    with world().read() as tx:
        return attachment(tx, base_records.record_file(tx, actor().base, file))


def _write(kind: str, follows: str | None) -> ResponseReturnValue:
    form = acts.form_of(kind)
    given = answers()
    # A list of people is one to a line, which the answers keep.
    try:
        paper = _paper()
    except Refusal as refusal:
        return _record_page(kind, given, refusal, follows), 422

    def act(tx: Tx) -> str:
        row = acts.add_record(tx, actor(), kind, parse(form, given), paper, follows)
        return url_for("base.record", public_id=row.public_id)

    return send(act, lambda refusal: _record_page(kind, given, refusal, follows))


def _paper() -> tuple[str, CleanFile] | None:
    """The file that came with the page, as it may be kept."""
    upload = request.files.get("paper")
    if upload is None or not upload.filename:
        return None
    content = upload.stream.read()
    upload.stream.seek(0)
    return upload.filename, clean_upload(content, "paper")


def _record_page(
    kind: str, given: Mapping[str, Any], refusal: Refusal | None, follows: str | None = None
) -> str:
    said = record_kind(kind)
    ask = Asking(acts.form_of(kind), given)
    questions = [ask.text("title"), ask.date("held_on")]
    if said.about:
        with world().read() as tx:
            chosen = (
                base_members.member_products(tx, actor().base)
                if said.about == "product"
                else tuple((one.id, one.name) for one in base_members.residents(tx, actor().base))
            )
        questions.append(ask.list("about", [Option(value, label) for value, label in chosen]))
    questions += [_question(ask, field) for field in said.fields]
    questions.append(
        ask.file(
            "paper",
            "文件的照片或 PDF" if not follows else "换一份文件",
            hint="不超过 10 兆",
            attrs={"accept": _PAPER},
        )
    )
    return form_page(
        f"更正：{said.title}" if follows else said.title,
        questions,
        back("不改了", "record", public_id=follows) if follows else back("基地", "home"),
        refusal=refusal,
        intro=said.hint,
        button="保存更正" if follows else "保存",
    )


def _question(ask: Asking, field: RecordField) -> Question:
    if field.kind == "choice":
        return ask.one(field.key, [Option(word, word) for word in field.options])
    if field.kind == "people":
        return ask.long(field.key, hint="一人一行：姓名，职务，职责")
    if field.kind == "prose":
        return ask.long(field.key)
    if field.kind in ("whole", "number"):
        return ask.number(field.key)
    if field.kind == "serial":
        return ask.text(field.key, hint="比如 LL-000001", attrs={"autocomplete": "off"})
    return ask.text(field.key)


def _withdraw_page(public_id: str, given: Mapping[str, Any], refusal: Refusal | None) -> str:
    with world().read() as tx:
        view = base_records.record_page(tx, actor().base, public_id)
    return form_page(
        "撤回这条记录",
        [Asking(acts.WithdrawForm, given).text("reason")],
        back(view.title, "record", public_id=public_id),
        button="撤回",
        grave=True,
        refusal=refusal,
        intro=f"“{view.title}”不再算数，原来的内容仍然查得到。",
    )

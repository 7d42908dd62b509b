"""The demo's evaluations: a call for every standard, and one apple that won 蓼兰优品."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import select

from tracer.actions.actor import Actor
from tracer.actions.assessment.applying import EvidenceForm, add_evidence, save_form, start, submit
from tracer.actions.assessment.assessing import answer_gates, start_marking, suggested_gates
from tracer.actions.assessment.calls import CallForm, open_call
from tracer.actions.assessment.closing import LicenceForm, ReportForm, close, license
from tracer.actions.assessment.moving import facts_now, standard_of
from tracer.actions.assessment.sheets import save_sheet, submit_sheet
from tracer.actions.people.accounts import actor_of, create_account
from tracer.domain.assessing import years_later
from tracer.domain.clock import day_of, format_day
from tracer.domain.words import Role
from tracer.standards.verbs import VERBS
from tracer.store.assessments import sheets_of
from tracer.store.tables import Account, Assessment, Call, Product, ScoreSheet
from tracer.store.world import Tx

# Login and name.
EXPERTS = (
    ("pingjia", "评价专家（演示）"),
    ("pingjia2", "评价专家二（演示）"),
    ("pingjia3", "评价专家三（演示）"),
)
_OPEN_DAYS = 60
_CALLS = (
    ("liaolan", "2026 年“蓼兰优品”申报通知", "平度市现代农业协会（演示）"),
    ("changshou-009", "2026 年长寿之乡养生名优产品（加工食品）申报通知", "长寿之乡联合会（演示）"),
    ("heitu", "2026 年“黑土优品”认证申报通知", "黑土优品认证机构（演示）"),
    ("otop-1003", "2026 年一乡一品产品基地申报通知", "一乡一品工作机构（演示）"),
)
_FORM = {
    "legal_person": "李畦生",
    "contact": "李畦生",
    "class": "果蔬",
    "area": "60",
    "output": "150",
    "distance": "四周是果园，三公里内没有工矿、垃圾场，离国道两公里。",
    "farmers": "18",
    "introduction": "蓼兰镇老果园的红富士，套袋栽培，十月下旬采收，脆甜多汁。",
}
_PAPERS = (
    ("M1", "licence", "营业执照，现场核对过原件"),
    ("M2", "land_title", "果园承包合同，60 亩"),
    ("M4", "statement", "按规定使用“蓼兰优品”标识的承诺书"),
    ("1.1-2", "test_report", "果园土壤、灌溉水检测报告"),
    ("4.3", "rules", "产品追溯制度和不合格品处置制度"),
)
# What the experts take off, each by row, beside what the records say.
_TAKEN_OFF: tuple[dict[str, float], ...] = (
    {"1.3-1": 0.5, "3.2": 1, "4.2": 2},
    {"1.2-1": 0.5, "2.4": 1, "3.1": 1, "4.2": 2},
    {"2.1": 0.5, "3.2": 0.5, "4.2": 2.5, "5.2": 0.5},
)


def load_assessments(tx: Tx, operator: Actor, producer: Actor, product: str, password: str) -> None:
    """Calls, experts and one licence; nothing where there is a call."""
    if tx.session.exec(select(Call).limit(1)).first() is not None:
        return
    today = day_of(tx.now)
    calls = [
        open_call(
            tx,
            operator,
            CallForm(
                standard=standard,
                title=title,
                organisation=organisation,
                notice="符合条件的都可以申报，材料拍照上传就行。",
                opens_on=today,
                closes_on=today + timedelta(days=_OPEN_DAYS),
            ),
        )
        for standard, title, organisation in _CALLS
    ]
    experts = [_expert(tx, login, name, password) for login, name in EXPERTS]
    row = _apply(tx, producer, calls[0], product)
    _check(tx, operator, row)
    start_marking(tx, operator, row.public_id, [expert.public_id for expert in experts])
    for number, sheet in enumerate(sheets_of(tx.session, row)):
        _mark(tx, actor_of(experts[number]), row, sheet, _TAKEN_OFF[number])
    _decide(tx, operator, row)


def _expert(tx: Tx, login: str, name: str, password: str) -> Account:
    known = tx.session.exec(select(Account).where(Account.login == login)).one_or_none()
    return known or create_account(tx, login, password, Role.EXPERT, name)


def _apply(tx: Tx, producer: Actor, call: Call, product: str) -> Assessment:
    found = tx.session.exec(
        select(Product).where(Product.producer_id == producer.producer, Product.name == product)
    ).one()
    row = start(tx, producer, call.public_id, found.public_id)
    save_form(tx, producer, row.public_id, _FORM)
    for item, kind, title in _PAPERS:
        form = EvidenceForm(item=item, kind=kind, title=title)
        add_evidence(tx, producer, row.public_id, form)
    return submit(tx, producer, row.public_id, declared=True)


def _check(tx: Tx, operator: Actor, row: Assessment) -> None:
    """The conditions: as the records say, or looked at on the spot."""
    pack, flow = standard_of(tx, row)
    said = suggested_gates(pack, flow, facts_now(tx, row, flow))
    answers = {
        gate.key: said.get(gate.key)
        or {"value": VERBS[gate.verb].sample(gate), "note": "现场核对过"}
        for gate in pack.table().gates
    }
    answer_gates(tx, operator, row.public_id, answers)


def _mark(
    tx: Tx, expert: Actor, row: Assessment, sheet: ScoreSheet, taken_off: dict[str, float]
) -> None:
    """A sheet: what the records fill stays, the rest is full less what the expert takes off."""
    pack, _ = standard_of(tx, row)
    rows = {
        key: {
            "value": float(item.max or 0) - taken_off.get(key, 0),
            "note": "材料和现场有差距" if key in taken_off else "",
        }
        for key, item in pack.scored(pack.table().key).items()
        if key not in sheet.rows
    }
    saved = save_sheet(tx, expert, sheet.public_id, sheet.version, rows)
    submit_sheet(tx, expert, saved.public_id, saved.version)


def _decide(tx: Tx, operator: Actor, row: Assessment) -> None:
    _, flow = standard_of(tx, row)
    report = ReportForm(
        purpose="评定申报产品能否使用“蓼兰优品”标识",
        place="平度市蓼兰镇",
        time=format_day(day_of(tx.now)),
        people="、".join(name for _, name in EXPERTS),
        process="查看申报材料和追溯记录，现场看果园，三位专家各自逐行打分。",
        special="部分批次早于启用合格证，追溯闭环按系统记录计分。",
    )
    result = close(tx, operator, row.public_id, report)
    if result.passed:
        today = day_of(tx.now)
        valid_to = years_later(today, flow.licence.years)
        license(tx, operator, row.public_id, LicenceForm(valid_from=today, valid_to=valid_to))

"""What each text column holds, and a household of whose every personal word one can be sure.

A new text column must be put into one of three classes, and a personal one be given a canary: a
word that occurs nowhere else, so that it can be looked for everywhere.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Table
from sqlmodel import SQLModel, select

from tests.actions.papers import add, picture
from tests.actions.supervision import incident_form, operators, tell
from tests.web.goods import Goods, sell
from tracer.actions.actor import Actor
from tracer.actions.farm.farmwork import OperationForm, record_operation
from tracer.actions.farm.inputs import InputForm, add_input
from tracer.actions.forms import parse
from tracer.actions.people.accounts import create_account
from tracer.actions.people.enroll import edit_producer, form_of
from tracer.actions.private_files import keep_private_file
from tracer.actions.supervision.inspect import FindingForm, record_finding
from tracer.actions.supervision.opening import open_incident
from tracer.actions.supervision.supervise import StatementForm, answer
from tracer.domain.words import Outcome, Role
from tracer.store.changes import seal_wanted
from tracer.store.tables import (
    Assessment,
    AssessmentEvidence,
    AssessmentStep,
    Base,
    Batch,
    Call,
    ChangeSet,
    ExpertTie,
    Idempotency,
    Producer,
    ScoreSheet,
)
from tracer.store.world import Tx, World

NAME, ID_CARD = "李雀鸣", "370283198001010019"
PHONE, OLD_PHONE, REPORTER = "13700137001", "13700137002", "13812399999"
EMAIL, LOGIN = "queming@li.example.cn", "quelogin"
TALE = "雀声"  # marks every sentence that is not for strangers

PERSONAL = {
    "account.login": LOGIN,
    "account.name": "周雀账",
    "assessment.facts": TALE,
    "assessment.form": TALE,
    "assessment.gates": TALE,
    "assessment.recommendation": TALE,
    "assessment.report": TALE,
    "assessment_evidence.title": TALE,
    "assessment_step.note": TALE,
    "base.contact_name": "吴雀基",
    "base.contact_phone": "13700137007",
    "certificate.contact": PHONE,
    "certificate.issuer": NAME,
    "certificate.payload": NAME,
    "change_set.note": TALE,
    "element.title": TALE,
    "element.values": TALE,
    "expert_tie.reason": TALE,
    "finding.note": TALE,
    "finding.place": "雀市场",
    "idempotency.body": NAME,
    "incident_step.text": TALE,
    "input.supplier": "雀农资店",
    "operation.operator": "赵雀工",
    "operation.note": TALE,
    "producer.address": "雀巷 77 号",
    "producer.business_address": "雀街 9 号",
    "producer.contact_email": EMAIL,
    "producer.contact_name": "钱雀联",
    "producer.contact_phone": PHONE,
    "producer.name": NAME,
    "public_report.text": TALE,
    "revision.before": OLD_PHONE,
    "score_sheet.rows": TALE,
    "stored_file.name": "雀身份证.jpg",
}
"""Each personal column, and what the household's row says there."""

SEALED = {
    "change_set.sealed",
    "element.sealed",
    "producer.id_card_cipher",
    "public_report.contact_cipher",
}
"""Enciphered: the canary is behind it, and its bytes do not show it."""

SECRET = {
    "account.password_hash",
    "api_token.secret_hash",
    "issuer_key.wrapped",
    "producer.id_card_hash",
    "sign_in.secret_hash",
}
"""Keys and keyed hashes; shown to nobody."""

# Words of the trade, numbers and states, places down to the village, hashes, salts and signatures,
# and what its writer knows to be published. Tables by name, each with its columns.
_OPEN = """
account: public_id role
api_token: label
assessment: number public_id stage
assessment_evidence: item kind public_id
assessment_result: answers digest outcome salt total
assessment_step: step
base: applicant applicant_kind boundary county industry introduction name public_id
base_notice: concern public_id text title
base_product: certificate_no chain
base_record: kind public_id title values
base_resident: met
batch: code kind origin public_id unit
call: digest edition notice organisation public_id standard title
campaign: name public_id ref
certificate: evidence evidence_root form kid number origin product public_id salt signature unit
change_set: fields mark public_id
credit_score: edition grade pack published tallies target total
element: public_id ref row
finding: client_id code conclusion items public_id salt verdict
idempotency: key request_hash
incident: document kind public_id row stage title
incident_step: decision evidence files salt step
input: content formulation ingredients kind maker name public_id registration_no
input_use: crop dose_unit max_dose
issuer_key: kid public_key purpose salt x509
licence: holder kid mark number payload public_id salt signature subject
licence_step: public_id reason salt step
log_leaf: event leaf leaf_hash subject
name_part: part target
number_sequence: county
operation: details dose dose_unit kind method public_id ref target unit
own_stock: name paper public_id
plot: base_name environment facility name public_id town village
policy: ended_reason insurer number payout public_id
posting: amount edition evidence_id evidence_kind fact pack row target
print_run: design options public_id stock
print_sending: public_id trouble
print_step: note output public_id reason step
printer: address language name public_id
producer: business_type county found_by introduction kind legal_person main_products public_id
    registered_capital suspended_reason town uscc
product: category crop found_by gtin introduction name origin public_id sector spec unit
public_report: concern files public_id row
recall: advice reason salt
report_item: analyte limit method unit value
review: rating
review_set_aside: reason
revision: table
scan_tally: kind
score_sheet: public_id
site: address
source_proof: issuer kind number public_id
stock_place: stock
stored_file: media_type public_id sha256
test_report: kind laboratory method number public_id
voiding: advice reason salt
"""


def _read(table: str) -> set[str]:
    name, _, columns = table.partition(":")
    return {f"{name}.{column}" for column in columns.split()}


OPEN = set[str]().union(*map(_read, _OPEN.replace("\n    ", " ").strip().splitlines()))
"""What holds nothing personal."""


def text_columns() -> set[str]:
    """Every column that can hold a word: texts, JSON and bytes."""
    return {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if type(column.type).__name__ in {"AutoString", "String", "JSON", "LargeBinary", "Text"}
    }


def table_of(column: str) -> tuple[Table, Any]:
    table = SQLModel.metadata.tables[column.partition(".")[0]]
    return table, table.columns[column.partition(".")[2]]


def household(world: World) -> Goods:
    """A household on sale, with a dossier, reports, an incident, a finding and an application."""
    goods = sell(
        world,
        kind="农户",
        name=NAME,
        uscc=None,
        id_card=ID_CARD,
        contact_phone=PHONE,
        contact_name=PERSONAL["producer.contact_name"],
        contact_email=EMAIL,
        address=f"蓼兰镇河西村{PERSONAL['producer.address']}",
        business_address=f"蓼兰镇河西村{PERSONAL['producer.business_address']}",
    )
    with world.write() as tx:
        _at_home(tx, goods)
        _outside(tx, goods)
        _assessed(tx, goods)
    return goods


def _at_home(tx: Tx, goods: Goods) -> None:
    """What the household records itself."""
    farm, actor = goods.farm, goods.farm.actor
    create_account(
        tx, LOGIN, "麦子熟了2026", Role.PRODUCER, PERSONAL["account.name"], actor.producer_id
    )
    spray = {
        "kind": "肥料",
        "name": "有机肥",
        "maker": "禾下肥业有限公司",
        "supplier": PERSONAL["input.supplier"],
    }
    add_input(tx, actor, parse(InputForm, spray))
    work = farm.work(operator=PERSONAL["operation.operator"], note=f"{TALE}喊着干的")
    record_operation(tx, actor, parse(OperationForm, work | {"occurred_on": "2026-07-02"}))
    card = keep_private_file(tx, actor, PERSONAL["stored_file.name"], picture()).public_id
    add(tx, actor, "6.1.1.2-1", {"name": NAME, "id_card_front": card})
    worker = {"role": f"{TALE}采收工", "count": "2", "names": PERSONAL["operation.operator"]}
    add(tx, actor, "B.4-21", worker)
    change = "7K3M9Q2XW4E"
    tx.session.add(
        ChangeSet(
            public_id=change,
            producer_id=actor.producer,
            year=2026,
            fields=["C.1-13"],
            sealed=seal_wanted(tx.secrets, change, {"producer.contact_phone": OLD_PHONE}),
            mark="refused",
            note=f"{TALE}说电话写错了",
            asked_by=actor.account_id,
            asked_at=tx.now,
        )
    )
    tx.session.add(
        Idempotency(
            account_id=actor.account_id,
            key="canary-1",
            request_hash="0",
            status=201,
            body=f'{{"name": "{NAME}"}}',
            created_at=tx.now,
        )
    )
    producer = tx.session.get_one(Producer, actor.producer)
    edit_producer(tx, actor, form_of(producer, contact_phone=OLD_PHONE))
    edit_producer(tx, actor, form_of(producer, contact_phone=PHONE))


def _outside(tx: Tx, goods: Goods) -> None:
    """What others record about it: a shopper, the desk, an inspector."""
    desk = operators(tx, "quejia")
    batch = tx.session.exec(select(Batch).where(Batch.public_id == goods.batch)).one()
    told = tell(tx, batch, text=f"{TALE}很吵", phone=REPORTER)
    form = incident_form(tx, goods.farm, told, title="产品有异味", text=f"{TALE}请说明")
    row = open_incident(tx, desk[0], form)
    answer(tx, goods.farm.actor, row.public_id, StatementForm(text=f"{TALE}已经改了"))
    finding = {
        "client_id": "canary-finding",
        "code": goods.number,
        "certificate": goods.certificate,
        "verdict": Outcome.GENUINE,
        "conclusion": "held",
        "place": PERSONAL["finding.place"],
        "note": f"{TALE}当场问过",
    }
    inspector = create_account(tx, "quecha", "麦子熟了2026", Role.INSPECTOR, "孙雀查")
    actor = Actor(inspector.id or 0, Role.INSPECTOR, inspector.name)
    record_finding(tx, actor, parse(FindingForm, finding))


def _assessed(tx: Tx, goods: Goods) -> None:
    """An application with everything that its rooms keep, and a base with its contact."""
    account, producer = goods.farm.actor.account_id, goods.farm.actor.producer
    said, day = {"note": TALE}, date(2026, 7, 1)
    by = {"recorded_by": account, "recorded_at": tx.now}
    base = Base(
        public_id="7K3M9Q2XW4E", name="河西基地", applicant="蓼兰镇人民政府",
        applicant_kind="government", industry="农林牧渔业", county="370283", boundary="河西",
        contact_name=PERSONAL["base.contact_name"], contact_phone=PERSONAL["base.contact_phone"],
        created_at=tx.now,
    )  # fmt: skip
    call = Call(
        public_id="7K3M9Q2XW4E", standard="liaolan", edition="draft", digest="0" * 64,
        title="申报通知", organisation="协会", opens_on=day, closes_on=date(2026, 12, 31),
        created_by=account, created_at=tx.now,
    )  # fmt: skip
    tx.session.add_all([base, call])
    tx.session.flush()
    row = Assessment(
        public_id="7K3M9Q2XW4E", number="2026-0001", call_id=call.id or 0, producer_id=producer,
        stage="submitted", form=said, recommendation=said, gates=said, facts=said, report=said,
        applied_by=account, created_at=tx.now,
    )  # fmt: skip
    tx.session.add(row)
    tx.session.flush()
    of = {"assessment_id": row.id or 0}
    tx.session.add_all(
        [
            AssessmentStep(**of, step="submitted", note=TALE, account_id=account, at=tx.now),
            AssessmentEvidence(
                **of, public_id="7K3M9Q2XW4E", item="", kind="photo", title=TALE, **by
            ),
            ExpertTie(account_id=account, producer_id=producer, reason=TALE, **by),
            ScoreSheet(
                **of,
                public_id="7K3M9Q2XW4E",
                account_id=account,
                rows=said,
                assigned_by=account,
                assigned_at=tx.now,
            ),
        ]
    )
    tx.session.flush()

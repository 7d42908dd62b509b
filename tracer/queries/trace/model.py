"""What a public page shows, ready to print: the model, its states and their words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tracer.proof.verdict import Check
from tracer.queries.assessment.licences import MarkView
from tracer.queries.credit_view import CreditView
from tracer.queries.dossier.public import Section
from tracer.queries.insurance_pages import Insured
from tracer.queries.supervision.public import Upheld
from tracer.queries.trace.timeline import ReportView, Source, Step


class State(StrEnum):
    """What the first line of the page says."""

    GENUINE = "genuine"
    VOIDED = "voided"
    REPLACED = "replaced"
    RECALLED = "recalled"
    ALTERED = "altered"
    BAD_CODE = "bad_code"
    UNKNOWN = "unknown"
    NOT_BOUND = "not_bound"
    SPOILED = "spoiled"
    NO_CERTIFICATE = "no_certificate"
    CANNOT_TELL = "cannot_tell"


WORDS = {
    State.GENUINE: "签名有效",
    State.VOIDED: "已作废",
    State.REPLACED: "已换证",
    State.RECALLED: "已召回",
    State.ALTERED: "内容被改动",
    State.BAD_CODE: "号码有误",
    State.UNKNOWN: "查无此码",
    State.NOT_BOUND: "尚未启用",
    State.SPOILED: "标签已作废",
    State.NO_CERTIFICATE: "本批次无合格证",
    State.CANNOT_TELL: "暂时无法判断",
}


@dataclass(frozen=True)
class Promise:
    """The certificate as the page shows it. Persons are masked unless they consented."""

    certificate_id: str
    number: str
    title: str
    opening: str
    lines: tuple[str, ...]
    basis: tuple[tuple[str, bool], ...]  # every box of the form, and whether it is ticked
    quantity: str
    issued_at: str
    kid: str
    log_index: int
    leaf_hash: str  # salted in the log: masked names cannot be guessed back from it
    records_intact: bool  # False: a record it rests on was changed behind the log's back
    corrections: int  # records behind it that were openly corrected since


@dataclass(frozen=True)
class Notice:
    """Why the goods should not be trusted as they are, and what to do."""

    since: str
    reason: str
    advice: str
    newer_id: str = ""  # the certificate that took its place


@dataclass(frozen=True)
class TracePage:
    """Everything the page shows. Texts are ready to print; empty where there is nothing to say."""

    state: State
    word: str
    sentence: str  # what was checked, or what to do next
    code: str = ""  # as printed
    kind: str = ""  # label, certificate or batch
    subject: int = 0  # what its scans are counted under
    as_of: str = ""
    checks: tuple[Check, ...] = ()
    product: str = ""
    spec: str = ""
    introduction: str = ""
    quantity: str = ""
    issuer: str = ""
    by_person: bool = False  # the issuer is a natural person
    issuer_kind: str = ""
    contact: str = ""
    origin: str = ""
    plot: str = ""
    batch_id: str = ""
    batch_code: str = ""
    made_on: str = ""
    made_word: str = ""  # 采收, 加工, 收购 …
    promise: Promise | None = None
    not_required: bool = False  # the category gets no 合格证 by law
    notice: Notice | None = None
    reports: tuple[ReportView, ...] = ()
    steps: tuple[Step, ...] = ()
    sources: tuple[Source, ...] = ()
    credit: CreditView | None = None
    insured: Insured | None = None  # only while the policy is in force
    upheld: tuple[Upheld, ...] = ()  # what was found true against product and producer
    reviews: tuple[int, int, int] = (0, 0, 0)  # good, neutral, bad that count
    reviewed: bool = False  # this label has been rated
    label_index: int | None = None
    marks: tuple[MarkView, ...] = ()  # 标识 that the product may carry today
    dossier: tuple[Section, ...] = ()  # what the producer published of itself and the product
    others: tuple[str, ...] = ()  # numbers of further valid certificates

"""How a standard is applied for, beside how it is scored: ``flow.toml`` next to ``pack.toml``.

It says who applies, what the application asks, which papers belong to it, which rows and gates the
service fills from its own records, who marks, and what the licence is called. An edition without
one gets a plain application for products.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tracer.domain.assessing import FACTS, is_licence_prefix
from tracer.domain.errors import Refusal
from tracer.standards.fields import Fields, bad
from tracer.standards.pack import EVIDENCE, Pack

KINDS = frozenset(
    {"text", "prose", "day", "number", "choice", "phone", "email", "uscc", "postcode"}
)
APPLICANTS = ("product", "base")
PREFILLS = frozenset(
    {
        "producer.name",
        "producer.uscc",
        "producer.legal_person",
        "producer.address",
        "producer.contact_name",
        "producer.contact_phone",
        "producer.contact_email",
        "producer.registered_on",
        "producer.introduction",
        "product.name",
        "product.spec",
        "product.origin",
        "product.introduction",
        "base.name",
        "base.applicant",
        "base.applicant_kind",
        "base.industry",
        "base.boundary",
        "base.contact_name",
        "base.contact_phone",
        "base.introduction",
        "today",
    }
)


@dataclass(frozen=True)
class FormField:
    """One question of a form. ``kind`` is one of KINDS; ``prefill`` names what the service knows.

    ``choices`` are the answers of kind ``choice``; ``unit`` stands behind the box.
    """

    key: str
    title: str
    kind: str = "text"
    required: bool = True
    prefill: str = ""
    choices: tuple[str, ...] = ()
    unit: str = ""
    hint: str = ""


@dataclass(frozen=True)
class FormSection:
    """Questions under one heading, asked ``times`` over (the columns of a yearly table)."""

    key: str
    title: str
    fields: tuple[FormField, ...]
    times: int = 1

    def asked(self) -> Iterator[FormField]:
        """Each question as it is answered: ``key``, or ``key.1``, ``key.2`` … in a yearly table.

        Of a yearly table only the first column has to be filled.
        """
        for one in self.fields:
            for number in range(1, self.times + 1) if self.times > 1 else (0,):
                yield FormField(
                    key=f"{one.key}.{number}" if number else one.key,
                    title=f"{one.title}（第 {number} 栏）" if number else one.title,
                    kind=one.kind,
                    required=one.required and number < 2,
                    prefill=one.prefill,
                    choices=one.choices,
                    unit=one.unit,
                    hint=one.hint,
                )


@dataclass(frozen=True)
class FlowForm:
    """A form of the standard: 申请书, 推荐表."""

    title: str
    clause: str
    sections: tuple[FormSection, ...]

    @cached_property
    def fields(self) -> Mapping[str, FormField]:
        """All questions by the key of their answer, in order."""
        return {one.key: one for section in self.sections for one in section.asked()}


@dataclass(frozen=True)
class Material:
    """A paper the application has to bring, in the standard's words. ``kind`` is of EVIDENCE.

    With ``fact`` it counts as brought where the service holds it already.
    """

    key: str
    title: str
    kind: str
    required: bool = True
    fact: str = ""


@dataclass(frozen=True)
class RowFact:
    """A fact shown beside a row; where it ``fills`` the row, other marks need a note."""

    fact: str
    fills: bool


@dataclass(frozen=True)
class LicenceRule:
    """What passing brings: the paper's title, its numbers' prefix, and how long it holds."""

    title: str
    prefix: str
    years: int


@dataclass(frozen=True)
class Flow:
    """One edition's way from call to licence. ``report`` is the layout of its report, as data."""

    mark: str
    applicant: str
    form: FlowForm
    declaration: tuple[str, ...]
    materials: tuple[Material, ...]
    recommendation: FlowForm | None
    rows: Mapping[str, RowFact]
    gates: Mapping[str, str]
    closing: tuple[FormField, ...]
    licence: LicenceRule
    report: Mapping[str, Any] = field(default_factory=dict)

    def facts(self) -> frozenset[str]:
        """All facts that this flow looks at."""
        rows = {one.fact for one in self.rows.values()}
        return frozenset(rows | set(self.gates.values()) | {m.fact for m in self.materials} - {""})


def load_flow(pack: Pack) -> Flow:
    """The flow beside the pack's file; a Refusal ``bad_pack`` names the key that is wrong."""
    path = pack.folder / "flow.toml"
    if not path.exists():
        return _plain(pack)
    try:
        fields = Fields(tomllib.loads(path.read_text("utf-8")), f"{pack.ref} 的 flow.toml")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise bad(f"{pack.ref} 的 flow.toml", f"读不出来，{error}") from None
    flow = _flow(fields)
    for where, what in _problems(pack, flow):
        raise bad(where, what)
    return flow


def missing(fields: Mapping[str, FormField], values: Mapping[str, Any]) -> list[FormField]:
    """The required questions without an answer, in order."""
    return [one for key, one in fields.items() if one.required and not values.get(key)]


def _plain(pack: Pack) -> Flow:
    asked = (
        FormField("applicant", "申请单位", prefill="producer.name"),
        FormField("contact", "联系人", prefill="producer.contact_name"),
        FormField("phone", "联系电话", "phone", prefill="producer.contact_phone"),
        FormField("product", "产品名称", prefill="product.name"),
        FormField("statement", "申请说明", "prose", required=False),
    )
    return Flow(
        mark=pack.title,
        applicant="product",
        form=FlowForm("申请表", "", (FormSection("main", "基本信息", asked),)),
        declaration=("所填内容和提交的材料真实有效。",),
        materials=(),
        recommendation=None,
        rows={},
        gates={},
        closing=(),
        licence=LicenceRule("证书", "ZS", 3),
    )


def _flow(fields: Fields) -> Flow:
    recommendation = fields.maybe("recommendation")
    flow = Flow(
        mark=fields.text("mark"),
        applicant=fields.text("applicant"),
        form=_form(fields.part("form")),
        declaration=fields.texts("declaration"),
        materials=tuple(_material(one) for one in fields.each("material")),
        recommendation=_form(recommendation) if recommendation else None,
        rows=_facts(fields, "row"),
        gates={key: one.fact for key, one in _facts(fields, "gate").items()},
        closing=tuple(_field(one) for one in fields.each("closing")),
        licence=_licence(fields.part("licence")),
        report=fields.take("report", dict, {}),
    )
    fields.end()
    return flow


def _facts(fields: Fields, name: str) -> dict[str, RowFact]:
    found: dict[str, RowFact] = {}
    for one in fields.each(name):
        key = one.text("key")
        if key in found:
            raise bad(key, "写了两次")
        found[key] = RowFact(one.text("fact"), one.take("fills", bool, False))
        one.end()
    return found


def _form(fields: Fields) -> FlowForm:
    form = FlowForm(
        title=fields.text("title"),
        clause=fields.text("clause"),
        sections=tuple(_section(one) for one in fields.each("section")),
    )
    fields.end()
    return form


def _section(fields: Fields) -> FormSection:
    section = FormSection(
        key=fields.text("key"),
        title=fields.text("title"),
        times=fields.take("times", int, 1),
        fields=tuple(_field(one) for one in fields.each("field")),
    )
    fields.end()
    return section


def _field(fields: Fields) -> FormField:
    one = FormField(
        key=fields.text("key"),
        title=fields.text("title"),
        kind=fields.text("kind", "text"),
        required=fields.take("required", bool, True),
        prefill=fields.text("prefill", ""),
        choices=fields.texts("choices"),
        unit=fields.text("unit", ""),
        hint=fields.text("hint", ""),
    )
    fields.end()
    return one


def _material(fields: Fields) -> Material:
    one = Material(
        key=fields.text("key"),
        title=fields.text("title"),
        kind=fields.text("kind"),
        required=fields.take("required", bool, True),
        fact=fields.text("fact", ""),
    )
    fields.end()
    return one


def _licence(fields: Fields) -> LicenceRule:
    rule = LicenceRule(fields.text("title"), fields.text("prefix"), fields.take("years", int))
    fields.end()
    return rule


def _problems(pack: Pack, flow: Flow) -> Iterator[tuple[str, str]]:
    table = pack.table()
    items, gates = {one.key for one in table.items}, {one.key for one in table.gates}
    materials = [one.key for one in flow.materials]
    forms = [flow.form, *([flow.recommendation] if flow.recommendation else [])]
    if flow.applicant not in APPLICANTS:
        yield "applicant", f"不认识申请方 {flow.applicant}"
    if not is_licence_prefix(flow.licence.prefix):
        yield "licence", "prefix 要是 2 到 8 个大写字母，不用 U"
    if not 1 <= flow.licence.years <= 20:
        yield "licence", "years 要在 1 到 20 之间"
    for key, fact in flow.gates.items():
        if key not in gates:
            yield key, "pack.toml 里没有这个门槛"
        if fact not in FACTS:
            yield key, f"不认识事实 {fact}"
    for key, row in flow.rows.items():
        if key not in items:
            yield key, "pack.toml 里没有这一行"
        if row.fact not in FACTS:
            yield key, f"不认识事实 {row.fact}"
    for key, number in Counter([*materials, *items, *gates]).items():
        if number > 1:
            yield key, f"编号出现了 {number} 次"
    for material in flow.materials:
        if material.kind not in EVIDENCE:
            yield material.key, f"不认识证明材料类别 {material.kind}"
        if material.fact and material.fact not in FACTS:
            yield material.key, f"不认识事实 {material.fact}"
    for form in forms:
        asked = [one for section in form.sections for one in section.asked()]
        yield from _field_problems(tuple(asked))
    yield from _field_problems(flow.closing)


def _field_problems(asked: tuple[FormField, ...]) -> Iterator[tuple[str, str]]:
    for key, number in Counter(one.key for one in asked).items():
        if number > 1:
            yield key, f"编号出现了 {number} 次"
    for one in asked:
        if one.kind not in KINDS:
            yield one.key, f"不认识填法 {one.kind}"
        if (one.kind == "choice") != bool(one.choices):
            yield one.key, "choices 只在 choice 里写，而且必须写"
        if one.prefill and one.prefill not in PREFILLS:
            yield one.key, f"不认识预填来源 {one.prefill}"


def flow_of(pack: Pack) -> Flow:
    """The flow of a standard that people apply for; a Refusal where it is kept from records."""
    if len(pack.tables) != 1 or pack.table().outcome.rule == "grades":
        raise Refusal("no_applications", f"“{pack.title}”按记录自动计分，不用申报", "standard")
    return load_flow(pack)

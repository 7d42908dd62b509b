"""Reads ``flow.toml`` strictly, and refuses one that does not fit its pack, naming the key.

An edition without the file gets a plain application for products.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from tracer.domain.assessing import FACTS, is_licence_prefix
from tracer.domain.errors import Refusal
from tracer.standards.fields import Fields, bad
from tracer.standards.flow import (
    Flow,
    FlowForm,
    FormField,
    FormSection,
    LicenceRule,
    Material,
    RowFact,
)
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


def flow_of(pack: Pack) -> Flow:
    """The flow of a standard that people apply for; a Refusal where it is kept from records."""
    if len(pack.tables) != 1 or pack.table().outcome.rule == "grades":
        raise Refusal("no_applications", f"“{pack.title}”按记录自动计分，不用申报", "standard")
    return load_flow(pack)


def load_flow(pack: Pack) -> Flow:
    """The flow beside the pack's file; a Refusal ``bad_pack`` names the key that is wrong."""
    flow = _read(pack.folder)
    if flow is None:
        return _plain(pack)
    for where, what in _problems(pack, flow):
        raise bad(where, what)
    return flow


@lru_cache(maxsize=64)
def _read(folder: Path) -> Flow | None:
    """What the folder's ``flow.toml`` says, read once a process; None where there is none."""
    where = f"{folder.parent.name}/{folder.name} 的 flow.toml"
    try:
        return _flow(Fields(tomllib.loads((folder / "flow.toml").read_text("utf-8")), where))
    except FileNotFoundError:
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise bad(where, f"读不出来，{error}") from None


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

"""Reads packs from their folders and refuses one that contradicts itself, naming the key.

``packs/<id>/<edition>/pack.toml`` is one edition. What is refused: totals and maxima that do not
add up, doubled keys, lost rows (each group declares how many it prints), an item without text or
clause, an unknown verb, field, kind of evidence, choice or table.
"""

from __future__ import annotations

import hashlib
import tomllib
from datetime import date
from functools import lru_cache
from pathlib import Path

from tracer.domain.errors import Refusal
from tracer.standards.checks import check
from tracer.standards.fields import Fields, bad
from tracer.standards.pack import (
    Choice,
    Exemption,
    Experts,
    Grade,
    Group,
    Item,
    Outcome,
    Pack,
    Table,
)
from tracer.standards.verbs import VERBS

PACKS = Path(__file__).parent / "packs"


def _item(fields: Fields) -> Item:
    verb_name = fields.text("verb")
    verb = VERBS.get(verb_name)
    if verb is None:
        raise bad(fields.where, f"不认识计分方法 {verb_name}")
    item = Item(
        key=fields.text("key"),
        title=fields.text("title", ""),
        indicator=fields.text("indicator", ""),
        text=fields.text("text"),
        verb=verb_name,
        clause=fields.text("clause"),
        basis=fields.text("basis", ""),
        remark=fields.text("remark", ""),
        max=fields.number("max"),
        evidence=fields.texts("evidence"),
        mandatory=fields.take("mandatory", bool, False),
        choice=fields.text("choice", ""),
        counts_in=fields.text("counts_in", ""),
        report_group=fields.text("report_group", ""),
        warning=fields.text("warning", ""),
        decisions=fields.texts("decisions"),
        params=fields.rest(verb.needs | verb.may),
    )
    fields.end()
    return item


def _group(fields: Fields) -> Group:
    rows = fields.take("rows", int)
    group = Group(
        key=fields.text("key"),
        title=fields.text("title"),
        label=fields.text("label", ""),
        max=fields.number("max"),
        items=tuple(_item(item) for item in fields.each("item")),
    )
    fields.end()
    if len(group.items) != rows:
        raise bad(group.key, f"标准里有 {rows} 行，数据里有 {len(group.items)} 行")
    return group


def _choice(fields: Fields) -> Choice:
    choice = Choice(
        key=fields.text("key"),
        title=fields.text("title"),
        clause=fields.text("clause"),
        mandatory=fields.take("mandatory", bool, False),
    )
    fields.end()
    return choice


def _exemption(fields: Fields) -> Exemption:
    exemption = Exemption(
        key=fields.text("key"),
        text=fields.text("text"),
        clause=fields.text("clause"),
        rows=fields.texts("rows"),
        outcome=fields.text("outcome", ""),
    )
    fields.end()
    return exemption


def _outcome(fields: Fields) -> Outcome:
    outcome = Outcome(
        rule=fields.text("rule"),
        places=fields.take("places", int),
        clause=fields.text("clause"),
        pass_at=fields.number("pass_at"),
        passed=fields.text("passed", ""),
        failed=fields.text("failed", ""),
        blocked=fields.text("blocked", ""),
    )
    fields.end()
    return outcome


def _experts(fields: Fields) -> Experts:
    experts = Experts(
        at_least=fields.take("at_least", int),
        warn_below=fields.take("warn_below", int),
        clause=fields.text("clause"),
    )
    fields.end()
    return experts


def _grade(fields: Fields) -> Grade:
    grade = Grade(
        name=fields.text("name"),
        rating=fields.text("rating"),
        text=fields.text("text"),
        at_least=fields.number("at_least"),
    )
    fields.end()
    return grade


def _table(fields: Fields) -> Table:
    experts = fields.maybe("experts")
    table = Table(
        key=fields.text("key"),
        title=fields.text("title"),
        total=fields.number("total"),
        notes=fields.texts("notes"),
        outcome=_outcome(fields.part("outcome")),
        experts=_experts(experts) if experts else None,
        gates=tuple(_item(gate) for gate in fields.each("gate")),
        choices=tuple(_choice(choice) for choice in fields.each("choice")),
        exemptions=tuple(_exemption(exemption) for exemption in fields.each("exemption")),
        groups=tuple(_group(group) for group in fields.each("group")),
    )
    fields.end()
    return table


def read_pack(folder: Path) -> Pack:
    """The pack in ``folder``; a Refusal ``bad_pack`` names the key that is wrong."""
    path = folder / "pack.toml"
    try:
        content = path.read_bytes()
        fields = Fields(tomllib.loads(content.decode()), path.parent.name)
    except FileNotFoundError:
        raise Refusal("unknown_standard", f"没有找到标准数据 {folder.name}/pack.toml") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise bad(folder.name, f"pack.toml 读不出来，{error}") from None
    pack = Pack(
        id=fields.text("id"),
        edition=fields.text("edition"),
        number=fields.text("number"),
        title=fields.text("title"),
        status=fields.text("status"),
        issuer=fields.text("issuer"),
        valid_from=fields.take("valid_from", date),
        grades=tuple(_grade(grade) for grade in fields.each("grade")),
        tables=tuple(_table(table) for table in fields.each("table")),
        digest=hashlib.sha256(content).hexdigest(),
        folder=folder,
    )
    fields.end()
    for where, what in check(pack):
        raise bad(where, what)
    return pack


def folders(root: Path = PACKS, more: Path | None = None) -> list[Path]:
    """The folders of all editions, in order of id and edition; those under ``more`` follow."""
    found = sorted(path.parent for path in root.glob("*/*/pack.toml"))
    return found + (folders(more) if more else [])


@lru_cache(maxsize=64)
def _load(folder: Path) -> Pack:
    pack = read_pack(folder)
    if (pack.id, pack.edition) != (folder.parent.name, folder.name):
        raise bad(pack.ref, f"文件夹名是 {folder.parent.name}/{folder.name}，两边要一致")
    return pack


def packs(root: Path = PACKS, more: Path | None = None) -> list[Pack]:
    """All packs under ``root`` and ``more``, each read once a process."""
    return [_load(folder) for folder in folders(root, more)]


def load(
    ref: str, edition: str | None = None, root: Path = PACKS, more: Path | None = None
) -> Pack:
    """One edition, as ``load("id", "edition")`` or ``load("id/edition")``.

    Without an edition it is the one valid from the latest day. A Refusal names the known ids.
    """
    wanted = f"{ref}/{edition}" if edition else ref
    known = folders(root, more)
    found = [
        folder
        for folder in known
        if wanted in (folder.parent.name, f"{folder.parent.name}/{folder.name}")
    ]
    if not found:
        ids = "、".join(sorted({folder.parent.name for folder in known}))
        raise Refusal("unknown_standard", f"没有标准 {wanted}，可用的有：{ids}", "id")
    return max(
        (_load(folder) for folder in found), key=lambda pack: (pack.valid_from, pack.edition)
    )

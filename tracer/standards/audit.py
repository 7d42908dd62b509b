"""Whether an edition's folder is whole: the pack agrees with itself, its cases with the engine,
its flow can be followed and its papers set, and SOURCE.md explains every decision it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tracer.domain.errors import Refusal
from tracer.standards.cases import failures, read_cases
from tracer.standards.flow_loader import load_flow
from tracer.standards.layout import layouts
from tracer.standards.loader import PACKS, folders, read_pack
from tracer.standards.pack import Pack


@dataclass(frozen=True)
class Audit:
    """One folder looked at: how many cases it has, and one sentence for everything wrong."""

    ref: str
    cases: int
    problems: tuple[str, ...]


def audit(root: Path = PACKS) -> list[Audit]:
    """All editions under ``root``, good and bad; nothing is raised for a bad one."""
    return [_audit(folder) for folder in folders(root)]


def _audit(folder: Path) -> Audit:
    ref = f"{folder.parent.name}/{folder.name}"
    try:
        pack = read_pack(folder)
        cases = read_cases(folder)
        flow = load_flow(pack)
        if len(pack.tables) == 1:
            layouts(pack, flow)
    except Refusal as refusal:
        return Audit(ref, 0, (refusal.message,))
    problems = [*failures(pack, cases), *_unexplained(pack, folder / "SOURCE.md")]
    if pack.ref != ref:
        problems.append(f"文件夹名是 {ref}，里面写的是 {pack.ref}，两边要一致")
    return Audit(ref, len(cases), tuple(problems))


def _unexplained(pack: Pack, source: Path) -> Iterator[str]:
    if not source.is_file():
        yield f"{pack.ref} 没有 SOURCE.md，请写明出处和各条决定"
        return
    explained = set(re.findall(r"\bD\d+\b", source.read_text("utf-8")))
    cited = {
        number: item.key
        for table in pack.tables
        for item in (*table.gates, *table.items)
        for number in item.decisions
    }
    for number, key in cited.items():
        if number not in explained:
            yield f"{pack.ref} 的 {key} 引用了决定 {number}，SOURCE.md 里没有说明"

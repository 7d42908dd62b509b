"""flow.toml: read strictly, and refused by name where it does not fit its pack."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tracer.domain.assessing import FACTS
from tracer.domain.errors import Refusal
from tracer.standards import flow_of, load, packs
from tracer.standards.audit import audit
from tracer.standards.flow import Flow, missing
from tracer.standards.flow_loader import load_flow
from tracer.standards.pack import Pack

APPLIED = [pack for pack in packs() if pack.id != "gveaia-016.1"]
FLOW = """
mark = "第六标"
applicant = "product"
declaration = ["材料真实。"]

[licence]
title = "第六标证书"
prefix = "SIX"
years = 2

[form]
title = "申请表"
clause = "4"

[[form.section]]
key = "main"
title = "基本信息"

[[form.section.field]]
key = "name"
title = "名称"
prefill = "producer.name"

[[form.section]]
key = "years"
title = "三年情况"
times = 3

[[form.section.field]]
key = "output"
title = "产值"
kind = "number"

[[material]]
key = "M1"
title = "执照"
kind = "licence"

[[gate]]
key = "4-1"
fact = "records_kept"

[[row]]
key = "A-2"
fact = "tests_passed"
fills = true

[report.report]
title = "第六标报告"

[[report.report.part]]
kind = "table"
columns = [["clause", "条款", 2], ["text", "要求", 8], ["points", "得分", 2]]
"""


def flow_in(root: Path, text: str = FLOW) -> Flow:
    (root / "sixth" / "1" / "flow.toml").write_text(text, "utf-8")
    return flow_of(load("sixth", root=root))


@pytest.mark.parametrize("pack", APPLIED, ids=lambda pack: pack.id)
def test_every_standard_says_how_it_is_applied_for(pack: Pack) -> None:
    flow = flow_of(pack)
    assert flow.mark
    assert flow.declaration
    assert flow.form.fields
    assert any(one.required for one in flow.materials)
    assert {one.fact for one in flow.rows.values()} <= set(FACTS)
    assert (pack.folder / "flow.toml").exists()


def test_a_standard_kept_from_records_takes_no_applications() -> None:
    with pytest.raises(Refusal, match="不用申报"):
        flow_of(load("gveaia-016.1"))


def test_without_a_flow_there_is_a_plain_application(sixth: Path) -> None:
    flow = flow_of(load("sixth", root=sixth))
    assert flow.applicant == "product"
    assert flow.mark == "第六个标准"
    assert "product" in flow.form.fields


def test_a_flow_is_read_whole(sixth: Path) -> None:
    flow = flow_in(sixth)
    assert list(flow.form.fields) == ["name", "output.1", "output.2", "output.3"]
    assert [one.key for one in missing(flow.form.fields, {"name": "某社"})] == ["output.1"]
    assert flow.rows["A-2"].fills
    assert flow.facts() == {"records_kept", "tests_passed"}
    assert flow.report["report"]["title"] == "第六标报告"
    assert flow.licence.years == 2


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('key = "A-2"', 'key = "Z-9"', "Z-9"),
        ('key = "4-1"', 'key = "4-9"', "4-9"),
        ('fact = "tests_passed"', 'fact = "luck"', "A-2"),
        ('fact = "records_kept"', 'fact = "luck"', "4-1"),
        ('key = "M1"', 'key = "A-1"', "A-1"),
        ('kind = "licence"', 'kind = "rumour"', "M1"),
        ('kind = "number"', 'kind = "colour"', "output.1"),
        ('kind = "number"', 'kind = "choice"', "output.1"),
        ('key = "output"', 'key = "name"\nrequired = "yes"', "name"),
        ('prefill = "producer.name"', 'prefill = "producer.password"', "name"),
        ('applicant = "product"', 'applicant = "ministry"', "applicant"),
        ('prefix = "SIX"', 'prefix = "U"', "licence"),
        ("years = 2", "years = 0", "licence"),
        ('mark = "第六标"', "", "mark"),
        ("[report.report]", "[typo]\na = 1\n[report.report]", "typo"),
        ('clause = "4"', 'clause = "4"\ncolour = "red"', "colour"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(sixth: Path, old: str, new: str, named: str) -> None:
    assert old in FLOW
    with pytest.raises(Refusal) as refused:
        flow_in(sixth, FLOW.replace(old, new, 1))
    assert refused.value.code == "bad_pack"
    assert re.search(re.escape(named), refused.value.message)


def test_broken_toml_is_told_and_found_by_the_audit(sixth: Path) -> None:
    with pytest.raises(Refusal, match="读不出来"):
        flow_in(sixth, "mark = ")
    (one,) = audit(sixth)
    assert "flow.toml" in one.problems[0]


def test_the_flow_of_an_own_folder_is_found_beside_the_packaged_ones(sixth: Path) -> None:
    (sixth / "sixth" / "1" / "flow.toml").write_text(FLOW, "utf-8")
    pack = load("sixth", more=sixth)
    assert load_flow(pack).mark == "第六标"
    assert {one.id for one in packs(more=sixth)} >= {"sixth", "liaolan"}

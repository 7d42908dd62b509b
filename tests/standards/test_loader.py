"""A pack that contradicts itself is refused, and the refusal names the key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tracer.domain.errors import Refusal
from tracer.standards import explain, load, packs, score, template
from tracer.standards.audit import audit
from tracer.standards.cases import failures, read_cases
from tracer.standards.loader import PACKS, read_pack

REFS = [pack.ref for pack in packs()]


def _refused(folder: Path) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        read_pack(folder)
    assert refusal.value.code == "bad_pack"
    return refusal.value


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ("total = 30", "total = 31", "1", "各部分合计 30"),
        ("rows = 2\nmax = 20", "rows = 2\nmax = 21", "A", "各行加起来是 20"),
        ('choice = "prize"\nmax = 10', 'choice = "prize"\nmax = 9', "B", "各行加起来是 9"),
        ("rows = 2\nmax = 20", "rows = 3\nmax = 20", "A", "标准里有 3 行"),
        ('key = "B-2"', 'key = "B-1"', "B-1", "出现了 2 次"),
        ('key = "A-1"', 'key = "4-1"', "4-1", "出现了 2 次"),
        ('clause = "5 A-1"\n', "", "A-1", "缺少 clause"),
        ('clause = "5 A-1"', 'clause = ""', "A-1", "clause 不能为空"),
        ('text = "必须满分"\n', "", "A-2", "缺少 text"),
        ('verb = "ladder"', 'verb = "stairs"', "A-1", "不认识计分方法 stairs"),
        ("values = [0, 3, 10]\n", "", "A-1", "缺少 values"),
        ("values = [0, 3, 10]", "values = [0, 10, 3]", "A-1", "逐级"),
        ("values = [0, 3, 10]", "values = [0, 3, 9]", "A-1", "逐级"),
        ('evidence = ["photo"]', 'evidence = ["rumour"]', "A-1", "rumour"),
        ('verb = "mark"\nmandatory = true\nmax = 10', 'verb = "mark"', "A-2", "缺少 max"),
        ("mandatory = true", "mandatory = 1", "A-2", "mandatory 的写法不对"),
        ("mandatory = true", "compulsory = true", "A-2", "不认识字段 compulsory"),
        ("mandatory = true", 'step = "0.3"', "A-2", "整数倍"),
        ('verb = "mark"\nmandatory', 'verb = "mark"\neach = 3\nmandatory', "A-2", "each"),
        ('choice = "prize"\nmax = 5', 'choice = "price"\nmax = 5', "prize", "至少要有两行"),
        ('verb = "mark"\nchoice = "prize"\nmax = 5', 'verb = "mark"\nmax = 5', "prize", "两行"),
        ("pass_at = 20", "pass_at = 31", "1", "比总分还高"),
        ("pass_at = 20\n", "", "1", "pass_at"),
        ('rule = "threshold"', 'rule = "mood"', "1", "不认识结论规则 mood"),
        ('passed = "通过"\n', "", "1", "缺少 passed"),
        ('blocked = "不受理"\n', "", "1", "缺少 blocked"),
        ("valid_from = 2026-01-01", 'valid_from = "2026"', "1", "valid_from 的写法不对"),
        ('id = "sixth"\n', "", "1", "缺少 id"),
        ("total = 30", "total = 30 30", "1", "读不出来"),
        ("total = 30", 'total = "a lot"', "1", "total 要写成数字"),
    ],
)
def test_a_changed_pack_is_refused_by_name(
    sixth: Path, old: str, new: str, key: str, words: str
) -> None:
    path = sixth / "sixth" / "1" / "pack.toml"
    content = path.read_text("utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), "utf-8")
    refusal = _refused(path.parent)
    assert refusal.field == key
    assert words in refusal.message


def _texts(ref: str) -> tuple[str, list[str]]:
    """A pack's file as its beginning and its items."""
    head, *items = (PACKS / ref / "pack.toml").read_text("utf-8").split("[[table.group.item]]")
    return head, items


def _write(root: Path, head: str, items: list[str]) -> Path:
    (root / "pack.toml").write_text("[[table.group.item]]".join([head, *items]), "utf-8")
    return root


@pytest.mark.parametrize("ref", REFS)
def test_any_row_lost_is_noticed(ref: str, tmp_path: Path) -> None:
    head, items = _texts(ref)
    for number, item in enumerate(items):
        rest = items[:number] + items[number + 1 :]
        # What follows the lost row's last field belongs to the next group and stays.
        tail = item.split("\n[[", 1)
        if len(tail) == 2:
            kept = "\n[[" + tail[1]
            if number == 0:
                continue
            rest[number - 1] += kept
        assert "标准里有" in _refused(_write(tmp_path, head, rest)).message


@pytest.mark.parametrize("ref", REFS)
def test_any_row_doubled_is_noticed(ref: str, tmp_path: Path) -> None:
    head, items = _texts(ref)
    for number, item in enumerate(items):
        doubled = [*items[:number], item.split("\n[[", 1)[0] + "\n", *items[number:]]
        assert "标准里有" in _refused(_write(tmp_path, head, doubled)).message


@pytest.mark.parametrize("ref", REFS)
def test_any_maximum_changed_is_noticed(ref: str, tmp_path: Path) -> None:
    head, items = _texts(ref)
    for number, item in enumerate(items):
        lines = item.split("\n")
        for place, line in enumerate(lines):
            if not line.startswith(("max = ", "total = ")):
                continue
            name, value = line.split(" = ")
            changed = [*lines[:place], f"{name} = {int(value) + 100}", *lines[place + 1 :]]
            mutated = [*items[:number], "\n".join(changed), *items[number + 1 :]]
            _refused(_write(tmp_path, head, mutated))


RULES = re.compile(
    r"^(each|deduct|per|most|power|pass_at|at_least|enough|years) = (-?\d+)$"
    r"|^(mandatory|may_not_apply) = true$|^(choice|counts_in) = .*$",
    re.M,
)


@pytest.mark.parametrize("ref", REFS)
def test_any_rule_changed_is_noticed_by_the_loader_or_a_case(ref: str, tmp_path: Path) -> None:
    content = (PACKS / ref / "pack.toml").read_text("utf-8")
    cases = read_cases(PACKS / ref)
    for rule in RULES.finditer(content):
        name, number = rule[1], rule[2]
        changed = f"{name} = {int(number) + 1}" if name else ""
        mutated = content[: rule.start()] + changed + content[rule.end() :]
        (tmp_path / "pack.toml").write_text(mutated, "utf-8")
        try:
            noticed = next(failures(read_pack(tmp_path), cases), None)
        except Refusal as refusal:
            noticed = refusal.message
        assert noticed, f"{rule[0]} at character {rule.start()}"


def test_the_contradictions_of_heitu_do_not_cancel_out(tmp_path: Path) -> None:
    # Form D.1 loses a row of section 1 and keeps one too many in section 6: by accident 500.
    head, items = _texts("heitu/2022")
    lost = next(n for n, item in enumerate(items) if 'key = "1.2-2"' in item)
    copied = items[lost].replace('"1.2-2"', '"6.3"').replace("三年内", "复制的")
    _refused(_write(tmp_path, head, [*items[:lost], *items[lost + 1 :], copied]))


def test_an_unknown_standard_is_told_which_there_are() -> None:
    with pytest.raises(Refusal, match="可用的有") as refusal:
        load("nobody")
    assert refusal.value.code == "unknown_standard"


def test_a_sixth_standard_is_a_new_folder(sixth: Path) -> None:
    assert [(one.ref, one.cases, one.problems) for one in audit(sixth)] == [("sixth/1", 2, ())]
    pack = load("sixth", root=sixth)
    empty = template(pack)
    assert score(pack, empty).outcome == "不通过"
    way = explain(pack, empty).way
    assert [step.key for step in way] == ["A-2", "A-1"]
    rows = {"A-1": 3, "A-2": 10, "B-1": 5, "B-2": 7}
    assessment = score(pack, {"gates": {"4-1": "无"}, "rows": rows})
    assert (assessment.total, assessment.outcome) == (20, "通过")
    assert score(pack, {"gates": {"4-1": "有"}}).outcome == "不受理"


def test_the_newest_edition_is_taken_unless_one_is_named(sixth: Path) -> None:
    newer = sixth / "sixth" / "2"
    newer.mkdir()
    content = (sixth / "sixth" / "1" / "pack.toml").read_text("utf-8")
    content = content.replace('edition = "1"', 'edition = "2"').replace("2026-01-01", "2027-01-01")
    (newer / "pack.toml").write_text(content, "utf-8")
    assert load("sixth", root=sixth).edition == "2"
    assert load("sixth/1", root=sixth).edition == "1"
    assert load("sixth", "1", root=sixth).edition == "1"


def test_a_folder_with_another_name_is_refused(sixth: Path) -> None:
    (sixth / "sixth").rename(sixth / "seventh")
    with pytest.raises(Refusal, match="两边要一致"):
        packs(sixth)
    assert audit(sixth)[0].problems


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("SOURCE.md", None, "没有 SOURCE.md"),
        ("cases.toml", None, "没有 cases.toml"),
        ("cases.toml", "", "一个算例也没有"),
        ("cases.toml", "[[case]\n", "读不出来"),
        ("cases.toml", '[[case]]\nname = "x"\nfrom = "y"\nexpect = {total=1}', "没有 base.y"),
        ("cases.toml", '[[case]]\nname = "x"\nexpect = {sum=1}', "expect 里不认识 sum"),
    ],
)
def test_an_audit_names_what_is_missing(
    sixth: Path, name: str, content: str | None, words: str
) -> None:
    path = sixth / "sixth" / "1" / name
    path.unlink()
    if content is not None:
        path.write_text(content, "utf-8")
    assert words in audit(sixth)[0].problems[0]


def test_a_decision_that_nobody_explains_is_noticed(sixth: Path) -> None:
    path = sixth / "sixth" / "1" / "pack.toml"
    content = path.read_text("utf-8")
    path.write_text(content.replace('["photo"]', '["photo"]\ndecisions = ["D99"]'), "utf-8")
    assert "D99" in audit(sixth)[0].problems[0]

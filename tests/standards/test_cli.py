"""``tracer standards``: what programs read, what people read, and the exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tracer.cli.standards import standards
from tracer.standards import load, packs


def run(*args: str, text: str | None = None) -> Result:
    result = CliRunner().invoke(standards, args, input=text, catch_exceptions=False)
    assert "Traceback" not in result.output
    return result


def answers(tmp_path: Path, value: Any) -> str:
    path = tmp_path / "answers.json"
    path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")
    return str(path)


def test_list_names_all_editions() -> None:
    listed = json.loads(run("list", "--json").stdout)
    assert [one["id"] for one in listed] == [
        "changshou-009",
        "gveaia-016.1",
        "heitu",
        "liaolan",
        "otop-1003",
    ]
    assert set(listed[0]) >= {"edition", "title", "number", "valid_from", "sha256"}
    assert "蓼兰优品" in run("list").stdout


def test_check_is_green_and_turns_red_for_a_broken_pack(sixth: Path) -> None:
    assert run("check").exit_code == 0
    assert run("--packs", str(sixth), "check").exit_code == 0
    path = sixth / "sixth" / "1" / "pack.toml"
    path.write_text(path.read_text("utf-8").replace("total = 30", "total = 31"), "utf-8")
    broken = run("--packs", str(sixth), "check", "--json")
    assert broken.exit_code == 1
    assert "各部分合计 30" in json.loads(broken.stdout)[0]["problems"][0]
    assert "有误" in run("--packs", str(sixth), "check").stdout


def test_check_of_an_empty_folder_is_no_success(tmp_path: Path) -> None:
    assert run("--packs", str(tmp_path), "check").exit_code == 1


@pytest.mark.parametrize("pack", [p.id for p in packs()])
def test_show_prints_every_row_of_the_standard(pack: str) -> None:
    shown = json.loads(run("show", pack, "--json").stdout)
    rows = [row for table in shown["tables"] for group in table["groups"] for row in group["rows"]]
    assert len(rows) == sum(len(table.items) for table in load(pack).tables)
    printed = "".join(run("show", pack).stdout.split())
    for row in rows:
        assert row["key"] in printed


def test_show_breaks_no_text_off() -> None:
    assert "…" not in run("show", "gveaia-016.1").stdout


def test_a_template_can_be_scored_at_once(tmp_path: Path) -> None:
    for pack in packs():
        for table in pack.tables:
            empty = json.loads(run("template", pack.id, "--table", table.key).stdout)
            result = run("score", pack.id, answers(tmp_path, empty), "--json")
            assert result.exit_code in (0, 1)
            assert json.loads(result.stdout)["standard"] == pack.id


def test_score_keeps_its_contract(tmp_path: Path) -> None:
    given = {"table": "C.2", "rows": {"C.2-11": {"good": 9, "all": 10}}}
    result = run("score", "gveaia-016.1", answers(tmp_path, given), "--json")
    scored = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (scored["total"], scored["outcome"], scored["vetoes"]) == (218.7, "B", [])
    assert scored["total_exact"] == "2187/10"
    row = next(row for row in scored["items"] if row["key"] == "C.2-11")
    assert (row["points"], row["max"]) == (218.7, 300)
    assert "好评率 90%" in row["why"]


def test_a_clear_no_is_1_and_wrong_use_is_2(tmp_path: Path) -> None:
    pack = load("changshou-009")
    full = {key: int(item.max or 0) for key, item in pack.scored("A").items() if key != "4-12"}
    good = answers(tmp_path, {"rows": full})
    assert run("score", pack.id, good).exit_code == 0
    vetoed = run("score", pack.id, answers(tmp_path, {"rows": {**full, "1-3": 4}}), "--explain")
    assert vetoed.exit_code == 1
    assert vetoed.stdout.startswith("否决 1-3")
    assert "必须，评到满分" in vetoed.stdout
    over = run("score", pack.id, answers(tmp_path, {"rows": {**full, "1-3": 6}}))
    assert over.exit_code == 2
    assert over.stderr.strip() == "第 1-3 行（监督抽查）最高 5 分，填的 6 分超出了，请改小"
    assert run("score", "nobody", good).exit_code == 2
    assert run("show", "nobody").exit_code == 2
    assert run("score", pack.id).exit_code == 2


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "3", "NaN", '{"rows": {"1-1": 1, "1-1": 5}}', "[" * 100_000, '{"a": 1}'],
)
def test_a_broken_sheet_is_wrong_use(text: str) -> None:
    result = run("score", "changshou-009", "-", text=text)
    assert result.exit_code == 2
    assert result.stderr.strip()


def test_an_enormous_number_is_refused_quickly() -> None:
    result = run("score", "changshou-009", "-", text='{"rows": {"1-1": 1e999999999}}')
    assert result.exit_code == 2
    assert "要填数字" in result.stderr


def test_a_file_that_is_not_utf8_is_wrong_use(tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    path.write_bytes("答卷".encode("gbk"))
    result = run("score", "heitu", str(path))
    assert result.exit_code == 2
    assert "UTF-8" in result.stderr


def test_explain_is_part_of_the_json(tmp_path: Path) -> None:
    empty = json.loads(run("template", "heitu").stdout)
    result = run("score", "heitu", answers(tmp_path, empty), "--json", "--explain")
    assert result.exit_code == 1
    explanation = json.loads(result.stdout)["explanation"]
    assert (explanation["goal"], explanation["gap"]) == ("颁发证书", 300)
    assert explanation["way"][0]["gain"] == 90


def test_diff_tells_what_changed_between_editions(sixth: Path) -> None:
    newer = sixth / "sixth" / "2"
    newer.mkdir()
    content = (sixth / "sixth" / "1" / "pack.toml").read_text("utf-8")
    content = content.replace('edition = "1"', 'edition = "2"').replace(
        "pass_at = 20", "pass_at = 21"
    )
    (newer / "pack.toml").write_text(content, "utf-8")
    same = run("--packs", str(sixth), "diff", "sixth/1", "sixth/1")
    assert (same.exit_code, same.stdout) == (0, "")
    changed = run("--packs", str(sixth), "diff", "sixth/1", "sixth/2")
    assert changed.exit_code == 1
    assert "pass_at：20 → 21" in changed.stdout
    listed = json.loads(run("--packs", str(sixth), "diff", "sixth/1", "sixth/2", "--json").stdout)
    assert [change["field"] for change in listed] == ["edition", "pass_at"]


@pytest.mark.parametrize("command", ["", "list", "check", "show", "template", "score", "diff"])
def test_every_command_has_help(command: str) -> None:
    result = run(*command.split(), "--help")
    assert result.exit_code == 0
    assert "Usage" in result.stdout

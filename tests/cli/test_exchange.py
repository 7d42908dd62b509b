"""tracer import and tracer export: template, table of mistakes, JSON, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.actions.tables import village
from tracer.actions.exchange import book
from tracer.cli import main


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A runner on a fresh installation with an operator."""
    monkeypatch.setenv("TRACER_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    made = runner.invoke(main, ["init", "--login", "admin", "--password-stdin"], "麦子熟了2026\n")
    assert made.exit_code == 0
    return runner


def test_the_template_is_written_once_and_imports_nothing(run: CliRunner) -> None:
    written = run.invoke(main, ["import", "--template", "模板.xlsx"])
    assert (written.exit_code, Path("模板.xlsx").exists()) == (0, True)
    assert run.invoke(main, ["import", "--template", "模板.xlsx"]).exit_code == 1
    empty = run.invoke(main, ["import", "模板.xlsx"])
    assert (empty.exit_code, empty.stdout) == (0, "表格里没有要导入的行\n")


def test_a_workbook_is_imported_twice_and_given_out_again(run: CliRunner) -> None:
    Path("村.xlsx").write_bytes(book.workbook(village()))
    first = run.invoke(main, ["import", "村.xlsx", "--json"])
    assert json.loads(first.stdout)["批次"] == {"added": 6, "existing": 0}
    again = run.invoke(main, ["import", "村.xlsx"])
    assert "批次：新增 0 条，已存在 6 条" in again.stdout
    for name in ("全部.xlsx", "全部.json"):
        assert run.invoke(main, ["export", name]).exit_code == 0
        back = run.invoke(main, ["import", name, "--json"])
        assert all(tally["added"] == 0 for tally in json.loads(back.stdout).values())
    assert run.invoke(main, ["export", "全部.xlsx"]).exit_code == 1


def test_mistakes_are_a_table_on_the_screen_and_a_list_for_programs(run: CliRunner) -> None:
    tables = village()
    tables["地块"][0]["类型"] = "空中花园"
    Path("村.json").write_text(json.dumps(tables))
    shown = run.invoke(main, ["import", "村.json"])
    assert (shown.exit_code, shown.stdout) == (1, "")
    assert "空中花园" in shown.stderr
    assert "什么都没有导入" in shown.stderr
    listed = run.invoke(main, ["import", "村.json", "--json"])
    error = json.loads(listed.stdout)["error"]
    assert (listed.exit_code, error["code"]) == (1, "import_refused")
    assert [(one["sheet"], one["row"], one["column"]) for one in error["mistakes"]] == [
        ("地块", 2, "类型")
    ]


def test_a_csv_is_one_sheet(run: CliRunner) -> None:
    tables = village()
    Path("a.json").write_text(json.dumps({"生产者": tables["生产者"]}))
    assert run.invoke(main, ["import", "a.json"]).exit_code == 0
    coop = tables["生产者"][0]["名称"]
    Path("b.csv").write_text(f"生产者,地块名称,类型\n{coop},西棚,大棚\n", encoding="gb18030")
    assert run.invoke(main, ["import", "b.csv"]).exit_code == 1
    taken = run.invoke(main, ["import", "b.csv", "--sheet", "地块", "--json"])
    assert json.loads(taken.stdout) == {"地块": {"added": 1, "existing": 0}}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["import", "没有.xlsx"], 2),
        (["import"], 2),
        (["export", "a.doc"], 2),
        (["import", "--login", "nobody", "a.csv", "--sheet", "地块"], 1),
        (["export", "a.xlsx", "--login", "nobody"], 1),
    ],
)
def test_wrong_use_is_2_and_a_clear_no_is_1(
    run: CliRunner, arguments: list[str], code: int
) -> None:
    Path("a.csv").write_text("生产者,地块名称,类型\n")
    assert run.invoke(main, arguments).exit_code == code

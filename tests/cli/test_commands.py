"""The command line: help everywhere, a sentence instead of a traceback, exit codes that mean it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tracer.actions.people import accounts
from tracer.cli import COMMANDS, main
from tracer.domain.errors import Refusal
from tracer.installation import ready_world

CHECKOUT = Path(__file__).parent.parent.parent


def walk(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from walk(below, (*path, name))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A runner whose commands work on an installation in the test's own folder."""
    monkeypatch.setenv("TRACER_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return CliRunner()


def test_every_command_explains_itself_in_chinese(run: CliRunner) -> None:
    paths = list(walk(main, ()))
    assert {path[0] for path in paths if path} == set(COMMANDS)
    for path in paths:
        shown = run.invoke(main, [*path, "--help"])
        assert shown.exit_code == 0, path
        assert re.search(r"[\u4e00-\u9fff]{2}", shown.output.split("Options:")[0]), path


def test_every_command_is_documented() -> None:
    manual = (CHECKOUT / "docs" / "cli.md").read_text()
    for path in walk(main, ()):
        if path:
            assert f"tracer {' '.join(path)}" in manual


def test_wrong_use_is_2_and_a_clear_no_is_1(run: CliRunner) -> None:
    assert run.invoke(main, ["no-such-command"]).exit_code == 2
    assert run.invoke(main, ["db", "status", "--no-such-option"]).exit_code == 2
    behind = run.invoke(main, ["db", "status"])
    assert (behind.exit_code, "tracer db upgrade" in behind.stderr) == (1, True)
    assert run.invoke(main, ["db", "upgrade"]).exit_code == 0
    assert run.invoke(main, ["db", "status"]).exit_code == 0
    nobody = run.invoke(main, ["token", "create", "--login", "nobody"])
    assert (nobody.exit_code, nobody.stdout) == (1, "")
    assert "nobody" in nobody.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("lables", "没有 lables 这个命令"),
        ("--nope", "没有 --nope 这个选项"),
        ("labels rendr", "没有 rendr 这个命令，是不是 render"),
        ("labels render", "还要写上 RUN"),
        ("labels render 1", "还要写上 --out：存成哪个文件"),
        ("labels render 1 --out", "--out 后面还要写上内容"),
        ("labels render 1 --ouut x", "没有 --ouut 这个选项，是不是 --count、--out"),
        ("labels render 1 --out /", "--out：请写文件名，不能是文件夹"),
        ("labels render 1 --out x --first 0", "--first：请写不小于 1 的整数"),
        ("labels render 1 --out x --copies two", "--copies：请写 1 到 20 的整数"),
        ("labels render 1 --out x --dpi 1", "--dpi：请从 203、300、600 里选一个"),
        ("labels render 1 --out x y z", "多写了 y z，请去掉"),
        ("labels grade nowhere", "PHOTO：没有这个文件，或者打不开，请检查文件名"),
        ("labels grade nowhere --json=1", "--json 后面不用写内容"),
        ("standards --packs nowhere list", "--packs：没有这个文件夹，请检查名称"),
        ("standards score gveaia-016.1 nowhere", "ANSWERS：没有这个文件，或者打不开"),
        ("import nowhere.csv", "FILE：没有 nowhere.csv 这个文件"),
    ],
)
def test_wrong_use_is_told_in_a_sentence(run: CliRunner, words: str, said: str) -> None:
    told = run.invoke(main, words.split(), prog_name="tracer")
    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr.startswith(said)
    assert not re.search("Usage|Error|Try", told.stderr)


def test_where_the_use_of_a_command_is_told_is_named(run: CliRunner) -> None:
    told = run.invoke(main, ["labels", "render", "1"], prog_name="tracer")
    assert told.stderr.splitlines()[-1] == "用法见 tracer labels render --help"
    alone = run.invoke(main, ["labels"])
    assert (alone.exit_code, "生成标签文件" in alone.output) == (2, True)


@pytest.mark.parametrize(
    ("setting", "value", "code", "words"),
    [
        ("PORT", "eighty", 2, "设置 PORT 的值不对"),
        ("TRACER_PUBLIC_URL", "hgz.example.cn", 2, "TRACER_PUBLIC_URL 要写成"),
        ("TRACER_PRINTER_NETWORKS", "8.8.8.0/24", 2, "TRACER_PRINTER_NETWORKS 要写成"),
        ("TRACER_DATABASE_URL", "mysql://db/tracer", 2, "TRACER_DATABASE_URL 要写成"),
        ("TRACER_DATABASE_URL", "postgresql://127.0.0.1:1/x", 1, "连不上数据库"),
        ("TRACER_KEK", "abc", 1, "密钥应为 64 位十六进制数"),
        ("TRACER_TRUSTED_PROXIES", "-1", 2, "TRACER_TRUSTED_PROXIES"),
    ],
)
def test_a_wrong_setting_is_told_in_a_sentence(
    run: CliRunner,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    value: str,
    code: int,
    words: str,
) -> None:
    monkeypatch.setenv(setting, value)
    told = run.invoke(main, ["db", "status"])
    assert told.exit_code == code
    assert words in told.stderr


def test_init_prepares_a_real_installation_once(run: CliRunner, tmp_path: Path) -> None:
    words = ["init", "--login", "boss", "--password-stdin"]
    short = run.invoke(main, words, input="1234567\n")
    assert (short.exit_code, "至少 8 位" in short.stderr) == (1, True)
    done = run.invoke(main, words, input="长长的密码2026\n")
    assert done.exit_code == 0, done.stderr
    assert (tmp_path / "data" / "secrets" / "kek").exists()
    assert "长长的密码" not in done.output
    again = run.invoke(main, words, input="另一个密码2026\n")
    assert (again.exit_code, "没有改动" in again.stderr) == (1, True)
    token = run.invoke(main, ["token", "create", "--login", "boss"])
    assert re.fullmatch(r"tr_[\w-]{43}\n", token.stdout)


def test_a_forgotten_password_is_renewed_and_tokens_are_revoked(run: CliRunner) -> None:
    start = ["init", "--login", "boss", "--password-stdin"]
    assert run.invoke(main, start, input="长长的密码2026\n").exit_code == 0
    with ready_world() as world:
        with world.write() as tx:
            signed = accounts.start_sign_in(tx, accounts.authenticate(tx, "boss", "长长的密码2026"))
        shown = run.invoke(main, ["account", "password", "--login", "boss"])
        assert shown.exit_code == 0
        with world.read() as tx:
            assert accounts.authenticate(tx, "boss", shown.stdout.strip())
            assert accounts.who(tx, signed) is None
            with pytest.raises(Refusal):
                accounts.authenticate(tx, "boss", "长长的密码2026")
        make = ["token", "create", "--login", "boss", "--label"]
        first, second = (run.invoke(main, [*make, label]).stdout.strip() for label in "ab")
        revoke = ["token", "revoke", "--login", "boss"]
        assert run.invoke(main, [*revoke, "--label", "a"]).stdout == "收回了 1 枚令牌\n"
        with world.read() as tx:
            assert accounts.token_actor(tx, first) is None
            assert accounts.token_actor(tx, second)
        assert run.invoke(main, revoke).exit_code == 0
        assert run.invoke(main, revoke).exit_code == 1
        with world.read() as tx:
            assert accounts.token_actor(tx, second) is None
    nobody = run.invoke(main, ["account", "password", "--login", "nobody"])
    assert (nobody.exit_code, nobody.stdout) == (1, "")


def test_a_second_operator_is_opened_on_the_machine(run: CliRunner) -> None:
    start = ["init", "--login", "boss", "--password-stdin"]
    assert run.invoke(main, start, input="长长的密码2026\n").exit_code == 0
    words = ["account", "create", "--login", "fuhe", "--name", "周复核", "--role", "operator"]
    shown = run.invoke(main, words)
    assert shown.exit_code == 0, shown.stderr
    with ready_world() as world, world.read() as tx:
        assert accounts.authenticate(tx, "fuhe", shown.stdout.strip()).role == "operator"
    again = run.invoke(main, words)
    assert (again.exit_code, "已有人用" in again.stderr) == (1, True)
    farmer = run.invoke(main, [*words[:-1], "producer"])
    assert farmer.exit_code == 2


def test_init_asks_on_the_screen(run: CliRunner) -> None:
    done = run.invoke(main, ["init"], input="boss\n长长的密码2026\n长长的密码2026\n")
    assert done.exit_code == 0, done.stderr
    assert "管理员登录名" in done.output

"""The command line, ``tracer``: each command is imported when it is called, so each starts fast.

Exit codes: 0 good, 1 a clear "no", 2 wrong use. A refusal is one Chinese sentence on stderr.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, NoReturn

import click
from click.exceptions import Exit, NoArgsIsHelpError
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tracer.cli.usage import sentence
from tracer.domain.errors import Refusal

# name → (where the command is defined, what it is for)
COMMANDS = {
    "init": ("tracer.cli.setup:init", "准备一套正式的服务：建库、密钥、管理员账号"),
    "db": ("tracer.cli.setup:db", "查看或更新数据库结构"),
    "serve": ("tracer.cli.serve:serve", "启动服务"),
    "demo": ("tracer.cli.demo:demo", "装入演示数据"),
    "account": ("tracer.cli.account:account", "给忘了密码的账号换新密码"),
    "token": ("tracer.cli.token:token", "给别的程序发放、收回接口令牌"),
    "import": ("tracer.cli.exchange:import_", "从表格导入主体、地块、作业、批次等"),
    "export": ("tracer.cli.exchange:export", "导出为表格"),
    "verify": ("tracer.cli.verify:verify", "核验合格证：JSON、PDF、二维码内容或编号"),
    "labels": ("tracer.cli.labels:labels", "生成标签文件"),
    "standards": ("tracer.cli.standards:standards", "查看、检查、计算各项评价标准"),
    "credit": ("tracer.cli.credit:credit", "复算农信指数"),
    "log": ("tracer.cli.log:log", "核对透明日志"),
    "backup": ("tracer.cli.data:backup", "备份到一个文件"),
    "restore": ("tracer.cli.data:restore", "从备份文件恢复"),
}


class Commands(click.Group):
    """A group whose commands are named in COMMANDS and imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name][0].split(":")
        command = getattr(import_module(module), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}:{name} is no command")
        return command

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the options before the command's name."""
        try:
            return super().make_context(*args, **extra)
        except click.UsageError as error:
            _correct(error)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what it refuses becomes a sentence and an exit code."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            _correct(error)
        except Refusal as refusal:
            _stop(1, refusal.message, refusal.hint)
        except ValidationError as error:
            _stop(2, *map(_sentence, error.errors()))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, what) for name, (_, what) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tracer", message="%(version)s")
def main() -> None:
    """农产品追溯与承诺达标合格证服务。设置见 docs/operations.md。"""


def _sentence(problem: ErrorDetails) -> str:
    """A setting's mistake in words: ours where the setting has its own rule."""
    name = str(problem["loc"][0]).upper()
    own_words = problem.get("ctx", {}).get("error")
    setting = name if name == "PORT" else f"TRACER_{name}"
    return str(own_words or f"设置 {setting} 的值不对，请按 docs/operations.md 填写")


def _correct(error: click.UsageError) -> NoReturn:
    """Say what is wrong with a command, and where its use is told; alone, a group tells its own."""
    if isinstance(error, NoArgsIsHelpError):
        raise error
    use = f"用法见 {error.ctx.command_path} --help" if error.ctx else None
    _stop(error.exit_code, sentence(error), use)


def _stop(code: int, *sentences: str | None) -> NoReturn:
    for one in sentences:
        if one:
            click.echo(one, err=True)
    raise Exit(code)

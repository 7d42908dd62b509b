"""A command written wrongly, told in one Chinese sentence: what is wrong, what may stand there."""

from __future__ import annotations

import re

import click

_HAN = re.compile("[\u4e00-\u9fff]")
_EXTRA = re.compile(r"unexpected extra arguments? \((.*)\)")


def sentence(error: click.UsageError) -> str:
    """What is wrong with a command, for whoever typed it."""
    match error:
        case click.NoSuchOption():
            return f"没有 {error.option_name} 这个选项{_meant(error.possibilities)}"
        case click.exceptions.NoSuchCommand():
            return f"没有 {error.command_name} 这个命令{_meant(error.possibilities)}"
        case click.MissingParameter():
            return f"还要写上 {_name(error)}{_purpose(error.param)}"
        case click.BadParameter():
            said = error.message if _HAN.search(error.message) else _wanted(error.param)
            return f"{_name(error)}：{said}"
        case click.BadOptionUsage():
            flag = "does not take a value" in error.message
            return f"{error.option_name} 后面{'不用写内容' if flag else '还要写上内容'}"
    extra = _EXTRA.search(error.message)
    return f"多写了 {extra[1]}，请去掉" if extra else "命令写得不对"


def _meant(names: list[str] | None) -> str:
    return f"，是不是 {'、'.join(sorted(names))}" if names else ""


def _name(error: click.BadParameter) -> str:
    """What the user calls the thing: ``--out``, or ``FILE`` as the help has it."""
    if isinstance(error.param_hint, str):
        return error.param_hint
    if error.param is None:
        return "这里"
    if isinstance(error.param, click.Option):
        return max(error.param.opts, key=len)
    return error.param.human_readable_name


def _purpose(param: click.Parameter | None) -> str:
    return f"：{param.help}" if isinstance(param, click.Option) and param.help else ""


def _wanted(param: click.Parameter | None) -> str:
    match param.type if param else None:
        case click.Choice() as kind:
            return f"请从 {'、'.join(map(str, kind.choices))} 里选一个"
        case click.IntRange(min=None, max=None):
            return "请写一个整数"
        case click.IntRange(max=None) as kind:
            return f"请写不小于 {kind.min} 的整数"
        case click.IntRange() as kind:
            return f"请写 {kind.min} 到 {kind.max} 的整数"
        case click.Path(exists=True, file_okay=False):
            return "没有这个文件夹，请检查名称"
        case click.Path(exists=True) | click.File():
            return "没有这个文件，或者打不开，请检查文件名"
        case click.Path():
            return "请写文件名，不能是文件夹"
    return "写得不对，请照用法改正"

"""Strict reading of TOML: every field once, of the right kind, and none left over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from tracer.domain.errors import Refusal

_REQUIRED = object()


def bad(where: str, what: str) -> Refusal:
    """A pack that cannot be used: the row or table at fault, and what is wrong with it."""
    return Refusal("bad_pack", f"标准数据的 {where} 有误：{what}", where)


class Fields:
    """One TOML table being read; :meth:`end` refuses what nobody asked for."""

    def __init__(self, fields: Any, where: str) -> None:
        if not isinstance(fields, dict):
            raise bad(where, "这里要写成一组字段")
        self._fields = dict(fields)
        self.where = where

    def take(self, name: str, kind: type | tuple[type, ...], default: Any = _REQUIRED) -> Any:
        """The field's value; without a default it must be there and not be empty."""
        if name not in self._fields:
            if default is _REQUIRED:
                raise bad(self.where, f"缺少 {name}")
            return default
        value = self._fields.pop(name)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise bad(self.where, f"{name} 的写法不对")
        if default is _REQUIRED and value in ("", [], {}):
            raise bad(self.where, f"{name} 不能为空")
        return value

    def text(self, name: str, default: Any = _REQUIRED) -> str:
        return str(self.take(name, str, default))

    def texts(self, name: str) -> tuple[str, ...]:
        values = self.take(name, list, [])
        if not all(isinstance(value, str) for value in values):
            raise bad(self.where, f"{name} 里要都是文字")
        return tuple(values)

    def number(self, name: str) -> Fraction | None:
        """A whole number or decimal written as text; None where it is not there."""
        if name not in self._fields:
            return None
        value = self.take(name, (int, str))
        try:
            return Fraction(value)
        except (ValueError, ZeroDivisionError):
            raise bad(self.where, f"{name} 要写成数字") from None

    def each(self, name: str) -> Iterator[Fields]:
        for number, fields in enumerate(self.take(name, list, []), 1):
            key = fields.get("key") if isinstance(fields, dict) else None
            yield Fields(fields, str(key) if key else f"{self.where} 的第 {number} 个 {name}")

    def maybe(self, name: str) -> Fields | None:
        return self.part(name) if name in self._fields else None

    def part(self, name: str) -> Fields:
        return Fields(self.take(name, dict), f"{self.where} 的 {name}")

    def rest(self, names: frozenset[str]) -> Mapping[str, Any]:
        return {name: self._fields.pop(name) for name in sorted(names) if name in self._fields}

    def end(self) -> None:
        if self._fields:
            raise bad(self.where, f"不认识字段 {sorted(self._fields)[0]}")

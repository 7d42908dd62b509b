"""How a row's answer is asked on a form, and how what was typed becomes the answer again.

One description for every verb: a page draws the fields, and the same fields read what comes back.
What cannot be read as a number stays text, so that the verb can refuse it and name the row.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tracer.standards.exact import plain
from tracer.standards.pack import Item
from tracer.standards.verbs.clauses import MET, NOT_APPLICABLE, UNMET

NONE = "无"  # how an empty list is written, so that it differs from no answer
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{0,15})?")
_SEPARATORS = str.maketrans("，、；;\n\r\t", "       ")


@dataclass(frozen=True)
class Field:
    """One input of a row. ``name`` is empty where the row has a single one.

    ``kind``: number, whole, word (one of ``options``), text, tick, day, days (several, apart by
    spaces) or tally (``茶叶 2 竹笋 1``); the last two are ``无`` where there are none.
    """

    name: str
    label: str
    kind: str
    options: tuple[tuple[str, str], ...] = ()
    most: str = ""
    step: str = ""
    unit: str = ""


def fields_of(item: Item, rows: Iterable[Item] = ()) -> tuple[Field, ...]:
    """The inputs of a row or gate; none where the row takes no answer of its own.

    ``rows`` are the rows of the table, for a row that may stand in for another.
    """
    params = item.params
    most = "" if item.max is None else plain(item.max)
    match item.verb:
        case "mark":
            return (Field("", "得分", "number", most=most, step=str(params.get("step", ""))),)
        case "ladder":
            return (Field("", "得分", "number", _pairs(map(str, params["values"])), most),)
        case "clause":
            states = (MET, UNMET, NOT_APPLICABLE) if params.get("may_not_apply") else (MET, UNMET)
            return (Field("", "结论", "word", _pairs(states)),)
        case "absent":
            return (Field("", "有没有", "word", _pairs(("无", "有"))),)
        case "among":
            return (Field("", str(params["what"]), "text"),)
        case "count":
            most = str(params.get("most", ""))
            counted = Field(
                params.get("count", "n"), "数量", "whole", most=most, unit=params["unit"]
            )
            wrong = Field("false", "查实不实的次数", "whole", unit="次")
            return (counted, wrong) if "deduct" in params else (counted,)
        case "rate":
            return (Field("good", "好评数", "whole"), Field("all", "评价总数", "whole"))
        case "cluster":
            proofs = (
                Field(name, f"{words}有证明", "tick") for name, words in _words(params, "proofs")
            )
            return (Field("chains", f"各产业链的{params['what']}数", "tally"), *proofs)
        case "coverage":
            counts = (*_words(params, "covered"), *_words(params, "none"))
            return (
                Field("all", f"{params['what']}总数", "whole"),
                *(Field(name, words, "whole") for name, words in counts),
            )
        case "none_since":
            events = (
                Field(name, f"{words}的日期", "days") for name, words in _words(params, "events")
            )
            return (Field("assessed_on", "评定日期", "day"), *events)
        case "stand_in":
            targets = tuple(
                (row.key, f"第 {row.key} 行 {row.title}")
                for row in rows
                if row.choice in params["choices"]
            )
            return (Field("for", "参照哪一行", "word", targets), Field("mark", "得分", "number"))
    return ()


def answer_of(fields: Sequence[Field], typed: Mapping[str, str]) -> Any:
    """What was typed as a raw answer; None where nothing was."""
    filled = {name: text.strip() for name, text in typed.items() if text.strip()}
    if not any(field.name in filled for field in fields):
        return None
    if [field.name for field in fields] == [""]:
        return _read(fields[0], filled[""])
    return {
        field.name: _read(field, filled.get(field.name, ""))
        for field in fields
        if field.name in filled or field.kind in ("tick", "days", "tally")
    }


def typed_of(fields: Sequence[Field], answer: Any) -> dict[str, str]:
    """A raw answer as the inputs show it; the inverse of :func:`answer_of`."""
    if answer is None:
        return {}
    if not isinstance(answer, Mapping):
        return {"": _write(answer)}
    known = {field.name for field in fields}
    return {name: _write(value) for name, value in answer.items() if name in known}


def _read(field: Field, text: str) -> Any:
    match field.kind:
        case "number" | "whole":
            return _number(text)
        case "tick":
            return bool(text)
        case "days":
            return _listed(text)
        case "tally":
            words = _listed(text)
            return {
                name: _number(count)
                for name, count in zip(words[::2], [*words[1::2], ""], strict=False)
            }
    return text


def _listed(text: str) -> list[str]:
    return [] if text == NONE else text.translate(_SEPARATORS).split()


def _number(text: str) -> Any:
    """The number in the text, also in full-width digits; the text itself where it is none."""
    folded = unicodedata.normalize("NFKC", text).replace("。", ".")
    if not _NUMBER.fullmatch(folded):
        return text
    return float(folded) if "." in folded else int(folded)


def _write(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, Mapping):
        return "，".join(f"{name} {_write(count)}" for name, count in value.items()) or NONE
    if isinstance(value, list | tuple):
        return " ".join(map(_write, value)) or NONE
    return str(value)


def _pairs(words: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((word, word) for word in words)


def _words(params: Mapping[str, Any], name: str) -> tuple[tuple[str, str], ...]:
    return tuple(params[name].items())

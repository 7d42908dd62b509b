"""The certificate as a file: what people read beside the bytes that were signed, in JSON.

Compact on purpose: without white space between tokens, no byte can change without a meaning.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracer.domain.errors import Refusal
from tracer.proof.keys import kid_of
from tracer.proof.leaf import IssuedEntry
from tracer.proof.qrtext import certificate_text
from tracer.proof.statement import Statement

FORMAT = "hgz-certificate-v1"
PREFIX = b'{"format":"%s",' % FORMAT.encode()
MAX_BYTES = 16_384

_KEYS = (
    "format",
    "fields",
    "statement",
    "signature",
    "public_key",
    "issuer_key_id",
    "log",
    "url",
)
_LOG_KEYS = ("index", "recorded_at", "salt", "evidence_root", "leaf_hash")


_URL = re.compile(r"(https?://[A-Z0-9.-]+(?::[0-9]{1,5})?)/C/([0-9A-Z]{1,20})")
_INT_MAX = 1 << 53  # beyond it JSON numbers lose digits in browsers


class _Misshapen(ValueError):
    """A file that is not written the one way this service writes it; says what is wrong."""


@dataclass(frozen=True)
class Document:
    """A certificate file as read: nothing in it has been checked yet but its shape.

    ``fields`` are the readable ones. ``url_id`` and ``site`` are the two halves of its link.
    """

    fields: Mapping[str, str]
    statement: bytes
    signature: bytes
    public_key: bytes
    kid: bytes
    entry: IssuedEntry
    leaf_hash: bytes
    site: str
    url_id: str


def export(
    statement: bytes, signature: bytes, public_key: bytes, entry: IssuedEntry, site: str
) -> bytes:
    """The file for a signed statement; ``site`` is the public address, ``public_key`` SPKI DER.

    CodecError where ``statement`` is not the bytes of one.
    """
    said = Statement.from_bytes(statement)
    document = {
        "format": FORMAT,
        "fields": said.readable(),
        "statement": _b64(statement),
        "signature": _b64(signature),
        "public_key": _b64(public_key),
        "issuer_key_id": kid_of(public_key).hex(),
        "log": {
            "index": entry.index,
            "recorded_at": entry.recorded_at,
            "salt": _b64(entry.salt),
            "evidence_root": entry.evidence_root.hex(),
            "leaf_hash": entry.leaf(said.certificate_id, statement, signature).hash().hex(),
        },
        "url": certificate_text(site, said.certificate_id),
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def claims_to_be_one(data: bytes) -> bool:
    """Whether the bytes were once such a file: one changed byte cannot hide all three marks."""
    return any(mark in data for mark in (b"hgz-certificate-", b'"issuer_key_id"', b'"signature"'))


def parse(data: bytes) -> Document:
    """The document of which ``data`` is a file.

    Raises a Refusal and nothing else: ``document_unreadable`` for other files,
    ``document_altered`` where a file of this kind is damaged, doubles a key, says more or less than
    it should, or has a version that is not known here.
    """
    if not claims_to_be_one(data[:MAX_BYTES]):
        raise Refusal(
            "document_unreadable", "这不是合格证文件，请选择从本系统下载的 PDF 或 JSON 文件"
        )
    try:
        return _parse(data)
    except (ValueError, RecursionError) as error:
        why = f"：{error}" if isinstance(error, _Misshapen) else ""
        raise Refusal(
            "document_altered", f"合格证文件不完整或被改动{why}，请向开具人重新要一份"
        ) from error


def _parse(data: bytes) -> Document:
    if len(data) > MAX_BYTES:
        raise _Misshapen("文件太大")
    top = _members(json.loads(data.decode(), object_pairs_hook=_once, parse_float=_no_float), _KEYS)
    if top["format"] != FORMAT:
        raise _Misshapen("版本不认识")
    log = _members(top["log"], _LOG_KEYS)
    url = _URL.fullmatch(_text(top["url"]))
    if url is None:
        raise _Misshapen("网址写法不对")
    return Document(
        fields={_text(name): _text(value) for name, value in _object(top["fields"]).items()},
        statement=_unb64(top["statement"]),
        signature=_unb64(top["signature"]),
        public_key=_unb64(top["public_key"]),
        kid=_unhex(top["issuer_key_id"]),
        entry=IssuedEntry(
            index=_count(log["index"]),
            recorded_at=_count(log["recorded_at"]),
            salt=_unb64(log["salt"]),
            evidence_root=_unhex(log["evidence_root"]),
        ),
        leaf_hash=_unhex(log["leaf_hash"]),
        site=url[1].lower(),
        url_id=url[2],
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys appear once each; Python alone would keep the last and say nothing."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Misshapen("有重复的栏目")
    return members


def _no_float(text: str) -> float:
    raise _Misshapen(f"不该有小数 {text[:20]}")


def _members(value: Any, keys: tuple[str, ...]) -> dict[str, Any]:
    members = _object(value)
    if set(members) != set(keys):
        raise _Misshapen("栏目多了或少了")
    return members


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Misshapen("结构不对")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Misshapen("该是文字的地方不是文字")
    return value


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value < _INT_MAX:
        raise _Misshapen("该是整数的地方不是整数")
    return value


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _unb64(value: Any) -> bytes:
    text = _text(value)
    data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _b64(data) != text:
        raise _Misshapen("编码写法不对")
    return data


def _unhex(value: Any) -> bytes:
    text = _text(value)
    if not re.fullmatch(r"(?:[0-9a-f]{2})*", text):
        raise _Misshapen("编码写法不对")
    return bytes.fromhex(text)

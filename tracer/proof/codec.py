"""The encoding of everything that is signed or logged: one flat list, one spelling for each value.

A subset of deterministic CBOR (RFC 8949 §4.2.1): a single definite array of unsigned integers,
byte strings and text strings, each head in its shortest form. No maps, tags, floats, negative
numbers, nesting or trailing bytes, so that two different byte strings never mean the same list and
untrusted bytes cannot cost more time than their length.
"""

from __future__ import annotations

from collections.abc import Sequence

Item = int | bytes | str

MAX_BYTES = 4096
MAX_ITEMS = 64

_UINT, _BYTES, _TEXT, _ARRAY = 0, 2, 3, 4
_WIDTHS = {24: 1, 25: 2, 26: 4, 27: 8}  # additional information -> bytes of argument that follow


class CodecError(ValueError):
    """Bytes that are not the encoding of a list, or a list that has no encoding."""


def encode(items: Sequence[Item]) -> bytes:
    """The bytes of a list: integers in 0 … 2^64-1, bytes, text. CodecError for anything else."""
    if len(items) > MAX_ITEMS:
        raise CodecError(f"more than {MAX_ITEMS} items")
    data = _head(_ARRAY, len(items)) + b"".join(map(_encode_item, items))
    if len(data) > MAX_BYTES:
        raise CodecError(f"longer than {MAX_BYTES} bytes")
    return data


def decode(data: bytes) -> tuple[Item, ...]:
    """The list of which ``data`` is the encoding; the exact inverse of :func:`encode`.

    Raises CodecError, and nothing else, for every other byte string.
    """
    if len(data) > MAX_BYTES:
        raise CodecError(f"longer than {MAX_BYTES} bytes")
    kind, count, at = _read_head(data, 0)
    if kind != _ARRAY or count > MAX_ITEMS:
        raise CodecError("not one flat array")
    items: list[Item] = []
    for _ in range(count):
        kind, value, at = _read_head(data, at)
        if kind == _UINT:
            items.append(value)
            continue
        if kind not in (_BYTES, _TEXT):
            raise CodecError(f"major type {kind} is not allowed")
        if value > len(data) - at:
            raise CodecError("cut short")
        chunk, at = data[at : at + value], at + value
        items.append(chunk if kind == _BYTES else _utf8(chunk))
    if at != len(data):
        raise CodecError("trailing bytes")
    return tuple(items)


def _encode_item(item: Item) -> bytes:
    # type() and not isinstance(): True is an int to Python and must not pass as 1.
    if type(item) is int:
        return _head(_UINT, item)
    if type(item) is bytes:
        return _head(_BYTES, len(item)) + item
    if type(item) is str:
        try:
            text = item.encode()
        except UnicodeEncodeError as error:
            raise CodecError("text with a lone surrogate") from error
        return _head(_TEXT, len(text)) + text
    raise CodecError(f"no encoding for {type(item).__name__}")


def _head(kind: int, value: int) -> bytes:
    if 0 <= value < 24:
        return bytes([kind << 5 | value])
    for info, width in _WIDTHS.items():
        if 0 <= value < 1 << 8 * width:
            return bytes([kind << 5 | info]) + value.to_bytes(width, "big")
    raise CodecError("integer outside 0 … 2^64-1")


def _read_head(data: bytes, at: int) -> tuple[int, int, int]:
    """Major type, argument and the position after them."""
    if at >= len(data):
        raise CodecError("cut short")
    kind, info = data[at] >> 5, data[at] & 31
    if info < 24:
        return kind, info, at + 1
    if info not in _WIDTHS:
        raise CodecError("indefinite or reserved length")
    end = at + 1 + _WIDTHS[info]
    value = int.from_bytes(data[at + 1 : end], "big")
    if end > len(data):
        raise CodecError("cut short")
    if _head(kind, value) != data[at:end]:
        raise CodecError("not in shortest form")
    return kind, value, end


def _utf8(chunk: bytes) -> str:
    try:
        return chunk.decode()
    except UnicodeDecodeError as error:
        raise CodecError("invalid UTF-8") from error

"""The certificate as JSON: read strictly, every byte of it meaningful."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.proof.certificates import SITE, Issued, key, statement
from tracer.domain.errors import Refusal
from tracer.proof import document
from tracer.proof.codec import CodecError
from tracer.proof.keys import public_der

ISSUED = Issued(statement())
FILE = ISSUED.json


def test_a_file_reads_back():
    read = document.parse(FILE)
    assert read.statement == ISSUED.message
    assert read.signature == ISSUED.signature
    assert read.public_key == public_der(key())
    assert read.kid == ISSUED.said.kid
    assert read.fields == ISSUED.said.readable()
    assert read.entry == ISSUED.entry
    assert (read.site, read.url_id) == (SITE, ISSUED.said.certificate_id)
    assert FILE.startswith(document.PREFIX)
    assert len(FILE) < document.MAX_BYTES


def test_the_longest_certificate_fits():
    long = statement(**dict.fromkeys(("product", "unit", "origin", "issuer", "contact"), "𬱖" * 64))
    assert len(Issued(long).json) < document.MAX_BYTES


def test_order_and_white_space_are_free():
    top = json.loads(FILE)
    loose = json.dumps(dict(reversed(top.items())), indent=2).encode()
    assert document.parse(loose) == document.parse(FILE)


def test_only_statements_are_exported():
    with pytest.raises(CodecError):
        document.export(b"x", ISSUED.signature, public_der(key()), ISSUED.entry, SITE)


def _with(path: str, value: object) -> bytes:
    top = json.loads(FILE)
    at, names = top, path.split(".")
    for name in names[:-1]:
        at = at[name]
    at[names[-1]] = value
    return json.dumps(top, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("attack", "file"),
    [
        ("a later version", FILE.replace(b"certificate-v1", b"certificate-v2")),
        ("a doubled key", FILE[:-1] + b',"url":"x"}'),
        ("a doubled field", FILE.replace(b'"fields":{', '"fields":{"产地":"别处",'.encode())),
        ("a key too many", FILE[:-1] + b',"grade":"A"}'),
        ("a key too few", FILE.replace(b',"url":', b',"link":')),
        ("trailing text", FILE + b"x"),
        ("cut short", FILE[:-1]),
        ("not UTF-8", FILE.replace("黄".encode(), b"\xc3\x28\xff")),
        ("an index that is no integer", _with("log.index", 1.0)),
        ("an index that is true", _with("log.index", True)),
        ("an index below zero", _with("log.index", -1)),
        ("an index beyond browsers", _with("log.index", 1 << 53)),
        ("an index that is text", _with("log.index", "1")),
        ("an absurd number", FILE.replace(b'"index":141', b'"index":' + b"9" * 5000)),
        ("infinity", FILE.replace(b'"index":141', b'"index":Infinity')),
        ("a field that is a number", _with("fields.产地", 1)),
        ("fields that are a list", _with("fields", [])),
        ("a log that is text", _with("log", "x")),
        ("padded base64", FILE.replace(b'","public_key"', b'==","public_key"')),
        ("base64 with spare bits", _with("log.salt", "AAAAAAAAAAAAAAAAAAAAAB")),
        ("upper-case hexadecimal", _with("issuer_key_id", ISSUED.said.kid.hex().upper())),
        ("a link in lower case", _with("url", f"{SITE}/c/{ISSUED.said.certificate_id}")),
        ("a link with a query", _with("url", f"{SITE.upper()}/C/1?x")),
        ("deep nesting", FILE.replace(b'"fields":{', b'"fields":' + b"[" * 10_000 + b"{")),
        ("a file too long", FILE[:-1] + b" " * document.MAX_BYTES + b"}"),
    ],
)
def test_damaged_files_are_altered(attack, file):
    with pytest.raises(Refusal) as refusal:
        document.parse(file)
    assert refusal.value.code == "document_altered", attack


@pytest.mark.parametrize("file", [b"", b"{}", b'{"name":"invoice"}', b"\xff\xfe", b"[" * 100_000])
def test_other_files_are_told_apart(file):
    with pytest.raises(Refusal) as refusal:
        document.parse(file)
    assert refusal.value.code == "document_unreadable"


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_refused_in_a_sentence(data):
    for file in (data, document.PREFIX + data):
        with pytest.raises(Refusal):
            document.parse(file)


def test_no_single_changed_byte_reads_the_same():
    """What the statement and the log do not cover is covered by the shape."""
    right = document.parse(FILE)
    for at in range(len(FILE)):
        for flip in (1, 2, 4, 8, 16, 32, 64, 128):
            changed = FILE[:at] + bytes([FILE[at] ^ flip]) + FILE[at + 1 :]
            try:
                assert document.parse(changed) != right, (at, flip)
            except Refusal as refusal:
                assert refusal.code == "document_altered"  # noqa: PT017

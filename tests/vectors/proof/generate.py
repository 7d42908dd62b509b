"""Writes the corpus of this folder: labelled payloads with what a verifier must make of each.

    python -m tests.vectors.proof.generate

Keys are SHA-256 of public words and signatures are deterministic, so the files never change unless
the format does. Expected results are stated by hand, not copied from a run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from tests.proof.certificates import LABEL_KEY, key, statement
from tests.proof.corpus import Json, world_to_json
from tests.vectors.proof.recipe import cases, worlds
from tracer.proof import qrtext
from tracer.proof.codec import encode
from tracer.proof.keys import public_der
from tracer.proof.labelcode import code
from tracer.proof.leaf import evidence_root
from tracer.proof.sign import CERTIFICATE_TAG, sign

FOLDER = Path(__file__).parent
ORIGIN = (
    "Made by tests/vectors/proof/generate.py for this project. Persons and companies are invented; "
    "each private key is the SHA-256 of a public word and signs nothing but this corpus."
)

REFUSED = (
    ("", "nothing"),
    ("00", "not an array"),
    ("8118", "cut short"),
    ("811817", "not shortest"),
    ("81190018", "not shortest"),
    ("811a0000ffff", "not shortest"),
    ("811b00000000ffffffff", "not shortest"),
    ("9800", "not shortest"),
    ("9f00ff", "indefinite array"),
    ("815f4100ff", "indefinite bytes"),
    ("8120", "negative"),
    ("81a0", "map"),
    ("8180", "nested"),
    ("81c000", "tag"),
    ("81f5", "true"),
    ("81f93c00", "float"),
    ("811c", "reserved"),
    ("814200", "cut short"),
    ("815b7fffffffffffffff", "absurd length"),
    ("8162c328", "invalid UTF-8"),
    ("8163eda080", "surrogate"),
    ("8162c080", "overlong UTF-8"),
    ("810000", "trailing byte"),
    ("8200", "item missing"),
)


def build() -> dict[str, Json]:
    """File name to contents."""
    contents: dict[str, Json] = {
        "codec.json": {"cases": list(_codec())},
        "statements.json": {"cases": list(_statements())},
        "labelcodes.json": {"key": LABEL_KEY.hex(), "cases": list(_label_codes())},
        "trees.json": {"cases": list(_trees())},
        "recipe.json": {
            "worlds": {name: world_to_json(world) for name, world in worlds().items()},
            "cases": list(cases()),
        },
    }
    return {name: {"origin": ORIGIN, **file} for name, file in contents.items()}


def _codec() -> Iterator[Json]:
    numbers = (0, 23, 24, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, 2**64 - 1)
    yield {"hex": encode([]).hex(), "items": []}
    yield {"hex": encode(numbers).hex(), "items": [str(number) for number in numbers]}
    texts = ["黄瓜", "", "a" * 24]
    yield {"hex": encode(texts).hex(), "items": texts}
    for text, why in REFUSED:
        yield {"hex": text, "refused": why}


def _statements() -> Iterator[Json]:
    for name, said in (
        ("producer's form", statement()),
        ("purchaser's form without origin", statement(form="2025-purchaser", origin="")),
        ("characters beyond the basic plane", statement(product="𬱖鱼", quantity_milli=1)),
        ("largest numbers", statement(quantity_milli=2**53 - 1, issued_at=2**37 - 1, basis=7)),
    ):
        message = said.to_bytes()
        yield {
            "name": name,
            "statement": message.hex(),
            "readable": said.readable(),
            "public_key": public_der(key()).hex(),
            "tag": CERTIFICATE_TAG.hex(),
            "signature": sign(CERTIFICATE_TAG, message, key()).hex(),
            "digits": qrtext.to_digits(message),
        }


def _label_codes() -> Iterator[Json]:
    for index in (0, 1, 2, 141, 2**24 - 1, 2**24, 2**29 - 1, 2**29, 2**44 - 1):
        yield {"index": index, "code": code(index, LABEL_KEY)}


def _trees() -> Iterator[Json]:
    for size in (0, 1, 2, 3, 5, 8, 13):
        leaves = [b"record %02d" % number for number in range(size)]
        yield {"records": [leaf.hex() for leaf in leaves], "root": evidence_root(leaves).hex()}


def write() -> None:
    """Write every file of the corpus."""
    for name, contents in build().items():
        text = json.dumps(contents, ensure_ascii=False, indent=1)
        (FOLDER / name).write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    write()

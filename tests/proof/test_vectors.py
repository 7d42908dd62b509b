"""The corpus that other verifiers share: this one agrees with every line, and it is up to date."""

from __future__ import annotations

import json

import pytest

from tests.proof.corpus import row_from_json, world_from_json
from tests.vectors.proof.generate import FOLDER, ORIGIN, build
from tracer.proof import qrtext
from tracer.proof.codec import CodecError, decode
from tracer.proof.keys import load_public
from tracer.proof.labelcode import code, resolve
from tracer.proof.leaf import evidence_root
from tracer.proof.sign import verify as signature_holds
from tracer.proof.statement import Statement
from tracer.proof.verify import verify

FILES = {path.name: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))}
RECIPE = FILES["recipe.json"]
WORLDS = {name: world_from_json(world) for name, world in RECIPE["worlds"].items()}


def test_the_files_are_what_the_generator_writes():
    assert json.loads(json.dumps(build())) == FILES
    assert all(contents["origin"] == ORIGIN for contents in FILES.values())


def test_there_is_a_hundred_and_no_name_twice():
    names = [case["name"] for case in RECIPE["cases"]]
    assert len(names) == len(set(names)) >= 100


@pytest.mark.parametrize("case", FILES["codec.json"]["cases"], ids=lambda case: case["hex"][:24])
def test_codec(case):
    if "refused" in case:
        with pytest.raises(CodecError):
            decode(bytes.fromhex(case["hex"]))
    else:
        items = decode(bytes.fromhex(case["hex"]))
        assert [str(i) if isinstance(i, int) else i for i in items] == case["items"]


@pytest.mark.parametrize("case", FILES["statements.json"]["cases"], ids=lambda case: case["name"])
def test_statements(case):
    message = bytes.fromhex(case["statement"])
    assert Statement.from_bytes(message).readable() == case["readable"]
    assert qrtext.from_digits(case["digits"]) == message
    public = load_public(bytes.fromhex(case["public_key"]))
    signature = bytes.fromhex(case["signature"])
    assert signature_holds(bytes.fromhex(case["tag"]), message, signature, public)


def test_label_codes():
    key = bytes.fromhex(FILES["labelcodes.json"]["key"])
    for case in FILES["labelcodes.json"]["cases"]:
        assert code(case["index"], key) == case["code"]
        assert resolve(case["code"], key) == case["index"]


def test_trees():
    for case in FILES["trees.json"]["cases"]:
        assert evidence_root(map(bytes.fromhex, case["records"])).hex() == case["root"]


@pytest.mark.parametrize("case", RECIPE["cases"], ids=lambda case: case["name"])
def test_recipe(case):
    world = WORLDS[case["world"]] if case["world"] else None
    verdict = verify(row_from_json(case["row"]) if "row" in case else case["text"], world)
    assert (verdict.outcome, verdict.code) == (case["outcome"], case["code"])
    by_answer = {check.passed: check.number for check in reversed(verdict.checks)}
    assert by_answer.get(False, by_answer.get(None, 0)) == case["decided_by"]

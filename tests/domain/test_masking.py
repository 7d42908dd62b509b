"""Masking: what a stranger may see of a person."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import tracer
from tracer.domain.elements import element_rows
from tracer.domain.masking import (
    Subject,
    mask_name,
    mask_phone,
    names_a_person,
    public_text,
    subject_of,
    village_of,
)
from tracer.domain.reference import load
from tracer.domain.words import ProducerKind

_FIELDS_OF_ELEMENTS = {field.shown for row in element_rows().values() for field in row.fields} - {
    "show",
    "consent",
    "hide",
}
LEGAL, NATURAL = Subject.LEGAL_PERSON, Subject.NATURAL_PERSON


@pytest.mark.parametrize(
    ("name", "shown"), [("李建国", "李**"), ("李", "李**"), ("欧阳文", "欧**"), ("", "")]
)
def test_names_keep_one_character_and_no_length(name, shown):
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812345678", "138****5678"),
        ("0532-88881234", "0532****1234"),
        ("400-123-4567", "400****4567"),
        ("110", "****"),
        ("", "****"),
    ],
)
def test_phones(phone, shown):
    assert mask_phone(phone) == shown


@pytest.mark.parametrize(
    ("address", "village"),
    [
        ("山东省平度市蓼兰镇何家店村12号", "山东省平度市蓼兰镇何家店村"),
        ("山东省平度市蓼兰镇兴华路3号", "山东省平度市蓼兰镇"),
        ("河北省石家庄市藁城区李家庄9号", "河北省石家庄市藁城区李家庄"),
        ("山东省枣庄市山亭区城头镇兴华路3号", "山东省枣庄市山亭区城头镇"),
        ("幸福花园3号楼2单元", ""),
    ],
)
def test_addresses_end_at_the_village(address, village):
    assert village_of(address) == village


@pytest.mark.parametrize(
    ("field", "subject", "consent", "shown"),
    [
        ("name", LEGAL, False, "李建国"),
        ("name", NATURAL, False, "李**"),
        ("name", NATURAL, True, "李建国"),
        ("id_card", NATURAL, True, None),
        ("id_card", LEGAL, True, None),
        ("operator", NATURAL, True, None),
        ("operator", LEGAL, False, None),
        ("favourite_colour", LEGAL, True, None),
    ],
)
def test_rules_by_subject_and_consent(field, subject, consent, shown):
    assert public_text(field, "李建国", subject, consent) == shown


def test_coordinates_are_rounded_for_everyone():
    assert public_text("coordinate", "36.78449", NATURAL) == "36.78"
    assert public_text("coordinate", "119.98501", LEGAL, consent=True) == "119.99"


def test_a_person_s_phone_stays_masked_even_with_consent_to_the_name():
    assert public_text("phone", "13812345678", NATURAL, consent=True) == "138****5678"
    assert public_text("phone", "13812345678", LEGAL) == "13812345678"


@pytest.mark.parametrize("kind", ProducerKind)
def test_whoever_is_not_registered_is_a_person(kind):
    assert subject_of(kind.value, None) is NATURAL
    registered = NATURAL if kind is ProducerKind.HOUSEHOLD else LEGAL
    assert subject_of(kind.value, "93370283MA3T0X001A") is registered


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("电话 13812345678", True),
        ("138-1234-5678", True),
        ("138.1234.5678", True),
        ("+8613812345678", True),
        ("86 138 1234 5678", True),
        ("身份证 37028319800101001X", True),
        ("370283 19800101 001X", True),
        ("合格证 37028326070600000013", False),
        ("平农罚〔2026〕13800号", False),
        ("91370283MA3T0X001K", False),
    ],
)
def test_numbers_of_people_are_seen_in_a_text(text, person):
    assert names_a_person(text) is person


def test_every_field_that_is_published_has_a_rule():
    named = set(_published_fields())
    assert {"name", "phone"} <= named
    for field in named:
        assert any((field, subject) in load().public_rules for subject in Subject), field


def _published_fields() -> Iterator[str]:
    """The field each call in the product names to ``public_text`` or ``published``."""
    place = {"public_text": 0, "published": 1}
    for path in Path(tracer.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id in place:
                field = node.args[place[node.func.id]]
                if isinstance(field, ast.Constant):
                    yield field.value
                elif path.parts[-2:] == ("dossier", "public.py"):  # named in element_fields.csv
                    yield from _FIELDS_OF_ELEMENTS
                else:  # handed on from the caller, who names it
                    assert path.name == "persons.py", path

"""What of a person may stand on a public page (个人信息保护法 art. 6 and 25).

The rules are ``reference/data/public_fields.csv``.
"""

from __future__ import annotations

import re
from enum import StrEnum

from tracer.domain.reference import load
from tracer.domain.words import NATURAL_PERSON_KINDS, ProducerKind

# 庄 also ends the names of cities and districts (石家庄市, 枣庄市), which are no villages.
_VILLAGE = re.compile(r"^.*?([村屯寨]|庄(?![市区园]))|^.*?(街道|镇|乡|社区)")

# As people write them: in groups, with dots, behind the country's 86.
_MOBILE = re.compile(r"(?<!\d)(?:86[ -]?)?1[3-9]\d(?:[ .·—-]?\d{4}){2}(?!\d)")
_ID_CARD = re.compile(
    r"(?<!\d)\d{6}[ -]?(?:19|20)\d{2}[ -]?(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"[ -]?\d{3}[ -]?[\dXx](?!\d)"
)


class Subject(StrEnum):
    """Whose data it is."""

    LEGAL_PERSON = "legal_person"
    NATURAL_PERSON = "natural_person"


def subject_of(kind: str, uscc: str | None) -> Subject:
    """Whose data a producer's are: of a household, or of whoever is not registered, a person's."""
    if uscc is None or ProducerKind(kind) in NATURAL_PERSON_KINDS:
        return Subject.NATURAL_PERSON
    return Subject.LEGAL_PERSON


def mask_name(name: str) -> str:
    """李**: the first character, and always two stars so that the length tells nothing."""
    return f"{name[:1]}**" if name else ""


def mask_phone(phone: str) -> str:
    """138****5678; of a landline the area code and the last four digits stay."""
    digits = re.sub(r"\D", "", phone)
    if len(digits) < 8:
        return "****"
    return f"{phone.split('-')[0] if '-' in phone else digits[:3]}****{digits[-4:]}"


def round_coordinate(degrees: float) -> float:
    """Rounded to 0.01 degree, about one kilometre."""
    return round(degrees, 2)


def village_of(address: str) -> str:
    """The address down to its village (or town), without house numbers."""
    found = _VILLAGE.match(address)
    return found.group() if found else ""


def names_a_person(text: str) -> bool:
    """Whether a text holds a mobile number or an 身份证号: it may then not be published."""
    return bool(_MOBILE.search(text) or _ID_CARD.search(text))


def public_text(field: str, value: str, subject: Subject, consent: bool = False) -> str | None:
    """``value`` as a stranger may see it; None where it is not shown at all.

    ``consent`` is the person's separate consent to publication. A field that the table does not
    name is not shown.
    """
    rule = load().public_rule(field, subject, consent)
    match rule:
        case "show":
            return value
        case "mask_name":
            return mask_name(value)
        case "mask_phone":
            return mask_phone(value)
        case "village":
            return village_of(value) or None
        case "round":
            return f"{round_coordinate(float(value)):.2f}"
        case _:
            return None

"""主体资料 as the producer sees it, and the places it may choose from."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.domain.clock import format_day, format_instant, format_until
from tracer.domain.reference import Region
from tracer.domain.reference import load as reference
from tracer.domain.words import ProducerKind
from tracer.queries.persons import is_person, published
from tracer.store.tables import Producer
from tracer.store.world import Tx

Places = tuple[tuple[str, tuple[Region, ...]], ...]


@dataclass(frozen=True)
class SubjectPage:
    """The producer's own record. ``person`` where the consent to be named is asked at all."""

    name: str
    kind: str
    facts: tuple[tuple[str, str], ...]
    person: bool
    publishes_name: bool
    shown_name: str
    shown_phone: str
    consented: str


def subject_page(tx: Tx, producer_id: int) -> SubjectPage:
    """What is on record about a producer, and what strangers see of it."""
    row = tx.session.get_one(Producer, producer_id)
    kind = ProducerKind(row.kind)
    facts = (
        ("类别", kind.label),
        ("统一社会信用代码", row.uscc),
        ("身份证号", "已加密保存" if row.id_card_hash else ""),
        ("联系方式", row.contact_phone),
        ("联系人", row.contact_name),
        ("所在地", reference().place_name(row.town or row.county)),
        ("地址", row.address),
        ("法定代表人", row.legal_person),
        ("登记日期", format_day(row.registered_on) if row.registered_on else ""),
        ("注册资金", row.registered_capital),
        ("执照有效期至", format_until(row.licence_valid_to) if row.licence_valid_to else ""),
        ("身份证有效期至", format_until(row.id_card_valid_to) if row.id_card_valid_to else ""),
        ("电子邮箱", row.contact_email),
        ("经营类型", row.business_type),
        ("经营地址", row.business_address),
        ("主营产品", row.main_products),
        ("介绍", row.introduction),
    )
    return SubjectPage(
        name=row.name,
        kind=kind.label,
        facts=tuple((label, value) for label, value in facts if value),
        person=is_person(row),
        publishes_name=row.publish_name,
        shown_name=published(row, "name", row.name),
        shown_phone=published(row, "phone", row.contact_phone),
        consented=format_instant(row.consented_at) if row.consented_at else "",
    )


def provinces() -> tuple[Region, ...]:
    """All provinces."""
    return reference().places_within(None)


def province_of(county: str) -> str:
    """The code of the province that a place lies in."""
    return county[:2]


def counties(province: str) -> Places:
    """The counties of a province under their cities; cities without counties stand for themselves.

    The codes are those of ``Producer.county``, six digits.
    """
    found = []
    own: list[Region] = []
    for city in reference().places_within(province):
        below = tuple(
            place for place in reference().places_within(city.code) if len(place.code) == 6
        )
        if below:
            found.append((city.name, below))
        elif len(city.code) == 6:
            own.append(city)
    return ((("直属", tuple(own)),) if own else ()) + tuple(found)


def towns(province: str) -> Places:
    """The towns on file within a province, under their county."""
    found: dict[str, list[Region]] = {}
    for place in reference().regions.values():
        if place.level == "town" and place.code.startswith(province):
            found.setdefault(reference().region(place.code[:6]).name, []).append(place)
    return tuple((county, tuple(places)) for county, places in found.items())

"""A category is looked up as it is spoken, and chosen for the new product."""

from __future__ import annotations

import re

from tests.web.producer.desk import Visitor
from tracer.domain.reference import load


def test_by_pinyin_to_the_new_product(farmer: Visitor) -> None:
    page = farmer.open("/farm/products/new?name=圣女果")
    assert "/farm/products/catalogue?name=" in page
    found = farmer.open("/farm/products/catalogue?name=圣女果&q=fq")
    links = re.findall(r'href="(/farm/products/new\?[^"]*category=([^"]+))"', found)
    assert links
    address, key = next(
        (one.replace("&amp;", "&"), key)
        for one, key in links
        if "番茄（西红柿）" in load().category(key).names
    )
    assert farmer.asked(address)["category"] == key
    assert farmer.asked(address)["name"] == "圣女果"
    farmer.done(address, {})
    assert "没有查到" in farmer.open("/farm/products/catalogue?q=xyzxyz")


def test_a_doubtful_print_is_told(farmer: Visitor) -> None:
    row = next(row for row in load().categories.values() if row.needs_review and row.names)
    page = farmer.open(f"/farm/products/catalogue?q={row.names[0]}")
    assert "标准原文这里印得不清" in page

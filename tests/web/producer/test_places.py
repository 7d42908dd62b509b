"""Pages of runs in rounds, and of a sheet that somebody else has printed on meanwhile."""

from __future__ import annotations

import html

import pytest
from sqlmodel import func, select

from tests.web.producer.desk import Visitor, changed, read_form
from tests.web.producer.village import Village
from tracer.store.tables import Posting
from tracer.store.world import World


@pytest.fixture
def new(village: Village) -> str:
    return f"/farm/print/new?certificate={village.certificate}&design=trace-a4-3x8"


def text(visitor: Visitor, path: str) -> str:
    return html.unescape(visitor.open(path))


def test_the_round_is_asked_where_the_run_is_printed_again_and_again(
    farmer: Visitor, new: str
) -> None:
    run = farmer.done(new, {"count": "300", "copies": "2", "together": None})
    assert "300 张，每张 2 份" in text(farmer, run)
    assert "第几遍" in text(farmer, f"{run}/jam")
    unsaid = farmer.send(f"{run}/jam", {"last_good": "10"})
    assert unsaid.status_code == 422
    assert "请填停在第几遍" in html.unescape(unsaid.text)
    farmer.done(f"{run}/jam", {"last_good": "10", "round": "2"})
    page = text(farmer, run)
    assert "第 2 遍前 10 张是好的" in page
    assert "从第 2 遍第 11 张接着打" in page
    farmer.done(run, {"start_cell": "1"}, to=f"{run}/resume")
    page = text(farmer, run)
    assert "打第 2 遍第 11 到 300 张" in page
    assert "打好了 310 张，共 600 张" in page
    assert "first=311&last=600&cell=1&copies=1" in page
    pdf = farmer.client.get(f"{run}/labels.pdf?first=311&last=600&cell=1&copies=1")
    assert pdf.data.startswith(b"%PDF-")
    farmer.post(f"{run}/finish", read_form(farmer.open(run)))
    page = text(farmer, run)
    assert "300 张都打好了" in page
    assert "停下了，第 2 遍前 10 张是好的" in page


def test_the_second_of_two_pages_is_shown_the_cell_that_is_free_now(
    farmer: Visitor, new: str
) -> None:
    farmer.done(new, {"count": "6", "start_cell": "1"})
    one, other = farmer.asked(new), farmer.asked(new)
    assert one["start_cell"] == other["proposed_cell"] == "7"
    assert farmer.post("/farm/print/new", changed(one, {"count": "2"})).status_code == 303
    told = farmer.post("/farm/print/new", changed(other, {"count": "5"}))
    assert told.status_code == 409
    assert "第一个空格现在是第 9 格" in html.unescape(told.text)
    asked = read_form(told.text)
    assert (asked["start_cell"], asked["proposed_cell"], asked["count"]) == ("9", "9", "5")
    run = str(farmer.post("/farm/print/new", asked).headers["Location"])
    assert "第 9 格" in text(farmer, run)
    again = farmer.asked(f"{run}/reprint")
    assert again["start_cell"] == again["proposed_cell"] == "14"
    farmer.done(new, {"count": "1"})
    told = farmer.post(f"{run}/reprint", changed(again, {"first": "1", "reason": "lost"}))
    assert told.status_code == 409
    assert read_form(told.text)["start_cell"] == "15"


def test_printing_from_the_page_again_counts_nothing_twice(
    world: World, farmer: Visitor, new: str
) -> None:
    def count() -> int:
        with world.read() as tx:
            return tx.session.exec(select(func.count()).select_from(Posting)).one()

    before = count()
    run = farmer.done(new, {"count": "3", "start_cell": "1"})
    assert count() == before + 1
    for _ in range(2):
        for name in ("labels.pdf", "labels.zpl", "label.png", "sheet.png"):
            assert farmer.client.get(f"{run}/{name}").status_code == 200
    farmer.done(f"{run}/reprint", {"first": "1", "last": "3", "reason": "lost"})
    assert count() == before + 1

"""Sending pages: once, with every refusal told on the page that asked, and nothing typed lost."""

from __future__ import annotations

import html

import pytest
from sqlmodel import SQLModel, func, select

from tests.web.producer.desk import Visitor, changed, read_form
from tests.web.producer.village import Village
from tracer.store.tables import Batch, Certificate, Operation, Plot, PrintRun
from tracer.store.world import World


def count(world: World, table: type[SQLModel]) -> int:
    """How many rows a table has."""
    with world.read() as tx:
        return tx.session.exec(select(func.count()).select_from(table)).one()


def pages(village: Village) -> dict[str, tuple[str, dict[str, object], type[SQLModel]]]:
    """A page that makes something, good answers to it, and the table that grows by one."""
    farm = village.farm
    return {
        "plot": ("/farm/plots/new", {"name": "西地", "facility": "露地"}, Plot),
        "work": (f"/farm/record/{farm.campaign}/weeding", {}, Operation),
        "harvest": (f"/farm/campaigns/{farm.campaign}/batch/harvest", {"quantity": "80"}, Batch),
        "issue": (f"/farm/batches/{village.harvested}/issue", {"quantity": "50"}, Certificate),
        "repeat": (f"/farm/repeat/{village.harvested}", {"quantity": "90"}, Certificate),
        "print": (f"/farm/print/new?certificate={village.certificate}", {"count": "6"}, PrintRun),
    }


NAMES = ("plot", "work", "harvest", "issue", "repeat", "print")


@pytest.mark.parametrize("name", NAMES)
def test_pressing_twice_makes_one(
    world: World, village: Village, farmer: Visitor, name: str
) -> None:
    path, answers, table = pages(village)[name]
    form = changed(farmer.asked(path), answers)
    before = count(world, table)
    first, second = farmer.post(path, form), farmer.post(path, form)
    assert first.status_code == second.status_code == 303, second.text[-1500:]
    assert first.headers["Location"] == second.headers["Location"]
    assert count(world, table) == before + 1


@pytest.mark.parametrize("name", NAMES)
def test_the_same_page_with_other_answers_is_told(
    world: World, village: Village, farmer: Visitor, name: str
) -> None:
    """Going back after sending and changing a number must not make a second record unseen."""
    path, answers, table = pages(village)[name]
    form = changed(farmer.asked(path), answers)
    assert farmer.post(path, form).status_code == 303
    before = count(world, table)
    other = {"plot": "name", "work": "operator", "print": "count"}.get(name, "quantity")
    again = farmer.post(path, changed(form, {other: "7"}))
    assert again.status_code == 409
    assert "刚才已经提交过" in again.text
    assert count(world, table) == before


def test_a_page_without_its_ticket_is_not_recorded(
    world: World, village: Village, farmer: Visitor
) -> None:
    before = count(world, Plot)
    answers = {"name": "西地", "facility": "露地", "once": None}
    assert farmer.send("/farm/plots/new", answers).status_code == 422
    assert count(world, Plot) == before


def bad(village: Village) -> list[tuple[str, dict[str, object], str, str]]:
    """A page, a wrong answer, what the page says then, and what it still shows."""
    farm, batch = village.farm, village.harvested
    work = f"/farm/record/{farm.campaign}/chemical_control"
    return [
        ("/farm/plots/new", {"name": "", "facility": "露地"}, "地块名称没有填", "露地"),
        (
            "/farm/plots/new",
            {"name": "西地", "facility": "露地", "area": "两亩"},
            "要填数字",
            "西地",
        ),
        ("/farm/products/new?name=番茄", {"origin": ""}, "产地没有填", "番茄"),
        (
            "/farm/inputs/new?kind=pesticide",
            {"name": "阿维菌素乳油", "ingredients": "阿维菌素"},
            "要填登记证号",
            "阿维菌素乳油",
        ),
        (
            f"/farm/inputs/{farm.spray}/uses/new",
            {"crop": "番茄", "phi_days": "3", "interval_unstated": "yes"},
            "就不要再选",
            "番茄",
        ),
        (work, {"occurred_on": "2026-07-09", "note": "早上"}, "做完以后再记", "早上"),
        (work, {"target": "", "note": "早上"}, "防治对象", "早上"),
        (work, {"dose": "很多"}, "用量：要填数字", "很多"),
        (f"/farm/campaigns/{farm.campaign}/batch/harvest", {"quantity": "0"}, "要大于零", "王禾"),
        (f"/farm/batches/{batch}/split", {"parts.0.quantity": "9999"}, "只剩", "9999"),
        ("/farm/merge", {"sources.0.batch": batch}, "至少要有 2 项", "合并"),
        ("/farm/merge", {"sources.0.quantity": "5"}, "要勾上", "合并"),
        (f"/farm/batches/{batch}/issue", {"quantity": "9999"}, "还能开", "9999"),
        (f"/farm/batches/{batch}/issue", {"basis": None}, "承诺依据", "160"),
        (
            f"/farm/batches/{batch}/reports/new",
            {"number": "A1", "items.0.value": "0.5", "items.0.passed": "no", "passed": "yes"},
            "不合格，结论不能是合格",
            "A1",
        ),
        (
            f"/farm/batches/{batch}/reports/new",
            {"number": "A1", "items.0.value": "未检出", "items.0.passed": "yes"},
            "检测结论没有填",
            "A1",
        ),
        (f"/farm/batches/{batch}/recall", {"reason": "超标"}, "怎么办", "超标"),
        (f"/farm/certificates/{village.certificate}/void", {"advice": "拉回"}, "原因", "拉回"),
        (
            f"/farm/print/new?certificate={village.certificate}",
            {"count": "10000000"},
            "不能大于",
            "10000000",
        ),
        (f"/farm/repeat/{batch}", {"quantity": "一百"}, "要填数字", "一百"),
        (f"/farm/works/{village.work}/retract", {}, "撤回原因没有填", "撤回"),
        ("/farm/subject/edit", {"contact_phone": "123", "contact_name": "李禾"}, "手机号", "李禾"),
    ]


CASES = 22


@pytest.mark.parametrize("number", range(CASES))
def test_a_wrong_answer_is_told_and_the_rest_is_kept(
    village: Village, farmer: Visitor, number: int
) -> None:
    cases = bad(village)
    assert len(cases) == CASES
    path, answers, sentence, kept = cases[number]
    page = farmer.send(path, answers)
    assert page.status_code == 422, page.status_code
    text = html.unescape(page.text)
    assert sentence in text, text[text.find("<main") :][:3000]
    assert kept in text


def test_a_refused_page_can_be_sent_again(world: World, farmer: Visitor) -> None:
    """The page that tells the mistake carries a new ticket, so the corrected one is recorded."""
    refused = farmer.send("/farm/plots/new", {"name": "", "facility": "露地"})
    before = count(world, Plot)
    form = changed(read_form(refused.text), {"name": "西地"})
    assert farmer.post("/farm/plots/new", form).status_code == 303
    assert count(world, Plot) == before + 1

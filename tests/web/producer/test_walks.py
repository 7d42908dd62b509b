"""Walks through the hall: what a producer sets out to do gets done, and is told in plain words."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from sqlmodel import func, select

from tests.actions.farm import uscc
from tests.web.producer import village as story
from tests.web.producer.desk import Visitor, read_form
from tests.web.producer.village import Village
from tracer.actions.people.accounts import start_sign_in
from tracer.store.tables import Batch, Certificate, Operation, Producer, StoredFile
from tracer.store.world import World

Visit = Callable[[str], Visitor]


def text(visitor: Visitor, path: str) -> str:
    return html.unescape(visitor.open(path))


def test_the_same_as_last_time_takes_one_number(
    world: World, village: Village, farmer: Visitor
) -> None:
    home = text(farmer, "/farm")
    assert "再来一批" in home
    assert "上次 260 公斤" in home
    asks = farmer.client.get("/farm/repeat")
    where = farmer.done(asks.headers["Location"], {"quantity": "180.5"})
    page = text(farmer, where)
    assert "已开具并签名" in page
    picture = farmer.client.get(f"{where.split('?')[0]}/label.png")
    assert Image.open(BytesIO(picture.data)).format == "PNG"
    with world.read() as tx:
        newest = tx.session.exec(select(Certificate).order_by(Certificate.id.desc())).first()
        assert newest.quantity_milli == 180_500
        assert newest.signature


def test_a_closed_gate_says_why_and_records_nothing(
    world: World, village: Village, farmer: Visitor
) -> None:
    spray = {"occurred_on": "2026-07-07", "method": "喷雾", "target": "蚜虫"}
    farmer.done(f"/farm/record/{village.farm.campaign}/chemical_control", spray)
    home = text(farmer, "/farm")
    assert "明天可采收" in home
    with world.read() as tx:
        works = tx.session.exec(select(func.count()).select_from(Operation)).one()
    page = farmer.send(f"/farm/repeat/{village.harvested}", {"quantity": "100"})
    assert page.status_code == 422
    said = html.unescape(page.text)
    assert "还不能开" in said
    assert "啶虫脒乳油" in said
    assert "7月9日" in said
    assert "看这条记录" in said
    with world.read() as tx:
        assert tx.session.exec(select(func.count()).select_from(Operation)).one() == works


@pytest.mark.parametrize(
    ("clock", "waits"),
    [(date(2026, 7, 8), True), (date(2026, 7, 9), False)],
    indirect=["clock"],
)
def test_home_counts_down_to_the_day_the_label_allows(
    world: World, app: Flask, village: Village, waits: bool
) -> None:
    """A spray on the 7th with an interval of two days: the 9th is allowed, the 8th is not."""
    with world.write() as tx:
        farmer = Visitor(app.test_client(), start_sign_in(tx, village.farm.actor))
    path = f"/farm/record/{village.farm.campaign}/chemical_control"
    farmer.done(path, {"occurred_on": "2026-07-07"})
    assert ("距可采收还有" in text(farmer, "/farm")) is waits
    assert ("距可采收还有" in text(farmer, f"/farm/campaigns/{village.farm.campaign}")) is waits


def test_work_is_filled_in_from_last_time(village: Village, farmer: Visitor) -> None:
    asked = farmer.asked(f"/farm/record/{village.farm.campaign}/chemical_control")
    assert asked["occurred_on"] == "2026-07-08"
    assert asked["input"] == village.farm.spray
    assert (asked["target"], asked["method"]) == ("蚜虫", "喷雾")
    assert (asked["dose"], asked["dose_unit"]) == ("25", "毫升/亩")
    assert asked["operator"] == "王禾"


def test_only_the_fields_of_the_kind_are_asked(village: Village, farmer: Visitor) -> None:
    page = text(farmer, f"/farm/record/{village.farm.campaign}/weeding")
    assert "用量" not in page
    assert "防治对象" not in page
    kinds = text(farmer, f"/farm/record/{village.farm.campaign}")
    assert "采收" in kinds
    assert "挤奶" not in kinds
    assert "屠宰" not in kinds


def test_a_correction_keeps_what_was_said(village: Village, farmer: Visitor) -> None:
    where = farmer.done(f"/farm/works/{village.work}/correct", {"dose": "20"})
    page = text(farmer, where)
    assert "25 毫升/亩" in page
    assert "20 毫升/亩" in page
    assert "更正" in page
    stale = farmer.client.get(f"/farm/works/{village.work}")
    assert "20 毫升/亩" in html.unescape(stale.text), "an old address shows the newest version"
    again = farmer.done(f"{where}/retract", {"reason": "记到别的地块上了"})
    assert "记到别的地块上了" in text(farmer, again)
    assert "更正</a>" not in text(farmer, again)


def test_a_missing_maker_leads_to_the_input(village: Village, farmer: Visitor) -> None:
    """What the law wants of a drug stands in the input's record, so that is where the way leads."""
    fields = {"name": "无名乳油", "registration_no": "PD20080001", "ingredients": "啶虫脒"}
    use = farmer.done("/farm/inputs/new?kind=pesticide", fields)
    farmer.done(use, {"crop": "黄瓜", "phi_days": "2"})
    known = use.split("/")[3]
    path = f"/farm/record/{village.farm.campaign}/chemical_control"
    page = farmer.send(path, {"input": known})
    assert page.status_code == 422
    assert "到“投入品”里打开它" in html.unescape(page.text)


def test_registering_land_goods_and_drugs_once(village: Village, farmer: Visitor) -> None:
    farmer.done("/farm/plots/new", {"name": "西地", "facility": "露地", "area": "3.5"})
    assert "3.5 亩" in text(farmer, "/farm/plots")
    asked = farmer.asked("/farm/products/new?name=番茄")
    assert asked["category"] == "A1-12"
    assert asked["sector"] == "planting"
    assert "蓼兰镇" in asked["origin"]
    farmer.done("/farm/products/new?name=番茄", {})
    fields = {
        "name": "联苯菊酯乳油",
        "registration_no": "PD20095678",
        "ingredients": "联苯菊酯",
        "maker": "禾下植保有限公司",
        "supplier": "蓼兰农资店",
    }
    label = farmer.done("/farm/inputs/new?kind=pesticide", fields)
    page = farmer.done(label, {"crop": "番茄", "phi_days": "4", "max_uses": "3"})
    assert "安全间隔期 4 天 · 每季最多 3 次" in text(farmer, page)
    farmer.done(f"{page}/uses/0", {"phi_days": "5", "max_dose": "20", "dose_unit": "毫升/亩"})
    assert "安全间隔期 5 天 · 每季最多 3 次 · 最高 20 毫升/亩" in text(farmer, page)


def test_batches_split_merge_and_say_where_they_went(village: Village, farmer: Visitor) -> None:
    parts = {"parts.0.quantity": "60", "parts.1.quantity": "40.5"}
    page = text(farmer, farmer.done(f"/farm/batches/{village.harvested}/split", parts))
    assert "59.5 公斤" in page
    assert page.count("拆分") >= 3
    rows = read_form(farmer.open("/farm/merge"))
    assert "sources.0.quantity" in rows
    picked = {"sources.0.batch": village.harvested, "sources.1.batch": village.part}
    merged = text(farmer, farmer.done("/farm/merge", picked))
    assert "159.5 公斤" in merged
    assert "从哪些批次来" in merged


def test_more_rows_record_nothing(world: World, village: Village, farmer: Visitor) -> None:
    path = f"/farm/batches/{village.harvested}/split"
    page = farmer.send(path, {"parts.0.quantity": "60", "more": "parts"})
    assert page.status_code == 200
    form = read_form(page.text)
    assert form["parts.0.quantity"] == "60"
    assert "parts.3.quantity" in form
    with world.read() as tx:
        parent = tx.session.exec(select(Batch).where(Batch.public_id == village.harvested)).one()
        assert parent.quantity_milli == 260_000


def test_a_report_with_its_photo_lets_the_box_be_ticked(
    world: World, village: Village, farmer: Visitor
) -> None:
    path = f"/farm/batches/{village.part}/reports/new"
    asked = farmer.asked(path)
    assert asked["items.0.analyte"] == "啶虫脒", "what was used stands in the first row"
    photo = BytesIO()
    Image.new("RGB", (60, 40), "white").save(photo, "PNG")
    photo.seek(0)
    fields = {
        "kind": "commissioned",
        "laboratory": "平度市农检中心",
        "number": "WT-1",
        "items.0.value": "未检出",
        "items.0.passed": "yes",
        "passed": "yes",
        "photo": (photo, "报告.png"),
    }
    batch = text(farmer, farmer.done(path, fields))
    assert "平度市农检中心" in batch
    with world.read() as tx:
        kept = tx.session.exec(select(StoredFile).order_by(StoredFile.id.desc())).first()
        assert kept.media_type == "image/jpeg", "pictures are re-encoded"
    answer = farmer.client.get(f"/farm/files/{kept.public_id}")
    assert answer.mimetype == "image/jpeg"
    issue = farmer.asked(f"/farm/batches/{village.part}/issue")
    assert issue.getlist("basis") == ["control", "commissioned_test"]


def test_a_test_box_without_a_report_is_refused(village: Village, farmer: Visitor) -> None:
    path = f"/farm/batches/{village.harvested}/issue"
    page = farmer.send(path, {"basis": ["control", "commissioned_test"]})
    assert page.status_code == 422
    assert "没有合格的委托检测报告" in html.unescape(page.text)
    assert 'value="commissioned_test" checked' in page.text


def test_issue_replace_and_void(world: World, village: Village, farmer: Visitor) -> None:
    first = farmer.done(f"/farm/batches/{village.harvested}/issue", {"quantity": "160"})
    assert "160 公斤" in text(farmer, first)
    second = farmer.done(f"{first}/replace", {"quantity": "150", "reason": "数量填错"})
    assert "150 公斤" in text(farmer, second)
    old = text(farmer, first)
    assert "已换证" in old
    assert "数量填错" in old
    assert farmer.client.get(f"{first}.pdf").status_code == 409
    assert farmer.client.get(f"{first}.json").status_code == 200
    farmer.done(f"{second}/void", {"reason": "货没有卖出"})
    assert "已作废" in text(farmer, second)
    assert "已作废" in text(farmer, "/farm/certificates")
    twice = farmer.send(f"{second}/void", {"reason": "货没有卖出"})
    assert twice.status_code == 409
    assert "已经作废" in html.unescape(twice.text)


def test_a_recalled_batch_says_so_and_goes_nowhere(village: Village, farmer: Visitor) -> None:
    reasons = {"reason": "抽检不合格", "advice": "送回原购买处退货"}
    page = text(farmer, farmer.done(f"/farm/batches/{village.harvested}/recall", reasons))
    assert "已召回" in page
    assert "开具合格证" not in page
    assert "已召回" in text(farmer, "/farm/batches")


def test_a_harvest_is_corrected_and_withdrawn_with_its_batch(
    village: Village, farmer: Visitor
) -> None:
    path = f"/farm/campaigns/{village.farm.campaign}/batch/harvest"
    issue = farmer.done(path, {"quantity": "80"})
    batch = issue.removesuffix("/issue")
    assert "88 公斤" in text(farmer, farmer.done(f"{batch}/correct", {"quantity": "88"}))
    assert "已撤回" in text(farmer, farmer.done(f"{batch}/withdraw", {"reason": "记重了"}))
    assert "已撤回" in text(farmer, "/farm/batches")


def test_labels_on_a_half_used_sheet(village: Village, farmer: Visitor) -> None:
    """13 of 24 cells are used: the next run starts at cell 14 unless told otherwise."""
    new = f"/farm/print/new?certificate={village.certificate}&design=trace-a4-3x8"
    assert farmer.asked(new)["start_cell"] == "14"
    farmer.done(new, {"count": "2"})
    assert "上张纸还剩 9 格，从第 16 格接着打" in text(farmer, "/farm")
    asked = farmer.asked(f"/farm/print/new?certificate={village.certificate}")
    assert (asked["design"], asked["count"], asked["start_cell"]) == ("trace-a4-3x8", "2", "16")


def test_a_run_is_painted_and_a_pre_printed_roll_waits(village: Village, farmer: Visitor) -> None:
    pdf = farmer.client.get(f"/farm/runs/{village.run}/labels.pdf")
    assert pdf.data.startswith(b"%PDF-")
    last = farmer.client.get(f"/farm/runs/{village.run}/label.png?n=13&dpi=300")
    assert last.mimetype == "image/png"
    assert farmer.client.get(f"/farm/runs/{village.run}/label.png?n=14").status_code == 404
    assert farmer.client.get(f"/farm/runs/{village.run}/label.png?dpi=96").status_code == 404
    assert "还没启用" in text(farmer, f"/farm/runs/{village.roll}")
    none = farmer.send(f"/farm/runs/{village.roll}/bind", {})
    assert "请选一个批次" in html.unescape(none.text)
    farmer.done(f"/farm/runs/{village.roll}/bind", {"batch": village.harvested})
    assert "还没启用" not in text(farmer, f"/farm/runs/{village.roll}")
    other = farmer.send(f"/farm/runs/{village.roll}/bind", {"batch": village.part})
    assert other.status_code == 409


def test_findings_wait_until_they_are_read(world: World, village: Village, farmer: Visitor) -> None:
    story.inspected(world, village)
    assert "有 1 条还没看" in text(farmer, "/farm")
    page = text(farmer, "/farm/findings")
    assert "南村批发市场 3 号门" in page
    assert "准予入场" in page
    farmer.done("/farm/findings", {})
    assert "还没看" not in text(farmer, "/farm")


def test_credit_shows_rows_and_evidence(village: Village, farmer: Visitor) -> None:
    page = text(farmer, f"/farm/credit/{village.farm.product}")
    assert "C.2-5" in page
    assert "作业记录" in page
    assert "再得" in page


def test_a_buyer_buys_proves_and_promises(village: Village, visit: Visit) -> None:
    buyer = visit(story.BUYER)
    home = text(buyer, "/farm")
    assert "收购一批" in home
    assert "再来一批" not in home
    asks = buyer.client.get("/farm/buy").headers["Location"]
    assert buyer.asked(asks)["origin"] == "山东省平度市蓼兰镇", "as last time"
    bought = {"supplier": "蓼兰镇河西村", "origin": "山东省平度市蓼兰镇", "quantity": "400"}
    proof = buyer.done(asks, bought)
    batch = proof.removesuffix("/proofs/new")
    assert "收取并录入" in text(buyer, f"{batch}/issue")
    assert buyer.asked(proof)["issuer"] == "蓼兰镇河西村"
    page = text(buyer, buyer.done(proof, {"number": village.number}))
    assert village.number in page
    issue = text(buyer, f"{batch}/issue")
    assert "已按规定收取并保存该批次农产品承诺达标合格证" in issue
    done = buyer.done(f"{batch}/issue", {})
    assert "400 公斤" in text(buyer, done)


def test_a_new_account_registers_first(world: World, visit: Visit) -> None:
    newcomer = visit(story.NEWCOMER)
    first = newcomer.client.get("/farm/batches")
    assert first.headers["Location"] == "/farm/register"
    assert "农户" in text(newcomer, "/farm/register")
    assert "山东省" in text(newcomer, "/farm/register?kind=cooperative")
    path = "/farm/register?kind=cooperative&province=37"
    fields = {
        "name": "河东瓜果专业合作社",
        "uscc": "93370283MA3T0X00",
        "contact_phone": "13800005678",
        "county": "370283",
        "address": "蓼兰镇河东村",
    }
    wrong = newcomer.send(path, fields)
    assert wrong.status_code == 422
    assert "应为 18 位" in html.unescape(wrong.text)
    assert newcomer.done(path, fields | {"uscc": uscc("93370283MA3T0X00R")}) == "/farm"
    home = text(newcomer, "/farm")
    assert "先把这几样登记好" in home
    with world.read() as tx:
        made = tx.session.exec(select(Producer).where(Producer.name == "河东瓜果专业合作社")).one()
        assert made.county == "370283"


def test_a_person_is_named_in_public_only_by_consent(visit: Visit) -> None:
    person = visit(story.PERSON)
    page = text(person, "/farm/subject")
    assert "王**" in page
    person.done("/farm/subject", {}, to="/farm/subject/consent")
    assert "收回同意" in text(person, "/farm/subject")
    person.done("/farm/subject", {}, to="/farm/subject/consent")
    assert "王**" in text(person, "/farm/subject")


def test_the_id_card_is_never_shown_again(visit: Visit) -> None:
    person = visit(story.PERSON)
    form = person.asked("/farm/subject/edit")
    assert "id_card" not in form
    assert "370283" not in text(person, "/farm/subject")


def test_changing_one_thing_of_the_subject_loses_no_other(farmer: Visitor, world: World) -> None:
    said = {
        "business_type": "种植、批发",
        "business_address": "蓼兰镇集市 3 号",
        "id_card_valid_to": "2036-05-01",
    }
    farmer.done("/farm/subject/edit", said)
    farmer.done("/farm/subject/edit", {"contact_name": "李禾"})
    with world.read() as tx:
        row = tx.session.exec(
            select(Producer).where(Producer.business_type == said["business_type"])
        ).one()
        assert row.business_address == said["business_address"]
        assert str(row.id_card_valid_to) == said["id_card_valid_to"]
        assert row.contact_name == "李禾"


def test_closing_a_campaign_ends_its_records(village: Village, farmer: Visitor) -> None:
    path = f"/farm/campaigns/{village.farm.campaign}"
    early = farmer.send(f"{path}/close", {"ended_on": "2026-07-01"})
    assert "还有作业" in html.unescape(early.text)
    farmer.done(f"{path}/close", {})
    assert "记农事" not in text(farmer, path)
    assert "已结束" in text(farmer, "/farm/campaigns")


def test_a_kept_pdf_is_never_opened_within_the_site(village: Village, farmer: Visitor) -> None:
    answer = farmer.client.get(f"/farm/files/{village.file}")
    assert answer.data == story.PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_damaged_uploads_are_told(village: Village, farmer: Visitor) -> None:
    fields = {
        "number": "WT-2",
        "items.0.value": "未检出",
        "items.0.passed": "yes",
        "passed": "yes",
        "photo": (BytesIO(b"MZ not a picture"), "报告.jpg"),
    }
    page = farmer.send(f"/farm/batches/{village.harvested}/reports/new", fields)
    assert page.status_code == 422
    assert "打不开" in html.unescape(page.text)
    assert "WT-2" in page.text

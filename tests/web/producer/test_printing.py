"""The print desk: a half-used sheet, a jam, reprints, spoiled labels, printers, own papers."""

from __future__ import annotations

import html
from io import BytesIO

import pytest
from PIL import Image
from sqlmodel import select

from tests.actions.paper_tray import PaperTray, arrived, nobody_there
from tests.web.people import add_account, sign_in
from tests.web.producer.desk import Visitor, read_form
from tests.web.producer.village import Village
from tracer.actions.actor import own
from tracer.actions.certificates.paper import CERTIFICATE_DESIGNS
from tracer.actions.printing.paper import printer_job, whole
from tracer.domain.words import Role
from tracer.proof.labelcode import code
from tracer.store.tables import LabelCounter, Printer, PrintRun
from tracer.store.world import World


def text(visitor: Visitor, path: str) -> str:
    return html.unescape(visitor.open(path))


def sent(visitor: Visitor, page: str, number: int, to: str) -> str:
    """Send form ``number`` of a page as it is, and the page it led to."""
    answer = visitor.post(to, read_form(visitor.open(page), number))
    assert answer.status_code == 303, html.unescape(answer.text)
    return str(answer.headers["Location"])


def label_code(world: World, village: Village, run_id: str, number: int) -> str:
    with world.read() as tx:
        run = own(tx, village.farm.actor, PrintRun, run_id)
        return code(run.first_index + number - 1, tx.secrets.label_key)


@pytest.fixture
def run(village: Village, farmer: Visitor) -> str:
    """300 labels from cell 14 of a sheet on, as the page of the run."""
    new = f"/farm/print/new?certificate={village.certificate}&design=trace-a4-3x8"
    return farmer.done(new, {"count": "300", "start_cell": "14"})


@pytest.fixture
def rolled(village: Village, farmer: Visitor) -> str:
    """300 labels on a roll, as the page of the run."""
    new = f"/farm/print/new?certificate={village.certificate}&design=trace-60x40"
    return farmer.done(new, {"count": "300"})


def test_designs_are_chosen_by_their_pictures(village: Village, farmer: Visitor) -> None:
    certified = text(farmer, f"/farm/print/designs?certificate={village.certificate}")
    assert "承诺达标合格证（80×60 毫米标签）" in certified
    assert "追溯小标签（A4 65 格" not in certified, "it has no room for the statutory title"
    without = text(farmer, f"/farm/print/designs?batch={village.harvested}")
    assert "追溯小标签（A4 65 格" in without
    assert "承诺达标合格证（80×60" not in without
    assert "trace-60x40.png?form=trace" in without
    assert "trace-60x40.png?form=2025-qr" in certified
    titled = farmer.client.get("/farm/designs/trace-60x40.png?form=2025-qr").data
    assert farmer.client.get("/farm/designs/trace-60x40.png?form=trace").data != titled
    assert farmer.client.get("/farm/designs/trace-60x40.png?form=none").status_code == 404
    picture = farmer.client.get("/farm/designs/trace-a4-5x13.png")
    assert Image.open(BytesIO(picture.data)).size[0] > 200
    assert farmer.client.get("/farm/print/new?design=none").status_code == 404
    assert farmer.client.get("/farm/print/new?stock=none").status_code == 404


def test_fields_copies_and_papers_are_kept_with_the_run(
    world: World, village: Village, farmer: Visitor
) -> None:
    new = f"/farm/print/new?batch={village.harvested}&design=trace-a4-3x8&stock=a4-3x8-full"
    asked = farmer.asked(new)
    assert asked.getlist("show") == asked["may_hide"].split() == ["origin", "produced_on"]
    answers = {"count": "5", "copies": "2", "show": ["produced_on"]}
    where = farmer.done(new, answers)
    with world.read() as tx:
        row = own(tx, village.farm.actor, PrintRun, where.rsplit("/", 1)[1])
        assert row.stock == "a4-3x8-full"
        assert row.options == {"copies": 2, "together": True, "hide": ["origin"]}
    assert "每张 2 份" in text(farmer, where)
    assert farmer.asked(new)["start_cell"] == "11"


def test_papers_that_a_label_would_be_lost_on_are_not_offered(
    village: Village, farmer: Visitor
) -> None:
    new = f"/farm/print/new?batch={village.harvested}&design=trace-40x30"
    page = farmer.client.get(new).text
    assert "stock=roll-50x30" in page
    assert "stock=roll-100x70" not in page
    assert "stock=a5" not in page
    assert farmer.asked(f"{new}&stock=roll-100x70")["stock"] == "roll-100x70"


def test_a_jam_is_told_resumed_and_finished(
    world: World, village: Village, farmer: Visitor, run: str
) -> None:
    pdf = farmer.client.get(f"{run}/labels.pdf")
    assert pdf.data.startswith(b"%PDF-")
    assert farmer.client.get(f"{run}/sheet.png").mimetype == "image/png"
    wrong = farmer.send(f"{run}/jam", {"last_good": "301"})
    assert wrong.status_code == 422
    assert "这次打的是第 1 到第 300 张" in html.unescape(wrong.text)
    typed = label_code(world, village, run.rsplit("/", 1)[1], 117)
    farmer.done(f"{run}/jam", {"last_good": typed})
    page = text(farmer, run)
    assert "前 117 张是好的" in page
    assert "从第 118 张接着打" in page
    assert farmer.done(run, {"start_cell": "5"}, to=f"{run}/resume") == run
    page = text(farmer, run)
    assert "打第 118 到 300 张" in page
    assert "first=118&last=300&cell=5" in page
    assert sent(farmer, run, 0, f"{run}/finish") == run
    page = text(farmer, run)
    assert "300 张都打好了" in page
    assert "停下了，前 117 张是好的" in page


def test_reprints_and_spoiled_labels_are_seen_by_inspectors(
    world: World, village: Village, farmer: Visitor, run: str
) -> None:
    run_id = run.rsplit("/", 1)[1]
    with world.read() as tx:
        counter = tx.session.exec(select(LabelCounter)).one().next_index
    answers = {"first": "5", "last": "7", "reason": "damaged", "start_cell": "1"}
    again = farmer.done(f"{run}/reprint", answers)
    page = text(farmer, again)
    assert "重打第 5 到 7 张" in page
    assert "first=5&last=7&cell=1&copies=1" in page
    farmer.done(f"{run}/spoil", {"first": "9", "note": "擦花了"})
    odd = {"first": "x", "reason": "lost", "start_cell": "²"}
    assert farmer.send(f"{run}/reprint", odd).status_code == 422
    dead = farmer.send(f"{run}/reprint", {"first": "9", "reason": "lost"})
    assert dead.status_code == 409
    assert "第 9 张已经作废" in html.unescape(dead.text)
    with world.read() as tx:
        assert tx.session.exec(select(LabelCounter)).one().next_index == counter
    shopper = farmer.client.application.test_client()
    told = shopper.get(f"/T/{label_code(world, village, run_id, 9)}")
    assert "标签已作废" in told.text
    assert "黄瓜" not in told.text
    add_account(world, Role.INSPECTOR)
    inspector = farmer.client.application.test_client()
    sign_in(inspector)
    fifth = f"{world.site}/T/{label_code(world, village, run_id, 5)}"
    found = html.unescape(inspector.get("/inspect/check", query_string={"code": fifth}).text)
    assert "这次打印 300 张里的第 5 张" in found
    assert "1 次：" in found
    assert "（弄坏了）" in found
    assert "313 张，重打过 3 张次，印坏作废 1 张" in found, "with the 13 of another run"
    ninth = f"{world.site}/T/{label_code(world, village, run_id, 9)}"
    found = html.unescape(inspector.get("/inspect/check", query_string={"code": ninth}).text)
    assert "已作废（印坏）" in found


def test_a_printer_is_sent_the_labels_once(
    world: World, village: Village, farmer: Visitor, rolled: str
) -> None:
    with PaperTray() as tray:
        with world.write() as tx:
            printer = own(tx, village.farm.actor, Printer, village.printer)
            printer.address = f"127.0.0.1:{tray.port}"
        form = read_form(farmer.open(rolled))
        assert form["printer"] == village.printer
        assert farmer.post(f"{rolled}/send", form).status_code == 303
        got = tray.join()
        assert farmer.post(f"{rolled}/send", form).status_code == 303, "pressed twice, sent once"
    arrived(world)
    with world.read() as tx:
        row = own(tx, village.farm.actor, PrintRun, rolled.rsplit("/", 1)[1])
        assert got == b"".join(printer_job(tx, row, whole(row), "zpl", 203))
    page = text(farmer, rolled)
    assert "300 张都送到打印机了" in page, "nobody has seen them printed yet"
    assert "第 1 到 300 张送到“库房”了" in page
    for untrue in ("打好了", "127.0.0.1"):
        assert untrue not in page


def test_what_was_sent_but_not_printed_goes_on_after_the_jam(
    village: Village, world: World, farmer: Visitor, rolled: str
) -> None:
    """A printer takes in a whole job before it prints it; its paper may run out all the same."""
    with PaperTray() as tray:
        with world.write() as tx:
            printer = own(tx, village.farm.actor, Printer, village.printer)
            printer.address = f"127.0.0.1:{tray.port}"
        farmer.post(f"{rolled}/send", read_form(farmer.open(rolled)))
        arrived(world)
    farmer.done(f"{rolled}/spoil", {"first": "9"})
    page = text(farmer, rolled)
    assert "300 张都送到打印机了" in page
    assert "没印完，卡纸了" in page
    farmer.done(f"{rolled}/jam", {"last_good": "117"})
    farmer.done(rolled, {}, to=f"{rolled}/resume")
    assert "打第 118 到 300 张" in text(farmer, rolled)


def test_the_picture_is_of_a_label_that_is_not_spoiled(farmer: Visitor, rolled: str) -> None:
    farmer.done(f"{rolled}/spoil", {"first": "2", "last": "300"})
    farmer.done(f"{rolled}/spoil", {"first": "299"})
    assert "label.png?n=1" in farmer.open(rolled)
    farmer.done(f"{rolled}/spoil", {"first": "1"})
    page = text(farmer, rolled)
    assert "后面的标签都已作废" in page
    assert "label.png" not in page


def test_a_reprint_is_no_longer_than_a_file(village: Village, farmer: Visitor) -> None:
    new = f"/farm/print/new?certificate={village.certificate}&design=trace-60x40"
    long = farmer.done(new, {"count": "10000"})
    answers = {"first": "1", "last": "4801", "reason": "lost"}
    refused = farmer.send(f"{long}/reprint", answers)
    assert refused.status_code == 422
    assert "一次最多重打 4800 张" in html.unescape(refused.text)
    farmer.done(f"{long}/reprint", answers | {"last": "4800"})


def test_a_printer_that_is_off_is_told_on_the_page(
    world: World, village: Village, farmer: Visitor, rolled: str
) -> None:
    with nobody_there() as port:
        with world.write() as tx:
            printer = own(tx, village.farm.actor, Printer, village.printer)
            printer.address = f"127.0.0.1:{port}"
        assert farmer.post(f"{rolled}/send", read_form(farmer.open(rolled))).status_code == 303
        arrived(world)
    page = text(farmer, rolled)
    assert "连不上打印机，请看电源、网线和地址</strong>：一张也没送完，弄好了再送" in page
    assert "都打好了" in page, "nothing was recorded: all is still to print"
    farmer.done(f"{rolled}/jam", {"last_good": "0"})
    page = text(farmer, rolled)
    assert page.count("一张好的也没有") == 2
    assert "前 0 张" not in page


@pytest.mark.parametrize("language", ["zpl", "tspl", "escpos"])
def test_files_for_label_printers(farmer: Visitor, run: str, language: str) -> None:
    answer = farmer.client.get(f"{run}/labels.{language}?first=5&last=6&save=1")
    assert answer.status_code == 200
    assert f"-5-6.{language}" in answer.headers["Content-Disposition"]
    assert farmer.client.get(f"{run}/labels.{language}?first=5&last=301").status_code == 422
    assert farmer.client.get(f"{run}/labels.doc").status_code == 404
    assert farmer.client.get(f"{run}/label.svg?n=3").mimetype == "image/svg+xml"


def test_a_long_run_is_offered_in_parts(village: Village, farmer: Visitor) -> None:
    new = f"/farm/print/new?batch={village.harvested}&design=trace-a4-3x8"
    run = farmer.done(new, {"count": "10000", "start_cell": "14"})
    page = text(farmer, run)
    assert "打第 1 到 4787 张" in page
    assert "first=1&last=4787&cell=14" in page
    sent(farmer, run, 0, f"{run}/finish")
    page = text(farmer, run)
    assert "打好了 4787 张，共 10000 张" in page
    assert "first=4788&last=9587&cell=1" in page


def test_printers_are_kept_measured_and_dropped(
    world: World, village: Village, farmer: Visitor
) -> None:
    office = {"name": "办公室", "language": "pdf", "dpi": "300"}
    where = farmer.done("/farm/printers/new", office)
    page = farmer.client.get(f"{where}/calibration?stock=a4-3x8")
    assert page.data.startswith(b"%PDF-")
    farmer.done(where, {"across": "1.5", "side": "right"}, to=f"{where}/measure")
    assert "左移 1.5 毫米" in text(farmer, where)
    with world.write() as tx:
        row = own(tx, village.farm.actor, Printer, where.split("?")[0].rsplit("/", 1)[1])
        assert (row.shift_x_um, row.shift_y_um) == (-1500, 0)
    run = f"/farm/runs/{village.run}"
    page = text(farmer, run)
    assert "用“办公室”打印" in page
    assert "库房" not in page, "a label printer takes no sheets"
    moved = f"{run}/labels.pdf?first=1&last=13&cell=1&printer={row.public_id}"
    assert farmer.client.get(moved).data != farmer.client.get(f"{run}/labels.pdf").data
    theirs = f"{run}/labels.pdf?printer=7K3M9Q2XW4E"
    assert farmer.client.get(theirs).status_code == 404
    far = farmer.send(where, {"across": "20"}, to=f"{where}/measure")
    assert far.status_code == 422
    away = farmer.send(f"{where}/edit", {"address": "8.8.8.8:9100"})
    assert away.status_code == 422
    assert "同一个局域网" in html.unescape(away.text)
    assert farmer.client.get(f"{where}/calibration?stock=none").status_code == 422
    sent(farmer, where, 1, f"{where}/retire")
    assert "办公室" not in text(farmer, "/farm/printers")


def test_the_calibration_page_goes_straight_to_the_printer(
    world: World, village: Village, farmer: Visitor
) -> None:
    where = f"/farm/printers/{village.printer}"
    with PaperTray() as tray:
        with world.write() as tx:
            own(tx, village.farm.actor, Printer, village.printer).address = f"127.0.0.1:{tray.port}"
        form = read_form(farmer.open(where))
        form["stock"] = "roll-60x40"
        assert farmer.post(f"{where}/calibration", form).status_code == 303
        got = tray.join()
    assert got == farmer.client.get(f"{where}/calibration?stock=roll-60x40").data
    with nobody_there() as port:
        with world.write() as tx:
            own(tx, village.farm.actor, Printer, village.printer).address = f"127.0.0.1:{port}"
        off = farmer.post(f"{where}/calibration", read_form(farmer.open(where)))
    assert off.status_code == 409
    assert "连不上打印机" in html.unescape(off.text)


def test_own_paper_is_measured_looked_at_and_printed_on(
    world: World, village: Village, farmer: Visitor
) -> None:
    small = {"name": "40 格", "width": "45", "height": "30", "columns": "4", "rows": "9"}
    unfinished = farmer.send("/farm/stocks/new", small)
    assert unfinished.status_code == 422
    assert "整张纸的宽和高" in html.unescape(unfinished.text)
    page = {"page_width": "210", "page_height": "297", "left": "10", "top": "10"}
    look = farmer.send("/farm/stocks/new", small | page | {"more": "look"})
    assert look.status_code == 200
    assert look.text.count("label-edge") == 36
    where = farmer.done("/farm/stocks/new", small | page)
    assert "4 列 9 行" in text(farmer, where)
    own_name = "own:" + where.rsplit("/", 1)[1]
    new = f"/farm/print/new?batch={village.harvested}&design=trace-40x30&stock={own_name}"
    run = farmer.done(new, {"count": "50", "start_cell": "30"})
    assert farmer.client.get(f"{run}/labels.pdf").data.startswith(b"%PDF-")
    assert farmer.asked(new)["start_cell"] == str((29 + 50) % 36 + 1)
    sent(farmer, where, 0, f"{where}/retire")
    assert farmer.client.get(new).status_code == 404
    assert farmer.client.get(f"{run}/labels.pdf").status_code == 200, "what was printed stays"


def test_a_shrunken_statutory_field_costs_no_codes(
    world: World, village: Village, farmer: Visitor
) -> None:
    with world.read() as tx:
        counter = tx.session.exec(select(LabelCounter)).one().next_index
    new = f"/farm/print/new?certificate={village.certificate}&design=certificate-80x60"
    form = read_form(farmer.open(new))
    form["may_hide"] = "product issuer"
    form.setlist("show", [])
    form["count"] = "5"
    refused = farmer.post("/farm/print/new", form)
    assert refused.status_code == 422
    assert "必须印" in html.unescape(refused.text)
    with world.read() as tx:
        assert tx.session.exec(select(LabelCounter)).one().next_index == counter


def test_a_certificate_is_offered_in_every_size(village: Village, farmer: Visitor) -> None:
    path = f"/farm/certificates/{village.certificate}"
    page = text(farmer, path)
    for name in CERTIFICATE_DESIGNS:
        link = f"{path}.pdf?design={name}"
        assert link in page
        assert farmer.client.get(link).data.startswith(b"%PDF-")


def test_pictures_and_jobs_for_printers_of_every_fineness(farmer: Visitor, rolled: str) -> None:
    page = text(farmer, rolled)
    for dpi in (300, 600):
        assert f"n=1&dpi={dpi}" in page
    widths = []
    for dpi in (203, 300, 600):
        got = farmer.client.get(f"{rolled}/label.png", query_string={"dpi": dpi})
        with Image.open(BytesIO(got.data)) as picture:
            widths.append(picture.width)
        job = farmer.client.get(
            f"{rolled}/labels.zpl", query_string={"dpi": dpi, "first": 1, "last": 1}
        )
        assert job.data.rstrip().endswith(b"^XZ")
    assert widths == sorted(set(widths))
    odd = farmer.client.get(f"{rolled}/label.png?dpi=72")
    assert (odd.status_code, "203、300、600" in odd.text) == (404, True)

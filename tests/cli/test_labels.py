"""Label files from the command line: each format, the range asked for, the same bytes again."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from click.testing import CliRunner
from PIL import Image
from sqlmodel import select

from labels import designs
from tests.actions.farm import start_farm
from tests.actions.paper_tray import PaperTray
from tracer.actions.actor import Actor
from tracer.actions.certificates.issue import IssueForm, issue
from tracer.actions.forms import parse
from tracer.actions.printing.paper import printer_job, whole
from tracer.actions.printing.printers import PrinterForm, add_printer
from tracer.actions.printing.runs import PrintForm, print_labels
from tracer.cli import main
from tracer.proof.labelcode import code
from tracer.store.tables import PrintRun
from tracer.store.world import World


@dataclass
class Printed:
    """A run of 30 labels on the A4 sheet, and how to render it."""

    run: str
    codes: list[str]
    folder: Path
    actor: Actor

    def render(self, *words: str) -> bytes:
        out = self.folder / "out"
        done = CliRunner().invoke(main, ["labels", "render", self.run, "--out", str(out), *words])
        assert done.exit_code == 0, done.stderr
        return out.read_bytes()

    def refusal(self, *words: str) -> str:
        out = self.folder / "none"
        done = CliRunner().invoke(main, ["labels", "render", self.run, "--out", str(out), *words])
        assert (done.exit_code, out.exists()) == (1, False)
        return done.stderr


@pytest.fixture
def printed(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Printed:
    monkeypatch.setenv("TRACER_DATA", str(world.folder))
    monkeypatch.setenv("TRACER_PUBLIC_URL", world.site)
    with world.write() as tx:
        farm = start_farm(tx)
        batch = farm.harvest(tx).public_id
        order = {"batch": batch, "quantity": "50", "unit": "kg", "basis": ["control"]}
        certificate = issue(tx, farm.actor, parse(IssueForm, order)).public_id
        wanted = {"certificate": certificate, "count": 30}
        paper = {"design": "trace-a4-3x8", "stock": "a4-3x8"}
        run = print_labels(tx, farm.actor, parse(PrintForm, wanted | paper))
        indexes = range(run.first_index, run.first_index + run.count)
        codes = [code(index, tx.secrets.label_key) for index in indexes]
        return Printed(run.public_id, codes, tmp_path, farm.actor)


def codes_on(pdf: bytes) -> list[str]:
    """The label codes in the document's text, printed in groups of four."""
    document = pypdfium2.PdfDocument(pdf)
    text = "".join("".join(page.get_textpage().get_text_bounded().split()) for page in document)
    document.close()
    return re.findall(r"[0-9A-Z]{12}", text)


def test_the_sheet_holds_every_label_once(printed: Printed) -> None:
    pdf = printed.render()
    assert sorted(codes_on(pdf)) == sorted(printed.codes)
    assert printed.render() == pdf


def test_a_part_of_the_run_from_another_cell(printed: Printed) -> None:
    pdf = printed.render("--first", "11", "--count", "4", "--start-cell", "23")
    assert sorted(codes_on(pdf)) == sorted(printed.codes[10:14])
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 2
    document.close()


@pytest.mark.parametrize("design", ["trace-60x40", "trace-40x30", "trace-a4-3x8"])
def test_the_picture_leads_to_its_label(printed: Printed, design: str) -> None:
    png = printed.render("--format", "png", "--first", "7", "--design", design, "--dpi", "300")
    with Image.open(io.BytesIO(png)) as picture:
        [found] = zxingcpp.read_barcodes(picture.convert("L"))
    assert f"/T/{printed.codes[6]}" in found.text


@pytest.mark.parametrize(
    ("language", "start"), [("zpl", b"^XA"), ("tspl", b"SIZE "), ("escpos", b"\x1b@")]
)
def test_printers_get_their_own_words(printed: Printed, language: str, start: bytes) -> None:
    words = ("--format", language, "--design", "trace-60x40")
    three = printed.render(*words, "--count", "3")
    assert start in three
    assert len(three) > len(printed.render(*words, "--count", "1"))


def test_svg_is_one_label(printed: Printed) -> None:
    assert printed.render("--format", "svg", "--design", "trace-60x40").lstrip().startswith(b"<")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--count", "31"), "只有 30 张"),
        (("--first", "31"), "只有 30 张"),
        (("--format", "png", "--count", "2"), "一次只有一张"),
        (("--design", "no-such-design"), "没有"),
        (("--start-cell", "25"), "格"),
    ],
)
def test_what_cannot_be_printed_is_refused(
    printed: Printed, words: tuple[str, ...], said: str
) -> None:
    assert said in printed.refusal(*words)


def test_an_unknown_run_is_refused(printed: Printed) -> None:
    printed.run = "7K3M9Q2XW4E"
    assert "没有打印编号" in printed.refusal()


def test_what_is_chosen_on_the_way_holds_for_this_file_alone(printed: Printed) -> None:
    plain = printed.render()
    twice = printed.render("--copies", "2", "--hide", "origin")
    assert sorted(codes_on(twice)) == sorted(printed.codes * 2)
    assert printed.render("--stock", "a4-3x8-full") != plain
    assert printed.render() == plain
    assert "必须印" in printed.refusal("--hide", "product")
    assert "没有“orign”这一项" in printed.refusal("--hide", "orign")
    assert "tracer labels stocks" in printed.refusal("--stock", "none")


def test_another_design_leaves_out_what_it_can(printed: Printed, world: World) -> None:
    with world.write() as tx:
        run = tx.session.exec(select(PrintRun)).one()
        run.options = {"hide": ["origin"]}
    assert "origin" not in designs()["trace-40x30"].fields
    assert printed.render("--design", "trace-40x30").startswith(b"%PDF")


def test_a_run_is_sent_to_a_named_printer(printed: Printed, world: World) -> None:
    with PaperTray() as tray:
        form = {"name": "库房", "language": "zpl", "address": f"127.0.0.1:{tray.port}"}
        with world.write() as tx:
            add_printer(tx, printed.actor, parse(PrinterForm, form))
        words = ["labels", "send", printed.run, "--printer", "库房"]
        done = CliRunner().invoke(main, words)
        got = tray.join()
    assert done.exit_code == 0, done.stderr
    assert "送到第 30 张，共 30 张" in done.stdout
    with world.read() as tx:
        run = tx.session.exec(select(PrintRun)).one()
        assert got == b"".join(printer_job(tx, run, whole(run), "zpl", 203))
    off = CliRunner().invoke(main, ["labels", "send", printed.run, "--printer", "办公室"])
    assert (off.exit_code, "请先在网页上登记" in off.stderr) == (1, True)


@pytest.mark.parametrize(("kind", "start"), [("pdf", b"%PDF-"), ("zpl", b"~DG"), ("tspl", b"SIZE")])
def test_a_calibration_page_for_each_kind_of_printer(
    tmp_path: Path, kind: str, start: bytes
) -> None:
    out = tmp_path / "page"
    words = ["labels", "calibrate", "roll-60x40", "--out", str(out), "--format", kind]
    done = CliRunner().invoke(main, words)
    assert (done.exit_code, "实际大小" in done.stdout) == (0, kind == "pdf")
    assert out.read_bytes().startswith(start)
    refused = CliRunner().invoke(main, ["labels", "calibrate", "none", "--out", str(out)])
    assert refused.exit_code == 1


@pytest.mark.parametrize("words", [["render"], ["calibrate", "roll-60x40"], ["designs"]])
def test_a_place_that_takes_no_file_is_told(printed: Printed, words: list[str]) -> None:
    words = ["labels", *words, *([printed.run] if words == ["render"] else [])]
    for out, why in (("nowhere/x", "没有这个文件夹"), ("x" * 256, "文件名太长")):
        done = CliRunner().invoke(main, [*words, "--out", str(printed.folder / out)])
        assert (done.exit_code, why in done.stderr) == (1, True)
        assert not isinstance(done.exception, OSError)


def test_papers_and_designs_are_listed_and_drawn(tmp_path: Path) -> None:
    papers = CliRunner().invoke(main, ["labels", "stocks"]).stdout
    assert "a4-3x8  A4 不干胶 24 格" in papers
    out = tmp_path / "designs.png"
    listed = CliRunner().invoke(main, ["labels", "designs", "--out", str(out)]).stdout
    assert "certificate-80x60  承诺达标合格证" in listed
    with Image.open(out) as picture:
        assert picture.format == "PNG"


def test_a_photographed_print_is_graded(printed: Printed) -> None:
    photo = printed.folder / "photo.png"
    words = ("--format", "png", "--design", "trace-60x40", "--dpi", "600")
    photo.write_bytes(printed.render(*words))
    good = CliRunner().invoke(main, ["labels", "grade", str(photo), "--json"])
    assert good.exit_code == 0, good.stderr
    assert json.loads(good.stdout)["letter"] in "AB"
    with Image.open(photo) as picture:
        pale = picture.convert("L").point(lambda dot: 230 + dot * 25 // 255)
    pale.save(photo)
    poor = CliRunner().invoke(main, ["labels", "grade", str(photo)])
    assert (poor.exit_code, "级：" in poor.stdout) == (1, True)
    photo.write_bytes(b"no picture")
    assert "打不开" in CliRunner().invoke(main, ["labels", "grade", str(photo)]).stderr

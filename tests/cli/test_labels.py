"""Label files from the command line: each format, the range asked for, the same bytes again."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from click.testing import CliRunner
from PIL import Image

from tests.actions.farm import start_farm
from tracer.actions.forms import parse
from tracer.actions.issue import IssueForm, issue
from tracer.actions.printing import PrintForm, print_labels
from tracer.cli import main
from tracer.proof.labelcode import code
from tracer.store.world import World


@dataclass
class Printed:
    """A run of 30 labels on the A4 sheet, and how to render it."""

    run: str
    codes: list[str]
    folder: Path

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
        return Printed(
            run.public_id, [code(index, tx.secrets.label_key) for index in indexes], tmp_path
        )


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

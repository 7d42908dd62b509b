"""Labels: a run of unique labels as A4 PDF, against the usual ways of making one.

    python -m bench.labels [--count 10000] [--rounds 5] [--million]

All contestants draw the same marks of the same design (`trace-a4-3x8`: title, product, issuer in
two lines, origin, date, hairline, code) with a QR symbol of the same text at level M, 24 labels on
a page.  Figures are CPU (user + system) of this process for one label, set-up included, the median
of interleaved rounds; a rival draws fewer labels a round, since its cost is linear.  After timing,
a random page of every contestant is rendered and every label on it must read.

usual    `qrcode` with its defaults (mask search, make_image) + reportlab `drawImage`, text drawn
         for each label
strict   the best plain use of libraries: zxing-cpp's native writer + reportlab form object + 1-bit
         inline image
ours     `write_sheet` as everybody calls it, with its checks: the checksum of every symbol, three
         labels read from their rendered page.  Typeset once, one record a label.  The mask is
         chosen for the run's first label, not searched again for each
write    the finished bytes of `ours` written to the same file system (page cache) in 256 KB blocks

Then, without rivals: the same run for three kinds of label printers; a run of signed labels beside
the bare signatures; with --million, 100,000 and 1,000,000 labels, each in a process of its own that
tells its largest memory.

reportlab is not among the dependencies: without it the two rivals are left out, and that is said.
"""

import argparse
import io
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import qrcode
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M

from labels import design, printer_job, sheet_pdf, stock, write_sheet
from labels.check import page_picture
from labels.device import Device
from labels.fonts import fonts_in
from labels.layout import lay_out
from labels.marks import Bar, Code, Mark, Text
from labels.qr import encode
from labels.sheet import pages_of

try:
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas
except ImportError:
    Canvas = None

NAME = "trace-a4-3x8"
POINTS = 72 / 25.4
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RIVAL_COUNT = {"usual": 48, "strict": 480}
BLOCK = 1 << 18


def values_of(text: str) -> dict[str, str]:
    """The sample of the design with the code of this text."""
    code = text[23:35]
    return design(NAME).sample("2025-qr") | {"code": f"{code[:4]} {code[4:8]} {code[8:]}"}


def run(count: int) -> list[str]:
    """QR texts with random codes, the same for the same count."""
    chance = random.Random(count)
    return [
        f"https://T.EXAMPLE.CN/T/{''.join(chance.choices(ALPHABET, k=12))}" for _ in range(count)
    ]


def ours(texts: list[str]) -> bytes:
    return sheet_pdf(NAME, values_of(texts[0]), texts)


def usual(texts: list[str]) -> bytes:
    def draw(canvas: "Canvas", marks: list[Mark], text: str) -> None:
        for mark in marks:
            if isinstance(mark, Code):
                code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
                code.add_data(text)
                code.make()
                side = mark.symbol.size * mark.module * POINTS
                x, y = mark.x * POINTS, (design(NAME).size[1] - mark.y) * POINTS - side
                canvas.drawImage(ImageReader(code.make_image().get_image()), x, y, side, side)
        draw_text(canvas, [*still(marks), *coded(marks, values_of(text)["code"])])

    return by_reportlab(texts, draw)


def strict(texts: list[str]) -> bytes:
    def draw(canvas: "Canvas", marks: list[Mark], text: str) -> None:
        if not canvas.hasForm("shared"):
            canvas.beginForm("shared")
            canvas.setFont("STSong-Light", 8)
            draw_text(canvas, still(marks))
            canvas.endForm()
        canvas.doForm("shared")
        (mark,) = (mark for mark in marks if isinstance(mark, Code))
        symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
        grey = memoryview(symbol.to_image(scale=1, add_quiet_zones=False))
        picture = Image.frombuffer("L", grey.shape, bytes(grey), "raw", "L", 0, 1).convert("1")
        side = mark.symbol.size * mark.module * POINTS
        x, y = mark.x * POINTS, (design(NAME).size[1] - mark.y) * POINTS - side
        canvas.drawInlineImage(picture, x, y, side, side)
        draw_text(canvas, coded(marks, values_of(text)["code"]))

    return by_reportlab(texts, draw)


def still(marks: list[Mark]) -> list[Mark]:
    return [mark for mark in marks if isinstance(mark, Bar) or len(getattr(mark, "text", "")) > 1]


def coded(marks: list[Mark], code: str) -> list[Mark]:
    """The code in one piece, where its first character stands."""
    first = next(mark for mark in marks if isinstance(mark, Text) and len(mark.text) == 1)
    return [Text(code, first.x, first.y, first.size, first.face, ())]


def draw_text(canvas: "Canvas", marks: list[Mark]) -> None:
    height = design(NAME).size[1]
    for mark in marks:
        if isinstance(mark, Text):
            canvas.setFont("STSong-Light", mark.size * POINTS)
            canvas.drawString(mark.x * POINTS, (height - mark.y) * POINTS, mark.text)
        elif isinstance(mark, Bar):
            y = (height - mark.y - mark.height) * POINTS
            canvas.rect(mark.x * POINTS, y, mark.width * POINTS, mark.height * POINTS, 0, 1)


def by_reportlab(texts: list[str], draw: Callable) -> bytes:
    out = io.BytesIO()
    sheet = stock(design(NAME).stock)
    canvas = Canvas(out, [side * POINTS for side in sheet.size])
    text = texts[0]
    device = Device(sheet.dpi, dotted=False, fonts=fonts_in())
    marks = lay_out(design(NAME), values_of(text), encode(text), device)
    for page in pages_of(iter(texts), 0, sheet.cells):
        for cell, text in enumerate(page.texts):
            left, top = sheet.corner(cell)
            canvas.saveState()
            y = sheet.size[1] - top - design(NAME).size[1]
            canvas.translate(left * POINTS, y * POINTS)
            draw(canvas, marks, text)
            canvas.restoreState()
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def write(data: bytes) -> float:
    with tempfile.TemporaryFile() as out:
        start = time.process_time()
        for at in range(0, len(data), BLOCK):
            out.write(data[at : at + BLOCK])
        return time.process_time() - start


def read_random_page(pdf: bytes, texts: list[str]) -> None:
    """Every label of the page must decode, whoever drew it."""
    sheet = stock(design(NAME).stock)
    page = random.Random(len(texts)).randrange(-(-len(texts) // sheet.cells))
    picture = page_picture(pdf, page, 300)
    dots = picture.width / sheet.size[0]
    for cell, text in enumerate(texts[page * sheet.cells :][: sheet.cells]):
        left, top = sheet.corner(cell)
        edges = (left, top, left + sheet.cell[0], top + sheet.cell[1])
        (code,) = zxingcpp.read_barcodes(picture.crop(tuple(edge * dots for edge in edges)))
        if code.text != text:
            raise SystemExit(f"page {page}, cell {cell}: read {code.text}, expected {text}")


def cpu(job: Callable[[], object], rounds: int) -> float:
    """Median CPU seconds."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        job()
        times.append(time.process_time() - start)
    return statistics.median(times)


def printers(count: int, rounds: int) -> None:
    texts = run(count)
    name = "trace-60x40"
    for language in ("zpl", "tspl", "escpos"):
        sizes = []

        def job(language: str = language, sizes: list[int] = sizes) -> None:
            sizes.append(sum(map(len, printer_job(name, values_of(texts[0]), texts, language))))

        spent = cpu(job, rounds) / count
        print(
            f"{language:8} {1e6 * spent:11.2f} us a label, {1 / spent:9,.0f} labels/s, "
            f"{sizes[0] // count} bytes"
        )


def signed(count: int, rounds: int) -> None:
    """Labels that carry an Ed25519 signature as digits, signed as they are printed."""
    key = Ed25519PrivateKey.generate()
    texts = run(count)

    def sealed(text: str) -> str:
        return f"{text}/{int.from_bytes(key.sign(text.encode())):0155d}"

    def job() -> None:
        write_sheet(io.BytesIO(), NAME, values_of(texts[0]), map(sealed, texts))

    def sign() -> None:
        for text in texts:
            key.sign(text.encode())

    pairs = [(cpu(sign, 1), cpu(job, 1)) for _ in range(rounds)]
    bare, spent = (statistics.median(times) / count for times in zip(*pairs, strict=True))
    print(
        f"signed   {1e6 * spent:11.2f} us a label, the bare signature {1e6 * bare:.2f}: "
        f"{spent / bare:.2f} x"
    )


def peak() -> int:
    """Largest memory of this process so far in MB; that of `getrusage` begins with the parent's."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) // 1024


def long(count: int) -> None:
    """One long run into a file that is thrown away; its texts are made as they are needed."""
    first = run(1)[0]

    def coming() -> Iterator[str]:
        chance = random.Random(count)
        for _ in range(count - 1):
            yield first[:23] + "".join(chance.choices(ALPHABET, k=12))

    start = time.process_time()
    deque(coming(), maxlen=0)
    spent_on_texts = time.process_time() - start
    before = peak()
    start = time.process_time()
    with tempfile.TemporaryFile() as out:
        write_sheet(out, NAME, values_of(first), chain([first], coming()))
        size = out.tell()
    spent = time.process_time() - start - spent_on_texts
    print(
        f"{count:9,} labels: {spent:.2f} s, {1e6 * spent / count:.2f} us a label, "
        f"{size / 1e6:.0f} MB, memory {before} + {peak() - before} MB"
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--count", type=int, default=10_000)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--million", action="store_true")
    arguments.add_argument("--long", type=int, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.long:
        return long(given.long)
    contestants: dict[str, Callable[[list[str]], bytes]] = {"ours": ours}
    if Canvas is None:
        print("reportlab is not installed: the rivals `usual` and `strict` are left out")
    else:
        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
        contestants |= {"usual": usual, "strict": strict}
    runs = {name: run(RIVAL_COUNT.get(name, given.count)) for name in contestants}
    for make in contestants.values():
        make(runs["ours"][:24])
    times: dict[str, list[float]] = {name: [] for name in [*contestants, "write"]}
    made: dict[str, bytes] = {}
    for _ in range(given.rounds):
        for name, make in contestants.items():
            texts = runs[name]
            start = time.process_time()
            made[name] = make(texts)
            times[name].append((time.process_time() - start) / len(texts))
        times["write"].append(write(made["ours"]) / given.count)
    for name in contestants:
        read_random_page(made[name], runs[name])
    least = statistics.median(times["ours"])
    print(f"{'':8} {'us a label':>11} {'best':>9} {'x ours':>9} {'bytes':>7}")
    for name, values in times.items():
        size = (
            len(made[name]) // len(runs[name]) if name in made else len(made["ours"]) // given.count
        )
        median, best = 1e6 * statistics.median(values), 1e6 * min(values)
        print(f"{name:8} {median:11.2f} {best:9.2f} {median / 1e6 / least:9.3f} {size:7}")
    printers(given.count, given.rounds)
    signed(given.count, given.rounds)
    print(f"{given.count} labels, {given.rounds} rounds, peak memory {peak()} MB, {sys.platform}")
    for count in (100_000, 1_000_000) if given.million else ():
        subprocess.run([sys.executable, "-m", "bench.labels", "--long", str(count)], check=True)
    return None


if __name__ == "__main__":
    main()

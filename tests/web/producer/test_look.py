"""看看印得好不好: a photographed label is graded, told in a sentence, and forgotten."""

from __future__ import annotations

import html
import re
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageOps

from labels.advice import GOOD, PALE, STAIN
from tests.web.producer.desk import Visitor, changed, read_form, refusals
from tests.web.producer.village import Village
from tracer.actions.actor import own
from tracer.actions.certificates.void import RecallForm, VoidForm, recall, void
from tracer.actions.forms import parse
from tracer.actions.printing.steps import SpoilForm, spoil
from tracer.store.tables import Batch, Certificate
from tracer.store.world import World
from tracer.web.producer import run_look


@pytest.fixture
def run(village: Village, farmer: Visitor) -> str:
    """Three labels on a roll, as the page of the run."""
    new = f"/farm/print/new?certificate={village.certificate}&design=trace-60x40"
    return farmer.done(new, {"count": "3"})


def printed(farmer: Visitor, run: str, number: int = 2, dpi: int = 300) -> Image.Image:
    """A label of the run, as it lies on a table."""
    query = {"n": number, "dpi": dpi}
    got = farmer.client.get(f"{run}/label.png", query_string=query)
    with Image.open(BytesIO(got.data)) as picture:
        label = picture.convert("L").resize((picture.width * 2, picture.height * 2))
    return ImageOps.expand(label, 60, 120)


def seen(farmer: Visitor, run: str, photo: Image.Image | bytes, **answers: str) -> str:
    """What the page says to a photo."""
    form = read_form(farmer.open(f"{run}/look"))
    content = photo
    if isinstance(photo, Image.Image):
        out = BytesIO()
        photo.save(out, "JPEG")
        content = out.getvalue()
    filled = changed(form, {**answers, "photo": (BytesIO(content), "a.jpg")})
    answer = farmer.post(f"{run}/look", filled)
    assert answer.status_code in (200, 422), answer.status_code
    return html.unescape(answer.text)


def folded(page: str) -> bool:
    """Whether the question which label it is has to be looked for."""
    fold = re.search(r"<details class=\"ruled\"( open)?>\s*<summary>再填一些", page)
    assert fold
    return fold[1] is None


def test_a_good_print_is_told(farmer: Visitor, run: str) -> None:
    assert f'href="{run}/look"' in farmer.open(run)
    said = seen(farmer, run, printed(farmer, run))
    assert "A 级，很清楚" in said
    assert GOOD in said
    assert "再拍一张" in said


def test_a_pale_print_is_told_what_to_do(farmer: Visitor, run: str) -> None:
    pale = printed(farmer, run).point([215 + grey * 40 // 255 for grey in range(256)])
    said = seen(farmer, run, pale)
    assert "D 级，有的手机读不出" in said
    assert PALE in said


def test_certificates_are_graded_too(village: Village, farmer: Visitor) -> None:
    new = f"/farm/print/new?certificate={village.certificate}&design=certificate-80x60"
    run = farmer.done(new, {"count": "1"})
    assert "A 级" in seen(farmer, run, printed(farmer, run, 1))


def test_labels_of_other_runs_and_other_codes_are_refused(
    village: Village, farmer: Visitor, run: str
) -> None:
    new = f"/farm/print/new?certificate={village.certificate}&design=trace-60x40"
    other = farmer.done(new, {"count": "3"})
    assert "不是这次打的" in refusals(seen(farmer, run, printed(farmer, other)))


def test_a_label_that_does_not_read_is_graded_where_it_is_named(farmer: Visitor, run: str) -> None:
    spoiled = printed(farmer, run)
    (code,) = zxingcpp.read_barcodes(spoiled)
    left, top = code.position.top_left.x, code.position.top_left.y
    side = code.position.bottom_right.x - left
    box = (left + 0.4 * side, top + 0.4 * side, left + 0.8 * side, top + 0.75 * side)
    ImageDraw.Draw(spoiled).rectangle(box, fill=0)
    told = seen(farmer, run, spoiled)
    assert "找不到二维码" in refusals(told)
    assert "再拍时填上是哪一张" in refusals(told)
    assert "还没看成" in told
    assert "还不能提交" not in told
    assert folded(told) is False
    assert folded(farmer.open(f"{run}/look")) is True
    said = seen(farmer, run, spoiled, label="2")
    assert "F 级，读不出" in said
    assert STAIN in said
    assert "这次打的是第 1 到第 3 张" in refusals(seen(farmer, run, spoiled, label="4"))


def test_a_label_printed_the_wrong_way_round_is_told_over_its_photo(
    farmer: Visitor, run: str
) -> None:
    for wrong in (ImageOps.mirror, ImageOps.invert):
        told = seen(farmer, run, wrong(printed(farmer, run)))
        assert "码印反了" in told
        assert "反了" in refusals(told)
        assert folded(told) is True


@pytest.mark.parametrize("gone", ["spoiled", "voided", "recalled"])
def test_labels_that_may_not_be_printed_any_more_are_still_graded(
    world: World, village: Village, farmer: Visitor, run: str, gone: str
) -> None:
    photo = printed(farmer, run)
    actor, run_id = village.farm.actor, run.rpartition("/")[2]
    with world.write() as tx:
        match gone:
            case "spoiled":
                spoil(tx, actor, run_id, parse(SpoilForm, {"first": 2}))
            case "voided":
                void(tx, actor, village.certificate, VoidForm(reason="开错了"))
            case "recalled":
                row = own(tx, actor, Certificate, village.certificate)
                batch = tx.session.get_one(Batch, row.batch_id).public_id
                recall(tx, actor, batch, RecallForm(reason="抽检不合格", advice="退货"))
    assert "A 级" in seen(farmer, run, photo)


def test_what_is_no_photo_is_refused(
    farmer: Visitor, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "打不开" in refusals(seen(farmer, run, b"no picture"))
    monkeypatch.setattr(run_look, "MAX_BYTES", 1000)
    assert "超过 10 兆" in refusals(seen(farmer, run, printed(farmer, run)))
    form = read_form(farmer.open(f"{run}/look"))
    assert "请先拍一张" in refusals(html.unescape(farmer.post(f"{run}/look", form).text))


def test_strangers_find_no_run(neighbour: Visitor, run: str) -> None:
    assert neighbour.client.get(f"{run}/look").status_code == 404

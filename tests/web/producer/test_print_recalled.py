"""Recalled goods at the print desk: nothing is offered, and what is asked for is refused."""

from __future__ import annotations

import html

from tests.web.producer.desk import Visitor
from tests.web.producer.village import Village
from tracer.actions.certificates.void import RecallForm, recall
from tracer.store.world import World


def text(visitor: Visitor, path: str) -> str:
    return html.unescape(visitor.open(path))


def test_recalled_goods_are_offered_no_paper(
    world: World, village: Village, farmer: Visitor
) -> None:
    run = farmer.done(f"/farm/print/new?certificate={village.certificate}", {"count": "300"})
    farmer.done(f"{run}/jam", {"last_good": "117"})
    assert village.certificate in farmer.open("/farm/print")
    with world.write() as tx:
        form = RecallForm(reason="抽检不合格", advice="送回原购买处退货")
        recall(tx, village.farm.actor, village.certified, form)
    assert village.certificate not in farmer.open("/farm/print")
    page = text(farmer, run)
    assert "这批货已召回</strong>：这些标签不能再打印" in page
    assert "标签打印机的文件" not in page
    for offered in ("resume", "reprint", "look", "/print/new", "label.png"):
        assert offered not in page
    for path in ("labels.pdf", "labels.zpl", "label.png", "sheet.png"):
        assert farmer.client.get(f"{run}/{path}").status_code == 409
    for goods in (f"certificate={village.certificate}", f"batch={village.certified}"):
        asking = f"/farm/print/new?{goods}"
        assert "已召回，不能再打印" in text(farmer, asking), "told before anything is filled in"
        assert farmer.send(asking, {"count": "5"}).status_code == 409


def test_recalled_goods_have_no_certificate_to_take_away(
    world: World, village: Village, farmer: Visitor
) -> None:
    """The file for programs stays: it says nothing of today by itself."""
    mine, public = f"/farm/certificates/{village.certificate}", f"/C/{village.certificate}"
    assert f"{public}.pdf" in farmer.open(public)
    with world.write() as tx:
        form = RecallForm(reason="抽检不合格", advice="送回原购买处退货")
        recall(tx, village.farm.actor, village.certified, form)
    page = text(farmer, mine)
    assert "已召回" in page
    assert "抽检不合格" in page
    for offered in (f"{mine}.png", f"{mine}.pdf", "/print/new", "有效"):
        assert offered not in page
    shown = farmer.open(public)
    assert f"{public}.pdf" not in shown
    assert f"{public}.json" in shown
    for path in (f"{mine}.pdf", f"{mine}.png", f"{public}.pdf"):
        assert farmer.client.get(path).status_code == 409
    assert farmer.client.get(f"{public}.json").status_code == 200

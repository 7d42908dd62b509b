"""A licence on paper: one page that says what was signed, and a code that leads to it."""

from __future__ import annotations

import pypdfium2 as pdfium

from tests.actions.assessing import license_it
from tests.actions.printed import in_order, text_of
from tests.actions.test_assessment_paper import assessed
from tracer.actions.assessment.paper import licence_pdf
from tracer.queries.assessment.report import licence_paper
from tracer.store.world import World


def test_a_licence_fits_one_page_and_says_what_was_signed(world: World) -> None:
    with world.write() as tx:
        desk, row = assessed(tx, "liaolan")
        licence = license_it(tx, desk, row)
        paper = licence_paper(tx, licence)
        pdf = licence_pdf(paper, epoch=licence.issued_at)
        assert pdf == licence_pdf(paper, epoch=licence.issued_at)
    document = pdfium.PdfDocument(pdf)
    assert len(document) == 1
    document.close()
    in_order(
        text_of(pdf),
        [
            "“蓼兰优品”品牌许可使用证书",
            licence.number,
            "绿畦蔬菜专业合作社",
            "黄瓜",
            "2026年7月8日至2029年7月8日",
            "平度市现代农业协会",
        ],
    )
    assert paper["address"].endswith(f"/L/{licence.public_id}")


def test_the_code_on_a_licence_leads_to_its_page(world: World) -> None:
    import zxingcpp

    with world.write() as tx:
        desk, row = assessed(tx, "changshou-009")
        licence = license_it(tx, desk, row)
        paper = licence_paper(tx, licence)
    document = pdfium.PdfDocument(licence_pdf(paper, epoch=licence.issued_at))
    picture = document[0].render(scale=3).to_pil()
    document.close()
    found = zxingcpp.read_barcodes(picture)
    assert [one.text for one in found] == [paper["address"]]

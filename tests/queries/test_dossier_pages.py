"""The dossier's pages ask the same of either database, and count what is open."""

from __future__ import annotations

from datetime import date

from sqlmodel import select

from tests.actions.farm import producer_form, start_farm
from tests.actions.insurance import policy_form
from tests.actions.papers import HONOUR, MARK, add, picture
from tracer.actions.farm.reports import keep_file
from tracer.actions.insurance import claim_insurance, record_policy
from tracer.actions.people.enroll import edit_producer
from tracer.actions.private_files import keep_private_file
from tracer.domain.elements import element_rows
from tracer.queries import insurance_pages
from tracer.queries.dossier import desk as dossier_desk
from tracer.queries.dossier import pages as dossier_pages
from tracer.queries.dossier.public import disclosed, public_picture
from tracer.queries.dossier.topics import ROWS, records_page
from tracer.store.tables import Producer, Product
from tracer.store.world import World

TODAY = date(2026, 7, 8)


def test_every_row_is_filled_in_or_told_by_records() -> None:
    """Columns of the product have their own page; all other rows stand in the overview."""
    by_hand = {row for rows in ROWS.values() for row in rows}
    of_product = {f"B.2-{n}" for n in range(1, 6)}
    for key, row in element_rows().items():
        places = [key in by_hand, key in of_product, bool(records_page(row))]
        assert sum(places) == 1, key


def test_either_database_tells_the_same(any_world: World) -> None:
    with any_world.write() as tx:
        farm = start_farm(tx)
        producer = tx.session.get_one(Producer, farm.actor.producer)
        product = tx.session.exec(select(Product)).one()
        shown = keep_file(tx, farm.actor, "a.png", picture()).public_id
        card = keep_private_file(tx, farm.actor, "b.png", picture(1)).public_id
        add(tx, farm.actor, "B.1-6", HONOUR | {"photos": [shown]}, publish=True)
        add(tx, farm.actor, "B.2-7", MARK, product=farm.product, publish=True)
        add(tx, farm.actor, "B.1-2", {"id_card_front": card})
        policy = record_policy(tx, farm.actor, policy_form())
        claim_insurance(tx, farm.actor, policy.public_id, farm.product)
        for number in range(4):
            edit_producer(tx, farm.actor, producer_form(address=f"蓼兰镇河东村 {number} 号"))

        seen = dossier_pages.overview(tx, farm.actor.producer)
        assert seen.next is not None
        assert (seen.next.key, seen.next.field, seen.next.gain) == ("B.1-1", "licence_photo", "+50")
        assert {one.title: one.records for one in seen.derived}["人保财险"] == 1
        page = dossier_pages.topic_page(tx, farm.actor.producer, "B.1-6", None)
        assert [(line.mark, line.tone) for line in page.entries] == [("已公开", "genuine")]
        assert dossier_pages.edits(tx, farm.actor.producer)[0].waiting

        told = disclosed(tx, producer, product.id, TODAY)
        assert [part.title for part in told] == ["产品资质", "荣誉"]
        assert told[1].entries[0].pictures == (shown,)
        assert public_picture(tx, shown).public_id == shown
        assert [part.title for part in disclosed(tx, producer, None, TODAY)] == ["荣誉"]

        waiting = dossier_desk.changes(tx).waiting
        assert dossier_desk.waiting_changes(tx) == len(waiting) == 1
        field = waiting[0].fields[0]
        assert (field.title, field.old, field.new) == (
            "注册地址",
            "蓼兰镇河东村 2 号",
            "蓼兰镇河东村 3 号",
        )
        papers = dossier_desk.producer_dossier(tx, producer.public_id, opened=False)
        assert papers.sealed
        assert "码上保" in dict(papers.parts)
        covered = insurance_pages.insured(tx, product.id or 0, TODAY)
        assert covered is not None
        assert covered.limit == "100 万元"

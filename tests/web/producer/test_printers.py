"""A registered printer: changed without losing what was known of it, calibrated."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.conftest import SITE
from tests.web.producer import village as story
from tests.web.producer.desk import Visitor
from tests.web.producer.village import Village
from tracer.actions.actor import own
from tracer.app import create_app
from tracer.config import Settings
from tracer.store.tables import Printer
from tracer.store.world import World


@pytest.fixture
def inside(world: World, village: Village, farmer: Visitor) -> Visitor:
    """The farmer, where nothing may be sent to printers."""
    settings = Settings(_env_file=None, data=world.folder, public_url=SITE, printer_networks="")
    closed = create_app(settings, replace(world, printers=settings.printers))
    closed.config.update(farmer.client.application.config)
    return Visitor(closed.test_client(), village.browsers[story.FARM])


def address(world: World, village: Village) -> str | None:
    with world.read() as tx:
        return own(tx, village.farm.actor, Printer, village.printer).address


def test_an_address_that_is_not_asked_for_stays(
    world: World, village: Village, farmer: Visitor, inside: Visitor
) -> None:
    before = address(world, village)
    where = f"/farm/printers/{village.printer}"
    assert before
    assert inside.done(f"{where}/edit", {"name": "东库房"}) == where
    assert address(world, village) == before
    assert "东库房" in farmer.open(where)
    farmer.done(f"{where}/edit", {"address": ""})
    assert address(world, village) is None


def test_only_an_office_printer_is_asked_for_the_true_size(farmer: Visitor) -> None:
    for language, asked in (("pdf", True), ("zpl", False)):
        made = {"name": f"新的 {language}", "language": language}
        where = farmer.done("/farm/printers/new", made)
        assert ("实际大小" in farmer.open(where)) == asked

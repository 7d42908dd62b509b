"""我的标签纸: what is asked of a paper that is in no list."""

from __future__ import annotations

import re

import labels
from tests.web.producer.desk import Visitor
from tests.web.producer.village import Village
from tracer.actions.actor import own
from tracer.domain.printers import DPI
from tracer.store.tables import OwnStock
from tracer.store.world import World


def test_a_paper_may_be_for_a_printer_of_any_fineness(
    world: World, village: Village, farmer: Visitor
) -> None:
    offered = re.findall(r'name="dpi" value="(\d+)"', farmer.open("/farm/stocks/new"))
    assert sorted(map(int, offered)) == sorted(DPI)
    fine = {"name": "细的", "width": "50", "height": "30", "dpi": "600"}
    where = farmer.done("/farm/stocks/new", fine)
    with world.read() as tx:
        row = own(tx, village.farm.actor, OwnStock, where.rpartition("/")[2])
        assert labels.Stock.from_dict(row.paper).dpi == 600

"""The producer's home."""

from __future__ import annotations

from flask import render_template

from tracer.queries.farm.home import home_page
from tracer.web.producer import hall
from tracer.web.shared.door import actor, world


@hall.get("")
def home() -> str:
    """Three big things, what waits, where credit stands."""
    with world().read() as tx:
        view = home_page(tx, actor().producer)
    return render_template("producer/home.html", view=view)

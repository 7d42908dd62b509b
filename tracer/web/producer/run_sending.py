"""A print run on its way to a printer: sent by a button, stopped by another."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue

from tracer.actions.forms import parse
from tracer.actions.printing import sending as print_out
from tracer.store.tables import PrintRun
from tracer.store.world import Tx
from tracer.web.producer import hall
from tracer.web.producer.questions import answers
from tracer.web.producer.runs import show_run
from tracer.web.producer.sending import send
from tracer.web.shared.door import actor, world


@hall.post("/runs/<public_id>/send")
def send_run(public_id: str) -> ResponseReturnValue:
    """Send what the button said to a printer of the near network; the page does not wait."""
    given = answers()

    def act(tx: Tx) -> str:
        form = parse(print_out.SendForm, given)
        print_out.send(world(), tx, actor(), public_id, form)
        return url_for("farm.run", public_id=public_id, step=form.step)

    return send(act, lambda refusal: show_run(public_id, refusal), mine=(PrintRun, public_id))


@hall.post("/runs/<public_id>/stop")
def stop_run(public_id: str) -> ResponseReturnValue:
    """Send no more of it; how far it came is kept as a jam."""
    given = answers()

    def act(tx: Tx) -> str:
        print_out.stop(tx, actor(), public_id)
        return url_for("farm.run", public_id=public_id, step=given.get("step"))

    return send(act, lambda refusal: show_run(public_id, refusal), mine=(PrintRun, public_id))

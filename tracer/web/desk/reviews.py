"""Reviews that look bought: see them together, set single ones aside with a reason."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracer.actions.forms import parse
from tracer.actions.supervision.review import SetAsideForm, set_aside
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.words import Role
from tracer.queries.supervision.reviews import reviews_page
from tracer.web.desk.views import hall
from tracer.web.shared.door import actor, form_data, world
from tracer.web.shared.errors import status_of


@hall.get("/products/<product>/reviews")
def reviews(product: str) -> ResponseReturnValue:
    """A product's reviews, newest first."""
    return _page(product, None)


@hall.post("/products/<product>/reviews")
def set_reviews_aside(product: str) -> ResponseReturnValue:
    """The chosen ones count no more."""
    try:
        form = parse(SetAsideForm, form_data("reviews"))
        with world().write() as tx:
            set_aside(tx, actor(), product, form)
    except NotFound:
        raise
    except Refusal as refusal:
        return make_response(_page(product, refusal), status_of(refusal))
    return redirect(url_for("desk.reviews", product=product), 303)


def _page(product: str, refusal: Refusal | None) -> str:
    with world().read() as tx:
        page = reviews_page(tx, product, request.args.get("before", ""))
    return render_template(
        "desk/reviews.html",
        page=page,
        refusal=refusal,
        typed=request.form,
        chosen=request.form.getlist("reviews"),
        may=actor().role is Role.OPERATOR,
    )

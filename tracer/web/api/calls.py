"""How every call of the API works: bearer token, strict JSON, one error shape, safe to resend."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, Response, g, jsonify, request
from flask.blueprints import BlueprintSetupState
from pydantic import BaseModel, Field
from spectree import Response as Answers
from spectree import SecurityScheme, SpecTree
from spectree.config import ModeEnum
from spectree.models import SecureType, SecuritySchemeData

from tracer.actions.actor import Actor
from tracer.actions.forms import Form, parse
from tracer.actions.once import Answer, check_key, once
from tracer.actions.people import accounts
from tracer.domain.errors import Refusal
from tracer.web.shared.characters import refuse_unstorable, texts_of
from tracer.web.shared.door import SignInNeeded, world
from tracer.web.shared.guards import csrf, heavy

AnyForm = TypeVar("AnyForm", bound=Form)
MAX_JSON_BYTES = 1024 * 1024

hall = Blueprint("api", __name__, url_prefix="/api/v1")
csrf.exempt(hall)  # a bearer token is never sent by a browser on its own

spec = SpecTree(
    "flask",
    title="农产品追溯与承诺达标合格证服务",
    version="1",
    path="unused",  # calls under this path would be left out; the file is served below
    openapi_version="3.1.0",
    mode=ModeEnum.strict,  # describe what is routed here, not the halls
    page_templates={},
    annotations=False,
    security_schemes=[
        SecurityScheme(name="token", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer"))
    ],
    security={"token": []},
)


class Error(BaseModel):
    """What went wrong, for programs and for people."""

    code: str
    message: str
    field: str | None
    hint: str | None


class ErrorBody(BaseModel):
    """The one shape of every error."""

    error: Error


class Key(BaseModel):
    """Header of every POST: resending with the same key gives the first answer again."""

    idempotency_key: str = Field(alias="Idempotency-Key", min_length=8, max_length=80)


@hall.record_once
def _describe(state: BlueprintSetupState) -> None:
    """Serve the description beside the versions, without a token."""
    state.app.add_url_rule("/api/openapi.json", "openapi", lambda: jsonify(spec.spec))


@hall.before_request
def _admit() -> None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    found = None
    if scheme.lower() == "bearer" and token.isascii():
        with world().read() as tx:
            found = accounts.token_actor(tx, token.strip())
    if found is None:
        raise SignInNeeded("请带上有效的令牌：Authorization: Bearer …")
    g.api_actor = found


def caller() -> Actor:
    """Whom the bearer token acts for."""
    found: Actor = g.api_actor
    return found


def post(
    path: str,
    form: type[AnyForm],
    answer: type[BaseModel],
    summary: str,
    tag: str,
) -> Callable[[Callable[..., BaseModel]], Callable[..., Response]]:
    """Route a POST: ``(tx, actor, form, **path parts)`` in one writing transaction."""

    def decorate(view: Callable[..., BaseModel]) -> Callable[..., Response]:
        @wraps(view)
        def run(**parts: Any) -> Response:
            filled = parse(form, _body())
            key = request.headers.get("Idempotency-Key", "")
            said = f"POST {request.path}\n".encode() + request.get_data()
            with world().write() as tx:

                def effect() -> Answer:
                    made = view(tx, caller(), filled, **parts)
                    return Answer(201, made.model_dump_json())

                kept = once(tx, caller(), key, said, effect)
            return Response(kept.body, kept.status, mimetype="application/json")

        _route_post(path, run, form, answer, summary, tag, _endpoint(view))
        return view  # type: ignore[return-value]

    return decorate


def ask(
    path: str,
    form: type[AnyForm],
    answer: type[BaseModel],
    summary: str,
    tag: str,
) -> Callable[[Callable[..., BaseModel]], Callable[..., Response]]:
    """Route a POST that only reads: ``(tx, actor, form)``. Nothing is kept, its key included."""

    def decorate(view: Callable[..., BaseModel]) -> Callable[..., Response]:
        @heavy
        @wraps(view)
        def run() -> Response:
            filled = parse(form, _body())
            check_key(request.headers.get("Idempotency-Key", ""))
            with world().read() as tx:
                body = view(tx, caller(), filled).model_dump_json()
            return Response(body, 201, mimetype="application/json")

        _route_post(path, run, form, answer, summary, tag, _endpoint(view))
        return view  # type: ignore[return-value]

    return decorate


def get(
    path: str,
    answer: type[BaseModel],
    summary: str,
    tag: str,
    query: type[Form] | None = None,
) -> Callable[[Callable[..., BaseModel]], Callable[..., Response]]:
    """Route a GET. The view gets ``(tx, actor, **path parts)`` and the filled ``query`` if any."""

    def decorate(view: Callable[..., BaseModel]) -> Callable[..., Response]:
        @wraps(view)
        def run(**parts: Any) -> Response:
            if query is not None:
                parts["query"] = parse(query, request.args.to_dict())
            with world().read() as tx:
                body = view(tx, caller(), **parts).model_dump_json()
            return Response(body, 200, mimetype="application/json")

        run.__doc__ = summary
        described = spec.validate(
            query=query,
            resp=Answers(HTTP_200=answer, **_refusals(401, 403, 404, 422, 429)),
            tags=[tag],
            skip_validation=True,
        )(run)
        hall.get(path, endpoint=_endpoint(view))(described)
        return view  # type: ignore[return-value]

    return decorate


def _route_post(
    path: str,
    run: Callable[..., Response],
    form: type[Form],
    answer: type[BaseModel],
    summary: str,
    tag: str,
    endpoint: str,
) -> None:
    run.__doc__ = summary
    described = spec.validate(
        json=form,
        headers=Key,
        resp=Answers(HTTP_201=answer, **_refusals(401, 403, 404, 409, 413, 422, 429)),
        tags=[tag],
        skip_validation=True,
    )(run)
    hall.post(path, endpoint=endpoint)(described)


def _endpoint(view: Callable[..., BaseModel]) -> str:
    return f"{view.__module__.rpartition('.')[2]}_{view.__name__}"


def _refusals(*statuses: int) -> dict[str, type[BaseModel]]:
    return {f"HTTP_{status}": ErrorBody for status in statuses}


def _body() -> dict[str, Any]:
    """The JSON object of the request; numbers keep their digits, doubled keys are refused."""
    if request.mimetype != "application/json":
        raise Refusal("not_json", "请求要用 JSON，并写明 Content-Type: application/json")
    data = request.get_data()
    if len(data) > MAX_JSON_BYTES:
        raise Refusal("too_large", "请求内容超过 1 兆，请分几次发送")
    try:
        body = json.loads(data, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refusal("not_json", "请求内容不是合格的 JSON，请检查") from error
    if not isinstance(body, dict):
        raise Refusal("not_json", "请求内容要是一个 JSON 对象")
    refuse_unstorable(texts_of(body))
    return body


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("doubled key")
    return members


def _no_constant(text: str) -> float:
    raise ValueError(text)

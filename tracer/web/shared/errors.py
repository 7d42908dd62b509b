"""Errors as people and programs read them: one page, one JSON shape."""

from __future__ import annotations

from dataclasses import dataclass

from flask import (
    Flask,
    Response,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from tracer.actions.actor import Actor
from tracer.domain.errors import Conflict, Forbidden, NotFound, Refusal
from tracer.web.shared.door import HOMES, SignInNeeded, signed_in
from tracer.web.shared.logs import log, request_id

RETRY_SECONDS = 5


@dataclass(frozen=True)
class Words:
    """What an error is called and what to do about it."""

    code: str
    title: str
    sentence: str


_WORDS = {
    400: Words("bad_request", "没有看懂这个请求", "请返回上一页，再试一次"),
    401: Words("sign_in_needed", "请先登录", "登录以后才能办理，登录后请重新打开刚才的页面"),
    403: Words("forbidden", "这个账号不能办理此事", "请换有权限的账号登录，或联系平台管理员"),
    404: Words("not_found", "没有找到这个页面", "请检查地址，或者回到首页重新查找"),
    405: Words("method_not_allowed", "这个地址不接受这样的请求", "请返回上一页，用页面上的按钮"),
    409: Words("conflict", "和已有的记录对不上", "请刷新页面，看一看最新的记录"),
    413: Words("too_large", "上传的内容太大", "单个文件不超过 10 兆，请压缩后再上传"),
    415: Words("unsupported_media_type", "不认识这种内容", "请换一种文件格式，再试一次"),
    422: Words("invalid", "填写的内容有误", "请返回上一页，改正后再提交"),
    429: Words("too_many_requests", "操作太频繁", "请过几分钟再试"),
    500: Words("internal", "系统出了问题", "已经记下来了，请稍后再试；记录没有丢失"),
    503: Words("unavailable", "系统正忙", "请等几秒再试一次"),
}
_EXPIRED_FORM = Refusal("form_expired", "页面打开太久了，请返回上一页刷新后再提交")


def wants_json() -> bool:
    """Whether the asker is a program: it calls the API or prefers JSON to HTML."""
    if request.path.startswith("/api/"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def status_of(refusal: Refusal) -> int:
    """The HTTP status that says what kind of refusal it is."""
    match refusal:
        case SignInNeeded():
            return 401
        case NotFound():
            return 404
        case Forbidden():
            return 403
        case Conflict():
            return 409
    return 422


def answer(status: int, refusal: Refusal | None = None) -> Response:
    """The error page, or its JSON twin, for a status; in the refusal's words where there is one."""
    words = _WORDS.get(status) or (_WORDS[400] if status < 500 else _WORDS[500])
    if wants_json():
        body = refusal or Refusal(words.code, f"{words.title}：{words.sentence}")
        response = jsonify(error=body.as_dict())
    else:
        title, sentence = (refusal.message, refusal.hint) if refusal else (words.title, None)
        page = render_template(
            "errors/error.html",
            status=status,
            title=title,
            sentence=sentence or ("" if refusal else words.sentence),
            request_id=request_id(),
            home=_home(),
        )
        response = make_response(page)
    response.status_code = status
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def handle_errors(app: Flask) -> None:
    """Answer every error in one of the two shapes."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(SignInNeeded, _sign_in)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(PoolTimeout, _busy)


def _home() -> str:
    """Home of whoever this request is already known to be: an error asks the database nothing."""
    known: Actor | None = g.get("actor")
    return HOMES[known.role] if known else "/"


def _refused(refusal: Refusal) -> Response:
    return answer(status_of(refusal), refusal)


def _sign_in(refusal: SignInNeeded) -> ResponseReturnValue:
    if wants_json() or request.method != "GET":
        return answer(401, refusal if wants_json() else None)
    # The way back lives in the signed cookie, not in the address: nobody can send it elsewhere.
    session["back"] = request.path
    return redirect(url_for("signing.form"), 303)


def _expired(_error: CSRFError) -> Response:
    return answer(400, _EXPIRED_FORM) if signed_in() or request.path == "/sign-in" else answer(401)


def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    response = answer(error.code)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _busy(error: OperationalError | PoolTimeout) -> Response:
    log.error("database unavailable", request_id=request_id(), kind=type(error).__name__)
    return answer(503)

"""A producer at a browser without scripts: opens pages, fills in what they ask, sends them."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

Answers = Mapping[str, object]


class _Forms(HTMLParser):
    """The forms of a page, as a browser would send them untouched."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, MultiDict[str, str]]] = []
        self._select: str | None = None
        self._first: str | None = None
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        name = found.get("name", "")
        if tag == "form":
            self.forms.append((found.get("action", ""), MultiDict()))
        elif not self.forms:
            return
        elif tag == "input" and name:
            kind = found.get("type", "text")
            if kind not in ("radio", "checkbox", "file") or "checked" in found:
                self._put(name, found.get("value", ""))
        elif tag == "select":
            self._select, self._first = name, None
        elif tag == "option" and self._select:
            if "selected" in found:
                self._put(self._select, found.get("value", ""))
                self._select = None
            elif self._first is None:
                self._first = found.get("value", "")
        elif tag == "textarea":
            self._area = name
            self._put(name, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select:
            self._put(self._select, self._first or "")
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1][1][self._area] = data

    def _put(self, name: str, value: str) -> None:
        self.forms[-1][1].add(name, value)


class Visitor:
    """One signed-in browser; ``secret`` is what its cookie holds."""

    def __init__(self, client: FlaskClient, secret: str) -> None:
        self.client = client
        host = client.application.config["SERVER_NAME"]
        client.set_cookie("__Host-sign-in", secret, domain=host, secure=True, httponly=True)

    def open(self, path: str, status: int = 200) -> str:
        """The page at ``path``, which must answer with ``status``."""
        page = self.client.get(path)
        assert page.status_code == status, (path, page.status_code)
        return page.text

    def asked(self, path: str) -> MultiDict[str, str]:
        """What the first form of a page would send if nothing were touched."""
        return read_form(self.open(path))

    def send(self, path: str, answers: Answers, to: str = "") -> TestResponse:
        """Open a page, change some answers, press its button. None takes an answer away."""
        return self.post(to or path, changed(self.asked(path), answers))

    def post(self, path: str, form: MultiDict[str, object]) -> TestResponse:
        """Send a form as it is."""
        return self.client.post(path, data=form, content_type="multipart/form-data")

    def done(self, path: str, answers: Answers, to: str = "") -> str:
        """Like :meth:`send`, and the address it led to."""
        answer = self.send(path, answers, to)
        assert answer.status_code == 303, refusals(answer.text)
        return str(answer.headers["Location"])


def read_form(page: str, number: int = 0) -> MultiDict[str, str]:
    """What form ``number`` of a page that has a ticket would send if nothing were touched."""
    reader = _Forms()
    reader.feed(page)
    forms = [form for _action, form in reader.forms if "once" in form]
    assert len(forms) > number, "the page asks nothing"
    return forms[number]


def changed(form: MultiDict[str, str], answers: Answers) -> MultiDict[str, object]:
    """The form with other answers."""
    filled: MultiDict[str, object] = MultiDict(form)
    for name, value in answers.items():
        if value is None:
            filled.pop(name, None)
        elif isinstance(value, list):
            filled.setlist(name, value)
        else:
            filled[name] = value
    return filled


def refusals(page: str) -> str:
    """What a page says about its refusal: for messages of failing tests."""
    start = page.find("error-summary")
    return page[start : start + 400] if start > 0 else page[-1500:]

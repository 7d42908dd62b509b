"""The wiring: settings, the installation and the halls become one WSGI application."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from tracer.actions.supervision.scanning import Folder
from tracer.config import Settings
from tracer.installation import open_world
from tracer.store.world import World
from tracer.web import api, base, desk, inspector, producer, public
from tracer.web.shared import characters, errors, guards, headers, logs, pages
from tracer.web.shared.door import Wiring
from tracer.web.shared.ops import ops
from tracer.web.shared.signing import signing

CHECKOUT = Path(__file__).parent.parent
MAX_BODY_BYTES = 12 * 1024 * 1024


def create_app(settings: Settings | None = None, world: World | None = None) -> Flask:
    """The application; it never migrates the database (``tracer db upgrade`` does).

    Where it opens the world itself, as a server does, it also starts the thread that folds scans;
    whoever passes a world in looks after its scans.
    """
    settings = settings or Settings()
    if world is None:
        world = open_world(settings)
        Folder(world).start()
    logs.configure(settings.log_json)
    app = logs.Service("tracer", root_path=str(CHECKOUT))
    app.extensions["tracer"] = Wiring(settings, world)
    app.config.update(
        SECRET_KEY=world.secrets.derive("web-session"),
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        SESSION_COOKIE_NAME="__Host-form" if settings.secure else "form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        WTF_CSRF_TIME_LIMIT=None,
        # The token and SameSite suffice; in-app browsers that strip the Referer stay able to work.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    logs.log_requests(app)
    headers.dress(app, settings.secure)
    pages.furnish(app)
    errors.handle_errors(app)
    characters.screen(app)
    guards.guard(app)
    app.register_blueprint(signing)
    app.register_blueprint(ops)
    for room in (public, producer, inspector, desk, base, api):
        app.register_blueprint(room.hall)
    return app

"""The one place that puts the faces together into an application."""

from __future__ import annotations

import threading

from flask import Flask
from prometheus_client import CollectorRegistry
from werkzeug.middleware.proxy_fix import ProxyFix

from synthmill.app import api, live
from synthmill.app.core.observability import logs, tracing
from synthmill.app.core.services import Services, build
from synthmill.app.core.settings import Settings
from synthmill.app.http.admission import count_address, identify
from synthmill.app.http.context import Context


def create_app(settings: Settings | None = None, services: Services | None = None) -> Flask:
    """The WSGI application. Without arguments everything comes from the environment.

    Given services are used as they are and stay the caller's to close.
    """
    if services is None:
        settings = settings or Settings.from_env()
        logs.set_up(settings.log_level, settings.log_format)
        tracing.set_up(settings, "synthmill-web")
        services = build(settings)
    stopping = threading.Event()
    app = Flask("synthmill", static_folder=None, template_folder=None)
    # A path means one thing: no redirects (their body is HTML), no automatic OPTIONS beside the key check.
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = True
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.json.sort_keys = False  # type: ignore[attr-defined]
    # One registry per application, so that two of them in one process don't count together.
    registry = CollectorRegistry()
    if services.settings.proxies:
        trusted = services.settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, trusted, trusted, trusted)  # type: ignore[method-assign]
    api.install(app, Context(services, stopping), registry, open_endpoints=live.ENDPOINTS)
    live.install(app, services, stopping, identify, count_address, registry)
    return app

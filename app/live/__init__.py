"""Live: WebSockets on which a watcher sees jobs as they go. The hub (app/live/hub.py) holds them all."""

from __future__ import annotations

import threading
from collections.abc import Callable

from flask import Flask, Request
from prometheus_client import CollectorRegistry

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.services import Services
from synthmill.app.live import routes
from synthmill.app.live.feeds import Feeds
from synthmill.app.live.handover import Unstarted
from synthmill.app.live.hub import Hub
from synthmill.app.live.market_feed import MarketFeeds
from synthmill.app.live.metrics import HubCollector
from synthmill.app.live.revocation import Revocation
from synthmill.app.live.routes import ENDPOINTS
from synthmill.app.live.stream_feeds import StreamFeeds

__all__ = ["ENDPOINTS", "install"]


def install(
    app: Flask,
    services: Services,
    stopping: threading.Event,
    identify: Callable[[Request], Principal],
    count_stranger: Callable[[], None],
    registry: CollectorRegistry,
) -> None:
    """Put the WebSocket routes into an application; `identify` says whose key a request's headers hold,
    and `count_stranger` raises where an address without a key has asked too often."""
    hub = Hub(services.settings.max_sockets)
    feeds = Feeds(hub, services)
    streams, market = StreamFeeds(hub, services), MarketFeeds(hub, services)
    hub.when_started(feeds.start)
    hub.when_started(streams.start)
    hub.when_started(Revocation(hub, services).start)
    registry.register(HubCollector(hub))
    app.config["SOCK_SERVER_OPTIONS"] = {"thread_class": Unstarted}
    app.extensions[routes.EXTENSION] = routes.Live(
        services, hub, feeds, streams, market, stopping, identify, count_stranger
    )
    app.register_blueprint(routes.blueprint)

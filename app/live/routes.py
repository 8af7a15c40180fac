"""The WebSockets: /ws/jobs/{id} and /ws/jobs, /ws/streams/{id} and /ws/events, and /ws for the market."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Blueprint, Request, current_app, g, request
from flask_sock import Sock
from simple_websocket import Server
from werkzeug.exceptions import BadRequest, Forbidden

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.errors import CoreError
from synthmill.app.core.jobs.watch import require_watchable
from synthmill.app.core.services import Services
from synthmill.app.core.streams.watch import open_default, open_playback
from synthmill.app.core.tickets import redeem
from synthmill.app.live.connection import Peer
from synthmill.app.live.feeds import Feeds, JobWatcher, Refused, WorkspaceWatcher
from synthmill.app.live.frames import INTERNAL, POLICY
from synthmill.app.live.handover import refuse_extensions, take_over
from synthmill.app.live.hub import Hub
from synthmill.app.live.market_feed import MarketFeeds
from synthmill.app.live.market_peer import MarketPeer
from synthmill.app.live.stream_feeds import DefaultWatcher, StreamFeeds, StreamWatcher
from synthmill.generators.errors import InvalidRequestError

log = logging.getLogger(__name__)

blueprint = Blueprint("live", __name__)
sock = Sock()
EXTENSION = "synthmill.live"
ENDPOINTS = frozenset(
    f"live.{view}"
    for view in ("watch_job", "watch_jobs", "watch_stream", "watch_default_stream", "watch_market")
)
"""Routes that ask for a key or a ticket themselves."""

_MAX_SEQ_DIGITS = 18


@dataclass(frozen=True)
class Live:
    """What the WebSocket routes of one application need."""

    services: Services
    hub: Hub
    feeds: Feeds
    streams: StreamFeeds
    market: MarketFeeds
    stopping: threading.Event
    identify: Callable[[Request], Principal]
    count_stranger: Callable[[], None]

    def end(self) -> None:
        """The process ends: waiting clients are notified, WebSockets by 1012. Returns when they are gone."""
        self.stopping.set()
        self.hub.stop()


class RefusedError(Exception):
    """The watcher asked for something that it can't have; the text goes into the close frame."""


def _live() -> Live:
    live: Live = current_app.extensions[EXTENSION]
    return live


@blueprint.before_request
def check_handshake() -> None:
    """Refuse over HTTP, before anything is upgraded, what a WebSocket client can learn no other way."""
    if not request.headers.get("Sec-WebSocket-Key") or request.headers.get("Sec-WebSocket-Version") != "13":
        raise BadRequest(
            "not a WebSocket handshake: Sec-WebSocket-Key and Sec-WebSocket-Version: 13 are needed"
        )
    _check_origin()
    refuse_extensions(request.environ)
    if "ticket" in request.args:
        _live().count_stranger()
    else:
        g.principal = _live().identify(request)


def _check_origin() -> None:
    origin = request.headers.get("Origin")
    allowed = _live().services.settings.allowed_origins
    further = {item.strip().rstrip("/") for item in allowed.split(",") if item.strip()}
    if origin is not None and urlsplit(origin).netloc != request.host and origin not in further:
        raise Forbidden(f"pages of {origin} may not open a WebSocket here; see SYNTHMILL_ALLOWED_ORIGINS")


@sock.route("/ws/jobs/<job_id>", blueprint)  # type: ignore[untyped-decorator]
def watch_job(socket: Server, job_id: str) -> None:
    """Stored events after `after`, then live ones; closed with 1000 after the terminal event."""

    def watcher(who: Principal) -> Peer:
        after = _after()
        require_watchable(_live().services, who, job_id)
        return JobWatcher(_live().feeds, job_id, after)

    _hand_over(socket, job_id, watcher)


@sock.route("/ws/jobs", blueprint)  # type: ignore[untyped-decorator]
def watch_jobs(socket: Server) -> None:
    """Events of all the workspace's jobs from now on."""
    _hand_over(socket, None, lambda who: WorkspaceWatcher(_live().feeds, who.workspace_id))


@sock.route("/ws/streams/<stream_id>", blueprint)  # type: ignore[untyped-decorator]
def watch_stream(socket: Server, stream_id: str) -> None:
    """A stream's events after `after`, each as its moment comes; closed with 1000 after the last."""

    def watcher(who: Principal) -> Peer:
        after = _after()
        return StreamWatcher(_live().streams, open_playback(_live().services, who, stream_id), after)

    _hand_over(socket, None, watcher)


@sock.route("/ws/events", blueprint)  # type: ignore[untyped-decorator]
def watch_default_stream(socket: Server) -> None:
    """The workspace's default stream after `after`, or from now on; then the one that is started next."""

    def watcher(who: Principal) -> Peer:
        after = _after() if "after" in request.args else None
        playback = open_default(_live().services, who.workspace_id)
        return DefaultWatcher(_live().streams, who.workspace_id, playback, after)

    _hand_over(socket, None, watcher)


@sock.route("/ws", blueprint)  # type: ignore[untyped-decorator]
def watch_market(socket: Server) -> None:
    """Ticks of the tickers that the client subscribes to."""
    _hand_over(socket, None, lambda who: MarketPeer(_live().market, who), known=("ticket",))


def _after() -> int:
    given = request.args.get("after", "0")
    if not (given.isascii() and given.isdigit() and len(given) <= _MAX_SEQ_DIGITS):
        raise RefusedError("after must be the number of the last event seen, a whole number from 0")
    return int(given)


def _hand_over(
    socket: Server,
    job_id: str | None,
    make_peer: Callable[[Principal], Peer],
    known: tuple[str, ...] = ("after", "ticket"),
) -> None:
    """Give the connection to the hub. Nothing is raised: the handshake is over, so an error can only be
    reported by the close frame."""
    live = _live()
    principal: Principal | None = None
    peer: Peer
    try:
        principal = _principal(live, job_id, known)
        peer = make_peer(principal)
    except (RefusedError, CoreError, InvalidRequestError) as refusal:
        peer = Refused(POLICY, str(refusal))
    except Exception:
        log.exception("a watcher could not be served")
        peer = Refused(INTERNAL, "an unexpected error; the server's log has it")
    live.hub.take(take_over(socket), principal, peer)


def _principal(live: Live, job_id: str | None, known: tuple[str, ...]) -> Principal:
    unknown = set(request.args) - set(known)
    if unknown:
        raise RefusedError(f"unknown parameter {min(unknown)[:40]!r}; known: {', '.join(known)}")
    if "ticket" in request.args:
        return redeem(live.services, request.args["ticket"], job_id)
    principal: Principal = g.principal
    return principal

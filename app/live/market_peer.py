"""The protocol of /ws: who is connected says which tickers' ticks he wants."""

from __future__ import annotations

import json
import secrets
from collections import deque
from typing import Any

from synthmill.app.core.access.keys import Principal
from synthmill.app.live.connection import Connection
from synthmill.app.live.frames import POLICY
from synthmill.app.live.market_feed import MarketFeeds, now_ms

MAX_WAITING = 100
"""Messages of one connection that may wait while an earlier one is answered."""
_MAX_SHOWN = 200


class MarketPeer:
    """Messages are answered one after the other, in order."""

    def __init__(self, feeds: MarketFeeds, principal: Principal) -> None:
        self._feeds, self._workspace_id = feeds, principal.workspace_id
        self._subscribed: set[str] = set()
        self._waiting: deque[dict[str, Any]] = deque()
        self._busy = self._gone = False

    def opened(self, connection: Connection) -> None:
        _say(connection, "connected", clientId=f"client_{secrets.token_hex(8)}", timestamp=now_ms())

    def on_message(self, connection: Connection, message: str | bytes) -> None:
        self._waiting.append(_read(message))
        if len(self._waiting) > MAX_WAITING:
            connection.close(POLICY, f"{MAX_WAITING} messages wait for an answer; send fewer at a time")
        elif not self._busy:
            self._go_on(connection)

    def on_close(self, connection: Connection) -> None:
        self._gone = True
        self._feeds.leave(connection, [(self._workspace_id, symbol) for symbol in self._subscribed])

    def _go_on(self, connection: Connection) -> None:
        while self._waiting and not self._busy and not self._gone:
            self._answer(connection, self._waiting.popleft())

    def _answer(self, connection: Connection, message: dict[str, Any]) -> None:
        match message.get("type"):
            case "ping":
                _say(connection, "pong", timestamp=now_ms())
            case "subscribe" | "unsubscribe" as kind:
                symbols = _symbols(message.get("tickers"))
                if symbols is None:
                    _say(connection, "error", message="tickers must be a list of symbols, or one symbol")
                elif kind == "subscribe":
                    self._subscribe(connection, symbols)
                else:
                    self._unsubscribe(connection, symbols)
            case None:
                _say(connection, "error", message='A message is a JSON object with a "type"')
            case _:
                _say(connection, "error", message="Unknown message type")

    def _subscribe(self, connection: Connection, symbols: list[str]) -> None:
        self._busy = True

        def found(known: list[str]) -> None:
            self._busy = False
            if self._gone:
                return
            unknown = [symbol for symbol in symbols if symbol not in known]
            if unknown:
                _say(connection, "error", message=f"Unknown ticker: {', '.join(unknown)[:_MAX_SHOWN]}")
            if known:
                _say(connection, "subscribed", tickers=known, timestamp=now_ms())
            for symbol in known:
                self._subscribed.add(symbol)
                self._feeds.join(connection, (self._workspace_id, symbol))
            self._go_on(connection)

        def failed() -> None:
            self._busy = False
            _say(connection, "error", message="The tickers could not be looked up; try again")
            self._go_on(connection)

        self._feeds.find(self._workspace_id, symbols, found, failed)

    def _unsubscribe(self, connection: Connection, symbols: list[str]) -> None:
        self._subscribed.difference_update(symbols)
        self._feeds.leave(connection, [(self._workspace_id, symbol) for symbol in symbols])
        _say(connection, "unsubscribed", tickers=symbols, timestamp=now_ms())


def _say(connection: Connection, kind: str, **fields: Any) -> None:
    connection.send_text(json.dumps({"type": kind, **fields}, separators=(",", ":")))


def _read(message: str | bytes) -> dict[str, Any]:
    """The message; empty where it is no JSON object."""
    try:
        found = json.loads(message)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _symbols(given: Any) -> list[str] | None:
    """The symbols named, each once; None where they aren't such."""
    named = [given] if isinstance(given, str) else given
    if not isinstance(named, list) or not named or not all(isinstance(one, str) and one for one in named):
        return None
    return list(dict.fromkeys(named))

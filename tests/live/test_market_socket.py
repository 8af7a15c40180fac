"""/ws: the protocol of the market page; and what is seen live is what history tells, on every process."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import websocket

from tests.live.web import Web, hear

Message = dict[str, Any]


class Line:
    """A connection to /ws."""

    def __init__(self, web: Web, **options: Any) -> None:
        self.socket = web.connect("/ws", **options)

    def say(self, message: Any) -> None:
        self.socket.send(message if isinstance(message, str) else json.dumps(message))

    def next(self) -> Message:
        message: Message = json.loads(self.socket.recv(), parse_float=Decimal)
        return message

    def until(self, kind: str) -> Message:
        while True:
            message = self.next()
            if message["type"] == kind:
                return message

    def ticks(self, count: int) -> list[Message]:
        return [self._tick() for _ in range(count)]

    def ticks_until(self, moment_ms: int) -> list[Message]:
        """Ticks up to the first that is as late as this."""
        found = [self._tick()]
        while found[-1]["timestamp"] < moment_ms:
            found.append(self._tick())
        return found

    def _tick(self) -> Message:
        message = self.next()
        assert message["type"] == "tick"
        tick: Message = message["data"]
        return tick


@pytest.fixture
def line(web: Web) -> Iterator[Line]:
    line = Line(web)
    yield line
    line.socket.close()


def subscribed(line: Line, *tickers: str) -> Line:
    line.until("connected")
    line.say({"type": "subscribe", "tickers": list(tickers)})
    assert line.until("subscribed")["tickers"] == list(tickers)
    return line


def test_who_connects_is_greeted(line: Line) -> None:
    message = line.next()
    assert set(message) == {"type", "clientId", "timestamp"}
    assert message["type"] == "connected"
    assert abs(message["timestamp"] - time.time() * 1_000) < 60_000


def test_the_last_tick_comes_at_once_and_then_each(line: Line) -> None:
    subscribed(line, "SYNTH", "TECH")
    first = [line.next()["data"] for _ in range(2)]
    assert [tick["ticker"] for tick in first] == ["SYNTH", "TECH"]
    assert set(first[0]) == {"ticker", "price", "volume", "bid", "ask", "timestamp"}
    ticks = line.ticks(20)
    for ticker in ("SYNTH", "TECH"):
        moments = [tick["timestamp"] for tick in [*first, *ticks] if tick["ticker"] == ticker]
        assert moments == list(range(moments[0], moments[0] + 100 * len(moments), 100))
        assert len(moments) > 3


def test_one_ticker_may_be_named_alone_and_be_left_again(line: Line) -> None:
    line.until("connected")
    line.say({"type": "subscribe", "tickers": "SYNTH"})
    assert line.until("subscribed")["tickers"] == ["SYNTH"]
    line.say({"type": "subscribe", "tickers": "TECH"})
    line.until("subscribed")
    line.say({"type": "unsubscribe", "tickers": ["SYNTH"]})
    answer = line.until("unsubscribed")
    assert (set(answer), answer["tickers"]) == ({"type", "tickers", "timestamp"}, ["SYNTH"])
    assert {tick["ticker"] for tick in line.ticks(6)} == {"TECH"}


def test_a_ping_is_answered(line: Line) -> None:
    line.say({"type": "ping"})
    assert set(line.until("pong")) == {"type", "timestamp"}


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ({"type": "dance"}, "Unknown message type"),
        ({"tickers": ["SYNTH"]}, "type"),
        ("[", "JSON"),
        ("3", "JSON"),
        ("[" * 2_000, "JSON"),
        ({"type": "subscribe"}, "tickers"),
        ({"type": "subscribe", "tickers": []}, "tickers"),
        ({"type": "subscribe", "tickers": [3]}, "tickers"),
        ({"type": "subscribe", "tickers": ["GHOST"]}, "GHOST"),
        ({"type": "subscribe", "tickers": "x\u0000"}, "Unknown ticker"),
    ],
)
def test_what_cannot_be_understood_is_an_error_and_the_line_stays(
    line: Line, message: Any, reason: str
) -> None:
    line.say(message)
    assert reason in line.until("error")["message"]
    line.say({"type": "ping"})
    line.until("pong")


def test_of_several_tickers_the_known_ones_are_subscribed(line: Line) -> None:
    line.say({"type": "subscribe", "tickers": ["GHOST", "SYNTH"]})
    assert "GHOST" in line.until("error")["message"]
    assert line.until("subscribed")["tickers"] == ["SYNTH"]


def test_who_says_too_much_at_once_is_cut_off(web: Web) -> None:
    line = Line(web)
    for _ in range(2_000):
        try:
            line.say({"type": "subscribe", "tickers": ["SYNTH"]})
        except (OSError, websocket.WebSocketException):
            break
    messages, code, _ = hear(line.socket)
    assert code == 1008 or len(messages) >= 2_000


def test_a_ticket_opens_it_and_nothing_else_may_be_asked(web: Web) -> None:
    ticket = web.post("/tickets")["ticket"]
    client = web.connect(f"/ws?ticket={ticket}", key=False)
    assert json.loads(client.recv())["type"] == "connected"
    client.close()
    assert hear(web.connect("/ws?after=1"))[1] == 1008


def test_an_added_ticker_is_live_at_once(web: Web, line: Line) -> None:
    web.post("/tickers", {"ticker": "LIVE", "initial_price": 12.5, "tick_size": 0.001})
    subscribed(line, "LIVE")
    assert line.until("tick")["data"]["price"] > 0
    assert web.http.delete("/tickers/LIVE").status_code == 204


def test_history_is_what_was_seen_live_on_processes_started_at_different_times(
    web: Web, second_web: Web
) -> None:
    lines = [subscribed(Line(one), "ENERGY", "HEALTH") for one in (web, second_web)]
    for line in lines:
        for _ in range(2):
            line.next()
    second = lines[1].ticks(60)
    seen = [lines[0].ticks_until(second[-1]["timestamp"]), second]
    for line in lines:
        line.socket.close()
    for ticker in ("ENERGY", "HEALTH"):
        reported = [{tick["timestamp"]: tick for tick in ticks if tick["ticker"] == ticker} for ticks in seen]
        for mine in reported:
            assert len(mine) > 10
            start, end = min(mine), max(mine)
            for asked in (web, second_web):
                span = {"start": _moment(start), "end": _moment(end + 100)}
                history = asked.http.get(f"/history/{ticker}", params=span).json()["data"]
                assert [_live(tick) for tick in history] == [mine[at] for at in range(start, end + 1, 100)]
        shared = set(reported[0]) & set(reported[1])
        assert len(shared) > 5
        assert all(reported[0][at] == reported[1][at] for at in shared)


def _moment(ms: int) -> str:
    seconds, rest = divmod(ms, 1_000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{rest:03}Z"


def _live(tick: Message) -> Message:
    """A tick of history as the WebSocket tells it."""
    at = time.strptime(tick["time"][:19], "%Y-%m-%dT%H:%M:%S")
    ms = (int(time.mktime(at)) - int(time.timezone)) * 1_000 + int(tick["time"][20:23])
    prices = {name: Decimal(tick[name]) for name in ("price", "bid", "ask")}
    return {"ticker": tick["ticker"], **prices, "volume": tick["volume"], "timestamp": ms}

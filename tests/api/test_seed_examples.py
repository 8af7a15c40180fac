"""The examples of the pages that market and streams come from work as they stand there, with host and key
changed and the key moved to the header."""

from __future__ import annotations

import shlex
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from tests.api.caller import Caller, fields

MARKET = [
    "http://localhost:3000/api/v1/tickers?api_key=brunosapikey",
    "http://localhost:3000/api/v1/quote/SYNTH?api_key=brunosapikey",
    "http://localhost:3000/api/v1/bars/SYNTH?api_key=brunosapikey&timeframe=1m&limit=10",
    "http://localhost:3000/api/v1/stats/SYNTH?api_key=brunosapikey&period=1d",
    'curl -H "X-API-Key: brunosapikey" http://localhost:3000/api/v1/tickers',
    'curl -H "X-API-Key: brunosapikey" http://localhost:3000/api/v1/quote/SYNTH',
    "GET /api/v1/history/SYNTH?start=2026-03-02T10:00:00Z&end=2026-03-02T10:00:01Z&limit=5",
    "GET /api/v1/bars/SYNTH?timeframe=5m&start=2026-03-02T10:00:00Z&end=2026-03-02T11:00:00Z&limit=5",
    "GET /api/v1/stats/SYNTH?period=1h",
]
STREAM = [
    "curl -X POST http://localhost:3000/api/v1/stream/start",
    "curl -X POST http://localhost:3000/api/v1/stream/pause",
    "curl -X POST http://localhost:3000/api/v1/stream/resume",
    "curl -X POST http://localhost:3000/api/v1/stream/trigger/month_end",
    "curl -X POST http://localhost:3000/api/v1/stream/trigger/quarter_end",
    "curl -X POST http://localhost:3000/api/v1/stream/trigger/year_end",
    "curl -X POST http://localhost:3000/api/v1/stream/stop",
]


def ask(api: Caller, example: str) -> Any:
    """What the example asks for, of us."""
    words = shlex.split(example)
    method = words[words.index("-X") + 1] if "-X" in words else "GET"
    address = urlsplit(words[-1])
    query = urlencode([(name, value) for name, value in parse_qsl(address.query) if name != "api_key"])
    return api.call(method, address.path.removeprefix("/api/v1") + (f"?{query}" if query else ""))


@pytest.mark.parametrize("example", MARKET)
def test_every_address_of_the_market_page_answers(api: Caller, example: str) -> None:
    answer = ask(api, example)
    assert answer.status_code == 200, answer.text
    assert answer.json["data"]


def test_the_answers_have_the_fields_of_the_market_page(api: Caller) -> None:
    ticker = ask(api, MARKET[0]).json["data"][0]
    shown = {"ticker": "SYNTH", "name": "Synthetic Corp", "sector": "Technology", "initial_price": "150.00"}
    assert shown.items() <= ticker.items()
    quote = ask(api, MARKET[1]).json["data"]
    assert set(quote) == {"time", "ticker", "price", "volume", "bid", "ask"}
    assert [type(quote[name]) for name in ("price", "volume", "bid", "ask")] == [str, int, str, str]
    assert len(ask(api, MARKET[2]).json["data"]) == 10
    assert {"time", "open", "high", "low", "close", "volume"} <= set(ask(api, MARKET[2]).json["data"][0])


@pytest.mark.parametrize("path", ["quote/X", "history/X", "bars/X", "stats/X"])
def test_an_unknown_ticker_is_404(api: Caller, path: str) -> None:
    api.refused(404, "GET", f"/{path}")


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("bars/SYNTH?timeframe=2h", "timeframe"),
        ("bars/SYNTH?limit=5001", "limit"),
        ("history/SYNTH?limit=10001", "limit"),
        ("history/SYNTH?start=soon", "start"),
        ("bars/SYNTH?end=2026-13-01", "end"),
        ("stats/SYNTH?period=1y", "period"),
    ],
)
def test_what_cannot_be_asked_is_422_and_named(api: Caller, path: str, field: str) -> None:
    assert fields(api.refused(422, "GET", f"/{path}")) == [field]


def test_all_of_it_is_in_the_document(anonymous: Any) -> None:
    paths = anonymous.get("/api/v1/openapi.json").json["paths"]
    documented = {(method.upper(), path) for path, item in paths.items() for method in item}
    assert {
        ("GET", f"/api/v1/{path}")
        for path in ("tickers", "quote/{ticker}", "history/{ticker}", "bars/{ticker}", "stats/{ticker}")
    } <= documented
    assert {
        ("POST", f"/api/v1/stream/{verb}")
        for verb in ("start", "pause", "resume", "stop", "trigger/{pattern}")
    } <= documented


def test_the_words_of_stream_control_work_one_after_the_other(api: Caller) -> None:
    states = []
    for example in STREAM:
        answer = ask(api, example)
        assert answer.status_code in (200, 201), answer.text
        states.append(answer.json["data"]["state"])
    assert states == ["running", "paused", "running", "running", "running", "running", "stopped"]

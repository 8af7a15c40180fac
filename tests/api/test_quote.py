from __future__ import annotations

from decimal import Decimal

from tests.api.caller import Caller
from tests.api.market import at, computed
from tests.api.world import shared_world as world

__all__ = ["world"]


def test_a_quote_is_the_last_tick(api: Caller) -> None:
    with at():
        quote = api.get("/quote/SYNTH").json["data"]
    assert set(quote) == {"time", "ticker", "price", "volume", "bid", "ask"}
    assert (quote["ticker"], quote["time"]) == ("SYNTH", "2026-03-02T10:00:30.200Z")
    (tick,) = computed(api, "SYNTH", "2026-03-02T10:00:30.200Z", "2026-03-02T10:00:30.300Z")
    assert [Decimal(quote[name]) for name in ("price", "bid", "ask")] == [
        tick[name] for name in ("price", "bid", "ask")
    ]
    assert quote["volume"] == tick["volume"]


def test_an_unknown_ticker_is_not_found(api: Caller) -> None:
    assert "GHOST" in api.refused(404, "GET", "/quote/GHOST")["detail"]

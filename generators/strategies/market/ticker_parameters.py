"""The parameters of a ticker: one that is published, by its symbol, or an object that describes another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from synthmill.generators.schema.fields import Choice, Number, Parameters, Text, options, refused
from synthmill.generators.schema.json_schema import object_schema
from synthmill.generators.schema.json_values import shown
from synthmill.generators.strategies.market.dynamics import DYNAMICS, realistic
from synthmill.generators.strategies.market.skeleton import mean_variance
from synthmill.generators.strategies.market.tickers import PUBLISHED, Clustering, Jumps, Ticker
from synthmill.generators.strategies.market.trading_hours import TradingHours

_SYMBOL = re.compile(r"[A-Z][A-Z0-9.\-]{0,15}")
_FACTOR = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")


class JumpParameters(Parameters):
    """Sudden moves (Merton 1976), at most one a day; the stated drift and volatility include them."""

    per_year = Number("How many a year, on average.", 0.0, 100.0, above=True, default=4.0)
    mean = Number("Their mean logarithm.", -1.0, 1.0, default=-0.01)
    deviation = Number("The standard deviation of their logarithm.", 0.0, 1.0, default=0.03)


class ClusteringParameters(Parameters):
    """Calm and restless times: GARCH(1,1) of the daily variance (Bollerslev 1986)."""

    reaction = Number("The share of a day's squared move in the next day's variance.", 0.0, 1.0, default=0.1)
    persistence = Number("The share of a day's variance that stays.", 0.0, 1.0, default=0.85)

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if data["reaction"] + data["persistence"] >= 1.0:
            raise refused(
                "with reaction they come to 1 or more", "give less, such as 0.1 and 0.85", "persistence"
            )


class Loadings(ma.fields.Field[dict[str, float]]):
    """How much of each factor is in a ticker's moves."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, float]:
        if not isinstance(value, dict) or len(value) > 32:
            raise refused(f"{shown(value)} isn't an object of at most 32 factors", 'write {"market": 0.6}')
        number = Number("A loading.", -1.0, 1.0)
        loaded: dict[str, float] = {}
        for factor, loading in value.items():
            if not _FACTOR.fullmatch(factor):
                raise refused(
                    f"{shown(factor)} can't be a factor's name", "letters, digits and _, at most 32"
                )
            loaded[factor] = float(number.deserialize(loading) or 0.0)
        if sum(loading * loading for loading in loaded.values()) > 1.0:
            raise refused("their squares come to more than 1", "make the loadings smaller")
        return loaded

    def json_schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": {"type": "number", "minimum": -1, "maximum": 1}}


def dynamics_field(what: str) -> Choice:
    about = (
        f"plain: geometric Brownian motion and nothing more; realistic: {what} are those of real shares "
        "(fat tails, calm and restless times, moves in common, more volume on days that move)."
    )
    return Choice(about, DYNAMICS, default="plain")


class Symbol(Text):
    """What a ticker is called."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        symbol = super()._deserialize(value, attr, data, **kwargs)
        if not _SYMBOL.fullmatch(symbol):
            raise refused(
                f"{shown(symbol)} can't be a ticker",
                "a capital letter, then capitals, digits, dots, dashes: 16",
            )
        return symbol

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{_SYMBOL.pattern}$"}


class TickerParameters(Parameters):
    """A ticker of one's own."""

    ticker = Symbol("Its symbol.", examples=("ACME",))
    name = Text("What it stands for; its symbol if left out.", longest=128, default=None)
    sector = Text("Its sector.", longest=128, default="Other")
    initial_price = Number("The price when history begins.", 0.0, 1e9, above=True)
    drift = Number("A year's growth of the mean price: 0.05 is 5 per cent.", -2.0, 2.0, default=0.05)
    volatility = Number(
        "Standard deviation of a year's logarithmic return.", 0.0, 3.0, above=True, default=0.2
    )
    min_price = Number(
        "Where the price is reflected upwards; a hundredth of the initial one if left out.",
        0.0,
        1e9,
        above=True,
        default=None,
    )
    max_price = Number(
        "Where it is reflected downwards; a hundred times the initial one if left out.",
        0.0,
        1e11,
        above=True,
        default=None,
    )
    tick_size = Number("Prices are whole numbers of this.", 0.000001, 1e6, default=0.01)
    min_spread = Number("The least of ask less bid, as a share of the price.", 0.0, 0.5, default=0.001)
    max_spread = Number("The most of it.", 0.0, 0.5, default=0.003)
    base_volume = Number(
        "The volume of a tick that doesn't move; with realistic dynamics of a usual minute that doesn't.",
        0.0,
        1e9,
        default=10_000.0,
    )
    move_volume = Number(
        "What volatility times a move in standard deviations adds to it.", 0.0, 1e9, default=50_000.0
    )
    loadings = Loadings(
        **options(
            "How much of each named factor is in its moves: two tickers correlate by the sum of products.",
            {},
            [{"market": 0.6}],
        )
    )
    jumps = ma.fields.Nested(JumpParameters, **options("Sudden moves; none if left out.", None, ()))
    clustering = ma.fields.Nested(
        ClusteringParameters, **options("Calm and restless times; none if left out.", None, ())
    )

    dynamics = dynamics_field("what the ticker leaves out (clustering, jumps, loadings) and its volumes")

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        ticker = ticker_of(data)
        if not ticker.min_price < ticker.initial_price < ticker.max_price:
            raise refused(
                f"{ticker.initial_price:g} isn't between min_price and max_price",
                "give an initial price between them",
                "initial_price",
            )
        if ticker.min_spread > ticker.max_spread:
            raise refused(f"{ticker.max_spread:g} is below min_spread", "give at least that", "max_spread")
        units = ticker.tick_size * 10**6
        if abs(units - round(units)) > 1e-6:
            raise refused("has more than 6 decimals", "give a coarser one, such as 0.01", "tick_size")
        if ticker.max_price > 10**12 * ticker.tick_size:
            raise refused("is too fine for max_price", "give a coarser one", "tick_size")
        if mean_variance(ticker, TradingHours()) <= 0:
            raise refused(
                "its jumps alone vary more than its volatility says",
                "make them fewer or smaller, or volatility greater",
                "jumps",
            )


def ticker_of(loaded: Mapping[str, Any]) -> Ticker:
    """The ticker that loaded parameters describe."""
    price = loaded["initial_price"]
    ticker = Ticker(
        symbol=loaded["ticker"],
        name=loaded["name"] or loaded["ticker"],
        sector=loaded["sector"],
        initial_price=price,
        drift=loaded["drift"],
        volatility=loaded["volatility"],
        min_price=loaded["min_price"] or price / 100,
        max_price=loaded["max_price"] or price * 100,
        tick_size=loaded["tick_size"],
        min_spread=loaded["min_spread"],
        max_spread=loaded["max_spread"],
        base_volume=loaded["base_volume"],
        move_volume=loaded["move_volume"],
        loadings=loaded["loadings"],
        jumps=None if loaded["jumps"] is None else Jumps(**loaded["jumps"]),
        clustering=None if loaded["clustering"] is None else Clustering(**loaded["clustering"]),
    )
    # Tickers that a server stored before there were dynamics don't say it.
    return realistic(ticker) if loaded.get("dynamics") == "realistic" else ticker


class TickerField(ma.fields.Field[Any]):
    """The symbol of a published ticker, or an object that describes one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str):
            if value not in PUBLISHED:
                raise refused(
                    f"{shown(value)} isn't a ticker", f"give one of {', '.join(PUBLISHED)}, or an object"
                )
            return value
        return TickerParameters().load(value)

    def json_schema(self) -> dict[str, Any]:
        return {"oneOf": [{"type": "string", "enum": list(PUBLISHED)}, object_schema(TickerParameters)]}

"""A ticker: what its price does, and the five that are always there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Jumps:
    """Merton's (1976): at most one a day, its size normal in logarithms."""

    per_year: float
    mean: float
    deviation: float


@dataclass(frozen=True)
class Clustering:
    """GARCH(1,1) of the daily variance (Bollerslev 1986), its mean the stated volatility."""

    reaction: float
    """How much of a day's squared move goes into the next day's variance (alpha)."""
    persistence: float
    """How much of a day's variance stays (beta)."""


@dataclass(frozen=True)
class Volume:
    """Of a day, as a multiple of the usual one: exp(AR(1)) times a power of the size of the day's move."""

    persistence: float
    """Of the AR(1), from one trading day to the next."""
    deviation: float
    """Of the AR(1), which is a logarithm."""
    response: float
    """The power."""


@dataclass(frozen=True)
class Ticker:
    """Drift, volatility and loadings are of logarithms; prices are in a currency that nobody names."""

    symbol: str
    name: str
    sector: str
    initial_price: float
    drift: float
    """A year's growth of the mean price."""
    volatility: float
    """Standard deviation of a year's logarithmic return."""
    min_price: float
    max_price: float
    """The price is reflected at both."""
    tick_size: float = 0.01
    min_spread: float = 0.001
    max_spread: float = 0.003
    """Ask less bid, as a share of the price, is evenly spread between the two."""
    base_volume: float = 10_000.0
    move_volume: float = 50_000.0
    """A tick's volume: base + move * volatility * |its move in standard deviations|; where there is a law of
    volume, those of a minute's ticks together, by day and minute."""
    loadings: Mapping[str, float] = field(default_factory=dict)
    """How much of each named factor its moves are: two tickers correlate by the sum of products."""
    jumps: Jumps | None = None
    clustering: Clustering | None = None
    volume: Volume | None = None
    """None: every day has the same volume but for what its ticks' moves add."""


PUBLISHED = {
    ticker.symbol: ticker
    for ticker in (
        Ticker("SYNTH", "Synthetic Corp", "Technology", 150.0, 0.05, 0.20, 10.0, 1000.0),
        Ticker("TECH", "Tech Innovations", "Technology", 320.0, 0.08, 0.30, 50.0, 2000.0),
        Ticker("FINANCE", "Finance Holdings", "Finance", 85.0, 0.03, 0.15, 20.0, 500.0),
        Ticker("ENERGY", "Energy Solutions", "Energy", 65.0, 0.02, 0.25, 10.0, 300.0),
        Ticker("HEALTH", "Healthcare Partners", "Healthcare", 180.0, 0.06, 0.18, 30.0, 800.0),
    )
}
"""With the parameters that the market data page published for them."""

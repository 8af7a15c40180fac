"""How prices and volumes of real securities behave, where a ticker leaves it open.

Returns of real shares have fat tails, calm and restless times, volumes that grow with the size of moves, and
move together with the market and their sector (the stylised facts 2, 6, 9 of Cont 2001, and Karpoff 1987 on
volume).
"""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np

from synthmill.generators.kernels.elementary import exp, log
from synthmill.generators.kernels.mix import F64, I64
from synthmill.generators.strategies.market.tickers import Clustering, Jumps, Ticker, Volume

DYNAMICS = ("plain", "realistic")

_CLUSTERING = Clustering(reaction=0.1, persistence=0.88)
_VOLUME = Volume(persistence=0.9, deviation=0.4, response=0.5)
_MARKET, _SECTOR = 0.65, 0.4
"""Loadings. As calm and jumps are a share's own, two of a sector correlate by about 0.45, others by 0.35."""
_JUMPS_A_YEAR = 4.0
_TRADING_YEAR = math.sqrt(252.0)
_STILL = 0.3
"""What a day without a move counts, in its usual move, towards its volume."""
_STILL_MINUTE = 0.4
_MEAN_SIZE = 0.7978845608028654
"""Of a standard normal number without its sign: sqrt(2 / pi)."""


def realistic(ticker: Ticker) -> Ticker:
    """The ticker with clustering, jumps, factors and volume where it has none of its own."""
    a_day = ticker.volatility / _TRADING_YEAR
    factor = "sector_" + re.sub(r"[^A-Za-z0-9_]", "_", ticker.sector)[:24]
    return replace(
        ticker,
        clustering=ticker.clustering or _CLUSTERING,
        jumps=ticker.jumps or Jumps(_JUMPS_A_YEAR, -0.5 * a_day, 2.5 * a_day),
        loadings=ticker.loadings or {"market": _MARKET, factor: _SECTOR},
        volume=ticker.volume or _VOLUME,
    )


def day_volumes(law: Volume, trading: I64, news: F64, moves: F64) -> F64:
    """How many times the usual volume each day has, about 1 on average; of shape (days,).

    exp(AR(1)) * (0.3 + |move|) ** response, with standard normal `news` and moves in standard deviations.
    The AR(1) begins in its stationary law and passes over days without trading.
    """
    fresh = law.deviation * math.sqrt(1.0 - law.persistence * law.persistence)
    level, levels = 0.0, np.zeros(len(news))
    for place, day in enumerate(np.flatnonzero(trading).tolist()):
        shock = float(news[day])
        level = law.persistence * level + fresh * shock if place else law.deviation * shock
        levels[day] = level
    size = log((_STILL + np.abs(moves)) / (_STILL + _MEAN_SIZE))
    volumes: F64 = exp(levels - 0.5 * law.deviation * law.deviation + law.response * size) * trading
    return volumes


def minute_volumes(activity: F64, moves: F64) -> F64:
    """How many times a day's mean each minute has: livelier with the hour and with its own move."""
    volumes: F64 = activity * ((_STILL_MINUTE + np.abs(moves)) / (_STILL_MINUTE + _MEAN_SIZE))
    return volumes

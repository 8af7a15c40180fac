"""A market that goes on: what happens by time, and at one moment by ticker."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import marshmallow as ma

from synthmill.generators import limits
from synthmill.generators.errors import FiniteTableError, InvalidRequestError
from synthmill.generators.schema.times import days
from synthmill.generators.strategies.market.bars import TIMEFRAMES
from synthmill.generators.strategies.market.parameters import MAX_HISTORY_DAYS, MarketParameters
from synthmill.generators.strategies.market.trading_hours import DAY_MINUTES

MAX_BAR_TICKS = 3_000
"""A bar of a stream is made while somebody waits for it."""
_MINUTE_MS = 60_000
_EPOCH = date(1970, 1, 1)
_LAST_DAY = (date.max - _EPOCH).days


def open_ended(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters, not yet loaded, with the last end that history has."""
    field = MarketParameters().fields["history_start"]
    try:
        first = field.deserialize(parameters.get("history_start", ma.missing))
    except ma.ValidationError:
        return parameters  # Whoever loads them says it.
    return {**parameters, "rows": None, "end": _midnight(days(first) + MAX_HISTORY_DAYS)}


def longest(loaded: Mapping[str, Any], table: str | None) -> tuple[dict[str, Any], str]:
    """Loaded parameters with the latest end that a table's limit and history's allow, and the table's name.

    Raises FiniteTableError, and InvalidRequestError for bars that take too long to make.
    """
    own = loaded["table"]
    if table not in (None, own):
        raise FiniteTableError(f"there is no table {table!r}", f"leave it out: `parameters` ask for {own}")
    per_minute = _MINUTE_MS // loaded["interval_ms"]
    per_day = DAY_MINUTES * per_minute
    if own == "bars":
        minutes = TIMEFRAMES[loaded["timeframe"]]
        if minutes * per_minute > MAX_BAR_TICKS:
            raise InvalidRequestError.one(
                "timeframe",
                f"a bar of {minutes * per_minute:,} ticks is too much for a stream",
                f"at most {MAX_BAR_TICKS:,} ticks: a shorter timeframe, or a longer interval_ms",
            )
        per_day = DAY_MINUTES // minutes
    most = days(loaded["start"][:10]) + limits.MAX_TABLE_ROWS // (per_day * len(loaded["tickers"]))
    return {**loaded, "end": _midnight(min(most, days(loaded["end"][:10])))}, own


def _midnight(day: int) -> str:
    return f"{(_EPOCH + timedelta(min(day, _LAST_DAY))).isoformat()}T00:00:00Z"

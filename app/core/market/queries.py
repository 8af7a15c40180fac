"""What is asked of a market. Nothing later than now is given: the future is computed like the past."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.errors import CoreError
from synthmill.app.core.market.day_cache import kept_days, make_day, present_minutes
from synthmill.app.core.market.tickers import security_of
from synthmill.app.core.services import Services
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.kernels.mix import I64
from synthmill.generators.strategies.market.bars import Minutes, bars_of, joined, trimmed
from synthmill.generators.strategies.market.statistics import statistics_of
from synthmill.generators.strategies.market.ticks import MINUTE_MS, Security
from synthmill.generators.strategies.market.trading_hours import DAY_MINUTES
from synthmill.generators.strategies.market.window import window

AT_ONCE_TICKS = 5_000_000
"""More than so many ticks take longer than 0.2 CPU seconds: a worker makes them, not a web process."""
DAYS_A_MESSAGE = 4
_ASK_AGAIN_SECONDS = 3.0
"""A message may have got lost."""
_DAY_MS = DAY_MINUTES * MINUTE_MS


class ComputingError(CoreError):
    """Workers are at it; ask again soon."""


@dataclass(frozen=True)
class Tick:
    time_ms: int
    price: Decimal
    volume: int
    bid: Decimal
    ask: Decimal


@dataclass(frozen=True)
class Bar:
    time_ms: int
    """When it begins."""
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: int


@dataclass(frozen=True)
class Statistics:
    tick_count: int
    low: Decimal
    high: Decimal
    open: Decimal
    close: Decimal
    avg_price: float
    total_volume: int
    volatility: float
    """The standard deviation of the prices."""
    change: Decimal
    change_pct: float


@dataclass(frozen=True)
class TimeRange:
    """From a moment to before another, in milliseconds from 1970; nothing after `now_ms` exists."""

    start_ms: int
    end_ms: int
    now_ms: int

    @property
    def last_ms(self) -> int:
        return min(self.end_ms, self.now_ms + 1)


def quote(services: Services, principal: Principal, symbol: str, now_ms: int) -> Tick:
    """The last tick. Raises NotFoundError."""
    security = security_of(services, principal.workspace_id, symbol)
    tick_ms = now_ms - now_ms % security.interval_ms
    return _ticks(security, np.array([tick_ms], np.int64))[0]


def minute_ticks(services: Services, workspace_id: str, symbol: str, minute: int) -> list[Tick]:
    """All ticks of a minute, counted from 1970; for callers that send each when its moment comes.

    Raises NotFoundError.
    """
    security = security_of(services, workspace_id, symbol)
    start = minute * MINUTE_MS
    return _ticks(security, np.arange(start, start + MINUTE_MS, security.interval_ms))


def history(
    services: Services, principal: Principal, symbol: str, asked: TimeRange, limit: int
) -> tuple[list[Tick], int | None]:
    """The first `limit` ticks of the range, and when the next one comes, if there is one."""
    security = security_of(services, principal.workspace_id, symbol)
    _check(security, asked)
    found = window(security.hours, asked.start_ms, asked.last_ms, security.interval_ms)
    wanted = min(found.count, limit)
    day, number = found.place(0, min(found.count, limit + 1))
    times = day * _DAY_MS + number * security.interval_ms + security.hours.open * MINUTE_MS
    return _ticks(security, times[:wanted]), int(times[wanted]) if found.count > wanted else None


def bars(
    services: Services, principal: Principal, symbol: str, timeframe: int, asked: TimeRange, limit: int
) -> tuple[list[Bar], int | None]:
    """The first `limit` bars that begin in the range, the last as far as it has come; the next's time.

    Raises ComputingError where workers have to make days first.
    """
    security = security_of(services, principal.workspace_id, symbol)
    _check(security, asked)
    found = window(security.hours, asked.start_ms, asked.last_ms, timeframe * MINUTE_MS)
    day, number = found.place(0, min(found.count, limit + 1))
    first = day * DAY_MINUTES + (security.hours.open // timeframe + number) * timeframe
    if not len(first):
        return [], None
    shown = first[:limit]
    span = TimeRange(int(shown[0]) * MINUTE_MS, (int(shown[-1]) + timeframe) * MINUTE_MS, asked.now_ms)
    made = bars_of(_minutes(services, principal.workspace_id, security, span), timeframe)
    prices = (_decimals(column, security) for column in (made.open, made.high, made.low, made.close))
    rows = zip((made.start * MINUTE_MS).tolist(), *prices, made.volume.tolist(), strict=True)
    return [Bar(*row) for row in rows], int(first[limit]) * MINUTE_MS if len(first) > limit else None


def statistics(services: Services, principal: Principal, symbol: str, asked: TimeRange) -> Statistics | None:
    """Of all ticks of the range; None where there are none. Raises ComputingError."""
    security = security_of(services, principal.workspace_id, symbol)
    _check(security, asked)
    minutes = _minutes(services, principal.workspace_id, security, asked)
    if not len(minutes):
        return None
    found = statistics_of(minutes)
    scale = 10**security.decimals
    low, high, opening, close = (
        _decimal(price, security) for price in (found.low, found.high, found.open, found.close)
    )
    return Statistics(
        found.tick_count, low, high, opening, close, found.mean / scale, found.volume,
        found.deviation / scale, close - opening, (found.close / found.open - 1) * 100,
    )  # fmt: skip


def _check(security: Security, asked: TimeRange) -> None:
    if asked.end_ms <= asked.start_ms:
        raise InvalidRequestError.one("end", "isn't after start", "give a later time")
    if asked.start_ms < security.first_day * _DAY_MS:
        begins = np.datetime64(security.first_day, "D")
        raise InvalidRequestError.one("start", f"history begins on {begins}", f"give {begins} or later")


def _minutes(services: Services, workspace_id: str, security: Security, asked: TimeRange) -> Minutes:
    """The minutes of a range, its first and last with those of their ticks alone that lie in it."""
    first, last = asked.start_ms // MINUTE_MS, -(-asked.last_ms // MINUTE_MS)
    closed = range(first // DAY_MINUTES, min(-(-last // DAY_MINUTES), asked.now_ms // _DAY_MS))
    kept = kept_days(services, security, closed)
    missing = [day for day in closed if day not in kept and security.hours.is_open(np.array([day]))[0]]
    today = max(first, (asked.now_ms // _DAY_MS) * DAY_MINUTES)
    ticks = (len(missing) * security.hours.minutes + max(0, last - today)) * security.per_minute
    if ticks > AT_ONCE_TICKS:
        _ask_workers(services, workspace_id, security, missing)
        raise ComputingError("this has to be computed first; ask again in a second")
    kept |= {day: make_day(services, security, day) for day in missing}
    whole = joined([*(kept[day] for day in sorted(kept)), present_minutes(security, today, last)])
    begin, end = np.searchsorted(whole.minute, [first, last])
    return _trimmed(security, whole.part(slice(begin, end)), asked)


def _trimmed(security: Security, minutes: Minutes, asked: TimeRange) -> Minutes:
    """Without the ticks of the first and the last minute that lie outside."""
    if not len(minutes):
        return minutes

    def within(minute: int, moment_ms: int) -> int:
        steps = -(-(moment_ms - minute * MINUTE_MS) // security.interval_ms)
        return min(max(steps, 0), security.per_minute)

    edges = [0, len(minutes) - 1] if len(minutes) > 1 else [0]
    found = []
    for place in edges:
        minute = int(minutes.minute[place])
        first, last = within(minute, asked.start_ms), within(minute, asked.last_ms)
        if last - first == security.per_minute:
            found.append(minutes.part(slice(place, place + 1)))
        elif last > first:
            found.append(trimmed(security, minute, first, last))
        else:
            found.append(minutes.part(slice(0, 0)))
    return joined([found[0], minutes.part(slice(1, -1)), *found[1:]])


def _ask_workers(services: Services, workspace_id: str, security: Security, days: Sequence[int]) -> None:
    symbol = security.ticker.symbol
    for at in range(0, len(days), DAYS_A_MESSAGE):
        some = days[at : at + DAYS_A_MESSAGE]
        if _asked.is_due((workspace_id, symbol, some[0], some[-1] + 1)):
            services.queue.ask_days(workspace_id, symbol, some[0], some[-1] + 1)


class _Asked:
    """What workers were asked for just now: who waits for it looks again every moment."""

    def __init__(self) -> None:
        self._at: dict[object, float] = {}
        self._lock = threading.Lock()

    def is_due(self, days: object) -> bool:
        """Whether to ask now; if so, not again for a while."""
        now = time.monotonic()
        with self._lock:
            if now < self._at.get(days, -math.inf) + _ASK_AGAIN_SECONDS:
                return False
            self._at = {one: at for one, at in self._at.items() if now < at + _ASK_AGAIN_SECONDS}
            self._at[days] = now
            return True


_asked = _Asked()


def _ticks(security: Security, times_ms: I64) -> list[Tick]:
    """The ticks of these moments, each of which has one."""
    if not len(times_ms):
        return []
    minute = times_ms // MINUTE_MS
    minutes = np.unique(minute)
    made = security.ticks(minutes)
    at = np.searchsorted(minutes, minute) * security.per_minute
    at += times_ms % MINUTE_MS // security.interval_ms
    price, bid, ask = (_decimals(column[at], security) for column in (made.price, made.bid, made.ask))
    rows = zip(times_ms.tolist(), price, made.volume[at].tolist(), bid, ask, strict=True)
    return [Tick(*row) for row in rows]


def _decimals(units: I64, security: Security) -> list[Decimal]:
    return [_decimal(one, security) for one in units.tolist()]


def _decimal(units: int, security: Security) -> Decimal:
    return Decimal(units).scaleb(-security.decimals)

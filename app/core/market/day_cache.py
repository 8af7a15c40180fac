"""Closed days of a ticker, summed up minute by minute: kept so that months of bars needn't be made again.

A cache and nothing more: whatever is missing is made again, the same.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from dataclasses import fields

import numpy as np
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from synthmill.app.core.db import db_now, models
from synthmill.app.core.errors import NotFoundError
from synthmill.app.core.market.tickers import security_of
from synthmill.app.core.services import Services
from synthmill.generators.engine.recent import Recent
from synthmill.generators.kernels.mix import I64
from synthmill.generators.strategies.market.bars import Minutes, joined, minutes_of
from synthmill.generators.strategies.market.ticks import Security
from synthmill.generators.strategies.market.trading_hours import DAY_MINUTES
from synthmill.generators.version import ENGINE_VERSION

_REMEMBERED_BYTES = 48 * 2**20
"""Of days that a process keeps unpacked: some four hundred, of about 80 KiB and 40 KiB packed each."""
_REMEMBERED_HOUR_BYTES = 16 * 2**20
"""Of hours of the present day that a process keeps: of a hundred tickers, about 4 KiB each."""
_LEVEL = 1

Day = models.MarketDay


def trading_minutes(security: Security, first: int, last: int) -> I64:
    """The minutes with trading from first to last - 1, counted from 1970."""
    minutes = np.arange(first, max(first, last), dtype=np.int64)
    within = minutes % DAY_MINUTES
    open_ = (within >= security.hours.open) & (within < security.hours.close)
    traded: I64 = minutes[open_ & (security.hours.is_open(minutes // DAY_MINUTES) == 1)]
    return traded


def present_minutes(security: Security, first: int, last: int) -> Minutes:
    """The minutes with trading from first to last - 1 of the present day; whole hours are remembered."""
    named = _Named(security)
    hours = range(first // 60, -(-last // 60))
    whole = joined(
        [
            _hour(named, hour) if (hour + 1) * 60 <= last else _minutes(security, hour * 60, last)
            for hour in hours
        ]
    )
    return whole.part(slice(int(np.searchsorted(whole.minute, first)), None))


class _Named:
    """A security as a key of the cache: equal by all that its ticks follow from."""

    def __init__(self, security: Security) -> None:
        self.security, self.name = security, identity(security)

    def __hash__(self) -> int:
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Named) and other.name == self.name


def _size(minutes: Minutes) -> float:
    return float(sum(getattr(minutes, field.name).nbytes for field in fields(Minutes)))


_hours: Recent[Minutes] = Recent(_REMEMBERED_HOUR_BYTES, _size)
_days: Recent[Minutes] = Recent(_REMEMBERED_BYTES, _size)


def _hour(named: _Named, hour: int) -> Minutes:
    return _hours.get((named, hour), lambda: _minutes(named.security, hour * 60, (hour + 1) * 60))


def _minutes(security: Security, first: int, last: int) -> Minutes:
    return minutes_of(security, trading_minutes(security, first, last))


def identity(security: Security) -> str:
    """Of everything that the ticks of a security follow from."""
    return hashlib.sha256(f"{ENGINE_VERSION} {security!r}".encode()).hexdigest()


def kept_days(services: Services, security: Security, days: Iterable[int]) -> dict[int, Minutes]:
    """Those of these days that are kept."""
    name = identity(security)
    with services.db.read() as session:
        rows = session.execute(
            select(Day.day, Day.minutes).where(Day.security == name, Day.day.in_(list(days)))
        ).all()
    return {day: _unpacked(packed) for day, packed in rows}


def make_day(services: Services, security: Security, day: int) -> Minutes:
    """A closed day, kept from now on."""
    minutes = _minutes(security, day * DAY_MINUTES, (day + 1) * DAY_MINUTES)
    try:
        with services.db.write() as session:
            row = {"security": identity(security), "day": day, "minutes": _packed(minutes)}
            session.execute(insert(Day).values(**row, created_at=db_now()))
    except IntegrityError:
        pass  # Somebody else made it meanwhile: the same.
    return minutes


def make_days(services: Services, workspace_id: str, symbol: str, first: int, last: int) -> None:
    """What a worker does for a message: make the days from first to last - 1 that aren't kept yet."""
    try:
        security = security_of(services, workspace_id, symbol)
    except NotFoundError:
        return  # Removed since it was asked for.
    for day in range(first, last):
        if not kept_days(services, security, [day]):
            make_day(services, security, day)


def _packed(minutes: Minutes) -> bytes:
    """Differences of neighbours are small numbers, which zlib makes smaller still."""
    columns = np.array([getattr(minutes, field.name) for field in fields(Minutes)], np.int64)
    steps = np.diff(columns, axis=1, prepend=0)
    return zlib.compress(steps.tobytes(), _LEVEL)


def _unpacked(packed: bytes) -> Minutes:
    return _days.get(packed, lambda: _unpack(packed), len(packed))


def _unpack(packed: bytes) -> Minutes:
    steps = np.frombuffer(zlib.decompress(packed), np.int64).reshape(len(fields(Minutes)), -1)
    return Minutes(*np.cumsum(steps, axis=1))

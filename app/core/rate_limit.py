"""How many requests a client may make: so many in any stretch of `WINDOW` seconds, by a sliding window.

Two counters per client, of this stretch of the clock and the one before. What the window holds is the present
count and that part of the former one which the window still covers, as if it had come evenly. Refused
requests don't count. The counters are in Redis, common to all web processes; while Redis is away each process
counts for itself, and a client may have the limit at each of them.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from dataclasses import dataclass
from typing import Protocol

from redis import Redis
from redis.exceptions import RedisError

from synthmill.app.core.observability import counters

log = logging.getLogger(__name__)

WINDOW = 60
_MUTE_SECONDS = 5.0
"""Redis isn't asked again so soon after it failed: its timeouts would slow every request down."""
_TIMEOUT = 0.25
_CLOCK_ROUNDING = 0.001
"""Seconds added to a wait: the time as a float isn't exact, and who comes back then must not be early."""
_MOST_CLIENTS = 100_000
"""Counted by one process on its own; with more, it begins anew."""

_SCRIPT = """
local now = redis.call('TIME')
local seconds = tonumber(now[1]) + tonumber(now[2]) / 1000000
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local stretch = math.floor(seconds / window)
local part = seconds / window - stretch
local present, former = KEYS[1] .. ':' .. stretch, KEYS[1] .. ':' .. (stretch - 1)
local before, count = tonumber(redis.call('GET', former) or '0'), tonumber(redis.call('GET', present) or '0')
if before * (1 - part) + count + 1 <= limit then
  redis.call('INCR', present)
  redis.call('EXPIRE', present, 2 * window)
  return {1, before, count + 1, tostring(part)}
end
return {0, before, count, tostring(part)}
"""


@dataclass(frozen=True)
class Verdict:
    allowed: bool
    limit: int
    remaining: int
    """Requests that would be allowed now."""
    reset: int
    """Seconds until one is allowed, where none is; else until the window that counts now is over."""


class RateLimit(Protocol):
    def spend(self, client: str, limit: int) -> Verdict:
        """Count one request of a client, if it is within `limit` per WINDOW."""

    def close(self) -> None: ...


def _verdict(allowed: bool, limit: int, before: int, count: int, part: float) -> Verdict:
    """`before` and `count` of the former and the present stretch, of which `part` is over."""
    left = max(0, math.floor(limit - count - before * (1 - part)))
    if left or allowed:
        return Verdict(allowed, limit, left, math.ceil(WINDOW * (1 - part)))
    if count < limit:
        # The former stretch leaves the window bit by bit: until there is room for one.
        wait = WINDOW * (1 - (limit - count - 1) / before - part)
    else:
        # Then it is the present one that leaves, when the next has begun.
        wait = WINDOW * (1 - part + 1 - (limit - 1) / count)
    return Verdict(False, limit, 0, max(1, math.ceil(wait + _CLOCK_ROUNDING)))


class LocalRateLimit:
    """Counts in this process alone."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, int], int] = {}
        self._stretch = 0
        self._lock = threading.Lock()

    def spend(self, client: str, limit: int) -> Verdict:
        stretch, part = divmod(time.time() / WINDOW, 1)
        now = int(stretch)
        with self._lock:
            if now != self._stretch or len(self._counts) > _MOST_CLIENTS:
                self._forget(now)
            before = self._counts.get((client, now - 1), 0)
            count = self._counts.get((client, now), 0)
            allowed = before * (1 - part) + count + 1 <= limit
            if allowed:
                count += 1
                self._counts[client, now] = count
        return _verdict(allowed, limit, before, count, part)

    def _forget(self, now: int) -> None:
        kept = {key: count for key, count in self._counts.items() if key[1] >= now - 1}
        self._counts = kept if len(kept) <= _MOST_CLIENTS else {}
        self._stretch = now

    def close(self) -> None:
        self._counts.clear()


class RedisRateLimit:
    """Counts in Redis, and in this process while Redis is away."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(
            url, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT, socket_keepalive=True
        )
        self._count = self._redis.register_script(_SCRIPT)
        self._alone = LocalRateLimit()
        self._mute_until = 0.0

    def spend(self, client: str, limit: int) -> Verdict:
        if time.monotonic() >= self._mute_until:
            try:
                allowed, before, count, part = self._count([f"synthmill:rate:{client}"], [limit, WINDOW])
            except RedisError as error:
                self._mute_until = time.monotonic() + _MUTE_SECONDS
                counters.count("broker_errors")
                log.warning("requests are counted by each process alone: %s", type(error).__name__)
            else:
                return _verdict(bool(allowed), limit, int(before), int(count), float(part))
        return self._alone.spend(client, limit)

    def close(self) -> None:
        self._redis.close()

"""HTTP connections of a web process that no thread serves, and which of them goes when they are too many.

Whoever has been here longest without a whole request, or without taking its answer, goes first: a client that
means well is here for milliseconds. So a crowd of slow clients pushes out itself, whatever its addresses.
"""

from __future__ import annotations

import ipaddress
from collections import Counter, OrderedDict
from dataclasses import dataclass
from enum import Enum

from gunicorn.workers.gthread import TConn

from synthmill.app.http.request_framing import RequestFraming

HEAVY_BYTES = 16_384


class State(Enum):
    IDLE = "idle"
    """Nothing of a request has come."""
    READING = "reading"
    SERVING = "serving"
    """A thread has it, or the queue for one."""
    WRITING = "writing"
    """The answer is made, and its client hasn't taken all of it."""
    CLOSING = "closing"
    """It is over; what its client was still sending is dropped, so that it gets to see the answer."""


class Connection(TConn):  # type: ignore[misc]
    """A client's connection, with what is known of it between two threads."""

    framing: RequestFraming
    state: State | None = None
    deadline = 0.0
    began = 0.0
    """When the head, or the body, that is being read began."""
    address = ""
    """Whose connections are counted together; empty: nobody's."""
    key: bytes | None = None
    charged = 0
    """Bytes that are kept for it."""
    watched = 0
    """For which events the poller looks at it."""
    keep_alive = False
    to_drop = 0
    """Bytes that are still read of what nobody wants, while it is closed."""


@dataclass(frozen=True)
class ConnectionLimits:
    total: int
    per_address: int
    per_key: int
    kept_bytes: int
    """Of requests that aren't whole yet, or wait for a thread, and of answers that aren't taken."""


class ConnectionCounts:
    """What /metrics shows of them. A process that serves in another way has none."""

    def __init__(self) -> None:
        self.states: Counter[State] = Counter()
        self.dropped: Counter[str] = Counter()
        self.kept_bytes = 0


class HeldConnections:
    """All connections, counted; and those that no thread has, the oldest first. For one thread."""

    def __init__(self, limits: ConnectionLimits, counts: ConnectionCounts) -> None:
        self.limits, self.counts = limits, counts
        self._held: OrderedDict[Connection, None] = OrderedDict()
        self._heavy: OrderedDict[Connection, None] = OrderedDict()
        self._held_by_address: dict[str, OrderedDict[Connection, None]] = {}
        self._by_address: Counter[str] = Counter()
        self._by_key: Counter[bytes] = Counter()

    def __len__(self) -> int:
        """All of them, those that are being served included."""
        return sum(self.counts.states.values())

    def held(self) -> list[Connection]:
        """Those that no thread has, the oldest first."""
        return list(self._held)

    def enter(self, connection: Connection, state: State) -> None:
        """The connection is in this state now."""
        if connection.state is state:
            return
        was_held = connection.state not in (None, State.SERVING)
        if connection.state is not None:
            self.counts.states[connection.state] -= 1
        self.counts.states[state] += 1
        connection.state = state
        if was_held and state is State.SERVING:
            self._release(connection)
        elif not was_held and state is not State.SERVING:
            self._held[connection] = None
            if connection.address:
                self._held_by_address.setdefault(connection.address, OrderedDict())[connection] = None

    def leave(self, connection: Connection) -> None:
        """The connection is no more."""
        if connection.state is None:
            return
        if connection.state is not State.SERVING:
            self._release(connection)
        self.counts.states[connection.state] -= 1
        connection.state = None
        self.charge(connection, 0)
        self.forget_key(connection)
        _lower(self._by_address, connection.address)

    def _release(self, connection: Connection) -> None:
        del self._held[connection]
        self._heavy.pop(connection, None)
        mine = self._held_by_address.get(connection.address)
        if mine is not None:
            mine.pop(connection, None)
            if not mine:
                del self._held_by_address[connection.address]

    def set_address(self, connection: Connection, address: str) -> Connection | None:
        """Count it for this address. The result must go: the oldest of too many, or itself."""
        if address == connection.address:
            return None
        _lower(self._by_address, connection.address)
        if connection in self._held:
            self._release(connection)
            connection.address = address
            self._held[connection] = None
            self._held_by_address.setdefault(address, OrderedDict())[connection] = None
        connection.address = address
        self._by_address[address] += 1
        if self._by_address[address] <= self.limits.per_address:
            return None
        return next(iter(self._held_by_address.get(address, ())), connection)

    def set_key(self, connection: Connection, key: bytes) -> bool:
        """Count it for this key until `forget_key`; whether the key may have one more."""
        if self._by_key[key] >= self.limits.per_key:
            return False
        self._by_key[key] += 1
        connection.key = key
        return True

    def forget_key(self, connection: Connection) -> None:
        if connection.key is not None:
            _lower(self._by_key, connection.key)
            connection.key = None

    def charge(self, connection: Connection, size: int) -> Connection | None:
        """So many bytes are kept for it. The result must go, for all of them together are too many."""
        self.counts.kept_bytes += size - connection.charged
        connection.charged = size
        if connection in self._held and size > HEAVY_BYTES:
            self._heavy.setdefault(connection)
        elif size <= HEAVY_BYTES:
            self._heavy.pop(connection, None)
        if self.counts.kept_bytes <= self.limits.kept_bytes or not size:
            return None
        return next(iter(self._heavy), connection)

    def oldest(self) -> Connection | None:
        """The one that goes where there is room for no more."""
        return next(iter(self._held), None)


def _lower(counts: Counter[str] | Counter[bytes], name: str | bytes) -> None:
    """One fewer; those that have none aren't remembered."""
    if name in counts:
        counts[name] -= 1  # type: ignore[index]
        if counts[name] <= 0:  # type: ignore[index]
            del counts[name]


def address_group(peer: object) -> str:
    """Whose connections count together: an IPv4 address, the network of an IPv6 one, else nobody's."""
    named = peer[0] if isinstance(peer, tuple) else peer
    try:
        address = ipaddress.ip_address(str(named).partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)

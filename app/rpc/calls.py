"""What every call has: a caller with a valid key, a place among those served, statuses for refusals."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Protocol, TypeVar

import grpc

from synthmill.app.core.access.allowance import Policy, require_allowed, spend
from synthmill.app.core.access.keys import Principal, authenticate
from synthmill.app.core.confined.caller import caller, caller_gone
from synthmill.app.core.errors import TooManyRequestsError, UnauthorizedError
from synthmill.app.core.services import Services
from synthmill.app.rpc.refusals import going_away, refusing

NO_KEY = "an API key is needed: send it as metadata x-api-key or authorization: Bearer KEY"

Request = TypeVar("Request")
Response = TypeVar("Response")


@dataclass
class Desk:
    """What all calls of one process share."""

    services: Services
    calls_of_a_key: int
    """Most calls that one key may have under way here, so that nobody can shut the others out."""
    stopping: threading.Event = field(default_factory=threading.Event)
    _open: Counter[str] = field(default_factory=Counter)
    _revoked: frozenset[str] = frozenset()
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def place(self, key_id: str) -> Iterator[None]:
        """A call of this key while the block runs. Raises TooManyRequestsError."""
        with self._lock:
            if self._open[key_id] >= self.calls_of_a_key:
                raise TooManyRequestsError(
                    f"this key has {self.calls_of_a_key:,} calls under way, which is all it may have",
                    1,
                    "key",
                    "end some before the next",
                )
            self._open[key_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._open[key_id] -= 1
                if not self._open[key_id]:
                    del self._open[key_id]

    def keys(self) -> set[str]:
        """The keys that have calls under way."""
        with self._lock:
            return set(self._open)

    def open_calls(self) -> int:
        with self._lock:
            return self._open.total()

    def revoke(self, key_ids: set[str]) -> None:
        """Calls of these keys end."""
        self._revoked = frozenset(key_ids)

    def require_valid(self, key_id: str) -> None:
        """Raises UnauthorizedError where the key was revoked since the call began."""
        if key_id in self._revoked:
            raise UnauthorizedError("this API key was revoked")


@dataclass(frozen=True)
class Call:
    """One call, as the method that serves it sees it."""

    desk: Desk
    principal: Principal
    context: grpc.ServicerContext

    @property
    def services(self) -> Services:
        return self.desk.services

    def goes_on(self, after: int) -> bool:
        """Whether the client of a stream is still there. Raises CallEndedError where the process is about to
        end, saying that `after` was the last number, and UnauthorizedError where the key was revoked."""
        if self.desk.stopping.is_set():
            raise going_away(after)
        self.desk.require_valid(self.principal.key_id)
        return self.context.is_active()


class HasDesk(Protocol):
    desk: Desk


Service = TypeVar("Service", bound=HasDesk)


def unary(
    method: Callable[[Service, Call, Request], Response],
) -> Callable[[Service, Request, grpc.ServicerContext], Response]:
    """A method with one answer, which gets its Call and may raise any refusal."""

    @wraps(method)
    def serve(service: Service, request: Request, context: grpc.ServicerContext) -> Response:
        with refusing(context, method.__name__), _calling(service.desk, context) as call:
            return method(service, call, request)
        raise AssertionError("refusing ends the call")

    return serve


def stream(
    method: Callable[[Service, Call, Request], Iterator[Response]],
) -> Callable[[Service, Request, grpc.ServicerContext], Iterator[Response]]:
    """A method with answers one by one; each is asked for when the client has taken the one before."""

    @wraps(method)
    def serve(service: Service, request: Request, context: grpc.ServicerContext) -> Iterator[Response]:
        with refusing(context, method.__name__), _calling(service.desk, context) as call:
            yield from method(service, call, request)

    return serve


@contextmanager
def _calling(desk: Desk, context: grpc.ServicerContext) -> Iterator[Call]:
    principal = _identify(desk.services, context)
    with desk.place(principal.key_id):
        caller.set(principal.key_id)
        caller_gone.set(lambda: not context.is_active())
        yield Call(desk, principal, context)


def _identify(services: Services, context: grpc.ServicerContext) -> Principal:
    """Whose key the metadata hold, this call counted. Raises UnauthorizedError or TooManyRequestsError."""
    try:
        principal = authenticate(services, _token(context))
    except UnauthorizedError:
        _count(services, "address", _address(context.peer()))
        raise
    _count(services, "key", principal.key_id)
    return principal


def _token(context: grpc.ServicerContext) -> str:
    given: dict[str, Any] = dict(context.invocation_metadata())
    scheme, _, bearer = str(given.get("authorization", "")).partition(" ")
    if scheme.lower() != "bearer":
        bearer = ""
    token = str(given.get("x-api-key", "")) or bearer
    if not token:
        raise UnauthorizedError(NO_KEY)
    if bearer and bearer != token:
        raise UnauthorizedError("x-api-key and authorization hold different keys; send one")
    return token


def _address(peer: str) -> str:
    """`ipv4:203.0.113.7:40000` without the port."""
    return peer.rpartition(":")[0] or peer


def _count(services: Services, policy: Policy, client: str) -> None:
    require_allowed(policy, spend(services, policy, client))

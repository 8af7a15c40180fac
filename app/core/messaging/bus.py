"""Live messages between processes, over Redis pub/sub.

The bus may lose everything at any moment: a listener reads the database as well (see watch.py), so
a lost message costs a second of delay and nothing else. Publishing therefore never fails its caller.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from redis import Redis
from redis.backoff import NoBackoff
from redis.client import PubSub
from redis.exceptions import RedisError
from redis.retry import Retry

from synthmill.app.core.observability import counters

log = logging.getLogger(__name__)

BUFFER = 1_000
"""Messages that one listener may lag behind before it loses some."""


Receive = Callable[[str], None]


class Listener(Protocol):
    def get(self, timeout: float) -> str | None:
        """The next message, or None when none came within `timeout` seconds."""


class Bus(Protocol):
    def publish(self, messages: Iterable[tuple[str, str]]) -> None:
        """Send (channel, message) pairs to those who listen now; a failure is logged, not raised."""

    def subscribe(self, channel: str, receive: Receive) -> None:
        """Call `receive` with each message, in a thread of the bus's own: it must be quick and not raise."""

    def unsubscribe(self, channel: str, receive: Receive) -> None:
        """Call it no more, but for a message that is on its way."""

    def listen(self, channel: str) -> Any:
        """Context manager giving a Listener for the channel."""

    def close(self) -> None: ...


class _Mailbox:
    def __init__(self) -> None:
        self._messages: queue.Queue[str] = queue.Queue(BUFFER)

    def get(self, timeout: float) -> str | None:
        try:
            return self._messages.get(timeout=timeout)
        except queue.Empty:
            return None

    def put(self, message: str) -> None:
        try:
            self._messages.put_nowait(message)
        except queue.Full:
            self._messages.get_nowait()
            self._messages.put_nowait(message)


class RedisBus:
    """One subscriber connection per process, however many listeners it has."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._publisher: Redis | None = None
        self._receivers: dict[str, list[Receive]] = {}
        self._changed = threading.Condition()
        self._channels_changed = False
        self._reader: threading.Thread | None = None
        self._closed = False
        self._mute_until = 0.0

    def publish(self, messages: Iterable[tuple[str, str]]) -> None:
        if time.monotonic() < self._mute_until:
            return
        try:
            if self._publisher is None:
                self._publisher = _connect(self._url)
            with self._publisher.pipeline(transaction=False) as pipeline:
                for channel, message in messages:
                    pipeline.publish(channel, message)
                pipeline.execute()
        except RedisError as error:
            # While Redis is away its timeouts must not slow every part down: skip a second of messages.
            self._mute_until = time.monotonic() + 1
            counters.count("broker_errors")
            log.warning("live events are not published: %s", type(error).__name__)

    def subscribe(self, channel: str, receive: Receive) -> None:
        with self._changed:
            # Lists are replaced, never changed, so that the reader may go through one without the lock.
            self._receivers[channel] = [*self._receivers.get(channel, ()), receive]
            self._channels_changed = True
            if self._reader is None:
                self._reader = threading.Thread(target=self._read, name="bus", daemon=True)
                self._reader.start()
            self._changed.notify()

    def unsubscribe(self, channel: str, receive: Receive) -> None:
        with self._changed:
            left = [other for other in self._receivers[channel] if other != receive]
            if left:
                self._receivers[channel] = left
            else:
                del self._receivers[channel]
                self._channels_changed = True

    @contextmanager
    def listen(self, channel: str) -> Iterator[Listener]:
        mailbox = _Mailbox()
        self.subscribe(channel, mailbox.put)
        try:
            yield mailbox
        finally:
            self.unsubscribe(channel, mailbox.put)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._publisher is not None:
            self._publisher.close()

    def _read(self) -> None:
        while not self._closed:
            with self._changed:
                self._changed.wait_for(lambda: self._receivers or self._closed)
            try:
                with _connect(self._url).pubsub() as subscription:  # type: ignore[no-untyped-call]
                    self._forward(subscription)
            except RedisError as error:
                counters.count("broker_errors")
                log.warning("live events are not received: %s", type(error).__name__)
                time.sleep(1)

    def _forward(self, subscription: PubSub) -> None:
        """Pass messages on until nobody listens any more."""
        subscribed: set[str] = set()
        self._channels_changed = True
        while not self._closed:
            if self._channels_changed:
                with self._changed:
                    self._channels_changed = False
                    wanted = set(self._receivers)
                if not wanted:
                    return
                if wanted - subscribed:
                    subscription.subscribe(*(wanted - subscribed))
                if subscribed - wanted:
                    subscription.unsubscribe(*(subscribed - wanted))  # type: ignore[no-untyped-call]
                subscribed = wanted
            message = subscription.get_message(ignore_subscribe_messages=True, timeout=0.05)
            if message is not None:
                for receive in self._receivers.get(message["channel"], ()):
                    receive(message["data"])


def _connect(url: str) -> Redis:
    return Redis.from_url(
        url,
        decode_responses=True,
        socket_timeout=5,
        socket_connect_timeout=2,
        socket_keepalive=True,
        health_check_interval=10,
        retry=Retry(NoBackoff(), 1),
    )

"""The hub alone, over socket pairs: what its contract promises to protocols built on it."""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from wsproto.connection import Connection as WebSocketProtocol
from wsproto.connection import ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, TextMessage

from synthmill.app.core.access.keys import Principal
from synthmill.app.live import connection as connections
from synthmill.app.live.channel import Channel, Latest
from synthmill.app.live.connection import Connection
from synthmill.app.live.hub import Hub

Join = Callable[..., "Client"]
PATIENCE = 60
WHO = Principal("key_1", "ws_1", "default")


class Client:
    """The other end of a connection that the hub holds."""

    def __init__(self, socket: socket.socket) -> None:
        self.socket = socket
        self.socket.settimeout(PATIENCE)
        self._protocol = WebSocketProtocol(ConnectionType.CLIENT)
        self._events: list[Event] = []

    def say(self, event: Event) -> None:
        self.socket.sendall(self._protocol.send(event))

    def next(self) -> Event:
        while not self._events:
            data = self.socket.recv(4096)
            assert data, "the connection has ended without a close frame"
            self._protocol.receive_data(data)
            self._events += list(self._protocol.events())
        return self._events.pop(0)

    def text(self) -> str:
        event = self.next()
        assert isinstance(event, TextMessage)
        return event.data if event.message_finished else event.data + self.text()

    def close_code(self) -> int:
        """Read on until the close frame."""
        while not isinstance(event := self.next(), CloseConnection):
            pass
        return event.code


class Recorder:
    """A peer that keeps what happens, and answers as it is asked to."""

    def __init__(self, answer: Callable[[Connection, Any], None] = lambda connection, message: None) -> None:
        self.calls: queue.Queue[tuple[str, Any]] = queue.Queue()
        self.connection: Connection | None = None
        self._answer = answer

    def opened(self, connection: Connection) -> None:
        self.connection = connection
        self.calls.put(("opened", None))

    def on_message(self, connection: Connection, message: str | bytes) -> None:
        self.calls.put(("heard", message))
        self._answer(connection, message)

    def on_close(self, connection: Connection) -> None:
        self.calls.put(("left", None))

    def next(self) -> tuple[str, Any]:
        return self.calls.get(timeout=PATIENCE)


@pytest.fixture
def hub() -> Iterator[Hub]:
    hub = Hub(max_per_key=5)
    yield hub
    hub.stop(0.1)


@pytest.fixture
def join(hub: Hub) -> Iterator[Join]:
    """Gives the hub one more connection; the other end of it."""
    clients: list[Client] = []

    def join(peer: Any, principal: Principal | None = WHO) -> Client:
        ours, theirs = socket.socketpair()
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        hub.take(ours, principal, peer)
        clients.append(Client(theirs))
        return clients[-1]

    yield join
    for client in clients:
        client.socket.close()


def on_hub(hub: Hub, function: Callable[[], Any]) -> Any:
    """What a function gives on the hub's thread."""
    found: queue.Queue[Any] = queue.Queue()
    hub.call(lambda: found.put(function()))
    return found.get(timeout=PATIENCE)


def test_a_protocol_hears_messages_and_answers_them(join: Join) -> None:
    peer = Recorder(lambda connection, message: connection.send_text(f"you said {message}"))
    client = join(peer)
    client.say(TextMessage("hello"))
    assert client.text() == "you said hello"
    client.say(BytesMessage(b"\x00\x01"))
    assert client.text() == "you said b'\\x00\\x01'"
    client.say(CloseConnection(1000))
    assert client.close_code() == 1000
    assert [peer.next() for _ in range(4)] == [
        ("opened", None),
        ("heard", "hello"),
        ("heard", b"\x00\x01"),
        ("left", None),
    ]


def test_a_message_in_fragments_with_a_ping_between_is_one_message(join: Join) -> None:
    peer = Recorder()
    client = join(peer)
    client.say(TextMessage("hel", message_finished=False))
    client.say(Ping(b"?"))
    client.say(TextMessage("lo"))
    peer.next()
    assert peer.next() == ("heard", "hello")


def test_a_producer_in_another_thread_reaches_all_members_in_order(hub: Hub, join: Join) -> None:
    channel = Channel()
    clients = [join(Recorder(), None) for _ in range(20)]
    for connection in on_hub(hub, hub.connections):
        on_hub(hub, lambda connection=connection: channel.join(connection))
    texts = [f"{number} " + "x" * size for number, size in enumerate((0, 125, 126, 65_535, 65_536))]
    producer = threading.Thread(target=lambda: [hub.call(channel.send, text) for text in texts])
    producer.start()
    for client in clients:
        assert [client.text() for _ in texts] == texts
    producer.join()


def test_a_reader_who_takes_nothing_is_closed_with_1013_between_two_frames(hub: Hub, join: Join) -> None:
    peer = Recorder()
    client = join(peer)
    peer.next()
    sent = 0
    while peer.calls.empty():
        on_hub(hub, lambda: peer.connection and peer.connection.send_text("x" * 4000))
        sent += 1
        assert sent < 1000
    assert peer.next() == ("left", None)
    received = 0
    while not isinstance(event := client.next(), CloseConnection):
        assert isinstance(event, TextMessage)
        received += event.message_finished
    assert event.code == 1013
    assert received < sent


def test_a_slow_reader_within_the_bounds_loses_nothing(hub: Hub, join: Join) -> None:
    peer = Recorder()
    client = join(peer)
    peer.next()
    texts = [f"{number} " + "x" * 1000 for number in range(150)]
    for text in texts:
        hub.call(lambda text=text: peer.connection and peer.connection.send_text(text))
    on_hub(hub, lambda: None)  # All has been said before the first word is read.
    assert [client.text() for _ in texts] == texts


def test_what_was_said_before_the_end_is_heard_before_it(join: Join, hub: Hub) -> None:
    peer = Recorder()
    client = join(peer)
    peer.next()
    texts = [f"{number} " + "x" * 1000 for number in range(150)]

    def speak() -> None:
        assert peer.connection is not None
        for text in texts:
            peer.connection.send_text(text)
        peer.connection.close(1000, "that was all")

    on_hub(hub, speak)
    assert [client.text() for _ in texts] == texts
    assert client.close_code() == 1000


def test_an_error_in_a_protocol_closes_that_connection_with_1011(
    join: Join, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(connection: Connection, message: Any) -> None:
        raise RuntimeError("a mistake")

    broken, other = join(Recorder(fail)), join(Recorder())
    broken.say(TextMessage("hello"))
    assert broken.close_code() == 1011
    assert "a mistake" in caplog.text
    other.say(CloseConnection(1000))
    assert other.close_code() == 1000


def test_a_key_has_so_many_connections_and_no_more(hub: Hub, join: Join) -> None:
    clients = [join(Recorder()) for _ in range(5)]
    assert join(Recorder()).close_code() == 1013
    assert len(hub) == 5
    clients[0].say(CloseConnection(1000))
    clients[0].close_code()
    peer = Recorder()
    join(peer)
    assert peer.next() == ("opened", None)


def test_stopping_tells_everybody_1012_and_newcomers_too(hub: Hub, join: Join) -> None:
    clients = [join(Recorder()) for _ in range(5)]
    assert on_hub(hub, lambda: len(hub)) == 5
    stopper = threading.Thread(target=hub.stop)
    stopper.start()
    late = join(Recorder(), None)
    for client in [*clients, late]:
        assert client.close_code() == 1012
        client.socket.close()
    stopper.join(PATIENCE)
    assert not stopper.is_alive()


def test_who_answers_no_ping_is_closed(join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "PING_SECONDS", 0.5)
    client = join(Recorder())
    assert isinstance(client.next(), Ping)
    assert client.close_code() == 1011


def test_of_notes_that_come_fast_the_latest_of_each_key_is_told(hub: Hub) -> None:
    reported: queue.Queue[bytes] = queue.Queue()
    later: queue.Queue[None] = queue.Queue()
    latest = on_hub(hub, lambda: Latest(hub, reported.put))

    def put() -> None:
        for number in range(10):
            for key in (b"a", b"b"):
                latest.put(key, key + str(number).encode())

    on_hub(hub, put)
    assert reported.get(timeout=PATIENCE) == b"a0"
    assert {reported.get(timeout=PATIENCE) for _ in range(2)} == {b"a9", b"b9"}
    on_hub(hub, lambda: hub.later(0.5, lambda: later.put(None)))
    later.get(timeout=PATIENCE)
    assert reported.empty()


def test_work_that_fails_says_so_and_the_hub_goes_on(hub: Hub) -> None:
    outcomes: queue.Queue[Any] = queue.Queue()

    def fail() -> None:
        raise OSError("the database is away")

    hub.work(fail, outcomes.put, lambda: outcomes.put("failed"))
    hub.work(lambda: "done", outcomes.put)
    assert {outcomes.get(timeout=PATIENCE) for _ in range(2)} == {"failed", "done"}


def test_a_timer_is_called_again_and_again_until_it_is_cancelled(hub: Hub) -> None:
    turns: queue.Queue[int] = queue.Queue()
    timer = on_hub(hub, lambda: hub.every(0.01, lambda: turns.put(1)))
    for _ in range(3):
        turns.get(timeout=PATIENCE)
    on_hub(hub, timer.cancel)
    while not turns.empty():
        turns.get()
    time.sleep(0.1)
    assert turns.empty()

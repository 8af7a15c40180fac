from __future__ import annotations

import pytest

from synthmill.client.client import Client
from synthmill.errors import ConflictError, NotFoundError, RefusedRequestError
from tests.client.server import SHOP, RunningServer
from tests.streams import let_pass

ORDERS = {"strategy": "tabular", "parameters": SHOP["parameters"], "table": "orders", "seed": 7}


def test_a_stream_is_started_ordered_about_and_removed(server: RunningServer, client: Client) -> None:
    stream = client.streams.create(**ORDERS, events_per_second=100)
    assert [one["id"] for one in client.streams.list()] == [stream["id"]]
    assert client.streams.pause(stream["id"])["state"] == "paused"
    assert client.streams.resume(stream["id"])["state"] == "running"
    triggered = client.streams.trigger(stream["id"], "custom:sale", factor=3, seconds=1)
    let_pass(server.services, stream["id"], 3)
    assert client.streams.get(stream["id"])["position"] > triggered["effective_seq"]
    assert client.streams.stop(stream["id"])["state"] == "stopped"
    with pytest.raises(ConflictError):
        client.streams.resume(stream["id"])
    client.streams.delete(stream["id"])
    with pytest.raises(NotFoundError):
        client.streams.get(stream["id"])


def test_what_cannot_be_a_stream_names_the_field(client: Client) -> None:
    with pytest.raises(RefusedRequestError, match="table"):
        client.streams.create(template="retail", table="order_items")


def test_events_come_once_each_until_the_stream_has_ended(client: Client) -> None:
    stream = client.streams.create(**ORDERS, events_per_second=100, max_events=60)
    events = list(client.streams.events(stream["id"], after=10, timeout=60))
    assert [event.seq for event in events] == list(range(11, 61))
    assert events[0].data["id"] == 11
    assert {(event.id, event.type, event.pattern) for event in events} == {(stream["id"], "orders", None)}


def test_where_websockets_do_not_pass_events_are_polled(server: RunningServer, client: Client) -> None:
    server.network.refuse("/ws/", 426, times=100)
    stream = client.streams.create(**ORDERS, events_per_second=1_000, max_events=1_500)
    events = list(client.streams.events(stream["id"], timeout=60))
    assert [event.seq for event in events] == list(range(1, 1_501))
    assert len(server.network.asked("GET", "/ws/")) == 1


def test_a_stopped_stream_is_followed_to_its_last_event(client: Client) -> None:
    stream = client.streams.create(**ORDERS, events_per_second=50)
    stopped = client.streams.stop(stream["id"])
    events = list(client.streams.events(stream["id"], timeout=60))
    assert [event.seq for event in events] == list(range(1, stopped["effective_seq"]))


def test_events_stop_waiting_when_their_time_is_up(client: Client) -> None:
    stream = client.streams.create(**ORDERS)
    with pytest.raises(TimeoutError, match=r"had not ended after 0\.5 s"):
        list(client.streams.events(stream["id"], timeout=0.5))


def test_an_unknown_stream_is_not_found(client: Client) -> None:
    with pytest.raises(NotFoundError):
        list(client.streams.events("stream_ghost"))
    with pytest.raises(NotFoundError):
        client.streams.default()


@pytest.mark.parametrize("websockets", [True, False])
def test_a_stopped_stream_is_followed_through_events_that_are_still_to_come(
    server: RunningServer, client: Client, websockets: bool
) -> None:
    if not websockets:
        server.network.refuse("/ws/", 426, times=100)
    stream = client.streams.create(**ORDERS, events_per_second=2)
    events = client.streams.events(stream["id"], timeout=60)
    first = next(events)
    stopped = client.streams.stop(stream["id"])
    assert stopped["position"] < stopped["effective_seq"] - 1, "some are to come"
    rest = [event.seq for event in events]
    assert [first.seq, *rest] == list(range(1, stopped["effective_seq"]))

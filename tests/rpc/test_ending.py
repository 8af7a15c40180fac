"""A gRPC process that is asked to end: watchers hear where to go on, and none of them keeps it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from synthmill.app.core.services import Services
from synthmill.app.core.settings import PREFIX, Settings
from synthmill.proto import jobs_pb2 as pb
from tests.rpc.caller import Caller, Refused
from tests.rpc.conftest import REQUEST
from tests.waiting import PATIENCE, wait_until
from tests.work import Work


@contextmanager
def grpc_process(settings: Settings, port: int) -> Iterator[subprocess.Popen[bytes]]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environment = {
        **own,
        "SYNTHMILL_DATA": str(settings.data),
        "SYNTHMILL_REDIS_URL": settings.redis_url,
        "SYNTHMILL_GRPC_PORT": str(port),
    }
    process = subprocess.Popen([sys.executable, "-m", "synthmill.app.rpc"], env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port: int = reserved.getsockname()[1]
    return port


def test_watchers_hear_where_to_go_on_and_the_next_process_goes_on_there(
    settings: Settings, token: str, work: Work, free_port: int
) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{free_port}") as channel:
        client = Caller(channel, token)
        with grpc_process(settings, free_port) as process:
            wait_until(lambda: is_serving(channel), "the process serves")
            job = client.submit(REQUEST).id
            events = client.jobs.Watch(pb.WatchRequest(job_id=job), **client.key)
            seen = [next(events).seq]
            process.send_signal(signal.SIGTERM)
            with pytest.raises(grpc.RpcError) as ended:
                seen += [event.seq for event in events if event.HasField("seq")]
            told = Refused(ended.value)
            assert (told.code, told.reason) == (grpc.StatusCode.UNAVAILABLE, "GOING_AWAY")
            assert told.metadata == {"after": str(seen[-1])}
            assert process.wait(PATIENCE) == 0
        work(job)
        with grpc_process(settings, free_port):
            after = pb.WatchRequest(job_id=job, after=int(told.metadata["after"]))
            rest = client.jobs.Watch(after, **client.key, wait_for_ready=True)
            seen += [event.seq for event in rest if event.HasField("seq")]
    assert seen == list(range(1, len(seen) + 1))
    assert len(seen) > 2


def is_serving(channel: grpc.Channel) -> bool:
    """A process that has just opened its port may not be ready for submissions."""
    answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), wait_for_ready=True)
    serving: bool = answer.status == health_pb2.HealthCheckResponse.SERVING
    return serving


def test_a_port_that_is_in_use_is_said(settings: Settings, services: Services) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with grpc_process(settings, port) as process:
            assert process.wait(PATIENCE) == 1

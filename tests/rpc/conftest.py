"""A gRPC server in this process, a real broker, and a worker's work done by the test itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import grpc
import pytest

from synthmill.app.core.access import keys
from synthmill.app.core.confined.executor import InProcessExecutor
from synthmill.app.core.db import migrate
from synthmill.app.core.services import Services, build
from synthmill.app.core.settings import Settings
from synthmill.app.rpc.server import RpcServer
from synthmill.proto import jobs_pb2 as pb
from synthmill.servers.valkey import Valkey
from tests.fakes import RecordingQueue
from tests.rpc.caller import Caller
from tests.work import Work

REQUEST = {"template": "retail", "rows": 400, "seed": 7}


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory, valkey: Valkey) -> Settings:
    return Settings(
        data=tmp_path_factory.mktemp("rpc"), redis_url=valkey.url, grpc_calls=16, host="127.0.0.1"
    )


@pytest.fixture(scope="session")
def services(settings: Settings) -> Iterator[Services]:
    built = build(settings)
    built.executor.close()
    services = replace(built, queue=RecordingQueue(), executor=InProcessExecutor())
    services.storage.ensure()
    migrate(services.db)
    yield services
    built.close()


@pytest.fixture(scope="session")
def token(services: Services) -> str:
    token = keys.first_key(services)
    assert token is not None
    return token


@pytest.fixture(scope="session")
def workspace(services: Services, token: str) -> str:
    """The id of the key's workspace."""
    return keys.authenticate(services, token).workspace_id


@pytest.fixture(scope="session")
def server(services: Services) -> Iterator[tuple[RpcServer, int]]:
    server = RpcServer(services)
    port = server.listen("127.0.0.1:0")
    server.start()
    yield server, port
    server.stop()


@pytest.fixture(scope="session")
def channel(server: tuple[RpcServer, int]) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(f"127.0.0.1:{server[1]}") as channel:
        yield channel


@pytest.fixture(scope="session")
def caller(channel: grpc.Channel, token: str) -> Caller:
    return Caller(channel, token)


@pytest.fixture(scope="session")
def work(services: Services) -> Work:
    return Work(services)


@pytest.fixture
def job(caller: Caller) -> str:
    """A queued job of several parts."""
    return caller.jobs.Submit(pb.SubmitRequest(request_json=json.dumps(REQUEST)), **caller.key).id

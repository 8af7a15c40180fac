"""The gRPC server of one process: its services, and an end that loses no watcher his place."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import HealthServicer
from grpc_reflection.v1alpha import reflection

from synthmill.app.core.access.keys import revoked_among
from synthmill.app.core.services import Services
from synthmill.app.rpc.calls import Desk
from synthmill.app.rpc.job_service import JobService
from synthmill.proto import jobs_pb2, jobs_pb2_grpc

LOOK_SECONDS = 3.0
"""How often the database is asked about the keys of open calls."""
DRAIN_SECONDS = 5.0
"""A stream looks every second whether the process ends; what has not ended by then is cut off."""
_READY_LOOK_SECONDS = 0.1
_BODY_ROOM = 65_536
_HEALTH_THREADS = 8

SERVICES = tuple(service.full_name for service in jobs_pb2.DESCRIPTOR.services_by_name.values())


class RpcServer:
    """Serves from `start` to `stop`."""

    def __init__(self, services: Services) -> None:
        settings = services.settings
        self.desk = Desk(services, max(1, settings.grpc_calls // 2))
        self._health = HealthServicer(experimental_non_blocking=False)
        # Whoever only asks how we are, or waits to hear it, gets no place of a call's.
        threads = settings.grpc_calls + _HEALTH_THREADS
        self._server = grpc.server(
            ThreadPoolExecutor(threads, thread_name_prefix="call"),
            maximum_concurrent_rpcs=threads,
            options=[
                # Two processes on one port would each get half of the calls, without a word.
                ("grpc.so_reuseport", 0),
                ("grpc.max_receive_message_length", settings.max_body_bytes + _BODY_ROOM),
                # A client that has vanished without a word is noticed within half a minute.
                ("grpc.keepalive_time_ms", 20_000),
                ("grpc.keepalive_timeout_ms", 10_000),
                ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
            ],
        )
        jobs_pb2_grpc.add_JobServiceServicer_to_server(JobService(self.desk), self._server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        names = (*SERVICES, health_pb2.DESCRIPTOR.services_by_name["Health"].full_name)
        reflection.enable_server_reflection((*names, reflection.SERVICE_NAME), self._server)

    def listen(self, address: str) -> int:
        """The port that it listens on: 0 takes any free one. Raises RuntimeError where it can't."""
        return self._server.add_insecure_port(address)

    def start(self) -> None:
        """Serve; health says SERVING as soon as submissions and previews find the processes they need."""
        self._say(health_pb2.HealthCheckResponse.NOT_SERVING)
        self.desk.services.executor.start()
        self._server.start()
        for run in (self._look_at_keys, self._look_ready):
            threading.Thread(target=run, name=run.__name__, daemon=True).start()

    def _say(self, status: int) -> None:
        for name in ("", *SERVICES):
            self._health.set(name, status)

    def _look_ready(self) -> None:
        while not self.desk.services.executor.is_ready():
            if self.desk.stopping.wait(_READY_LOOK_SECONDS):
                return
        self._say(health_pb2.HealthCheckResponse.SERVING)

    def stop(self) -> None:
        """Take no call any more; streams end by UNAVAILABLE and say where to go on.
        Returns when all are gone."""
        self._health.enter_graceful_shutdown()
        self.desk.stopping.set()
        self._server.stop(DRAIN_SECONDS).wait()

    def _look_at_keys(self) -> None:
        while not self.desk.stopping.wait(LOOK_SECONDS):
            keys = self.desk.keys()
            if keys:
                self.desk.revoke(self._revoked(keys))

    def _revoked(self, keys: set[str]) -> set[str]:
        try:
            return revoked_among(self.desk.services, keys)
        except Exception:
            # The database may be away for a while; the next look will tell.
            return set()

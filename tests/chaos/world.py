"""The servers and processes of one run, each of which can be killed, frozen and started again."""

from __future__ import annotations

import json
import os
import secrets
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import psutil
import redis

from synthmill.app.core.services import Services, build
from synthmill.app.core.settings import Settings
from synthmill.servers.ports import free_ports
from synthmill.servers.process import start
from synthmill.servers.running import Launch
from synthmill.servers.seaweedfs import SeaweedFS
from synthmill.servers.valkey import Valkey
from tests.chaos.load import Ports
from tests.chaos.s3_proxy import S3Proxy
from tests.chaos.scenario import Scenario
from tests.chaos.tcp_proxy import TcpProxy
from tests.stack.postgres import PostgresServer
from tests.stack.stack import Stack

LEASE_SECONDS = 6.0
ENGINE_WAIT_SECONDS = 60.0
GUARD_BYTES = 64 << 20
WORKERS = 2
START_SECONDS = 60.0
"""A stack that ends at its start is started again for so long."""
SABOTAGE = Path(__file__).parent / "sabotage"
PLUGINS = (SABOTAGE, Path(__file__).parents[1] / "strategies")
"""What is installed beside Synthmill: strategies for breaking, and those with stages."""
_PROJECT = Path(__file__).resolve().parents[2]


class World:
    """Everything that runs in one scenario. Redis and S3 are reached through proxies where a fault needs it;
    else they are the supervisor's own."""

    def __init__(self, scenario: Scenario, folder: Path) -> None:
        self.scenario, self.folder = scenario, folder
        self.data, self.orders = folder / "data", folder / "orders"
        self.data.mkdir()
        self.orders.mkdir()
        self.settings: dict[str, str] = {}
        self.valkey: Launch[Valkey] | None = None
        self.redis_proxy: TcpProxy | None = None
        self.seaweedfs: Launch[SeaweedFS] | None = None
        self.s3_proxy: S3Proxy | None = None
        self.postgres: PostgresServer | None = None
        self.ports = Ports(*free_ports(2))
        self.stack: Stack
        self._given: dict[str, str] = {}
        self._restarting = threading.Lock()
        # Children die with the thread that started them, and faults have threads of their own.
        self._starter = ThreadPoolExecutor(1)

    def start(self) -> None:
        self._starter.submit(self._start).result()

    def start_again(self) -> None:
        """Everything, after everything was killed."""
        self._starter.submit(self._start_again).result()

    def _start_again(self) -> None:
        if self.postgres is not None:
            self.postgres.start()
        self._start_server_again("valkey")
        self._start_server_again("seaweedfs")
        self._start_stack()

    def _start(self) -> None:
        if "silent_redis" in self.scenario.names:
            self._start_redis()
        if self.scenario.backend == "s3+postgres":
            self.postgres = PostgresServer(
                self.folder,
                # Killed, it must have what it has said it has.
                synchronous_commit="on",
            )
            self.settings["SYNTHMILL_DATABASE_URL"] = self.postgres.database.new_database()
            if any(name.startswith("s3_") for name in self.scenario.names):
                self._start_s3()
        self._start_stack()

    def start_stack(self) -> None:
        self._starter.submit(self._start_stack).result()

    def start_postgres(self) -> None:
        assert self.postgres is not None
        self._starter.submit(self.postgres.start).result()

    def start_server_again(self, name: str) -> None:
        self._starter.submit(self._start_server_again, name).result()

    def _start_stack(self) -> None:
        """`synthmill up`, as it would be started again by hand after a crash; returns when it is ready."""
        storage = self.scenario.backend.split("+")[0]
        command = [
            *(sys.executable, "-m", "synthmill", "up", "--data", str(self.data)),
            *("--port", str(self.ports.web), "--grpc-port", str(self.ports.grpc)),
            *("--workers", str(WORKERS), "--storage", storage),
        ]
        end = time.monotonic() + START_SECONDS
        while True:
            self.stack = Stack(self.data, command, self._environment())
            try:
                return self.stack.wait_until_ready(180)
            except AssertionError:
                # As whoever runs it would: the disk may still be full, the port still taken.
                if self.stack.process.poll() is None or time.monotonic() > end:
                    raise
                time.sleep(1)

    def _environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("SYNTHMILL_")}
        guarded = "disk_guard" in self.scenario.names
        return {
            **own,
            **self.settings,
            "PYTHONPATH": os.pathsep.join(map(str, (*PLUGINS, _PROJECT))),
            "CHAOS_FOLDER": str(self.orders),
            "CHAOS_TWICE": "1" if "messages_twice" in self.scenario.names else "",
            "SYNTHMILL_LEASE_SECONDS": str(LEASE_SECONDS),
            "SYNTHMILL_ENGINE_WAIT_SECONDS": str(ENGINE_WAIT_SECONDS),
            "SYNTHMILL_MIN_FREE_BYTES": str(GUARD_BYTES if guarded else 0),
        }

    def _start_redis(self) -> None:
        password = secrets.token_hex(16)
        self.valkey = Launch(
            lambda ports: Valkey(self.folder / "valkey", password, Valkey.choose_ports(ports)),
            self.folder / "valkey.log",
        )
        part = self.valkey.wait()
        self.redis_proxy = TcpProxy(part.ports[0])
        self.settings["SYNTHMILL_REDIS_URL"] = f"redis://:{password}@127.0.0.1:{self.redis_proxy.port}/0"

    def _start_s3(self) -> None:
        access_key, secret_key = secrets.token_hex(10), secrets.token_hex(20)
        self.seaweedfs = Launch(
            lambda ports: SeaweedFS(
                self.folder / "seaweedfs", access_key, secret_key, SeaweedFS.choose_ports(ports)
            ),
            self.folder / "seaweedfs.log",
        )
        part = self.seaweedfs.wait()
        self.s3_proxy = S3Proxy(part.ports[0], self.scenario.seed)
        self.settings |= {
            "SYNTHMILL_STORAGE_URL": "s3://chaos",
            "SYNTHMILL_S3_ENDPOINT": f"http://127.0.0.1:{self.s3_proxy.port}",
            "SYNTHMILL_S3_ACCESS_KEY": access_key,
            "SYNTHMILL_S3_SECRET_KEY": secret_key,
        }

    def server(self, name: str) -> psutil.Process | None:
        """The running process of `valkey` or `seaweedfs`, whoever started it."""
        own = self.valkey if name == "valkey" else self.seaweedfs
        pids = [own.process.pid] if own is not None else self.pids(name)
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(pids[0]) if pids else None
        return None

    def _start_server_again(self, name: str) -> None:
        """A server of our own that was ended; the supervisor's come back by themselves."""
        own = self.valkey if name == "valkey" else self.seaweedfs
        if own is not None:
            own.process.wait(20)
            own.process = start(
                own.part.command(), {**os.environ, **own.part.environment()}, self.folder / f"{name}.log"
            )

    def pids(self, kind: str) -> list[int]:
        """The processes of a kind that run now; none while the supervisor itself doesn't."""
        try:
            found = self.stack.pids(kind)
        except (OSError, ValueError, KeyError):
            return []
        return [pid for pid in found if psutil.pid_exists(pid)]

    def everything(self) -> list[psutil.Process]:
        """All processes of the stack and of the servers beside it."""
        owners = [self.stack.process.pid]
        owners += [own.process.pid for own in (self.valkey, self.seaweedfs) if own is not None]
        owners += [self.postgres.process.pid] if self.postgres is not None else []
        found = []
        for pid in owners:
            with suppress(psutil.NoSuchProcess):
                root = psutil.Process(pid)
                found += [root, *root.children(recursive=True)]
        return found

    @contextmanager
    def services(self) -> Iterator[Services]:
        """The same services as the stack's own processes have, without the proxies' faults."""
        with closing(build(Settings.from_env(self._running_with()))) as services:
            yield services

    @contextmanager
    def redis(self) -> Iterator[redis.Redis]:
        with redis.Redis.from_url(
            self._running_with()["SYNTHMILL_REDIS_URL"], socket_timeout=5
        ) as connection:
            yield connection

    def _running_with(self) -> dict[str, str]:
        """What the supervisor gave its processes, kept for when it is away."""
        with suppress(OSError, ValueError):
            self._given = json.loads((self.data / "environment.json").read_text())
        return self._given

    @contextmanager
    def one_at_a_time(self, fault: str) -> Iterator[None]:
        """Faults overlap, but for those that start things again: two of them would start a thing twice."""
        if fault.split("_")[0] in ("kill", "restart", "clock", "new"):
            with self._restarting:
                yield
        else:
            yield

    def note(self, what: str) -> None:
        """A line for whoever looks into a run that broke."""
        with (self.folder / "chaos.log").open("a") as log:
            log.write(f"{datetime.now(UTC):%H:%M:%S.%f} {what}\n")

    def let_go_on(self) -> None:
        """Nothing stays frozen, silent or failing, whatever was done."""
        for process in self.everything():
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)
        if self.redis_proxy is not None:
            self.redis_proxy.speak()
        if self.s3_proxy is not None:
            self.s3_proxy.heal()

    def stop(self) -> None:
        if hasattr(self, "stack"):
            self.let_go_on()
            self.stack.stop()
        for proxy in (self.redis_proxy, self.s3_proxy):
            if proxy is not None:
                proxy.close()
        for launch in (self.valkey, self.seaweedfs):
            if launch is not None:
                launch.stop()
        if self.postgres is not None:
            self.postgres.stop()
        self._starter.shutdown()


def kill(processes: list[psutil.Process]) -> None:
    """SIGKILL, and wait until they are gone."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=20)


def freeze(processes: list[psutil.Process], seconds: float) -> None:
    """SIGSTOP for so long."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.suspend()
    time.sleep(seconds)
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.resume()

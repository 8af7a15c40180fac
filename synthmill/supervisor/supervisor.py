"""The supervisor: starts the stack, keeps it running, ends it without a trace."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Collection
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from synthmill.servers.errors import StackError
from synthmill.servers.extras import check_extras
from synthmill.servers.process import last_lines, stop, sweep
from synthmill.supervisor.address import ask_ready, free_port, listen, url_of
from synthmill.supervisor.child import Child
from synthmill.supervisor.data_folder import DataFolder, write_private
from synthmill.supervisor.embedding import ADDRESS_OF, EmbeddedParts
from synthmill.supervisor.environment import server_environment, settings_of
from synthmill.supervisor.leases import WorkerWatch
from synthmill.supervisor.preparing import build_services, check_settings, key_line, load, prepare
from synthmill.supervisor.procfile import read_procfile, shell
from synthmill.supervisor.signals import Signals

READY_SECONDS = 120.0
STOP_SECONDS = 10.0
ENDS_AT_START = 5
WORKING = ("worker", "interactive")
"""The kinds of process that hold leases."""
EARLY = ("web",)
"""Started at once: it connects to nothing before it is asked, and importing takes two seconds."""
AT_LEISURE = ("interactive", "grpc")
"""Started when the rest is ready: until then an idle worker does the small jobs, and gRPC's clients wait."""


@dataclass(frozen=True)
class Options:
    data: Path
    host: str = "127.0.0.1"
    port: int = 8080
    """0 takes any free one."""
    workers: int = 2
    storage: Literal["s3", "folder"] = "s3"
    grpc: bool = True
    grpc_port: int | None = None
    """0 takes any free one, None 50051 if it is free, else any other."""


class StopRequestError(Exception):
    """Asked to stop before all was started."""


class Supervisor:
    """One run of a stack. `run` is for the main thread: it catches signals, and children end with it.

    The environment it runs in may name a database, a broker or a storage (SYNTHMILL_DATABASE_URL,
    SYNTHMILL_REDIS_URL, SYNTHMILL_STORAGE_URL); what it names is used instead of the embedded part.
    """

    def __init__(self, options: Options, say: Callable[[str], None] = print) -> None:
        self.options = options
        self.folder = DataFolder(options.data)
        self.url = ""
        self.api_key: str | None = None
        self._key_is_new = False
        self._print = say
        self._signals = Signals()
        self._parts: EmbeddedParts | None = None
        self._children: list[Child] = []
        self._grpc_port: int | None = None
        self._worker_watch: WorkerWatch | None = None
        self._ready = False

    def run(self) -> None:
        """Start everything and stay until asked to stop by SIGINT or SIGTERM; a second one hurries.

        Raises StackError if the stack can't be started. Whatever the way out, no process is left.
        """
        os.umask(0o077)
        own_broker = not os.environ.get(ADDRESS_OF["valkey"])
        check_extras(("server", "embedded") if own_broker else ("server",))
        check_settings(os.environ)
        self.folder.make()
        with self.folder.locked(), self._listen() as listener, self._signals.caught():
            try:
                self._start(listener)
                self._watch()
            except StopRequestError:
                return
            finally:
                listener.close()
                self._end()

    def _listen(self) -> socket.socket:
        listener = listen(self.options.host, self.options.port, self.folder.last_port("web"))
        self.folder.keep_ports("web", (listener.getsockname()[1],))
        return listener

    def _start(self, listener: socket.socket) -> None:
        folder = self.folder
        self.url = url_of(listener)
        if self.options.grpc:
            self._grpc_port = free_port(self.options.host, self.options.grpc_port, folder.last_port("grpc"))
            folder.keep_ports("grpc", (self._grpc_port,))
        former = folder.running_pids(WORKING)
        folder.connection.unlink(missing_ok=True)
        parts = self._parts = EmbeddedParts(folder, os.environ, self.options.storage == "s3")
        environment = self._environment(listener)
        self._children = self._processes(environment, listener)
        # Most of a start is importing, so the parts, the web process and we ourselves do it side by side.
        self._start_kinds(EARLY)
        load()
        parts.wait(self._go_on)
        if self._environment(listener) != environment:
            # A port was taken from under a part, and the part is elsewhere now.
            self._kill_early()
            environment = self._environment(listener)
            self._children = self._processes(environment, listener)
        stored = folder.secrets().get("api_key")
        with closing(build_services(environment)) as services:
            self.api_key = prepare(services, stored, self._say)
        self._key_is_new = self.api_key != stored
        if self.api_key is not None:
            folder.keep_secret("api_key", self.api_key)
        self._go_on()
        self._worker_watch = WorkerWatch(environment)
        self._worker_watch.give_back(former)
        write_private(folder.environment, settings_of(environment))
        self._children += self._adopted(parts, environment)
        self._start_kinds({child.kind for child in self._children} - {*AT_LEISURE})

    def _environment(self, listener: socket.socket) -> dict[str, str]:
        assert self._parts is not None
        port = listener.getsockname()[1]
        host, grpc_port = self.options.host, self._grpc_port
        return server_environment(os.environ, self.folder.path, host, port, self._parts, grpc_port)

    def _processes(self, environment: dict[str, str], listener: socket.socket) -> list[Child]:
        """One per line of the Procfile, so many workers; the web process gets our socket."""
        children = []
        for kind, command in read_procfile().items():
            if kind == "grpc" and self._grpc_port is None:
                continue
            for number in range(self.options.workers if kind == "worker" else 1):
                log = self.folder.log(f"{kind}-{number + 1}" if kind == "worker" else kind)
                own, keep_open = environment, []
                if kind == "web":
                    arguments = f"{environment.get('GUNICORN_CMD_ARGS', '')} --bind fd://{listener.fileno()}"
                    own = {**environment, "GUNICORN_CMD_ARGS": arguments.strip()}
                    keep_open = [listener.fileno()]
                children.append(Child(kind, shell(command), own, log, keep_open=keep_open))
        return children

    def _adopted(self, parts: EmbeddedParts, environment: dict[str, str]) -> list[Child]:
        """The embedded parts, which run already, as children to look after."""
        return [
            Child(
                launch.part.name,
                launch.part.command(),
                {**environment, **launch.part.environment()},
                self.folder.log(launch.part.name),
                process=launch.process,
            )
            for launch in parts.launches
        ]

    def _start_kinds(self, kinds: Collection[str]) -> None:
        for child in self._children:
            if child.kind in kinds:
                child.start_if_due()

    def _go_on(self) -> None:
        if self._signals.stops:
            raise StopRequestError

    def _watch(self) -> None:
        """Start again what ends, until asked to stop."""
        give_up = time.monotonic() + READY_SECONDS
        written = self._write_connection()
        while not self._signals.stops:
            wanted = [child for child in self._children if self._ready or child.kind not in AT_LEISURE]
            changed = [self._tend(child) for child in wanted]
            if any(changed) or not written:
                written = self._write_connection()
            if not self._ready:
                self._look_ready(give_up)
            due = [seconds for child in wanted if (seconds := child.seconds_to_start()) is not None]
            self._signals.wait(min([1.0 if self._ready else 0.02, *due]))

    def _tend(self, child: Child) -> bool:
        """Whether the child's process is another one now."""
        if (
            child.pid is not None
            and self._worker_watch is not None
            and child.pid in self._worker_watch.silent()
        ):
            self._say(f"{child.kind} (process {child.pid}) gives no sign of life, killing it")
            child.kill()
        pid = child.reap()
        if pid is not None:
            self._say(f"{child.kind} (process {pid}) ended, starting another")
            if child.kind in WORKING and self._worker_watch is not None:
                self._worker_watch.give_back([pid])
        return child.start_if_due() or pid is not None

    def _look_ready(self, give_up: float) -> None:
        """Say when the server is ready. Raises StackError if it is clear that it won't be."""
        self._ready, reason = ask_ready(self.url)
        if self._ready:
            grpc = "" if self._grpc_port is None else f", in a moment by gRPC at {self._grpc_address()}"
            self._say(f"Synthmill is ready at {self.url}{grpc}")
            self._say(key_line(self.api_key, self._key_is_new))
            if self._parts is not None and self._parts.seaweedfs is not None:
                self._say(f"Room for objects: {self._parts.seaweedfs.part.room()}")
            self._say(f"Data: {self.folder.path}    Stop: Ctrl-C")
            return
        for child in self._children:
            if child.quick_ends >= ENDS_AT_START:
                raise StackError(f"{child.kind} keeps ending: {last_lines(child.log)}; see {child.log}")
        if time.monotonic() > give_up:
            raise StackError(
                f"the server isn't ready after {READY_SECONDS:.0f} s: {reason}; see {self.folder.logs}"
            )

    def _say(self, line: str) -> None:
        # A closed terminal can't be written to, and a full disk takes no line.
        with suppress(OSError):
            self._print(line)

    def _grpc_address(self) -> str:
        """`host:port`, as a gRPC channel takes it."""
        host = urlsplit(self.url).netloc.rpartition(":")[0]
        return f"{host}:{self._grpc_port}"

    def _write_connection(self) -> bool:
        """Whether it could be written: a full disk is no reason to end what runs."""
        pids: dict[str, list[int]] = {"supervisor": [os.getpid()]}
        for child in self._children:
            pids.setdefault(child.kind, []).extend([] if child.pid is None else [child.pid])
        where = {"url": self.url}
        if self._grpc_port is not None:
            where["grpc"] = self._grpc_address()
        try:
            write_private(self.folder.connection, {**where, "api_key": self.api_key, "pids": pids})
        except OSError as error:
            self._say(f"{self.folder.connection} can't be written now: {error.strerror}")
            return False
        return True

    def _end(self) -> None:
        """Web and workers first, then what they need. A further request to stop kills what is left."""
        # A second request may have come before we got here: it counts as one that hurries.
        asked = min(self._signals.stops, 1)
        if self._signals.stops:
            self._say("Stopping ...")
        launches = self._parts.launches if self._parts else []
        names = {launch.part.name for launch in launches}
        servers = [child.process for child in self._children if child.kind not in names]
        parts = [child.process for child in self._children if child.kind in names]
        if not self._ready:
            # Nobody is served yet, and gunicorn can miss a request to stop that comes while it starts.
            self._kill_early()
        for processes in (servers, parts or [launch.process for launch in launches]):
            running = [process for process in processes if process is not None]
            stop(running, STOP_SECONDS, lambda: self._signals.stops > asked)
            for process in running:
                sweep(process)
        for launch in launches:
            launch.part.clear()
        self.folder.connection.unlink(missing_ok=True)
        self.folder.environment.unlink(missing_ok=True)

    def _kill_early(self) -> None:
        for child in self._children:
            if child.kind in EARLY and child.process is not None:
                stop([child.process], 0)
                sweep(child.process)

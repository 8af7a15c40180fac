"""Being one more worker of a stack that runs on this machine."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from synthmill.client.connection import read_connection
from synthmill.ending import NUMBERS, raise_if_asked
from synthmill.errors import UnreachableError
from synthmill.servers.errors import StackError
from synthmill.servers.extras import check_extras
from synthmill.servers.process import Process, last_lines, start, stop
from synthmill.supervisor.data_folder import DataFolder
from synthmill.supervisor.procfile import read_procfile, shell

STOP_SECONDS = 20.0
_LOOK_SECONDS = 0.05


def join(data: Path, say: Callable[[str], None] = print) -> None:
    """Run a worker with the settings of the stack in this folder until a signal is raised in this process.

    The worker is a child with a log of its own in the folder, so that Ctrl-C in a terminal reaches us alone,
    at whatever moment of its life. Raises StackError if no stack runs there or the worker ends by itself.
    """
    check_extras(("server",))
    folder = DataFolder(data)
    try:
        settings, url = json.loads(folder.environment.read_text()), read_connection(data).url
    except (OSError, ValueError, UnreachableError):
        settings, url = None, ""
    if settings is None or not folder.is_locked():
        raise StackError(f"no stack runs in {data}; start one with: synthmill up --data {data}")
    own = {name: value for name, value in os.environ.items() if not name.startswith("SYNTHMILL_")}
    path = os.pathsep.join([str(Path(sys.executable).parent), own.get("PATH", os.defpath)])
    os.umask(0o077)
    log = folder.log(f"joined-{os.getpid()}")
    ready, report = os.pipe()
    command = shell(f"{read_procfile()['worker']} --ready-fd {report}")
    worker = start(command, {**own, **settings, "PATH": path}, log, keep_open=[report])
    try:
        os.close(report)
        os.set_blocking(ready, False)
        _stay(worker, ready, lambda: say(f"A worker for {url} is ready; Ctrl-C takes it away. Log: {log}"))
    finally:
        # One request is enough: what the worker has in hand takes it some seconds at most.
        for number in NUMBERS:
            signal.signal(number, signal.SIG_IGN)
        stop([worker], STOP_SECONDS)
        os.close(ready)
    raise StackError(f"the worker ended by itself: {last_lines(log)}; see {log}")


def _stay(worker: Process, ready: int, on_ready: Callable[[], None]) -> None:
    """Return when the worker has ended; `on_ready` is called once it says that it takes work."""
    waiting = True
    while worker.poll() is None:
        raise_if_asked()
        if waiting and _says_something(ready):
            waiting = False
            on_ready()
        time.sleep(_LOOK_SECONDS)


def _says_something(pipe: int) -> bool:
    try:
        return os.read(pipe, 1) != b""
    except BlockingIOError:
        return False

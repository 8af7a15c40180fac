"""Child processes that never outlive their parent, and their end.

A child is killed by the kernel (Linux) when the thread that started it is gone, however it went: so children
are started from a thread that stays, the main one. Each leads a process group of its own: a terminal's Ctrl-C
doesn't reach it, and what it leaves behind can be swept away.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
LOG_BYTES = 10 << 20
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

Process = subprocess.Popen[bytes]


def start(
    command: Sequence[str], environment: Mapping[str, str], log: Path, keep_open: Sequence[int] = ()
) -> Process:
    """Start a child whose output is appended to `log`; a log beyond 10 MiB is put aside as `.1` first."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_name(f"{log.name}.1"))
    parent = os.getpid()

    def die_with_parent() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            # The parent may have died before the line above took effect.
            if os.getppid() != parent:
                os._exit(1)

    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=keep_open,
            process_group=0,
            preexec_fn=die_with_parent,
        )


def sweep(process: Process) -> None:
    """Kill what a process that ended has left running in its group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def stop(processes: Iterable[Process], seconds: float, hurry: Callable[[], bool] = lambda: False) -> None:
    """Ask all to end; kill those still there after so many seconds, or as soon as `hurry` says so."""
    left = list(processes)
    for process in left:
        with suppress(ProcessLookupError):
            process.terminate()
    end = time.monotonic() + seconds
    while left and time.monotonic() < end and not hurry():
        left = [process for process in left if process.poll() is None]
        time.sleep(0.02)
    for process in left:
        process.kill()
        process.wait()


def last_lines(log: Path, count: int = 3) -> str:
    """The end of a log, for an error message."""
    with suppress(OSError), log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 4096))
        lines = file.read().decode(errors="replace").strip().splitlines()
        return " | ".join(line.strip() for line in lines[-count:])
    return ""

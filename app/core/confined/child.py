"""A confined process as its caller sees it."""

from __future__ import annotations

import os
import select
import signal
import socket
from contextlib import suppress
from pathlib import Path

from synthmill.app.core.confined.frames import Frames

_TICKS = os.sysconf("SC_CLK_TCK")
_SEND_SECONDS = 10.0
BEHIND = 5
"""So much is added to the niceness of a process whose work is to come after others'."""


class Child:
    """One process, idle or at work for one request."""

    def __init__(self, sock: socket.socket, pid: int) -> None:
        """Raises OSError where it has ended already."""
        self.pid = pid
        # A descriptor of the process itself: a number could be another one's by the time of a signal.
        self._process = os.pidfd_open(pid)
        self.frames = Frames(sock, _SEND_SECONDS)
        self.is_behind = False

    def cpu_seconds(self) -> float:
        """What it has used so far; 0 where that is unknown."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def fall_behind(self) -> None:
        """Let others go first from now on, for good: niceness can only be added to."""
        if self.is_behind:
            return
        with suppress(OSError):  # It may just have ended.
            niceness = os.getpriority(os.PRIO_PROCESS, self.pid)
            os.setpriority(os.PRIO_PROCESS, self.pid, niceness + BEHIND)
        self.is_behind = True

    def has_ended(self) -> bool:
        poll = select.poll()
        poll.register(self._process, select.POLLIN)
        return bool(poll.poll(0))

    def end(self) -> None:
        """Kill it, whatever it does."""
        with suppress(OSError):
            signal.pidfd_send_signal(self._process, signal.SIGKILL)
        os.close(self._process)
        self.frames.sock.close()

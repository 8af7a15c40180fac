"""`python -m synthmill.app.core.confined.fork_server FD`: it has loaded everything, and only forks.

It has one thread of ours and nothing open but the socket of its client, so what it forks has no
connection, no lock and no secret. A child is there within hundredths of a second, where Python with all that
we import takes seconds. It ends with that socket.

An order is a number of four bytes. 0 comes with a descriptor, the child's end of a socket, and is answered
with the child's process id; a process id is answered with the signal that ended that child.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import struct
import sys
import time
from contextlib import suppress

from synthmill.app.core.confined.frames import Frames
from synthmill.app.core.confined.serve import serve
from synthmill.app.core.confined.warming import touch, warm

READY = b"r"
NUMBER = struct.Struct("!i")
"""Of orders and answers."""
FORK = 0
"""The order for a child."""
UNKNOWN = 0
"""The answer about a child that no signal ended, or that is still there."""
NICENESS = 3
"""Of a child: the web process, which answers everybody, comes before what one request asks for, and that
before jobs (workers/app.py)."""
_END_SECONDS = 0.5
"""How long a child that is asked about, and has closed its socket, may take to be gone."""
_MOST_REMEMBERED = 100


def main(control: socket.socket) -> None:
    # The order to end comes by the socket; Ctrl-C is for the process at its other end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ended: dict[int, int] = {}
    signal.signal(signal.SIGCHLD, lambda *_: _note_ends(ended))
    warm()
    gc.collect()
    gc.freeze()
    try:
        control.sendall(READY)
        while True:
            order, descriptors, _, _ = socket.recv_fds(control, NUMBER.size, 1, socket.MSG_WAITALL)
            if len(order) < NUMBER.size:
                return
            (asked,) = NUMBER.unpack(order)
            if asked == FORK:
                control.sendall(NUMBER.pack(_forked(control, descriptors[0], ended)))
            else:
                control.sendall(NUMBER.pack(_signal_of(asked, ended)))
    except OSError:
        return  # The other side is gone.


def _forked(control: socket.socket, descriptor: int, ended: dict[int, int]) -> int:
    """The process id of a new child, which has this end of a socket."""
    parent, pid = os.getpid(), os.fork()
    if pid == 0:
        control.close()
        _child(descriptor, parent)
    os.close(descriptor)
    ended.pop(pid, None)  # Of another that had the same number.
    return pid


def _note_ends(ended: dict[int, int]) -> None:
    """Note by what signal children have ended, so that the kernel can forget them."""
    with suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            ended[found[0]] = os.WTERMSIG(found[1]) if os.WIFSIGNALED(found[1]) else UNKNOWN
    while len(ended) > _MOST_REMEMBERED:
        ended.pop(next(iter(ended)), None)


def _signal_of(pid: int, ended: dict[int, int]) -> int:
    deadline = time.monotonic() + _END_SECONDS
    while pid not in ended and time.monotonic() < deadline:
        time.sleep(0.005)
    return ended.pop(pid, UNKNOWN)


def _child(descriptor: int, parent: int) -> None:
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.nice(NICENESS)
        touch()
        with socket.socket(fileno=descriptor) as sock:
            serve(Frames(sock), parent)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
    # There is nothing to put away, and DuckDB would complain of what `gc.freeze` keeps from it.
    os._exit(0)

"""`python -m synthmill.app.core.confined.fork_server FD`: it has loaded everything, and only forks.

It has one thread of ours and nothing open but the socket of its client, so what it forks has no
connection, no lock and no secret. A child is there within hundredths of a second, where Python with all that
we import takes seconds. It ends with that socket.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import struct
import sys

from synthmill.app.core.confined.frames import Frames
from synthmill.app.core.confined.serve import serve
from synthmill.app.core.confined.warming import touch, warm

READY = b"r"
PID = struct.Struct("!i")


def main(control: socket.socket) -> None:
    # The order to end comes by the socket; Ctrl-C is for the process at its other end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # The kernel forgets children that end: no zombies.
    warm()
    gc.collect()
    gc.freeze()
    try:
        control.sendall(READY)
        while True:
            _, descriptors, _, _ = socket.recv_fds(control, 1, 1)
            if not descriptors:
                return
            parent, pid = os.getpid(), os.fork()
            if pid == 0:
                control.close()
                _child(descriptors[0], parent)
            os.close(descriptors[0])
            control.sendall(PID.pack(pid))
    except OSError:
        return  # The other side is gone.


def _child(descriptor: int, parent: int) -> None:
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        touch()
        with socket.socket(fileno=descriptor) as sock:
            serve(Frames(sock), parent)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
    # There is nothing to put away, and DuckDB would complain of what `gc.freeze` keeps from it.
    os._exit(0)

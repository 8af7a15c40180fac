"""Free ports for servers that can't be asked to choose one themselves.

Between looking at a port and the server's own bind someone may take it. Two things make that rare: ports come
from below the range that the system hands out to outgoing connections, and at random. Who starts a server on
one watches it and tries others if it ends at once.
"""

from __future__ import annotations

import random
import socket
from collections.abc import Iterable

FIRST, LAST = 10_240, 22_000
"""With an offset of 10,000 still below 32,768, where Linux's own choices begin."""


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on this port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_ports(count: int, preferred: Iterable[int] = (), offset: int = 0) -> list[int]:
    """So many different free ports of this machine: the preferred ones if all are free, else others.

    With an offset, each port plus the offset is free too.
    """

    def usable(port: int) -> bool:
        return is_free(port) and (not offset or is_free(port + offset))

    wanted = list(preferred)
    if len(wanted) == count and all(map(usable, wanted)):
        return wanted
    found: list[int] = []
    for port in random.sample(range(FIRST, LAST), LAST - FIRST):
        if usable(port):
            found.append(port)
            if len(found) == count:
                return found
    raise OSError("there are no free ports on this machine")

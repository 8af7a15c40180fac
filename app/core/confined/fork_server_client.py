"""The fork server as its client sees it: new children on request, one of them always ready."""

from __future__ import annotations

import logging
import os
import select
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress

from synthmill.app.core.confined.child import Child
from synthmill.app.core.confined.fork_server import FORK, NUMBER, UNKNOWN
from synthmill.app.core.errors import BusyError

log = logging.getLogger(__name__)

_START_SECONDS = 300.0
"""What a start may take: some seconds, and half a minute more where kernels have to be compiled first."""
_WAIT_SECONDS = 60.0
"""How long a request waits for that."""
_FORK_SECONDS = 10.0
_STARTING = "the processes for such requests are being started"
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")


class ForkServerClient:
    """Starts the server where it isn't there, or has ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._ready = False
        self._began = 0.0
        self._asked: socket.socket | None = None
        """Our side of the socket of a child that was asked for, and whose process id we don't know yet."""
        self._spare: Child | None = None
        """A child that has done nothing yet."""
        self._closed = False

    def start(self) -> None:
        """Start the server, without waiting for it."""
        with self._lock:
            self._begin()

    def take(self) -> Child:
        """A child that has done nothing yet. Raises BusyError where there is none within some time."""
        if not self._lock.acquire(timeout=_WAIT_SECONDS):
            raise BusyError(_STARTING)
        try:
            for _ in range(2):
                self._begin()
                try:
                    return self._taken()
                except OSError as error:
                    log.warning("the fork server has to be started again: %s", error)
                    self._end()
            raise BusyError("the processes for such requests can't be started")
        finally:
            self._lock.release()

    def is_ready(self) -> bool:
        """Whether a child can be had at once; it doesn't wait, and starts the server where that has ended."""
        if not self._lock.acquire(blocking=False):
            return self._ready
        try:
            if self._server is not None and self._server.poll() is not None:
                self._end()
            self._begin()
            assert self._control is not None
            if not self._ready and select.select([self._control], [], [], 0)[0]:
                self._await_ready()
                self._asked = self._ask()
        except (OSError, BusyError) as error:
            log.warning("the fork server isn't ready: %s", error)
            self._ready = False
        finally:
            self._lock.release()
        return self._ready

    def signal_of(self, child: Child) -> int | None:
        """The signal that ended this child; None where none did, or it isn't known."""
        with self._lock:
            if self._control is None:
                return None
            try:
                if self._asked is not None:
                    self._spare = self._arrived()
                self._control.sendall(NUMBER.pack(child.pid))
                found = self._number()
            except OSError as error:
                log.warning("the fork server has to be started again: %s", error)
                self._end()
                return None
        return None if found == UNKNOWN else found

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._end()

    def _begin(self) -> None:
        if self._closed:
            raise BusyError("the server is about to end")
        if self._server is not None:
            return
        self._control, theirs = socket.socketpair()
        with theirs:
            # Settings are nothing to it, and some of them are secret.
            environment = {name: v for name, v in os.environ.items() if not name.startswith("SYNTHMILL_")}
            environment.update(dict.fromkeys(_ONE_THREAD, "1"))
            # Arrow's own pools keep address space in reserve, which counts against a limit.
            environment["ARROW_DEFAULT_MEMORY_POOL"] = "system"
            self._server = subprocess.Popen(
                [sys.executable, "-m", "synthmill.app.core.confined.fork_server", str(theirs.fileno())],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        self._ready, self._began = False, time.monotonic()

    def _taken(self) -> Child:
        if not self._ready:
            self._await_ready()
        child, self._spare = self._spare or self._arrived(), None
        try:
            if self._asked is None:
                self._asked = self._ask()
        except OSError:
            child.end()
            raise
        return child

    def _arrived(self) -> Child:
        """The child that was asked for, or that is asked for now."""
        ours = self._asked or self._ask()
        self._asked = None
        try:
            return Child(ours, self._number())
        except OSError:
            ours.close()
            raise

    def _number(self) -> int:
        number: int = NUMBER.unpack(self._received(NUMBER.size, _FORK_SECONDS))[0]
        return number

    def _await_ready(self) -> None:
        try:
            self._received(1, _WAIT_SECONDS)
        except TimeoutError:
            if time.monotonic() - self._began > _START_SECONDS:
                raise
            raise BusyError(_STARTING) from None
        self._ready = True

    def _ask(self) -> socket.socket:
        assert self._control is not None
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self._control, [NUMBER.pack(FORK)], [theirs.fileno()])
            except OSError:
                ours.close()
                raise
        return ours

    def _received(self, count: int, seconds: float) -> bytes:
        """So many bytes from the server. Raises OSError where they don't come."""
        assert self._control is not None
        deadline, found = time.monotonic() + seconds, b""
        while len(found) < count:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"the fork server said nothing for {seconds:g} seconds")
            self._control.settimeout(left)
            came = self._control.recv(count - len(found))
            if not came:
                raise ConnectionError("the fork server has ended")
            found += came
        return found

    def _end(self) -> None:
        for sock in (self._control, self._asked):
            if sock is not None:
                sock.close()
        if self._spare is not None:
            self._spare.end()
        self._control = self._asked = self._spare = None
        if self._server is not None:
            with suppress(OSError):
                self._server.kill()
            self._server.wait()
            self._server = None

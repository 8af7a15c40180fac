"""Settings of gunicorn, in the Procfile: `gunicorn --config python:synthmill.app.gunicorn_config`.

One process: its threads share one subscription to the broker. A request holds a thread from when all of it is
here until its answer is made; a WebSocket only until its handshake is done, then the hub has it.
"""

from __future__ import annotations

import os
import resource
import sys
import threading
import time
from typing import Any

from synthmill.app.core.settings import Settings
from synthmill.app.http.connection_metrics import connection_counts
from synthmill.app.http.gunicorn_worker import Limits
from synthmill.app.http.held_connections import ConnectionLimits
from synthmill.app.live.routes import EXTENSION, Live
from synthmill.generators.kernels.backend import compile_all

_settings = Settings.from_env()

bind = f"{_settings.host}:{_settings.port}"
workers = 1
worker_class = "synthmill.app.http.gunicorn_worker.Worker"
threads = _settings.web_threads
# Gunicorn would accept nobody beyond it; our worker rather gives up the oldest, so it must never be reached.
worker_connections = 2 * _settings.max_connections + _settings.web_threads
# After a restart all watchers come back at once.
backlog = 4096
timeout = 60
graceful_timeout = 6
keepalive = 5
# It would wait for a client's reading without an end.
sendfile = False
# The access log is the proxy's business; the rest is written as the application writes its own.
accesslog = None
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "own": {"()": "synthmill.app.core.observability.logs.formatter", "kind": _settings.log_format}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "own"}},
    "root": {"level": _settings.log_level.upper(), "handlers": ["stderr"]},
    "loggers": {
        "gunicorn.error": {"level": "INFO", "handlers": ["stderr"], "propagate": False},
        "gunicorn.access": {"level": "INFO", "handlers": [], "propagate": False},
    },
}

_MOST_FILES = 65_536


def post_worker_init(worker: Any) -> None:
    """Gunicorn calls this in the process that serves, its application made: watch for the order to end."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Each WebSocket is a file descriptor, and the usual soft limit is 1,024.
    most = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    # The hub lets go of the interpreter with every send; a request that computes may keep it as long.
    sys.setswitchinterval(0.0005)
    worker.hold(_limits(most), connection_counts(worker.wsgi))
    threading.Thread(target=_end, args=(worker,), name="ending", daemon=True).start()
    _live(worker).services.executor.start()
    # What a process needs for its first quote or event takes a second to load; no request is to wait for it.
    threading.Thread(target=compile_all, name="warming", daemon=True).start()


def _limits(most_files: int) -> Limits:
    # At least half of the descriptors are for WebSockets, files and the database.
    total = min(_settings.max_connections, most_files // 2)
    connections = ConnectionLimits(
        total,
        _settings.max_connections_per_address,
        _settings.max_connections_per_key,
        _settings.web_threads * _settings.max_body_bytes,
    )
    return Limits(
        connections,
        min(_settings.head_seconds, _settings.request_seconds),
        _settings.request_seconds,
        _settings.max_body_bytes,
        _settings.proxies,
    )


def worker_exit(_server: Any, worker: Any) -> None:
    """Gunicorn calls this last in that process, no request left: the hub may still be saying goodbye."""
    if hasattr(worker, "wsgi"):  # Else the application could not be made.
        _live(worker).end()
        _live(worker).services.executor.close()


def _live(worker: Any) -> Live:
    live: Live = worker.wsgi.extensions[EXTENSION]
    return live


def _end(worker: Any) -> None:
    # Gunicorn's signal handler only sets this flag, and waits for threads that it can't wake itself.
    while worker.alive:
        time.sleep(0.2)
    _live(worker).end()
    # The master kills a worker that lingers; one whose master was killed would keep the port from the next.
    time.sleep(graceful_timeout)
    os._exit(0)

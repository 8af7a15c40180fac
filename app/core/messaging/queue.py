"""Messages to workers. They carry names and nothing else.

A slot wakes a worker for a job. A lost one costs a moment (the sweeper asks again), a superfluous one a
millisecond, so neither asking nor failing to ask is ever an error for the caller. The same holds for days of
the market: a client that wants them asks again.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Protocol

from celery import Celery
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from synthmill.app.core.observability import counters

log = logging.getLogger(__name__)

QUEUES = ("interactive", "bulk")
"""Jobs estimated under a second, and the others."""
SLOT_TASK = "workers.slot"
DAYS_TASK = "workers.market_days"
_MUTE_SECONDS = 1.0
"""Nobody is asked for so long after the broker could not be reached."""


class Queue(Protocol):
    def wake(self, job_id: str, queue: str, slots: int = 1) -> None:
        """Ask for so many slots; a failure is logged, not raised."""

    def ask_days(self, workspace_id: str, symbol: str, first: int, last: int) -> None:
        """Ask for a ticker's days from first to last - 1; a failure is logged, not raised."""

    def waiting(self, queue: str) -> int | None:
        """Messages that no worker has taken yet; None when the broker can't be asked."""

    def close(self) -> None: ...


def celery_app(redis_url: str) -> Celery:
    """The one configuration of Celery, for those who send slots and those who work them.

    docs/operations.md says of each setting what it guards against.
    """
    app = Celery("synthmill", broker=redis_url)
    app.conf.update(
        task_default_queue="bulk",
        task_ignore_result=True,
        result_backend=None,
        accept_content=["json"],
        task_serializer="json",
        # A slot that dies with its worker is dropped: the database knows what is left to do.
        task_acks_late=True,
        task_reject_on_worker_lost=False,
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_soft_shutdown_timeout=10,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "visibility_timeout": 3600,
            # Without a timeout a worker behind a half-open connection stays deaf for minutes.
            "socket_timeout": 10,
            "socket_connect_timeout": 5,
            "socket_keepalive": True,
            "health_check_interval": 10,
        },
    )
    return app


class CeleryQueue:
    def __init__(self, redis_url: str) -> None:
        self._url = redis_url
        self._app = celery_app(redis_url)
        self._app.conf.broker_transport_options = {
            **self._app.conf.broker_transport_options,
            "socket_timeout": 3,
            "socket_connect_timeout": 1,
            # Kombu would try for six seconds, one caller after the other.
            "max_retries": 1,
            "interval_start": 0,
            "interval_step": 0,
            "interval_max": 0,
            "connect_retries_timeout": 1,
        }
        self._mute_until = 0.0
        self._redis: Redis | None = None
        self._lock = threading.Lock()

    def wake(self, job_id: str, queue: str, slots: int = 1) -> None:
        self._send(SLOT_TASK, (job_id,), queue, slots)

    def ask_days(self, workspace_id: str, symbol: str, first: int, last: int) -> None:
        self._send(DAYS_TASK, (workspace_id, symbol, first, last), QUEUES[0])

    def _send(self, task: str, arguments: tuple[object, ...], queue: str, times: int = 1) -> None:
        try:
            with self._lock:
                # While Redis is away its timeouts must not hold up every request and part, one by one.
                if time.monotonic() < self._mute_until:
                    return
                for _ in range(times):
                    self._app.send_task(task, arguments, queue=queue, retry=False)
        except (OperationalError, RedisError, OSError) as error:
            counters.count("broker_errors")
            self._mute_until = time.monotonic() + _MUTE_SECONDS
            log.warning("no worker could be asked, which is tried again later: %s", type(error).__name__)

    def waiting(self, queue: str) -> int | None:
        try:
            if self._redis is None:
                self._redis = Redis.from_url(self._url, socket_timeout=3, socket_connect_timeout=1)
            return int(self._redis.llen(queue))
        except RedisError:
            return None

    def close(self) -> None:
        self._app.close()
        if self._redis is not None:
            self._redis.close()

"""The Celery application that workers run, one process each: `celery -A synthmill.workers.app worker`.

A message names a job; synthmill.app.core.execution does the rest. Two threads run beside it: the heartbeat,
which keeps the part in hand leased, and the sweeper.
"""

from __future__ import annotations

import os
import warnings
from typing import Any

from celery import signals
from celery.platforms import SecurityWarning

from synthmill.app.core.execution.instrumentation import slot_span
from synthmill.app.core.execution.slot import work_slot
from synthmill.app.core.execution.worker import BULK_NICENESS, QUICK_NICENESS
from synthmill.app.core.messaging.queue import DAYS_TASK, SLOT_TASK, celery_app
from synthmill.app.core.observability import logs, tracing
from synthmill.app.core.settings import Settings
from synthmill.generators.kernels.memory import collect_seldom, keep_freed
from synthmill.workers.host import WorkerHost

# It warns root of pickle, which `accept_content` refuses.
warnings.simplefilter("ignore", SecurityWarning)

settings = Settings.from_env()

app = celery_app(settings.redis_url)
host = WorkerHost(settings)


@app.task(name=SLOT_TASK)  # type: ignore[untyped-decorator]
def slot(job_id: str) -> None:
    """Work for a job. Safe to run twice, at the same time, or for a job that needs nothing."""
    with slot_span(host.services, job_id):
        work_slot(host.services, job_id, host.process)


@app.task(name=DAYS_TASK)  # type: ignore[untyped-decorator]
def market_days(workspace_id: str, symbol: str, first: int, last: int) -> None:
    """Compute days of a ticker that somebody waits for. Safe to run twice."""
    # Imported when somebody asks: a new worker is to be at work at once.
    from synthmill.app.core.market import day_cache

    day_cache.make_days(host.services, workspace_id, symbol, first, last)


@signals.setup_logging.connect  # type: ignore[untyped-decorator]
def _set_up_logging(**_: Any) -> None:
    logs.set_up(settings.log_level, settings.log_format)


@signals.worker_init.connect  # type: ignore[untyped-decorator]
def _init(**_: Any) -> None:
    keep_freed()
    collect_seldom()
    tracing.set_up(settings, "synthmill-worker")
    host.start(app.amqp.queues.consume_from)


@signals.worker_ready.connect  # type: ignore[untyped-decorator]
def _ready(**_: Any) -> None:
    # Not before, so that a new worker is up quickly.
    os.nice(BULK_NICENESS if "bulk" in app.amqp.queues.consume_from else QUICK_NICENESS)
    host.ask_for_work()


@signals.worker_shutting_down.connect  # type: ignore[untyped-decorator]
def _shutting_down(**_: Any) -> None:
    host.drain()


@signals.worker_shutdown.connect  # type: ignore[untyped-decorator]
def _shutdown(**_: Any) -> None:
    host.close()

"""`python -m synthmill.workers --queues interactive,bulk`: one worker process.

It is what `celery -A synthmill.workers.app worker -P solo` would start, less the imports of Celery's command
line, which take a fifth of a second: a worker that is added should be at work at once.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from celery import signals

from synthmill.app.core.messaging.queue import QUEUES
from synthmill.workers.app import app


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m synthmill.workers")
    parser.add_argument("--queues", default=",".join(QUEUES), help="which queues to work, comma separated")
    parser.add_argument("--ready-fd", type=int, help="open file that gets a line when the worker takes work")
    options = parser.parse_args()
    if options.ready_fd is not None:
        _report_when_ready(options.ready_fd)
    worker = app.Worker(
        pool="solo",
        queues=options.queues,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
    )
    worker.start()
    return int(worker.exitcode or 0)


def _report_when_ready(file: int) -> None:
    def report(**_: Any) -> None:
        os.write(file, b"ready\n")
        os.close(file)

    # Celery would forget a function that nobody else holds.
    signals.worker_ready.connect(report, weak=False)


if __name__ == "__main__":
    sys.exit(main())

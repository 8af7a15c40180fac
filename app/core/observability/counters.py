"""What all processes of a server have done and met since its database was made: for metrics.

Each process counts in memory and adds that to the database now and then: a worker with its heartbeat, a web
process when it is asked for metrics. So the numbers only grow, whichever processes come and go; one that is
killed takes at most a few seconds' counts with it.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from synthmill.app.core.db import models

Name = Literal["rows_made", "bytes_made", "parts_made", "events", "storage_errors", "broker_errors"]

_counts: Counter[str] = Counter()
_lock = threading.Lock()


def count(name: Name, number: int = 1) -> None:
    with _lock:
        _counts[name] += number


@contextmanager
def taken() -> Iterator[dict[str, int]]:
    """This process's counts, to be stored; they come back if that fails."""
    with _lock:
        counts = dict(_counts)
        _counts.clear()
    try:
        yield counts
    except BaseException:
        with _lock:
            _counts.update(counts)
        raise


def store(session: Session, counts: dict[str, int]) -> None:
    """Add counts to those in the database, in the order of their names: so two never wait for each other."""
    for name, number in sorted(counts.items()):
        session.execute(
            update(models.Counter)
            .where(models.Counter.name == name)
            .values(value=models.Counter.value + number)
        )


def read(session: Session) -> dict[str, int]:
    """The counts of all processes together."""
    rows = session.execute(select(models.Counter.name, models.Counter.value))
    return {row.name: row.value for row in rows}

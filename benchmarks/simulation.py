"""Many workers on one job, event by event, with the database as the one thing that they share.

The database serves claims and records one after the other, for they lock the job's row: that is what bounds a
job. Redis carries one message a slot and is counted in the worker's time, as the workers' messages don't wait
for one another. Workers are all alike and parts equally long, but each worker begins at a time of its own.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

from synthmill.app.core.execution.slot import BATCH_SECONDS, MOST_PARTS, SLOT_SECONDS


@dataclass(frozen=True)
class Costs:
    """Measured seconds."""

    hand: float
    """The database's, to claim parts and record them, however many they are."""
    part: float
    """The database's, for each part in hand."""
    slot: float
    """A worker's, for the message that starts a slot."""


def simulated(costs: Costs, workers: int, parts: int, seconds: float) -> float:
    """Which share of the workers' time goes into parts, from the first claim to the end of the last part.

    A part takes `seconds` of one worker. Workers claim as synthmill.app.core.execution does: several short
    parts at a time, and near the end no more than their share.
    """
    # (when the worker wants something of the database, which worker, parts to record, when its slot began)
    waiting = [(number * SLOT_SECONDS / workers / 10, number, 0, 0.0) for number in range(workers)]
    heapq.heapify(waiting)
    left, free_at, ended = parts, 0.0, 0.0
    usual = max(1, min(int(BATCH_SECONDS / seconds), MOST_PARTS))
    while waiting:
        at, number, done, slot_began = heapq.heappop(waiting)
        begins = max(at, free_at)
        claimed = min(left, max(1, min(usual, left // (2 * workers))))
        left -= claimed
        free_at = begins + costs.hand + costs.part * done
        ended = max(ended, free_at if done else 0.0)
        if claimed:
            if free_at - slot_began >= SLOT_SECONDS:
                slot_began = free_at + costs.slot
            start = max(free_at, slot_began)
            heapq.heappush(waiting, (start + claimed * seconds, number, claimed, slot_began))
    return parts * seconds / (workers * ended)

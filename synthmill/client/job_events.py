"""A job's events as they happen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from synthmill.client.follow import POLL_FIRST, POLL_LATER, Follower
from synthmill.client.http import Http
from synthmill.errors import NotFoundError

ENDED = frozenset({"completed", "failed", "cancelled"})
TERMINAL = frozenset({"complete", "error", "shutdown"})


@dataclass(frozen=True)
class Event:
    id: str
    """The job's."""
    seq: int | None
    """1, 2, 3 ... without a gap; None for progress inside a part, which the server doesn't keep."""
    type: str
    """init, start, stage, progress, paused, resumed, complete, error or shutdown."""
    timestamp: str
    """ISO 8601, UTC."""
    data: Mapping[str, Any]
    """Of progress: current, total, rate (rows a second), percentage, eta (seconds). While the job is at one
    the name of its `stage`, too, and all these are of that."""

    @property
    def terminal(self) -> bool:
        return self.type in TERMINAL

    @classmethod
    def parse(cls, stored: Mapping[str, Any]) -> Event:
        return cls(stored["id"], stored["seq"], stored["type"], stored["timestamp"], stored.get("data") or {})


class JobFollower(Follower[Event]):
    """Follows one job; see Follower."""

    def __init__(self, http: Http, job_id: str, after: int = 0, timeout: float | None = None) -> None:
        super().__init__(http, f"/jobs/{quote(job_id, safe='')}", after, timeout)
        self._job_id = job_id

    def _parse(self, stored: dict[str, Any]) -> Event:
        return Event.parse(stored)

    def _is_over(self) -> bool:
        """A terminal event alone doesn't say so: a job that was retried has more after it."""
        try:
            job = self._job()
        except NotFoundError:
            if self._saw_end:
                return True
            raise
        return job["state"] in ENDED and job["last_seq"] <= self._seen

    def _poll(self) -> Iterator[Event]:
        pause = POLL_FIRST
        while True:
            found = self._http.request("GET", f"{self._place}/events", params={"after": self._seen}).data
            for event in found:
                yield Event.parse(event)
            job = self._job()
            yield Event(self._job_id, None, "progress", "", _progress(job))
            if job["state"] in ENDED and job["last_seq"] <= self._seen:
                return
            pause = POLL_FIRST if found else min(POLL_LATER, 1.5 * pause)
            self._sleep(pause)

    def _job(self) -> dict[str, Any]:
        job: dict[str, Any] = self._http.request("GET", self._place).data
        return job


def _progress(job: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "current": job["rows_done"],
        "total": job["rows_total"],
        "rate": job["rate"],
        "percentage": job["percentage"],
        "eta": job["eta"],
    }

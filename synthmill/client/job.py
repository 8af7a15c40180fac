"""A job as seen from outside: what the server said of it last, and the verbs on it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthmill.client.job_events import ENDED, Event
from synthmill.errors import JobFailedError

if TYPE_CHECKING:
    from synthmill.client.client import Client

SHOWN = (
    "kind",
    "state",
    "dataset",
    "template",
    "strategy",
    "format",
    "compression",
    "seed",
    "rows_total",
    "rows_done",
)


class Job:
    """One job on a server. `view` is the whole of what the server said; `refresh` asks again.

    >>> job = client.submit(template="retail", rows=1000, seed=7)      # doctest: +SKIP
    >>> job.wait().state                                               # doctest: +SKIP
    'completed'
    """

    def __init__(self, client: Client, view: Mapping[str, Any]) -> None:
        self._client = client
        self.view: Mapping[str, Any] = view

    @property
    def id(self) -> str:
        return str(self.view["id"])

    @property
    def kind(self) -> str:
        """What was asked for: `dataset`."""
        return str(self.view["kind"])

    @property
    def state(self) -> str:
        """queued, running, paused, completed, failed or cancelled, when the server was last asked."""
        return str(self.view["state"])

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def seed(self) -> int:
        """As given, or as the server drew it. Raises TypeError for a job that makes no dataset."""
        return int(self.view["seed"])

    @property
    def dataset(self) -> str:
        """The name of the dataset that the job makes."""
        return str(self.view["dataset"])

    @property
    def unit(self) -> str:
        """What `rows_total` and `rows_done` count: `rows` of a dataset."""
        return str(self.view["unit"])

    @property
    def stage(self) -> Mapping[str, Any] | None:
        """Name, units_total, units_done and percentage of the stage that the job is at."""
        stage: Mapping[str, Any] | None = self.view["stage"]
        return stage

    @property
    def result(self) -> dict[str, Any] | None:
        """What the job gave, once it has completed."""
        result: dict[str, Any] | None = self.view["result"]
        return result

    @property
    def rows_total(self) -> int:
        return int(self.view["rows_total"])

    @property
    def rows_done(self) -> int:
        return int(self.view["rows_done"])

    @property
    def percentage(self) -> float:
        return float(self.view["percentage"])

    @property
    def error(self) -> str | None:
        """Why the job failed."""
        error = self.view.get("error")
        return None if error is None else str(error)

    @property
    def files(self) -> list[dict[str, Any]]:
        """Of a completed job: name, table, rows, size (bytes) and root of each file, and its sha256 where
        that was asked for."""
        return list(self.view["files"])

    @property
    def last_seq(self) -> int:
        """Number of the newest event that this view knows of."""
        return int(self.view["last_seq"])

    def refresh(self) -> Job:
        """Ask the server how the job is now."""
        return self._became(self._client.job(self.id))

    def wait(self, timeout: float | None = None, on_event: Callable[[Event], None] | None = None) -> Job:
        """Wait for the end, whichever it is: `state` says. Raises TimeoutError after `timeout` seconds."""
        return self._became(self._client.wait(self, timeout, on_event))

    def events(self, after: int = 0) -> Iterator[Event]:
        """See `Client.events`."""
        return self._client.events(self, after)

    def download(self, out: str | os.PathLike[str]) -> list[Path]:
        """See `Client.download`."""
        return self._client.download(self, out)

    def to_pandas(self, table: str | None = None) -> Any:
        """See `Client.to_pandas`."""
        return self._client.to_pandas(self, table)

    def pause(self) -> Job:
        return self._became(self._client.pause(self))

    def resume(self) -> Job:
        return self._became(self._client.resume(self))

    def stop(self) -> Job:
        return self._became(self._client.stop(self))

    def retry(self) -> Job:
        return self._became(self._client.retry(self))

    def clone(self) -> Job:
        """A new job with the same request, seed included."""
        return self._client.clone(self)

    def delete(self) -> None:
        self._client.delete(self)

    def raise_unless_completed(self) -> None:
        """Raises JobFailedError if the job failed or was stopped."""
        if self.ended and self.state != "completed":
            raise JobFailedError(self.id, self.state, self.error or "")

    def _became(self, other: Job) -> Job:
        self.view = other.view
        return self

    def __repr__(self) -> str:
        return f"<Job {self.id} {self.state} {self.percentage:.0f} %>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th>{name.replace('_', ' ')}</th><td>{escape(_shown(self.view[name]))}</td></tr>"
            for name in SHOWN
            if self.view.get(name) is not None
        )
        error = f"<p>{escape(self.error)}</p>" if self.error else ""
        return (
            f"<b>Job {escape(self.id)}</b> <progress max='100' value='{self.percentage:.1f}'></progress> "
            f"{self.percentage:.0f} %{error}<table>{rows}</table>"
        )


def _shown(value: Any) -> str:
    return (
        f"{value:,}"
        if isinstance(value, int) and not isinstance(value, bool) and value >= 10_000
        else str(value)
    )

"""The Python client of a Synthmill server."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from synthmill.client import catalogue
from synthmill.client.connection import find_connection
from synthmill.client.download import OnBytes, download
from synthmill.client.evaluations import Evaluations
from synthmill.client.http import Http
from synthmill.client.job import Job
from synthmill.client.job_events import Event, JobFollower
from synthmill.client.models import Models
from synthmill.client.streams import Streams
from synthmill.errors import NotFinishedError

JobOrId = Job | str
Rows = int | Mapping[str, int]


class Client:
    """Speaks to one server with one key.

    The server is the one at `url`, or whose data folder is `data`, or that the environment names
    (SYNTHMILL_URL with SYNTHMILL_API_KEY, or SYNTHMILL_DATA); arguments win. Raises UnreachableError if none
    is named. Every method raises ApiError when the server refuses and UnreachableError when it doesn't
    answer. Close it, or use it as a context manager.
    """

    def __init__(
        self, url: str | None = None, key: str | None = None, *, data: str | os.PathLike[str] | None = None
    ) -> None:
        self._http = Http(find_connection(url, key, data))
        self.streams = Streams(self._http)
        self.models = Models(self, self._http)
        self.evaluations = Evaluations(self, self._http)

    @property
    def url(self) -> str:
        return self._http.connection.url

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- jobs: make, look, wait

    def submit(
        self,
        *,
        template: str | None = None,
        strategy: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        rows: Rows | None = None,
        seed: int | None = None,
        format: str | None = None,  # noqa: A002 (the request's own word)
        compression: str | None = None,
        sha256: bool | None = None,
        part_rows: int | None = None,
        plugins: Sequence[str] | None = None,
        workspace: str | None = None,
        dataset: str | None = None,
        max_parallel: int | None = None,
        domain_rules: Sequence[Mapping[str, Any]] | None = None,
        rules: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Ask for a dataset. What is None is left to the server. `plugins` are those that it must have, as
        `name==version`. `domain_rules` are laid over the template's; with `rules` "fail" or "warn" the job
        checks them, and `job.view["result"]["rules"]` has the report.

        Sent with an Idempotency-Key (of its own unless one is given), so that a repetition after a broken
        connection makes no second job. Raises RefusedRequestError naming the fields at fault.
        """
        request = {
            "template": template,
            "strategy": strategy,
            "parameters": parameters,
            "rows": rows,
            "seed": seed,
            "format": format,
            "compression": compression,
            "sha256": sha256,
            "part_rows": part_rows,
            "plugins": plugins,
            "workspace": workspace,
            "dataset": dataset,
            "max_parallel": max_parallel,
            "domain_rules": domain_rules,
            "rules": rules,
        }
        return self.submit_request(request, idempotency_key)

    def submit_request(self, request: Mapping[str, Any], idempotency_key: str | None = None) -> Job:
        """Like `submit`, for a request that is an object already, such as a recipe file's content."""
        headers = {"Idempotency-Key": str(uuid.uuid4()) if idempotency_key is None else idempotency_key}
        return Job(self, self._http.request("POST", "/generate", json=_given(request), headers=headers).data)

    def preview(
        self,
        *,
        template: str | None = None,
        strategy: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        rows: Rows | None = None,
        seed: int | None = None,
        plugins: Sequence[str] | None = None,
        limit: int | None = None,
        table: str | None = None,
        columns: Sequence[str] | None = None,
    ) -> dict[str, Any]:
        """The first `limit` rows of every table, or of one, of the very dataset that `submit` would make.

        `columns` are those wanted of the one table. Gives seed, recipe and tables: each with name, columns,
        rows (lists in the columns' order) and rows_total.
        """
        request = {
            "template": template,
            "strategy": strategy,
            "parameters": parameters,
            "rows": rows,
            "seed": seed,
            "plugins": plugins,
        }
        return self.preview_request(request, limit, table, columns)

    def preview_request(
        self,
        request: Mapping[str, Any],
        limit: int | None = None,
        table: str | None = None,
        columns: Sequence[str] | None = None,
    ) -> dict[str, Any]:
        """Like `preview`, for a request that is an object already."""
        wanted = None if columns is None else list(columns)
        body = _given({**request, "limit": limit, "table": table, "columns": wanted})
        shown: dict[str, Any] = self._http.request("POST", "/preview", json=body, repeatable=True).data
        return shown

    def job(self, job_id: str) -> Job:
        """The job of this id. Raises NotFoundError."""
        return Job(self, self._http.request("GET", f"/jobs/{quote(job_id, safe='')}").data)

    def jobs(
        self,
        *,
        state: str | None = None,
        kind: str | None = None,
        strategy: str | None = None,
        template: str | None = None,
        dataset: str | None = None,
    ) -> Iterator[Job]:
        """Jobs of the key's workspace, the newest first; further pages are asked for as they are needed."""
        filters = {
            "state": state,
            "kind": kind,
            "strategy": strategy,
            "template": template,
            "dataset": dataset,
        }
        return (Job(self, view) for view in self._http.pages("/jobs", filters))

    def wait(
        self,
        job: JobOrId,
        timeout: float | None = None,
        on_event: Callable[[Event], None] | None = None,
    ) -> Job:
        """The job when it has ended, completed or not: its `state` says which.

        `on_event` is called with every event after those that the given job knows of. Raises TimeoutError
        after `timeout` seconds.
        """
        known = job if isinstance(job, Job) else self.job(job)
        if known.ended:
            return known
        for event in JobFollower(self._http, known.id, known.last_seq, timeout):
            if on_event is not None:
                on_event(event)
        return self.job(known.id)

    def events(self, job: JobOrId, after: int = 0, timeout: float | None = None) -> Iterator[Event]:
        """Events of a job after number `after`, as they happen; ends after the job's last.

        Every numbered event comes exactly once and in order, however often the connection breaks; progress
        without a number comes in between. Raises TimeoutError if the job hasn't ended in `timeout` seconds.
        """
        return iter(JobFollower(self._http, _id(job), after, timeout))

    # --- jobs: what is to become of them

    def pause(self, job: JobOrId) -> Job:
        """Begin no further part; those in hand are finished. Raises ConflictError for an ended job."""
        return self._move(job, "pause")

    def resume(self, job: JobOrId) -> Job:
        """Go on where the job was paused."""
        return self._move(job, "resume")

    def stop(self, job: JobOrId) -> Job:
        """End the job for good; no files are left."""
        return self._move(job, "stop")

    def retry(self, job: JobOrId) -> Job:
        """Begin a failed or stopped job again."""
        return self._move(job, "retry", repeatable=False)

    def clone(self, job: JobOrId) -> Job:
        """A new job with the same recipe, seed included, and the same output."""
        return self._move(job, "clone", repeatable=False)

    def delete(self, job: JobOrId) -> None:
        """Remove the job with its dataset, files and events."""
        self._http.request("DELETE", f"/jobs/{quote(_id(job), safe='')}")

    def _move(self, job: JobOrId, verb: str, repeatable: bool = True) -> Job:
        path = f"/jobs/{quote(_id(job), safe='')}/{verb}"
        return Job(self, self._http.request("POST", path, repeatable=repeatable).data)

    # --- what a job made

    def download(
        self, job: JobOrId, out: str | os.PathLike[str], on_bytes: OnBytes | None = None
    ) -> list[Path]:
        """Every file of a completed job, and its manifest last, into the folder `out`; the paths.

        What arrives is checked block by block against the manifest; a download that was cut off goes on where
        it stopped. Raises JobFailedError or NotFinishedError for a job without a dataset,
        DamagedDownloadError for bytes that aren't the dataset's.
        """
        known = self._completed(job)
        return download(self._http, known.id, Path(out), on_bytes)

    def to_pandas(self, job_or_dataset: JobOrId | Mapping[str, Any], table: str | None = None) -> Any:
        """A table of a completed job, or of a dataset as `datasets` gives it, as a DataFrame.

        Without a name: the only table's, or a dict of them by table where there are several. All files are
        downloaded to a temporary folder and checked first.
        """
        from synthmill.library import Dataset

        if isinstance(job_or_dataset, Mapping):
            job_or_dataset = str(job_or_dataset["job_id"])
        known = self._completed(job_or_dataset)
        with tempfile.TemporaryDirectory(prefix="synthmill-") as folder:
            download(self._http, known.id, Path(folder))
            return Dataset.open(Path(folder)).to_pandas(table)

    def _completed(self, job: JobOrId) -> Job:
        known = self.job(_id(job))
        known.raise_unless_completed()
        if not known.ended:
            raise NotFinishedError(f"job {known.id} is {known.state}; its files come when it has completed")
        return known

    # --- what the server has

    strategies = catalogue.strategies
    strategy = catalogue.strategy
    plugins = catalogue.plugins
    templates = catalogue.templates
    template = catalogue.template
    datasets = catalogue.datasets
    dataset = catalogue.dataset
    profile = catalogue.profile
    delete_dataset = catalogue.delete_dataset
    upload = catalogue.upload
    uploads = catalogue.uploads
    delete_upload = catalogue.delete_upload
    keys = catalogue.keys
    create_key = catalogue.create_key
    revoke_key = catalogue.revoke_key


def _id(job: JobOrId) -> str:
    return job.id if isinstance(job, Job) else job


def _given(request: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in request.items() if value is not None}

"""Evaluations on a server: have it compare synthetic data with real data, and read what it found."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from synthmill.client.http import Http
from synthmill.client.job import Job
from synthmill.client.tables import Table, named_tables, send_tables

if TYPE_CHECKING:
    from synthmill.client.client import Client


class Evaluations:
    """What `Client.evaluations` is. Every method raises ApiError when the server refuses."""

    def __init__(self, client: Client, http: Http) -> None:
        self._client, self._http = client, http

    def create(
        self,
        real: Mapping[str, Table] | Table,
        synthetic: Mapping[str, Table] | Table | None = None,
        *,
        dataset_id: str | None = None,
        holdout: Mapping[str, Table] | Table | None = None,
        idempotency_key: str | None = None,
        **options: Any,
    ) -> Job:
        """Send tables to the server, and ask how `synthetic`, or a dataset of the workspace by its id,
        compares with `real`; the job's `result` has `evaluation_id` when it has completed. `options` are
        those of `synthmill.evaluate`: keys, roles, targets, seed, sample.

        Tables are what `Models.fit` takes; where each side is one table, all get the name of the real one.
        """
        named = named_tables(real)
        sides: dict[str, Any] = {"real": send_tables(self._client, named)}
        for side, given in (("synthetic", synthetic), ("holdout", holdout)):
            if given is not None:
                tables = named_tables(given)
                if len(tables) == len(named) == 1 and not isinstance(given, Mapping):
                    tables = dict(zip(named, tables.values(), strict=True))
                sides[side] = send_tables(self._client, tables)
        body = {**sides, **options, **({} if dataset_id is None else {"dataset_id": dataset_id})}
        headers = {"Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        return Job(self._client, self._http.request("POST", "/evaluate", json=body, headers=headers).data)

    def list(self) -> Iterator[dict[str, Any]]:
        """Evaluations of the workspace, the newest first, without their reports."""
        return self._http.pages("/evaluations", {})

    def get(self, evaluation_id: str) -> dict[str, Any]:
        """One evaluation with its report. Raises NotFoundError."""
        found: dict[str, Any] = self._http.request("GET", _path(evaluation_id)).data
        return found

    def download(self, evaluation_id: str, out: str | os.PathLike[str]) -> Path:
        """The report as one page of HTML, at `out`."""
        path = Path(out)
        with self._http.stream(_path(evaluation_id) + "/page", {}) as response:
            path.write_bytes(response.read())
        return path

    def delete(self, evaluation_id: str) -> None:
        """Remove an evaluation and its job; that its real files were asked about stays counted."""
        self._http.request("DELETE", _path(evaluation_id))


def _path(evaluation_id: str) -> str:
    return f"/evaluations/{quote(evaluation_id, safe='')}"

"""Models of a server: fit them to data that are sent there, look at them, fetch their files."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from synthmill.client.http import Http
from synthmill.client.job import Job
from synthmill.client.tables import Table, named_tables, send_tables
from synthmill.errors import DamagedDownloadError

if TYPE_CHECKING:
    from synthmill.client.client import Client


class Models:
    """What `Client.models` is. Every method raises ApiError when the server refuses."""

    def __init__(self, client: Client, http: Http) -> None:
        self._client, self._http = client, http

    def fit(
        self,
        tables: Mapping[str, Table] | Table,
        *,
        name: str | None = None,
        idempotency_key: str | None = None,
        **parameters: Any,
    ) -> Job:
        """Send tables to the server, and ask for a model of them; the job's `result` has `model_id` and
        `sha256` when it has completed. `parameters` are those of `synthmill.fit`: method, roles, privacy.

        A table is a path (its suffix says the format), an Upload whose name does, or a table in memory, which
        is sent as Parquet; one alone is called as its file, or `data`. The same bytes are stored once. Raises
        InvalidRequestError for a format that isn't known by its name, and RefusedRequestError.
        """
        named = named_tables(tables)
        privacy = parameters.get("privacy")
        if isinstance(privacy, Mapping) and len(named) == 1:
            from synthmill.generators.learning import for_table

            parameters = {**parameters, "privacy": for_table(privacy, next(iter(named)))}
        body = {
            "tables": send_tables(self._client, named),
            "parameters": parameters,
            **({} if name is None else {"name": name}),
        }
        headers = {"Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        return Job(self._client, self._http.request("POST", "/fit", json=body, headers=headers).data)

    def list(self, *, name: str | None = None, sha256: str | None = None) -> Iterator[dict[str, Any]]:
        """Models of the workspace, the newest first."""
        return self._http.pages("/models", {"name": name, "sha256": sha256})

    def get(self, model_id: str) -> dict[str, Any]:
        """One model with what it says of itself. Raises NotFoundError."""
        found: dict[str, Any] = self._http.request("GET", _path(model_id)).data
        return found

    def download(self, model_id: str, out: str | os.PathLike[str], *, allow_open: bool = False) -> Path:
        """The model's file, checked, at `out`. That of an open model is refused unless `allow_open` says that
        it may leave, which the server records. Raises DamagedDownloadError for other bytes than the model's.
        """
        path, sha256 = Path(out), self.get(model_id)["sha256"]
        place = _path(model_id) + "/file" + ("?allow_open=true" if allow_open else "")
        with self._http.stream(place, {}) as response:
            content = response.read()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise DamagedDownloadError(f"model {model_id} arrived damaged; nothing was kept")
        path.write_bytes(content)
        return path

    def delete(self, model_id: str) -> None:
        """Remove a model; what was made with it stays. Raises ConflictError while a job needs it."""
        self._http.request("DELETE", _path(model_id))


def _path(model_id: str) -> str:
    return f"/models/{quote(model_id, safe='')}"

"""Models of a server: fit them to data that are sent there, look at them, fetch their files."""

from __future__ import annotations

import hashlib
import io
import os
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from synthmill.client.http import Http
from synthmill.client.job import Job
from synthmill.client.uploads import Upload
from synthmill.errors import DamagedDownloadError
from synthmill.generators.errors import InvalidRequestError

if TYPE_CHECKING:
    from synthmill.client.client import Client

Table = str | os.PathLike[str] | Upload | Any
"""A file's path, an upload with a file's name, or a table in memory: a DataFrame or of pyarrow."""

_FORMATS = {".csv": "csv", ".parquet": "parquet", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_PARQUET = "application/vnd.apache.parquet"


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
        named = tables if isinstance(tables, Mapping) else {_table_name(tables): tables}
        privacy = parameters.get("privacy")
        if isinstance(privacy, Mapping) and len(named) == 1:
            from synthmill.generators.learning import for_table

            parameters = {**parameters, "privacy": for_table(privacy, next(iter(named)))}
        body = {
            "tables": {table: self._sent(table, source) for table, source in named.items()},
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

    def _sent(self, table: str, source: Table) -> dict[str, str]:
        if isinstance(source, Upload):
            return {"upload": source.id, "format": _format(f"tables.{table}", source.name or "")}
        if isinstance(source, str | os.PathLike):
            form = _format(f"tables.{table}", os.fspath(source))
            return {"upload": self._client.upload(source).id, "format": form}
        content = io.BytesIO(_parquet(table, source))
        sent = self._client.upload(content, name=f"{table}.parquet", media_type=_PARQUET)
        return {"upload": sent.id, "format": "parquet"}


def _table_name(source: Table) -> str:
    """A name for a table that has none, of letters, digits and underscores."""
    named = source.name or "" if isinstance(source, Upload) else source
    if not isinstance(named, str | os.PathLike):
        return "data"
    stem = "".join(one if one.isascii() and one.isalnum() else "_" for one in Path(named).stem)
    return stem if stem[:1].isalpha() else f"t_{stem}" if stem else "data"


def _format(field: str, name: str) -> str:
    form = _FORMATS.get(Path(name).suffix.lower())
    if form is None:
        known = ", ".join(_FORMATS)
        raise InvalidRequestError.one(
            field, f"the name {name!r} says no format", f"a name that ends in: {known}"
        )
    return form


def _parquet(table: str, source: Any) -> bytes:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet

    if isinstance(source, pd.DataFrame):
        source = pa.Table.from_pandas(source, preserve_index=False)
    if not isinstance(source, pa.Table):
        raise InvalidRequestError.one(
            f"tables.{table}",
            f"is a {type(source).__name__}",
            "a path, an Upload, a DataFrame, a pyarrow.Table",
        )
    written = io.BytesIO()
    # What pandas writes beside the columns differs between its versions, and the same bytes are stored once.
    pa.parquet.write_table(source.replace_schema_metadata(None), written)
    return written.getvalue()


def _path(model_id: str) -> str:
    return f"/models/{quote(model_id, safe='')}"

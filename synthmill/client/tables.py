"""Tables that are sent to a server: files, uploads that are there, and tables in memory."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthmill.client.uploads import Upload
from synthmill.generators.errors import InvalidRequestError

if TYPE_CHECKING:
    from synthmill.client.client import Client

Table = str | os.PathLike[str] | Upload | Any
"""A file's path, an upload with a file's name, or a table in memory: a DataFrame or of pyarrow."""

_FORMATS = {".csv": "csv", ".parquet": "parquet", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_PARQUET = "application/vnd.apache.parquet"


def named_tables(tables: Mapping[str, Table] | Table) -> Mapping[str, Table]:
    """Tables by name; one alone is called as its file, or `data`."""
    return tables if isinstance(tables, Mapping) else {_name_of(tables): tables}


def send_tables(client: Client, tables: Mapping[str, Table]) -> dict[str, dict[str, str]]:
    """Uploads of these tables, as requests name them. Raises InvalidRequestError for one without a format."""
    return {name: _sent(client, name, source) for name, source in tables.items()}


def _sent(client: Client, table: str, source: Table) -> dict[str, str]:
    if isinstance(source, Upload):
        return {"upload": source.id, "format": _format(f"tables.{table}", source.name or "")}
    if isinstance(source, str | os.PathLike):
        form = _format(f"tables.{table}", os.fspath(source))
        return {"upload": client.upload(source).id, "format": form}
    content = io.BytesIO(_parquet(table, source))
    sent = client.upload(content, name=f"{table}.parquet", media_type=_PARQUET)
    return {"upload": sent.id, "format": "parquet"}


def _name_of(source: Table) -> str:
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

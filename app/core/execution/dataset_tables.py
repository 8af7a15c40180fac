"""A finished dataset's tables in memory, for what looks at all of them at once."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyarrow as pa
from sqlalchemy import select

from synthmill.app.core.db import models
from synthmill.app.core.jobs.object_keys import file_key
from synthmill.app.core.services import Services
from synthmill.generators.datasets.reader import read_table
from synthmill.generators.errors import DamagedDatasetError, InvalidRequestError

_FIELD = "dataset_id"


def read_dataset(services: Services, workspace_id: str, dataset_id: str) -> dict[str, pa.Table]:
    """The dataset's tables by name.

    Raises InvalidRequestError for one that the workspace hasn't, or that has too many rows, and StorageError.
    """
    with services.db.read() as session:
        found = session.execute(
            select(models.Dataset.manifest, models.Dataset.job_id, models.Job.run)
            .join(models.Job, models.Job.id == models.Dataset.job_id)
            .where(
                models.Dataset.id == dataset_id,
                models.Dataset.workspace_id == workspace_id,
                models.Job.deleted.is_(False),
            )
        ).one_or_none()
    if found is None:
        raise InvalidRequestError.one(_FIELD, f"there is no dataset {dataset_id!r}", "one of GET /datasets")
    manifest, most = found.manifest, services.settings.fit_rows
    tables: dict[str, pa.Table] = {}
    with tempfile.TemporaryDirectory(prefix="synthmill-") as folder:
        for entry in manifest["files"]:
            if entry["rows"] > most:
                reason = f"the table {entry['table']} has {entry['rows']:,} rows"
                raise InvalidRequestError.one(_FIELD, reason, f"at most {most:,} (SYNTHMILL_FIT_ROWS)")
            path = Path(folder, entry["name"])
            with path.open("wb") as file:
                for chunk in services.storage.read(file_key(found.job_id, entry["name"], found.run)):
                    file.write(chunk)
            try:
                tables[entry["table"]] = read_table(path, entry["columns"], manifest["output"]["format"])
            except DamagedDatasetError as error:
                raise InvalidRequestError.one(_FIELD, str(error), "make the dataset again") from error
            path.unlink()
    return tables

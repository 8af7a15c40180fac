"""Synthetic data beside real data, wherever either is: tables, DataFrames, files, folders, datasets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from synthmill.generators.datasets.manifest import FILE_NAME
from synthmill.generators.datasets.reader import read_table
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.evaluation import Comparison, Report
from synthmill.generators.evaluation import compare as compare_tables
from synthmill.generators.evaluation import evaluate as evaluate_tables
from synthmill.generators.importing.table_file import read_table_file
from synthmill.library import Dataset

_FORMS = {
    ".csv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
}


def evaluate(real: Any, synthetic: Any, *, holdout: Any = None, **options: Any) -> Report:
    """How synthetic data compares with the real data that a model was given; docs/evaluation.md has the
    scores.

    Each of `real`, `synthetic` and `holdout` is a pyarrow table, a DataFrame, several of them by table
    name, a Dataset, or the path of a data file (.csv, .parquet, .jsonl, .json) or of a folder with such or
    with a dataset. `options` are those of `synthmill.generators.evaluation.evaluate`: `keys`, `roles`,
    `targets`, `seed`, `sample` and `report`. Raises as that does, and OSError where a file can't be read.

    `synthmill.evaluate("real.csv", "made.csv", holdout="unseen.csv").html()` is a page.
    """
    unseen = None if holdout is None else tables_in(holdout, "holdout")
    return evaluate_tables(
        tables_in(real, "real"), tables_in(synthetic, "synthetic"), holdout=unseen, **options
    )


def compare(real: Any, synthetic: Mapping[str, Any], *, holdout: Any = None, **options: Any) -> Comparison:
    """Evaluate several synthetic datasets, given by name, beside the same real one; else as `evaluate`."""
    unseen = None if holdout is None else tables_in(holdout, "holdout")
    found = {name: tables_in(given, f"synthetic.{name}") for name, given in synthetic.items()}
    return compare_tables(tables_in(real, "real"), found, holdout=unseen, **options)


def tables_in(given: Any, field: str) -> Any:
    """Tables by name where a path or a Dataset is given; anything else as it is."""
    if isinstance(given, Dataset):
        return _of_dataset(given)
    if not isinstance(given, str | Path):
        return given
    path = Path(given)
    if not path.is_dir():
        return {path.stem: _of_file(path, field)}
    if (path / FILE_NAME).is_file():
        return _of_dataset(Dataset.open(path))
    files = sorted(one for one in path.iterdir() if one.suffix.lower() in _FORMS)
    if not files:
        raise InvalidRequestError.one(field, f"no data file in {path}", f"files named {', '.join(_FORMS)}")
    return {one.stem: _of_file(one, field) for one in files}


def _of_file(path: Path, field: str) -> pa.Table:
    form = _FORMS.get(path.suffix.lower())
    if form is None:
        reason = f"{path.name} doesn't say what kind of file it is"
        raise InvalidRequestError.one(field, reason, f"a name that ends in one of {', '.join(_FORMS)}")
    return read_table_file(path, path.stem, form)


def _of_dataset(dataset: Dataset) -> dict[str, pa.Table]:
    output = dataset.manifest["output"]["format"]
    return {
        entry["table"]: read_table(dataset.folder / entry["name"], entry["columns"], output)
        for entry in dataset.manifest["files"]
    }

"""`synthmill.generate` and `synthmill.Dataset`."""

from __future__ import annotations

import datetime as dt
import gc
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import synthmill
from synthmill.generators.contract_checks.awkward import VALUES
from synthmill.generators.datasets.manifest import ManifestError
from synthmill.generators.datasets.reader import read_table
from synthmill.generators.engine.type_names import type_named
from synthmill.generators.errors import InvalidRequestError, UnknownNameError
from synthmill.generators.formats import FORMATS
from tests.generators.visits import parameters

EVERY = [(name, compression) for name, fmt in FORMATS.usable().items() for compression in fmt.compressions]


def made(**fields: Any) -> synthmill.Dataset:
    return synthmill.generate(strategy="tabular", parameters=parameters(30, 50), seed=7, **fields)


def test_two_runs_give_the_same_manifest_byte_for_byte(tmp_path: Path) -> None:
    for run in "ab":
        made(out=tmp_path / run, compression="gzip", format="jsonl")
    assert (tmp_path / "a" / "manifest.json").read_bytes() == (tmp_path / "b" / "manifest.json").read_bytes()


@pytest.mark.parametrize(("name", "compression"), EVERY)
def test_frames_are_the_same_in_every_format(name: str, compression: str) -> None:
    expected = made(format="parquet").to_pandas()
    found = made(format=name, compression=compression).to_pandas()
    assert list(found) == ["people", "visits"]
    for table, frame in expected.items():
        pd.testing.assert_frame_equal(found[table], frame)


def test_one_table_is_a_frame() -> None:
    dataset = made()
    assert len(dataset.to_pandas("visits")) == 50
    only = {"tables": parameters(3, 3)["tables"][:1]}
    assert len(synthmill.generate(strategy="tabular", parameters=only, seed=1).to_pandas()) == 3
    with pytest.raises(UnknownNameError, match="known: people, visits"):
        dataset.to_pandas("nobody")


def test_a_dataset_knows_its_files(tmp_path: Path) -> None:
    dataset = made(out=tmp_path, compression="zstd")
    assert dataset.folder == tmp_path
    assert dataset.files == {
        "people.csv.zst": tmp_path / "people.csv.zst",
        "visits.csv.zst": tmp_path / "visits.csv.zst",
    }
    assert "80 rows" in repr(dataset)


def test_a_temporary_folder_lives_as_long_as_the_dataset() -> None:
    dataset = made()
    folder = dataset.folder
    assert folder.is_dir()
    del dataset
    gc.collect()
    assert not folder.exists()
    with made() as other:
        folder = other.folder
        assert (folder / "people.csv").is_file()
    assert not folder.exists()


def test_a_folder_of_ones_own_stays(tmp_path: Path) -> None:
    with made(out=tmp_path) as dataset:
        pass
    assert dataset.files["people.csv"].is_file()


def test_a_dataset_is_opened_from_its_folder(tmp_path: Path) -> None:
    dataset = made(out=tmp_path, format="parquet")
    opened = synthmill.Dataset.open(tmp_path, check=True)
    assert opened.manifest == dataset.manifest
    pd.testing.assert_frame_equal(opened.to_pandas("people"), dataset.to_pandas("people"))


def test_a_folder_without_a_whole_dataset_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"no manifest\.json"):
        synthmill.Dataset.open(tmp_path)
    dataset = made(out=tmp_path)
    with dataset.files["visits.csv"].open("ab") as file:
        file.write(b"x")
    with pytest.raises(ManifestError, match=r"visits\.csv"):
        synthmill.Dataset.open(tmp_path, check=True)
    dataset.files["people.csv"].unlink()
    with pytest.raises(ManifestError, match=r"people\.csv is missing"):
        synthmill.Dataset.open(tmp_path)


def test_wrong_requests_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequestError, match="rows: one number for 2 tables"):
        made(rows=5, out=tmp_path / "new")
    with pytest.raises(InvalidRequestError, match="neither"):
        synthmill.generate()
    assert not (tmp_path / "new").exists()


def test_a_failure_leaves_no_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made(on_progress=interrupt)
    assert list(tmp_path.iterdir()) == []


def test_progress_is_told() -> None:
    seen: list[tuple[int, int]] = []
    made(on_progress=lambda done, total: seen.append((done, total)))
    assert seen == [(30, 80), (80, 80)]


def test_every_column_type_has_a_name_that_leads_back_to_it() -> None:
    for kind, _ in VALUES.values():
        assert type_named(str(kind)) == kind
    with pytest.raises(ValueError, match="nothing"):
        type_named("nothing")


def test_csv_values_come_back_with_the_types_of_the_manifest(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("d,t,s,n\n2024-02-29,2024-02-29T01:02:03Z,,12.30\n")
    columns = [
        {"name": name, "type": kind, "nullable": True}
        for name, kind in zip(
            "dtsn", ["date32[day]", "timestamp[s, tz=UTC]", "string", "decimal128(9, 2)"], strict=True
        )
    ]
    assert read_table(path, columns, "csv").to_pylist() == [
        {
            "d": dt.date(2024, 2, 29),
            "t": dt.datetime(2024, 2, 29, 1, 2, 3, tzinfo=dt.UTC),
            "s": None,
            "n": Decimal("12.30"),
        }
    ]


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = (
        "import sys, synthmill; synthmill.__version__; dir(synthmill)\n"
        "heavy = {'numpy', 'pandas', 'pyarrow', 'marshmallow', 'yaml', 'httpx', 'flask'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "assert callable(synthmill.generate)\n"
        "try: synthmill.nothing\n"
        "except AttributeError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "module 'synthmill' has no attribute 'nothing'\n"


def test_any_rows_are_made_again_with_the_columns_wanted(tmp_path: Path) -> None:
    made = synthmill.generate("retail", rows=500, seed=2, out=tmp_path, format="parquet")
    whole = made.to_pandas("orders")
    for path in tmp_path.glob("*.parquet"):
        path.unlink()
    names = [whole.columns[2], whole.columns[0]]
    some = made.rows("orders", 100, 120, names)
    assert list(some.columns) == names
    assert some.equals(whole[names].iloc[100:120].reset_index(drop=True))
    assert made.rows("orders").equals(whole)
    assert made.rows("orders", 7, 7).empty
    with pytest.raises(InvalidRequestError, match="columns: unknown column 'nothing'"):
        made.rows("orders", columns=["nothing"])
    with pytest.raises(InvalidRequestError, match="aren't rows of orders"):
        made.rows("orders", 0, 10**9)
    with pytest.raises(UnknownNameError, match="unknown table 'order', did you mean orders"):
        made.rows("order")

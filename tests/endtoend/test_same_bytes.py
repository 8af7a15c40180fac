"""The same recipe gives the same bytes: whatever the parts, workers, storage and database, and in-process."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import synthmill
from synthmill.client.client import Client
from synthmill.generators.formats import FORMATS
from tests.endtoend.looking import hashes
from tests.stack.stack import BACKENDS, Backend, running_stack

RECIPE = {"template": "retail", "rows": 200_000, "seed": 7}
OUTPUTS = [(name, how) for name, fmt in FORMATS.usable().items() for how in fmt.compressions]
QUICK = {("arrow", "none"), ("csv", "none"), ("jsonl", "gzip"), ("parquet", "zstd")}
"""Each format once, each compression too."""


def in_process(folder: Path, **request: object) -> dict[str, str]:
    with synthmill.generate(**{**RECIPE, **request}, out=folder) as dataset:  # type: ignore[arg-type]
        return {file["name"]: file["root"] for file in dataset.manifest["files"]}


@pytest.mark.parametrize(
    ("name", "compression"),
    [pytest.param(*output, marks=[] if output in QUICK else pytest.mark.slow) for output in OUTPUTS],
)
def test_a_server_and_a_notebook_make_the_same_files(
    client: Client, tmp_path: Path, name: str, compression: str
) -> None:
    output = {"format": name, "compression": compression}
    jobs = [client.submit(**RECIPE, **output, part_rows=rows) for rows in (10_000, 250_000)]  # type: ignore[arg-type]
    expected = in_process(tmp_path / "here", **output, part_rows=70_000)
    for job in jobs:
        assert hashes(job.wait(timeout=120)) == expected
        for path in job.download(tmp_path / job.id):
            if path.name not in ("manifest.json", "profile.json"):
                assert path.read_bytes() == (tmp_path / "here" / path.name).read_bytes()


def test_the_manifest_is_the_same_everywhere(client: Client, tmp_path: Path) -> None:
    job = client.submit(**RECIPE).wait(timeout=120)  # type: ignore[arg-type]
    job.download(tmp_path / "server")
    in_process(tmp_path / "here")
    served, made = (tmp_path / where / "manifest.json" for where in ("server", "here"))
    assert served.read_bytes() == made.read_bytes()


def test_another_seed_gives_other_bytes(client: Client) -> None:
    jobs = [client.submit(template="retail", rows=1_000, seed=seed).wait(timeout=60) for seed in (1, 2)]
    assert not set(hashes(jobs[0]).values()) & set(hashes(jobs[1]).values())


def test_the_preview_is_the_first_rows_of_the_very_same_dataset(client: Client, tmp_path: Path) -> None:
    shown = client.preview(template="retail", rows=5_000, seed=7, limit=20)["tables"]
    job = client.submit(template="retail", rows=5_000, seed=7, format="jsonl").wait(timeout=60)
    job.download(tmp_path)
    for table in shown:
        columns = [column["name"] for column in table["columns"]]
        lines = (tmp_path / f"{table['name']}.jsonl").read_text().splitlines()
        previewed = [dict(zip(columns, row, strict=True)) for row in table["rows"]]
        assert previewed == [json.loads(line) for line in lines[:20]]


@pytest.mark.slow
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("workers", [1, 4])
def test_any_number_of_workers_makes_the_same_files(
    tmp_path: Path, workers: int, backend: Backend, request: pytest.FixtureRequest
) -> None:
    expected = in_process(tmp_path / "here", rows=1_000_000, format="csv")
    postgres = request.getfixturevalue("postgres") if "postgres" in backend else None
    with (
        running_stack(tmp_path / "data", backend, workers=workers, postgres=postgres) as stack,
        Client(data=stack.data) as client,
    ):
        job = client.submit(template="retail", rows=1_000_000, seed=7, part_rows=65_536).wait(timeout=200)
        assert hashes(job) == expected


def test_a_million_order_items_are_exactly_that_and_every_foreign_key_is_valid(
    client: Client, tmp_path: Path
) -> None:
    job = client.submit(template="retail", rows=1_000_000, seed=3, format="parquet").wait(timeout=200)
    job.download(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    tables = {file["table"]: pd.read_parquet(tmp_path / file["name"]) for file in manifest["files"]}
    assert len(tables["order_items"]) == 1_000_000
    keys = [(file["table"], key) for file in manifest["files"] for key in file["foreign_keys"]]
    assert len(keys) >= 3
    for table, key in keys:
        values = tables[table][key["columns"][0]].dropna()
        assert values.isin(tables[key["table"]][key["references"][0]]).all(), (table, key)

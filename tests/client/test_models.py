"""Models that a client has a server fit, from files and from tables in memory."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from synthmill.client.client import Client
from synthmill.errors import NotFoundError, RefusedRequestError
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.learning import fit, fit_options, load
from tests.client.server import RunningServer
from tests.learnt import CSV, ROWS


@pytest.fixture(autouse=True)
def worker(server: RunningServer) -> Iterator[None]:
    with server.working():
        yield


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "people.csv"
    file.write_bytes(CSV)
    return file


def test_a_file_comes_back_as_a_model_that_the_library_would_have_fitted(
    client: Client, file: Path, tmp_path: Path
) -> None:
    job = client.models.fit(file, name="people-1").wait(timeout=60)
    assert job.state == "completed" and job.result is not None
    model = client.models.get(job.result["model_id"])
    assert (model["name"], model["sha256"]) == ("people-1", job.result["sha256"])
    path = client.models.download(model["id"], tmp_path / "people.model")
    fetched = load(path)
    here = fit({"people": pa.Table.from_pylist(ROWS)}, fit_options({}))
    assert fetched.sha256 == here.sha256 == model["sha256"]
    made = client.submit(
        strategy="model", parameters={"model": model["sha256"], "rows": 500}, seed=3, format="parquet"
    ).wait(timeout=60)
    there = made.to_pandas()
    pd.testing.assert_frame_equal(there, fetched.sample(500, seed=3)["people"].to_pandas())
    assert model["id"] in [one["id"] for one in client.models.list(name="people-1")]
    client.models.delete(model["id"])
    with pytest.raises(NotFoundError):
        client.models.get(model["id"])


def test_tables_in_memory_and_uploads_give_the_same_model(client: Client, file: Path) -> None:
    frame, table, upload = pd.DataFrame(ROWS), pa.Table.from_pylist(ROWS), client.upload(file)
    jobs = [client.models.fit({"people": one}).wait(timeout=60) for one in (frame, table, upload)]
    assert [job.state for job in jobs] == ["completed"] * 3
    assert len({(job.result or {})["sha256"] for job in jobs}) == 1


def test_parameters_that_the_library_does_not_have_are_refused_by_name(client: Client, file: Path) -> None:
    with pytest.raises(RefusedRequestError) as refused:
        client.models.fit(file, epochs=300)
    assert [error.field for error in refused.value.errors] == ["parameters.epochs"]


def test_an_open_models_file_needs_a_word(client: Client, file: Path, tmp_path: Path) -> None:
    job = client.models.fit(file, privacy="open").wait(timeout=60)
    assert job.result is not None
    model_id = job.result["model_id"]
    with pytest.raises(RefusedRequestError, match="allow_open"):
        client.models.download(model_id, tmp_path / "open.model")
    assert not (tmp_path / "open.model").exists()
    client.models.download(model_id, tmp_path / "open.model", allow_open=True)
    assert len(client.models.get(model_id)["exports"]) == 1


@pytest.mark.parametrize("given", ["people.xlsx", {"people": [1, 2]}])
def test_what_has_no_format_is_refused_before_it_is_sent(client: Client, given: object) -> None:
    with pytest.raises(InvalidRequestError, match=r"tables\.people"):
        client.models.fit(given)
    with pytest.raises(InvalidRequestError, match="says no format"):
        client.models.fit(client.upload(io.BytesIO(CSV)))

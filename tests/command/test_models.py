from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from synthmill.generators.learning import load
from tests.client.server import RunningServer
from tests.command.conftest import Run
from tests.learnt import CSV


@pytest.fixture(autouse=True)
def worker(server: RunningServer) -> Iterator[None]:
    with server.working():
        yield


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "people.csv"
    file.write_bytes(CSV)
    return file


def test_a_model_is_fitted_listed_shown_fetched_and_deleted(
    run_there: Run, file: Path, tmp_path: Path
) -> None:
    fitted = run_there("models", "fit", file, "--name", "mine", "--wait", "--json")
    assert fitted.code == 0, fitted.err
    result = fitted.json["result"]
    model_id = result["model_id"]
    (listed,) = run_there("models", "list", "--name", "mine", "--json").json
    assert listed["id"] == model_id
    assert model_id in run_there("models", "list").out
    assert run_there("models", "show", model_id).json["description"]["tables"][0]["name"] == "people"
    out = tmp_path / "mine.model"
    assert run_there("models", "download", model_id, "-o", out).out == f"{out}\n"
    assert load(out).sha256 == result["sha256"]
    assert run_there("models", "delete", model_id).out == f"{model_id} deleted\n"
    assert run_there("models", "show", model_id).code == 4


def test_without_waiting_the_job_is_printed(run_there: Run, file: Path) -> None:
    assert run_there("models", "fit", file).out.startswith("job_")


def test_what_is_refused_is_named(run_there: Run, file: Path, tmp_path: Path) -> None:
    ran = run_there("models", "fit", file, "--method", "gan")
    assert ran.code != 0 and "parameters.method" in ran.err
    few = tmp_path / "few.csv"
    few.write_text("a\n1\n2\n")
    ran = run_there("models", "fit", few, "--wait")
    assert ran.code != 0 and "has 2 rows" in ran.err


def test_an_open_model_is_fetched_by_a_flag_only(run_there: Run, file: Path, tmp_path: Path) -> None:
    fitted = run_there("models", "fit", file, "--privacy", "open", "--wait")
    model_id = fitted.out.split()[1]
    refused = run_there("models", "download", model_id, "-o", tmp_path / "x")
    assert refused.code != 0 and "allow_open" in refused.err
    assert run_there("models", "download", model_id, "-o", tmp_path / "x", "--allow-open").code == 0

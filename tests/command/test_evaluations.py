"""`synthmill evaluations`: a server compares files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from tests.client.server import RunningServer
from tests.command.conftest import Run
from tests.learnt import ROWS


@pytest.fixture(autouse=True)
def worker(server: RunningServer) -> Iterator[None]:
    with server.working():
        yield


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    found = []
    for name, rows in (("given", ROWS[:200]), ("made", ROWS[200:])):
        found.append(tmp_path / f"{name}.csv")
        pd.DataFrame(rows).to_csv(found[-1], index=False)
    return found


def test_files_are_compared_and_the_report_listed_shown_fetched_and_deleted(
    run_there: Run, files: list[Path], tmp_path: Path
) -> None:
    real, made = files
    ran = run_there("evaluations", "create", real, "--synthetic", made, "--wait", "--json")
    assert ran.code == 0, ran.err
    found = ran.json["id"]
    assert "c2st" in {one["metric"] for one in ran.json["report"]["scores"]}
    assert found in run_there("evaluations", "list").out
    assert run_there("evaluations", "show", found).json["id"] == found
    out = tmp_path / "report.html"
    assert run_there("evaluations", "download", found, "-o", out).out == f"{out}\n"
    assert out.stat().st_size > 1_000
    assert run_there("evaluations", "delete", found).out == f"{found} deleted\n"
    assert run_there("evaluations", "show", found).code == 4


def test_scores_are_printed_or_the_job_without_waiting(run_there: Run, files: list[Path]) -> None:
    real, made = files
    ran = run_there("evaluations", "create", real, "--synthetic", made, "--wait")
    assert "c2st" in ran.out and "REFERENCE" in ran.out
    assert run_there("evaluations", "create", real, "--synthetic", made).out.startswith("job_")

from __future__ import annotations

from pathlib import Path

import pytest

from synthmill.client.job import Job
from tests.command.conftest import Run


@pytest.fixture
def made(run: Run, shop: Path, tmp_path: Path) -> Path:
    assert run("generate", "--recipe", shop, "--out", tmp_path / "made", "--quiet").code == 0
    return tmp_path / "made"


@pytest.fixture
def bent(shop: Path, tmp_path: Path) -> Path:
    """The recipe with amounts that reach ten percent less far."""
    file = tmp_path / "bent.json"
    file.write_text(shop.read_text().replace("500", "450"))
    return file


def test_a_dataset_conforms_to_its_own_recipe(run: Run, made: Path) -> None:
    ran = run("conformance", made)
    assert ran.code == 0
    assert ran.out.startswith("score 1.0000: ")


def test_another_recipe_ends_with_6_and_names_the_column(run: Run, made: Path, bent: Path) -> None:
    ran = run("conformance", made, "--recipe", bent)
    assert ran.code == 6
    assert ran.out.splitlines()[1].split()[:3] == ["orders", "amount", "distribution"]


def test_a_tolerance_lets_small_differences_pass(run: Run, made: Path, bent: Path) -> None:
    assert run("conformance", made, "--recipe", bent, "--fail-under", "0.95").code == 6
    ran = run("conformance", made, "--recipe", bent, "--fail-under", "0.85", "--json")
    assert ran.code == 0
    assert 0.85 < ran.json["score"] < 0.95


def test_the_page_is_written(run: Run, made: Path, tmp_path: Path) -> None:
    assert run("conformance", made, "--html", tmp_path / "report.html").code == 0
    assert "<svg" in (tmp_path / "report.html").read_text()


def test_a_job_on_a_server(run_there: Run, completed: Job) -> None:
    assert run_there("conformance", completed.id, "--server").code == 0


def test_no_folder_is_one_line(run: Run, tmp_path: Path) -> None:
    ran = run("conformance", tmp_path / "nothing")
    assert (ran.code, len(ran.err.splitlines())) == (1, 1)

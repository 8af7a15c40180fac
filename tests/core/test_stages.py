"""Stages on workers: the bytes of a job are those that the library writes, whatever happens between.

`ledger` has one stage whose blocks are combined, `survey` rounds of which each follows from the one before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import synthmill
from synthmill.app.core import datasets
from synthmill.app.core.access.keys import Principal
from synthmill.app.core.execution import stage_results
from synthmill.app.core.jobs.queries import JobView, get_job
from synthmill.app.core.services import Services
from tests.plugin_packages import on_the_path

STRATEGIES = Path(__file__).parents[1] / "strategies"
LEDGER = {"strategy": "ledger", "parameters": {"entries": 2_000}}
SURVEY = {"strategy": "survey", "parameters": {"people": 200}}
IMPURE = {"strategy": "survey", "parameters": {"people": 200, "pure": False}}

Submit = Callable[..., JobView]
Work = Callable[[], None]


@pytest.fixture(autouse=True, scope="module")
def installed() -> Iterator[None]:
    with on_the_path(STRATEGIES):
        yield


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stages gave is read from where it is stored, as by a worker that has just started."""
    monkeypatch.setattr(stage_results, "_REMEMBERED_BYTES", 0)
    for name in ("_results", "_kept_blocks"):
        monkeypatch.setattr(stage_results, name, stage_results._Recent(0))


@pytest.fixture
def ask(submit: Submit) -> Submit:
    return lambda request, **changes: submit(**{**request, **changes})


def contents(services: Services, principal: Principal, job: JobView) -> dict[str, bytes]:
    """The files of a completed job by name, its manifest and profile among them."""
    done = get_job(services, principal, job.id)
    assert done.state == "completed", done
    names = [*(file["name"] for file in done.files), "manifest.json", "profile.json"]
    keys = {name: datasets.open_file(services, principal, job.id, name).key for name in names}
    return {name: services.storage.get(key) for name, key in keys.items()}


def of_library(request: dict[str, Any], folder: Path) -> dict[str, bytes]:
    synthmill.generate(**request, seed=7, format="csv", out=folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def stage_keys(services: Services) -> list[str]:
    return [key for key in services.storage.list("jobs/") if "/stages/" in key]


@pytest.mark.parametrize("request_", [LEDGER, SURVEY, IMPURE], ids=["combined", "kept", "impure"])
def test_files_and_manifest_are_those_of_the_library(
    services: Services,
    principal: Principal,
    ask: Submit,
    work: Work,
    tmp_path: Path,
    request_: dict[str, Any],
) -> None:
    job = ask(request_)
    work()
    made = contents(services, principal, job)
    assert made == of_library(request_, tmp_path / "library")
    assert json.loads(made["manifest.json"])["stages"]
    assert stage_keys(services) == []

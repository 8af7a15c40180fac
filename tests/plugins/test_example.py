"""The example plugin, built and installed as anybody's would be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

import synthmill
from synthmill.client.client import Client
from synthmill.errors import RefusedRequestError
from synthmill.generators.columns.kinds_by_name import KINDS
from synthmill.generators.contract_checks.run import check_package
from synthmill.generators.datasets.manifest import parse as parse_manifest
from synthmill.generators.errors import InvalidRequestError
from tests.client.server import RunningServer
from tests.stack.stack import Stack, running_stack

PLUGIN = "synthmill-example==1.0"
TOURNAMENT: dict[str, Any] = {
    "strategy": "tournament",
    "parameters": {"teams": 100, "seasons": 40},
    "seed": 7,
    "format": "markdown",
    "compression": "gzip",
    "part_rows": 1,
}
PARTS: dict[str, Any] = {
    "strategy": "tabular",
    "parameters": {
        "tables": [
            {
                "name": "parts",
                "rows": 100_000,
                "columns": [{"name": "number", "kind": "part_number", "series": "BR"}],
            }
        ]
    },
    "seed": 7,
    "part_rows": 1,
}

HERE = [sys.executable, "-m", "synthmill"]


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("request_", [TOURNAMENT, PARTS], ids=["tournament", "part_number"])
@pytest.mark.usefixtures("example")
def test_it_makes_datasets_that_can_be_verified(request_: dict[str, Any], tmp_path: Path) -> None:
    made = synthmill.generate(**request_, out=tmp_path / "made")
    assert made.manifest["recipe"]["plugins"] == [PLUGIN]
    assert synthmill.verify(tmp_path / "made").intact
    again = synthmill.generate(**request_ | {"part_rows": None}, out=tmp_path / "again")
    assert files_in(again.folder) == files_in(made.folder)


@pytest.mark.usefixtures("example")
def test_part_numbers_have_their_check_digit() -> None:
    numbers = synthmill.generate(**PARTS).to_pandas()["number"]
    series, digits, check = numbers.str.split("-", expand=True).to_numpy().T
    assert set(series) == {"BR"}
    sums = [sum(place * int(digit) for place, digit in enumerate(reversed(one), 1)) % 10 for one in digits]
    assert sums == [int(one) for one in check]
    assert len(set(digits)) > 60_000


@pytest.mark.usefixtures("example")
def test_every_team_meets_every_other_once_a_season_and_strength_decides() -> None:
    wanted = {**TOURNAMENT, "parameters": {"teams": 10, "seasons": 3}, "format": "csv", "compression": "none"}
    tables = synthmill.generate(**wanted).to_pandas()
    teams, matches = tables["teams"], tables["matches"]
    pairs = [frozenset(pair) for pair in matches[["home", "away"]].to_numpy().tolist()]
    assert len(pairs) == 3 * 45
    assert all(pairs.count(pair) == 3 and len(pair) == 2 for pair in pairs)
    stronger = teams["strength"][matches["home"]].to_numpy() > teams["strength"][matches["away"]].to_numpy()
    difference = (matches["home_goals"] - matches["away_goals"]).to_numpy()
    assert difference[stronger].mean() > 1
    assert matches["home_goals"].between(0, 6).all()


@pytest.mark.usefixtures("example")
def test_it_keeps_all_promises() -> None:
    outcomes = list(check_package("synthmill-example"))
    assert {outcome.group for outcome in outcomes} == {"column_kinds", "formats", "strategies"}
    assert [(one.name, one.promise, one.reason) for one in outcomes if not one.kept] == []


def test_its_parts_are_small_enough_to_be_read(installed_example: Path) -> None:
    lines = {path.stem: len(path.read_text().splitlines()) for path in installed_example.glob("*/*.py")}
    assert lines["part_number"] <= 35
    assert lines["tournament"] <= 75


@pytest.fixture(scope="module")
def stack(installed_example: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server with the plugin and one worker with it, joined by a worker without."""
    data = tmp_path_factory.mktemp("stack") / "data"
    with running_stack(data, workers=1, environment={"PYTHONPATH": str(installed_example)}) as running:
        running.add_worker()
        running.wait_for_log("added-1", "ready")
        yield running


@pytest.mark.slow
@pytest.mark.parametrize("request_", [TOURNAMENT, PARTS], ids=["tournament", "part_number"])
def test_a_job_on_a_server_has_the_bytes_of_a_notebook_whoever_else_works_there(
    stack: Stack, example: None, request_: dict[str, Any], tmp_path: Path
) -> None:
    with Client(data=stack.data) as client:
        job = client.wait(client.submit(**request_))
        assert (job.state, job.view["error"], job.view["waiting_for"]) == ("completed", None, None)
        client.download(job.id, tmp_path / "there")
    here = synthmill.generate(**request_, out=tmp_path / "here")
    there = files_in(tmp_path / "there")
    assert {name: there[name] for name in here.files} == {
        name: files_in(here.folder)[name] for name in here.files
    }
    assert parse_manifest(there["manifest.json"])["recipe"] == here.manifest["recipe"]


@pytest.mark.slow
def test_a_server_lists_its_plugins(stack: Stack) -> None:
    with Client(data=stack.data) as client:
        own, example = client.plugins()
    assert (own["name"], example["name"], example["version"]) == ("synthmill", "synthmill-example", "1.0")
    assert {(entry["group"], entry["name"], entry["state"]) for entry in example["entries"]} == {
        ("column_kinds", "part_number", "ok"),
        ("formats", "markdown", "ok"),
        ("strategies", "tournament", "ok"),
    }


@pytest.mark.slow
def test_a_job_that_only_a_worker_of_another_queue_could_make_says_what_it_waits_for(
    installed_example: Path, example: None, tmp_path: Path
) -> None:
    environment = {"PYTHONPATH": str(installed_example)}
    with running_stack(tmp_path / "data", workers=0, environment=environment) as stack:
        stack.add_worker()
        stack.wait_for_log("added-1", "ready")
        with Client(data=stack.data) as client:
            parameters = {"teams": 2_000, "seasons": 1}
            job = client.submit(strategy="tournament", parameters=parameters)
            (waiting,) = islice((one for one in client.events(job, timeout=60) if one.type == "waiting"), 1)
            waited = client.job(job.id)
    assert waiting.data["reason"] == f"there is no worker of the queue bulk that can use {PLUGIN}"
    assert waited.view["waiting_for"] == f"{waiting.data['reason']}: {waiting.data['fix']}"
    assert f"pip install {PLUGIN} where workers of the queue bulk run" in waiting.data["fix"]


def command(*arguments: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **({"PYTHONPATH": str(path)} if path else {})}
    return subprocess.run([*HERE, *arguments], capture_output=True, text=True, check=False, env=environment)


def test_the_command_lists_and_checks_it(installed_example: Path) -> None:
    listed = command("plugins", path=installed_example)
    assert listed.stdout.splitlines()[1].split() == [
        "synthmill-example", "1.0", "column_kinds", "part_number", "ok", "-",
    ]  # fmt: skip
    own = [kind for kind in KINDS.usable() if kind != "part_number"]
    brings = f"{len(own)} column kinds, 4 formats, 5 strategies"
    assert f"synthmill 0.1.0 itself brings {brings}" in listed.stderr
    reported = json.loads(command("plugins", "--json", path=installed_example).stdout)
    assert [one["name"] for one in reported] == ["synthmill", "synthmill-example"]
    checked = command("plugins", "check", "Synthmill_Example", "--json", path=installed_example)
    assert checked.returncode == 0
    assert all(one["kept"] for one in json.loads(checked.stdout))


def test_without_it_the_command_says_what_to_install() -> None:
    refused = command("generate", "--strategy", "tournament", "--out", "/nowhere")
    assert refused.returncode == 2
    assert "strategy: unknown strategy 'tournament'" in refused.stderr
    assert "pip install the package that has it" in refused.stderr
    assert command("plugins", "check", "synthmill-example").returncode == 4


@pytest.mark.usefixtures("example")
def test_python_says_which_plugins_a_request_needs_as_a_recipe_file_does() -> None:
    small = {**TOURNAMENT, "parameters": {"teams": 4}}
    assert synthmill.generate(**small, plugins=[PLUGIN]).manifest["recipe"]["plugins"] == [PLUGIN]
    with pytest.raises(InvalidRequestError, match="pip install synthmill-example==2"):
        synthmill.generate(**small, plugins=("synthmill-example==2",))


def test_the_client_says_which_plugins_a_request_needs(server: RunningServer) -> None:
    needs = ["synthmill-example==2"]
    with Client(server.url, server.key) as client:
        for ask in (client.submit, client.preview):
            with pytest.raises(RefusedRequestError, match="plugins: synthmill-example==2 is needed"):
                ask(template="retail", plugins=needs)

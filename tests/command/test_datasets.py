from __future__ import annotations

from synthmill.client.client import Client
from synthmill.client.job import Job
from tests.client.server import SHOP, RunningServer
from tests.command.conftest import Run


def test_finished_datasets_are_listed_with_their_versions(
    run_there: Run, server: RunningServer, client: Client
) -> None:
    for name in ("shop", "other", "shop"):
        client.submit(**SHOP, dataset=name)
    server.work()
    listed = run_there("datasets", "--json").json
    assert sorted((one["name"], one["version"]) for one in listed) == [("other", 1), ("shop", 1), ("shop", 2)]
    assert {one["name"] for one in run_there("datasets", "--name", "shop", "--json").json} == {"shop"}
    assert len(run_there("datasets", "--limit", 1).out.splitlines()) == 2


def test_one_dataset_is_shown_with_its_manifest(run_there: Run, client: Client, completed: Job) -> None:
    (dataset,) = client.datasets()
    shown = run_there("datasets", dataset["id"], "--json").json
    assert shown["manifest"]["recipe"] == completed.view["recipe"]
    assert shown["job_id"] == completed.id
    assert dataset["id"] in run_there("datasets", dataset["id"]).out


def test_an_unknown_dataset_is_exit_code_4(run_there: Run) -> None:
    assert run_there("datasets", "nope").code == 4

from __future__ import annotations

from synthmill.client.client import Client
from tests.client.server import SHOP
from tests.command.conftest import Run


def test_the_newest_job_comes_first(run_there: Run, client: Client) -> None:
    ids = [client.submit(**SHOP).id for _ in range(3)]
    listed = run_there("jobs", "--json").json
    assert [job["id"] for job in listed] == ids[::-1]
    assert [job["id"] for job in run_there("jobs", "--limit", 2, "--json").json] == ids[:0:-1]


def test_filters_leave_out_the_others(run_there: Run, client: Client) -> None:
    paused = client.submit(**SHOP, dataset="one").pause()
    retail = client.submit(template="retail", rows=100, dataset="two")
    for option, value, wanted in [
        ("--state", "paused", paused),
        ("--template", "retail", retail),
        ("--dataset", "one", paused),
    ]:
        assert [job["id"] for job in run_there("jobs", option, value, "--json").json] == [wanted.id]
    assert len(run_there("jobs", "--strategy", "tabular", "--json").json) == 2


def test_people_get_columns_under_a_header(run_there: Run, client: Client) -> None:
    assert run_there("jobs").out.split()[:2] == ["ID", "KIND"]
    job = client.submit(**SHOP, dataset="shop")
    header, line = run_there("jobs").out.splitlines()
    assert line.startswith(job.id)
    assert line.index("70,050") + 6 == header.index("ROWS_TOTAL") + 10


def test_an_unknown_state_is_named(run_there: Run) -> None:
    ran = run_there("jobs", "--state", "sleeping")
    assert ran.code == 2
    assert "state" in ran.err

from __future__ import annotations

import json
from pathlib import Path

from synthmill.client.client import Client
from tests.client.server import RunningServer
from tests.command.conftest import Run


def test_the_id_is_all_that_goes_to_stdout(run_there: Run, client: Client, shop: Path) -> None:
    ran = run_there("submit", "--recipe", shop)
    assert ran.code == 0
    assert [job.id for job in client.jobs()] == [ran.out.strip()]
    assert f"synthmill watch {ran.out.strip()}" in ran.err


def test_quiet_says_nothing_else(run_there: Run, shop: Path) -> None:
    assert run_there("submit", "--recipe", shop, "--quiet").err == ""


def test_json_is_the_job(run_there: Run, shop: Path) -> None:
    ran = run_there(
        "submit", "--recipe", shop, "--dataset", "d", "--max-parallel", 3, "--format", "jsonl", "--json"
    )
    assert (ran.json["state"], ran.json["dataset"], ran.json["max_parallel"]) == ("queued", "d", 3)
    assert (ran.json["format"], ran.json["seed"]) == ("jsonl", 7)


def test_waiting_ends_with_the_completed_job(run_there: Run, server: RunningServer, shop: Path) -> None:
    with server.working():
        ran = run_there("submit", "--recipe", shop, "--wait", "--json")
    assert (ran.code, ran.json["state"], ran.json["rows_done"]) == (0, "completed", 70_050)


def test_out_waits_and_downloads(run_there: Run, server: RunningServer, shop: Path) -> None:
    with server.working():
        ran = run_there("submit", "--recipe", shop, "--out", "got")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "got/customers.csv",
        "got/orders.csv",
        "got/profile.json",
        "got/manifest.json",
    ]
    assert all(Path(line).is_file() for line in ran.out.splitlines())


def test_the_server_makes_the_bytes_that_generate_makes(
    run_there: Run, server: RunningServer, shop: Path
) -> None:
    run_there("generate", "--recipe", shop, "--out", "here")
    with server.working():
        run_there("submit", "--recipe", shop, "--out", "there", "--part-rows", 1)
    for path in Path("here").iterdir():
        assert Path("there", path.name).read_bytes() == path.read_bytes()


def test_a_job_that_was_stopped_meanwhile_is_exit_code_5(
    run_there: Run, server: RunningServer, client: Client, shop: Path
) -> None:
    ran = run_there("submit", "--recipe", shop, "--idempotency-key", "k")
    client.stop(ran.out.strip())
    again = run_there("submit", "--recipe", shop, "--idempotency-key", "k", "--wait", "--json")
    assert (again.code, again.json["state"]) == (5, "cancelled")
    assert again.err == f"error: job {ran.out.strip()} cancelled\n"


def test_one_idempotency_key_makes_one_job(run_there: Run, shop: Path) -> None:
    first = run_there("submit", "--recipe", shop, "--idempotency-key", "same")
    assert run_there("submit", "--recipe", shop, "--idempotency-key", "same").out == first.out
    other = run_there("submit", "--recipe", shop, "--idempotency-key", "same", "--seed", 8)
    assert other.code == 2
    assert "Idempotency-Key" in other.err


def test_fields_that_the_server_refuses_are_named(run_there: Run, tmp_path: Path) -> None:
    recipe = tmp_path / "r.json"
    recipe.write_text(json.dumps({"template": "retail", "seed": "seven", "max_parallel": 0}))
    ran = run_there("submit", "--recipe", recipe)
    assert (ran.code, ran.out) == (2, "")
    assert "seed" in ran.err or "max_parallel" in ran.err


def test_after_the_wait_it_is_told_how_to_get_the_files(
    run_there: Run, server: RunningServer, shop: Path
) -> None:
    with server.working():
        waited = run_there("submit", "--recipe", shop, "--wait")
        fetched = run_there("submit", "--recipe", shop, "--wait", "--out", "got")
    job_id = waited.out.splitlines()[0].split()[-1]
    assert waited.err.splitlines()[-1].endswith(f"synthmill download {job_id} --out DIR")
    assert "synthmill download" not in fetched.err


def test_an_empty_idempotency_key_is_refused(run_there: Run, client: Client, shop: Path) -> None:
    ran = run_there("submit", "--recipe", shop, "--idempotency-key", "")
    assert (ran.code, ran.out) == (2, "")
    assert "--idempotency-key" in ran.err
    assert list(client.jobs()) == []

from __future__ import annotations

from tests.command.conftest import Run


def test_retail_is_listed(run: Run) -> None:
    assert "retail" in [template["name"] for template in run("templates", "--json").json]
    assert "retail" in run("templates").out


def test_one_template_shows_its_tables(run: Run) -> None:
    out = run("templates", "retail").out
    assert all(word in out for word in ("order_items", "customers", "foreign_key"))


def test_this_process_and_a_server_say_the_same(run: Run, run_there: Run) -> None:
    for arguments in (["templates"], ["templates", "retail"]):
        assert run(*arguments, "--json").json == run_there(*arguments, "--server", "--json").json


def test_an_unknown_template_is_exit_code_4_here_and_there(run: Run, run_there: Run) -> None:
    for ran in (run("templates", "nope"), run_there("templates", "nope", "--server")):
        assert (ran.code, len(ran.err.splitlines())) == (4, 1)
        assert "retail" in ran.err

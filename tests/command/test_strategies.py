from __future__ import annotations

from tests.command.conftest import Run


def test_tabular_is_listed(run: Run) -> None:
    assert "tabular" in [strategy["name"] for strategy in run("strategies", "--json").json]


def test_one_strategy_has_the_schema_of_its_parameters(run: Run) -> None:
    schema = run("strategies", "tabular", "--json").json["parameters"]
    assert schema["type"] == "object"
    assert "tables" in schema["properties"]
    assert "tables" in run("strategies", "tabular").out


def test_this_process_and_a_server_say_the_same(run: Run, run_there: Run) -> None:
    for arguments in (["strategies"], ["strategies", "tabular"]):
        assert run(*arguments, "--json").json == run_there(*arguments, "--server", "--json").json


def test_an_unknown_strategy_is_exit_code_4(run: Run) -> None:
    assert run("strategies", "nope").code == 4

"""Domain rules asked for on the command line and of the library."""

from __future__ import annotations

from pathlib import Path

import pytest

import synthmill
from tests.client.server import RunningServer
from tests.command.conftest import Run

RECIPE = """
strategy: tabular
seed: 3
parameters:
  tables:
    - name: orders
      rows: 50
      columns: [{name: id, kind: sequence}, {name: amount, kind: integer, min: 1, max: 500}]
domain_rules:
  - {name: positive, says: An order is worth something., query: "SELECT amount > 0 FROM orders"}
  - {name: small, says: No order is above 250., query: "SELECT amount <= 250, id FROM orders"}
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    (tmp_path / "orders.yaml").write_text(RECIPE)
    return tmp_path / "orders.yaml"


def test_a_broken_rule_fails_the_command_with_its_sentence(run: Run, recipe: Path, tmp_path: Path) -> None:
    ran = run("generate", "--recipe", recipe, "--rules", "fail", "--out", tmp_path / "made")
    assert ran.code == 6
    assert "1 of 2 domain rules don't hold: No order is above 250. (small: " in ran.err
    assert (tmp_path / "made" / "manifest.json").exists()


def test_a_warning_is_one(run: Run, recipe: Path, tmp_path: Path) -> None:
    ran = run("generate", "--recipe", recipe, "--rules", "warn", "--out", tmp_path / "made", "--json")
    assert (ran.code, ran.json["rules"]["failed"]) == (0, 1)


def test_unasked_for_nothing_is_checked(run: Run, recipe: Path, tmp_path: Path) -> None:
    ran = run("generate", "--recipe", recipe, "--out", tmp_path / "made")
    assert (ran.code, "domain rules" in ran.err) == (0, False)


def test_conformance_counts_them_and_says_what_it_did_not_check(
    run: Run, recipe: Path, tmp_path: Path
) -> None:
    run("generate", "--recipe", recipe, "--out", tmp_path / "made", "--quiet")
    ran = run("conformance", tmp_path / "made", "--html", tmp_path / "report.html")
    assert ran.code == 6
    assert "1 of 2 domain rules hold" in ran.out
    assert "beyond the 2 domain rules" in ran.out.partition("not checked:")[2]
    page = (tmp_path / "report.html").read_text()
    assert "<h2>Domain rules</h2>" in page
    assert "No order is above 250." in page
    assert "<h2>Not checked</h2>" in page
    assert run("conformance", tmp_path / "made", "--fail-under", 0).code == 0


def test_what_rows_is_for_is_said_in_one_line(run: Run, tmp_path: Path) -> None:
    ran = run("generate", "--template", "retail", "--rows", 50, "--seed", 1, "--out", tmp_path / "made")
    said = "50 rows of order_items, the table that --rows is for; 4 tables, 90 rows in all"
    assert said in ran.err.splitlines()


def test_a_template_in_a_file_has_its_rules(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path / "mine.yaml", "--template", "retail")
    mine = tmp_path / "mine.yaml"
    made = run(
        "generate", "--template", mine, "--rows", 40, "--rules", "fail", "--out", tmp_path / "made", "--json"
    )
    assert (made.code, made.json["rules"]["checked"]) == (0, 19)


def test_the_library_raises_or_warns(tmp_path: Path) -> None:
    rules = [{"name": "small", "says": "No order is above 250.", "query": "SELECT amount <= 250 FROM orders"}]
    column = {"name": "amount", "kind": "integer", "min": 1, "max": 500}
    parameters = {"tables": [{"name": "orders", "rows": 50, "columns": [column]}]}
    asked = {"strategy": "tabular", "parameters": parameters, "seed": 3, "domain_rules": rules}
    with pytest.raises(synthmill.BrokenRulesError, match="No order is above 250") as caught:
        synthmill.generate(**asked, rules="fail", out=tmp_path / "a")
    assert caught.value.report.failed[0].rule.name == "small"
    with pytest.warns(UserWarning, match="No order is above 250"):
        made = synthmill.generate(**asked, rules="warn", out=tmp_path / "b", format="parquet")
    assert made.check_rules() == caught.value.report


def test_a_server_checks_them_too(run_there: Run, server: RunningServer, recipe: Path) -> None:
    with server.working():
        ran = run_there("submit", "--recipe", recipe, "--rules", "fail", "--wait")
        warned = run_there("submit", "--recipe", recipe, "--rules", "warn", "--wait")
    assert ran.code == 5
    assert "No order is above 250." in ran.err
    assert warned.code == 0
    assert "1 of 2 domain rules don't hold" in warned.err

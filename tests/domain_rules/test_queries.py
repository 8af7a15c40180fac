"""What a domain rule's query may be, and what becomes of one that reaches for more."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from synthmill.generators.domain_rules.check import bind_rules, check_rules, columns_of_rules
from synthmill.generators.domain_rules.sandbox import RuleLimits
from synthmill.generators.domain_rules.syntax import ALLOWED
from synthmill.generators.engine.domain_rule import DomainRule
from synthmill.generators.errors import InvalidRequestError

MORNING = datetime.datetime(2024, 1, 1, 3, tzinfo=datetime.UTC)
ORDERS = pa.table(
    {
        "id": [1, 2, 3],
        "status": ["new", "paid", None],
        "at": pa.array([MORNING] * 3, pa.timestamp("us", "UTC")),
        "total": pa.array([1, 2, 3], pa.decimal128(18, 2)),
    }
)
LINES = pa.table({"order_id": [1, 2, 2], "number": [1, 1, 2]})
TABLES = {"orders": ORDERS, "Lines": LINES}
SCHEMAS = {name: rows.schema for name, rows in TABLES.items()}


def rule(query: str, at_most: float = 0.0) -> DomainRule:
    return DomainRule("the_rule", "It holds.", query, at_most)


def result(query: str, at_most: float = 0.0, **limits: Any) -> Any:
    return check_rules([rule(query, at_most)], TABLES, RuleLimits(**limits)).results[0]


def test_rows_are_counted_and_those_that_break_it_shown() -> None:
    found = result("SELECT status = 'new', id FROM orders")
    assert (found.checked, found.broken, found.passed) == (3, 2, False)
    assert found.examples == ({"id": "2"}, {"id": "3"})


def test_null_breaks_a_rule() -> None:
    assert result("SELECT NULL::BOOLEAN FROM orders").broken == 3


def test_nothing_checked_is_a_failure() -> None:
    found = result("SELECT true FROM orders WHERE id > 3", at_most=1.0)
    assert (found.passed, found.observed) == (False, "there was nothing to check")


@pytest.mark.parametrize(("at_most", "passed"), [(0.0, False), (0.33, True), (0.34, True), (1.0, True)])
def test_a_share_may_break_a_soft_rule_rounded_up_to_a_row(at_most: float, passed: bool) -> None:
    assert result("SELECT id > 1 FROM orders", at_most).passed is passed


def test_times_are_in_utc_whatever_the_machines_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert result("SELECT hour(o.at) = 3 AND o.at::DATE = DATE '2024-01-01' FROM orders o -- at night").passed


@pytest.mark.parametrize(
    "query",
    [
        "SELECT id > 0, * FROM orders;",
        "WITH sums AS (SELECT order_id, count(*) AS lines FROM lines GROUP BY ALL)\n"
        "SELECT s.lines >= 1 FROM sums s JOIN orders o ON o.id = s.order_id",
        "SELECT number >= coalesce(lag(number) OVER (PARTITION BY order_id ORDER BY number), 0) FROM lines",
        "SELECT o IS NOT NULL FROM orders o",
        "SELECT EXISTS (SELECT 1 FROM lines l WHERE l.order_id = o.id) OR o.id = 3 FROM orders o",
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 9)\n"
        "SELECT max(n) = 9 FROM r",
        "SELECT bool_and(status <> 'old') FROM orders",
    ],
)
def test_these_can_be_asked(query: str) -> None:
    bind_rules([rule(query)], SCHEMAS, "rules")
    found = result(query)
    assert found.passed, found.observed


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELECT true FROM order", "isn't SQL: syntax error"),
        ("SELECT true) FROM (SELECT 1", "isn't SQL: syntax error"),
        ("SELECT true; SELECT false", "is 2 statements"),
        ("SELECT total FROM orders", "its first column is of the type DECIMAL"),
        ("SELECT nothing > 1 FROM orders", 'Referenced column "nothing" not found'),
        ("SELECT true FROM ordres", "there is no table ordres, did you mean orders?"),
        ("COPY orders TO '/tmp/orders.csv'", "isn't a SELECT"),
        ("ATTACH '/tmp/other.db'", "isn't a SELECT"),
        ("INSTALL httpfs", "isn't a SELECT"),
        ("LOAD httpfs", "isn't a SELECT"),
        ("PRAGMA database_list", "isn't a SELECT"),
        ("SET memory_limit = '100GB'", "isn't a SELECT"),
        ("RESET lock_configuration", "isn't a SELECT"),
        ("CREATE TABLE more AS SELECT 1", "isn't a SELECT"),
        ("DELETE FROM orders", "isn't a SELECT"),
        ("EXPLAIN SELECT 1", "isn't a SELECT"),
        ("CALL duckdb_settings()", "isn't a SELECT"),
        ("DESCRIBE orders", "uses DESCRIBE, SHOW and SUMMARIZE"),
        ("SELECT true FROM '/etc/passwd'", "there is no table /etc/passwd"),
        ("SELECT true FROM read_csv('/etc/passwd')", "uses the table function read_csv"),
        ("SELECT true FROM read_parquet('https://example.com/a.parquet')", "the table function read_parquet"),
        ("SELECT true FROM glob('/*')", "uses the table function glob"),
        ("SELECT true FROM query('SELECT 1')", "uses the table function query"),
        ("SELECT true FROM duckdb_settings()", "uses the table function duckdb_settings"),
        ("SELECT true FROM duckdb_tables", "there is no table duckdb_tables"),
        ("SELECT true FROM information_schema.tables", "there is no table tables"),
        ("SELECT (SELECT content FROM read_text('/etc/hostname')) = ''", "the table function read_text"),
        ("SELECT getvariable('x') IS NULL", "uses the function getvariable"),
        ("SELECT current_setting('threads') = ''", "uses the function current_setting"),
        ("SELECT length(repeat('x', 4000000000)) > 0", "uses the function repeat"),
        ("SELECT length(lpad('x', 2000000000, 'y')) > 0", "uses the function lpad"),
        ("SELECT format('{:>2000000000}', 1) > ''", "uses the function format"),
        ("SELECT random() < 0.5 FROM orders", "uses the function random"),
        ("SELECT now() > '2024-01-01' FROM orders", "uses the function now"),
        ("SELECT current_date > '2024-01-01' FROM orders", "isn't a function of the rows"),
        ("SELECT true FROM orders USING SAMPLE 1", "takes a sample"),
        ("SELECT true FROM orders POSITIONAL JOIN lines", "uses a POSITIONAL JOIN"),
        ("PIVOT orders ON status USING count(*)", "isn't a SELECT|uses PIVOT"),
    ],
)
def test_these_are_refused_by_name(query: str, reason: str) -> None:
    with pytest.raises(InvalidRequestError, match=reason) as caught:
        bind_rules([rule(query)], SCHEMAS, "rules")
    assert caught.value.errors[0].field == "rules[the_rule].query"
    assert caught.value.errors[0].fix
    found = result(query)
    assert (found.passed, found.checked) == (False, 0)


def test_no_variable_of_the_caller_is_a_table() -> None:
    secret = pa.table({"key": ["s3cret"]})
    assert "there is no table secret" in result("SELECT key = '' FROM secret").observed
    assert secret.num_rows == 1


@pytest.mark.parametrize(
    "query",
    [
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT max(n) > 0 FROM r",
        "SELECT sum(a.range * b.range) > 0 FROM range(1000000000) a, range(1000000000) b",
    ],
)
def test_an_endless_query_is_ended_and_none_begun_after_it(query: str) -> None:
    report = check_rules([rule(query), rule("SELECT true")], TABLES, RuleLimits(seconds=0.5))
    up = "the time for all rules was up before it was checked"
    # A busy machine may have been half a second at nothing.
    assert report.results[0].observed in ("its query takes longer than all rules may together", up)
    assert report.results[1].observed == up


def test_memory_has_a_limit_and_nothing_is_written_to_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    query = "SELECT count(*) > 0 FROM (SELECT DISTINCT range, range + 1 FROM range(20000000))"
    found = result(query, memory_bytes=64 * 2**20)
    assert found.observed == "its query takes more memory than a rule may"
    assert list(tmp_path.iterdir()) == []


def test_what_raises_in_the_middle_fails_the_rule() -> None:
    found = result("SELECT CAST(status AS INTEGER) > 1 FROM orders")
    assert "can't be run: Could not convert string" in found.observed


def test_a_deep_query_has_a_result() -> None:
    # DuckDB 2 refuses it, and 1 sees that the brackets mean nothing.
    assert result("SELECT " + "(" * 3000 + "true" + ")" * 3000).checked in (0, 1)
    assert not result("SELECT " + "NOT (" * 1500 + "true" + ")" * 1500).checked


def test_only_what_rules_read_is_made() -> None:
    rules = [rule("SELECT status = 'new' FROM orders"), rule("SELECT count(*) > 0 FROM lines")]
    assert columns_of_rules(rules, SCHEMAS) == {"orders": ["status"], "Lines": ["order_id"]}
    whole = {"orders": ORDERS.schema.names}
    assert columns_of_rules([rule("SELECT o IS NOT NULL FROM orders o")], SCHEMAS) == whole
    assert columns_of_rules([rule("SELECT true FROM (SELECT DISTINCT * FROM orders)")], SCHEMAS) == whole
    joined = [rule("SELECT true FROM orders o NATURAL JOIN lines l")]
    assert columns_of_rules(joined, SCHEMAS) == {**whole, "Lines": LINES.schema.names}


@pytest.mark.skipif(int(duckdb.__version__.split(".")[0]) < 2, reason="older ones lack some of them")
def test_every_function_that_may_be_used_is_one_of_duckdbs() -> None:
    with duckdb.connect() as connection:
        found = connection.execute("SELECT function_name FROM duckdb_functions()").fetchall()
    known = {name for (name,) in found}
    # The grammar makes others of these.
    assert {name for name in ALLOWED - known if name.isidentifier()} <= {"coalesce", "ifnull"}


def test_the_page_lists_the_functions() -> None:
    page = (Path(__file__).parents[2] / "docs" / "conformance.md").read_text("utf-8")
    listed = re.findall(r"`(\w+)`", page.partition("and these functions:")[2].partition("The database")[0])
    assert listed == sorted(name for name in ALLOWED if name.isidentifier())

"""CHECK constraints: what they allow is made and nothing else, and what can't be taken over is said."""

from __future__ import annotations

from typing import Any

import pyarrow.compute as pc
import pytest

from synthmill.generators.conformance.report import rows_of
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.importing.ddl import read_ddl
from synthmill.generators.importing.recipe import request_for
from synthmill.generators.recipes.request import parse


def extremes(column: str) -> tuple[Any, Any]:
    """The least and the greatest of a column that is declared like this."""
    imported = read_ddl(f"CREATE TABLE a (x {column})", "postgres")
    assert imported.notes == []
    cells = rows_of(parse({**request_for(imported, 2_000), "seed": 1}).recipe)["a"].column("x")
    return pc.min(cells).as_py(), pc.max(cells).as_py()


@pytest.mark.parametrize(
    ("column", "low", "high"),
    [
        ("REAL CHECK (x > 0)", 0.001, 1_000),
        ("DOUBLE PRECISION CHECK (x >= 0.0001)", 0.0001, 1_000),
        ("DOUBLE PRECISION CHECK (x > 0.00000000000001)", 1.0000001e-14, 1_000),
        ("REAL CHECK (x BETWEEN 0.25 AND 0.5)", 0.25, 0.5),
        ("INT PRIMARY KEY CHECK (x > 100 AND x <= 200)", 101, 200),
        ("INT UNIQUE CHECK (x >= 1000)", 1_000, 2_999),
        ("BIGINT CHECK (x > 9000000000000000000)", 9_000_000_000_000_000_001, 2**63 - 1),
        ("INT CHECK (x < -5)", -20_000, -6),
        ("INT CHECK (0.5 < x AND x <= 3.5)", 1, 3),
        ("INT CHECK (x > '-5'::integer) CHECK (x > 3) CHECK (x BETWEEN 2 AND 9)", 4, 9),
        ("NUMERIC(20, 2) CHECK (x > 5000000000)", 5_000_000_000.01, 6_000_000_000),
        ("INT CHECK (x IN (-1, 0, 2) AND x >= 0)", 0, 2),
        ("TEXT CHECK (x IN ('off', 'on'))", "off", "on"),
        ("TEXT CHECK ((x)::text = ANY ((ARRAY['off'::character varying, 'on'])::text[]))", "off", "on"),
    ],
)
def test_values_are_those_that_a_check_allows(column: str, low: Any, high: Any) -> None:
    least, most = extremes(column)
    assert low <= least <= most <= high
    assert least < most


@pytest.mark.parametrize("check", ["x < 0.1 + 0.2", "x > y", "x > 'abc'", "x > 1 OR x < 0", "x <> 5"])
def test_a_check_that_is_no_limit_is_said(check: str) -> None:
    imported = read_ddl(f"CREATE TABLE a (x INT, y INT, CHECK ({check}))")
    [note] = imported.notes
    assert check in note


@pytest.mark.parametrize("check", ["x > 10 AND x < 5", "x IN (1, 2) AND x > 5", "x BETWEEN 9 AND 8"])
def test_checks_that_contradict_each_other_are_refused(check: str) -> None:
    with pytest.raises(InvalidRequestError, match=r"a\.x leave it no value"):
        read_ddl(f"CREATE TABLE a (x INT, CHECK ({check}))")

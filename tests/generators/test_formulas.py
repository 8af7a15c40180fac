"""Formulas mean what they say, and one that asks too much is refused at once."""

from __future__ import annotations

import math
import time
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.formulas.formula import FUNCTIONS
from synthmill.generators.formulas.grammar import FormulaError, parse
from synthmill.generators.kernels.derived.circular import cos, sin
from tests.generators.worlds import rows_of
from tests.waiting import calls_of
from tools.docs.formulas import page

N = 500
COLUMNS: list[dict[str, Any]] = [
    {"name": "id", "kind": "sequence"},
    {"name": "i", "kind": "integer", "min": -20, "max": 20},
    {"name": "j", "kind": "integer", "min": -5, "max": 5, "nulls": 0.2},
    {"name": "x", "kind": "uniform", "min": -10, "max": 10},
    {"name": "y", "kind": "uniform", "min": 0.1, "max": 5, "nulls": 0.2},
    {"name": "price", "kind": "money", "nulls": 0.1},
    {"name": "name", "kind": "first_name"},
    {"name": "other", "kind": "last_name", "nulls": 0.2},
    {"name": "flag", "kind": "boolean", "nulls": 0.2},
    {"name": "day", "kind": "date"},
    {"name": "at", "kind": "timestamp"},
    {"name": "until", "kind": "timestamp", "nulls": 0.1},
]


def table(*formulas: str) -> list[dict[str, Any]]:
    columns = [{"name": f"f{at}", "kind": "formula", "formula": text} for at, text in enumerate(formulas)]
    parameters = {"tables": [{"name": "t", "rows": N, "columns": [*COLUMNS, *columns]}]}
    rows: list[dict[str, Any]] = rows_of(parameters, "t").to_pylist()
    return rows


def refused(formula: str) -> Any:
    with pytest.raises(InvalidRequestError) as refusal:
        table(formula)
    (error,) = refusal.value.errors
    assert error.field == "tables[t].columns[f0].formula"
    return error


def weekday(day: Any) -> int:
    return int(day.isoweekday())


EXPECTED: list[tuple[str, Any]] = [
    ("i + j * 2 - -3", lambda r: r["i"] + r["j"] * 2 + 3),
    ("(i + 1) * (j - 1)", lambda r: (r["i"] + 1) * (r["j"] - 1)),
    ("i // 3", lambda r: r["i"] // 3),
    ("i % -3", lambda r: r["i"] % -3),
    ("i / j", lambda r: r["i"] / r["j"] if r["j"] else None),
    ("j // (i - i)", lambda r: None),
    ("x / 4 / 8", lambda r: r["x"] / 4 / 8),
    ("i // 2 % 3", lambda r: r["i"] // 2 % 3),
    ("i % 7 // 2 * 5", lambda r: r["i"] % 7 // 2 * 5),
    ("i - j - 2", lambda r: r["i"] - r["j"] - 2),
    ("2 ^ 3 ^ 2", lambda r: 512.0),
    ("-2 ^ 2", lambda r: -4.0),
    ("i ^ 2", lambda r: float(r["i"] ** 2)),
    ("10 ^ -2", lambda r: 0.01),
    ("9 ^ 9 ^ 9", lambda r: None),
    ("x * 2 + 1", lambda r: r["x"] * 2 + 1),
    ("abs(i) + min(i, 3) + max(i, j)", lambda r: abs(r["i"]) + min(r["i"], 3) + max(r["i"], r["j"])),
    ("max(i, x)", lambda r: max(float(r["i"]), r["x"])),
    ("sqrt(y)", lambda r: math.sqrt(r["y"])),
    ("sqrt(-y)", lambda r: None),
    ("floor(x)", lambda r: math.floor(r["x"])),
    ("ceil(x)", lambda r: math.ceil(r["x"])),
    ("round(x)", lambda r: math.floor(r["x"] + 0.5)),
    ("round(x, 1)", lambda r: math.floor(r["x"] * 10 + 0.5) / 10),
    ("price + 1", lambda r: r["price"] + 1),
    ("price * 3", lambda r: r["price"] * 3),
    ("price * price", lambda r: r["price"] * r["price"]),
    ("round(price, 1)", lambda r: r["price"].quantize(Decimal("0.1"), ROUND_HALF_UP)),
    ("floor(price)", lambda r: int(r["price"])),
    ("price > 50.5", lambda r: r["price"] > Decimal("50.5")),
    ("decimal(i, 2)", lambda r: Decimal(r["i"]).quantize(Decimal("0.01"))),
    ("name & ' ' & other", lambda r: f"{r['name']} {r['other']}"),
    ("name & id", lambda r: f"{r['name']}{r['id']}"),
    ("upper(name) & lower(name)", lambda r: r["name"].upper() + r["name"].lower()),
    ("length(name)", lambda r: len(r["name"])),
    ("substring(name, 2, 3)", lambda r: r["name"][1:4]),
    ("contains(name, 'a')", lambda r: "a" in r["name"]),
    ("starts_with(name, \"A\")", lambda r: r["name"].startswith("A")),
    ("text(day)", lambda r: r["day"].isoformat()),
    ("i = 3 or i == 4", lambda r: r["i"] in (3, 4)),
    ("i != 3 and not i < 0", lambda r: r["i"] != 3 and r["i"] >= 0),
    ("name < 'M'", lambda r: r["name"] < "M"),
    ("if(i < 0, 'a', if(i < 9, 'b', 'c'))", lambda r: "a" if r["i"] < 0 else "b" if r["i"] < 9 else "c"),
    ("if(i > 0, i, x)", lambda r: float(r["i"]) if r["i"] > 0 else r["x"]),
    ("year(day) * 10000 + month(day) * 100 + day(day)", lambda r: int(r["day"].strftime("%Y%m%d"))),
    ("weekday(day)", lambda r: weekday(r["day"])),
    ("hour(at) * 60 + minute(at)", lambda r: r["at"].hour * 60 + r["at"].minute),
    ("date(at)", lambda r: r["at"].date()),
    ("day + 14", lambda r: r["day"] + timedelta(14)),
    ("day - date('2020-01-01')", lambda r: (r["day"] - date(2020, 1, 1)).days),
    ("at + days(1.5)", lambda r: r["at"] + timedelta(1.5)),
    ("in_hours(until - at)", lambda r: (r["until"] - r["at"]).total_seconds() / 3600),
    ("at > time('2022-01-01')", lambda r: r["at"] > datetime(2022, 1, 1, tzinfo=UTC)),
    ("time(day)", lambda r: datetime(r["day"].year, r["day"].month, r["day"].day, tzinfo=UTC)),
    ("max(at, until)", lambda r: max(r["at"], r["until"])),
    ("9223372036854775 * 9223", lambda r: None),
]  # fmt: skip


def test_formulas_mean_what_python_means_by_them() -> None:
    for row in table(*(formula for formula, _ in EXPECTED)):
        for at, (formula, expected) in enumerate(EXPECTED):
            try:
                wanted = expected(row)
            except (TypeError, AttributeError):
                wanted = None
            if wanted is not None and "other" in formula and row["other"] is None:
                wanted = None
            assert row[f"f{at}"] == wanted, (formula, row)


def test_nulls_are_as_in_sql() -> None:
    formulas = ["flag and j > 0", "flag or j > 0", "not flag", "coalesce(j, 0)", "is_null(j)"]
    formulas += ["if(flag, 1, 2)", "if(i > 0, null, j)"]
    for row in table(*formulas):
        flag, j = row["flag"], None if row["j"] is None else row["j"] > 0
        assert row["f0"] is (False if False in (flag, j) else None if None in (flag, j) else True)
        assert row["f1"] is (True if True in (flag, j) else None if None in (flag, j) else False)
        assert row["f2"] is (None if flag is None else not flag)
        assert row["f3"] == (row["j"] or 0)
        assert row["f4"] is (row["j"] is None)
        assert row["f5"] == (1 if flag else 2)
        assert row["f6"] == (None if row["i"] > 0 else row["j"])


def test_elementary_functions_are_near_the_truth() -> None:
    for row in table("exp(x / 2)", "log(abs(x))", "sin(x * 99)", "cos(x)", "abs(x) ^ 1.7"):
        x = row["x"]
        truth = [math.exp(x / 2), math.log(abs(x)), math.sin(x * 99), math.cos(x), abs(x) ** 1.7]
        for at, value in enumerate(truth):
            assert math.isclose(row[f"f{at}"], value, rel_tol=1e-13, abs_tol=1e-15)
    far = np.linspace(-1e6, 1e6, 10_001)
    assert np.abs(sin(far) - [math.sin(value) for value in far]).max() < 1e-15
    assert np.abs(cos(far) - [math.cos(value) for value in far]).max() < 1e-15


def test_a_formulas_type_is_known_beforehand() -> None:
    columns = [*COLUMNS, {"name": "f", "kind": "formula", "formula": "price * 3"}]
    batch = rows_of({"tables": [{"name": "t", "rows": 5, "columns": columns}]}, "t")
    assert batch.schema.field("f").type == pa.decimal128(18, 2)
    assert batch.schema.field("f").nullable


ATTACKS = [
    "(" * 4_000,
    "(" * 3_999 + "1",
    "1" + "+1" * 1_900,
    "-" * 3_999 + "1",
    "not " * 900 + "true",
    "2^" * 1_900 + "2",
    "9" * 4_000,
    "1e999",
    "1e400 * 2",
    "'a" * 1_000,
    "'" + "a" * 5_000 + "'",
    "if(" * 1_000,
    "min(" + "1," * 1_900 + "1)",
    "abs(" * 900 + "1" + ")" * 900,
    "__import__('os')",
    "name.__class__",
    "().__class__",
    "name[0]",
    "name['x']",
    "x; y",
    "x := 1",
    "lambda: 1",
    "[i for i in x]",
    "{1: 2}",
    "f'{x}'",
    "`x`",
    "${x}",
    "x\x00",
    "exec('x')",
    "eval('x')",
    "open('/etc/passwd')",
    "getattr(name, 'x')",
    "x if x else y",
    "a.b",
    "name * 1000000",
    "1 < 2 < 3",
    "name +",
    "i +* j",
    "",
    "min(i",
    "min(i,)",
    "nothing + 1",
    "nothing(1)",
    "substring(name, 1, 99999999)",
    "round(x, 99)",
    "decimal(x, -1)",
    "date('2024-13-01')",
    "time('yesterday')",
    "text()",
    "null",
    "null + null",
    "until - at",
    "name - name",
    "if(1, 2, 3)",
    "f0 + 1",
]


@pytest.mark.parametrize("formula", ATTACKS, ids=range(len(ATTACKS)))
def test_attacks_are_refused_after_few_steps(formula: str) -> None:
    def attack() -> None:
        with pytest.raises(InvalidRequestError) as refusal:
            table(formula)
        assert all(error.field.startswith("tables[t].columns[f0]") for error in refusal.value.errors)

    table("1")
    began = time.process_time()
    assert calls_of(attack) < 150_000
    assert time.process_time() - began < 5


def test_a_refusal_says_where_and_what_would_be_right() -> None:
    error = refused("i + substring(name, i, 2)")
    assert error.reason == "at character 5: substring can't take text, whole number, whole number"
    assert error.fix.startswith("use it like substring(a, 1, 3)")
    assert refused("sine(x)").fix.startswith("functions: abs, ")
    assert refused("i + (x").reason == "at character 7: ) is missing"
    assert refused("date('2024-13-01')").reason == "at character 1: '2024-13-01' is no day"
    assert refused("time('2024-12-01T25:00')").reason == "at character 1: '2024-12-01T25:00' is no time"
    assert refused("nowhere + 1").reason == "table t has no column nowhere"


def test_the_page_about_formulas_is_current_and_names_every_function() -> None:
    written = (Path(__file__).parents[2] / "docs" / "formulas.md").read_text()
    assert written == page()
    assert all(function.usage in written for function in FUNCTIONS.values())


@given(st.text(alphabet="ixyj0129.+-*/%^&=<>()', \"nameiflogt", max_size=60))
@settings(max_examples=400)
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        parse(text)
    except FormulaError as error:
        assert error.reason.startswith("at character ")

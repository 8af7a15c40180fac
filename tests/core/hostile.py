"""Requests that are small and would cost much: those that were found, and others of each kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Request = Mapping[str, Any]


def tabular(*tables: Mapping[str, Any]) -> dict[str, Any]:
    return {"strategy": "tabular", "parameters": {"tables": list(tables)}, "seed": 1}


def table(columns: list[dict[str, Any]], name: str = "t", rows: int = 1_000, **more: Any) -> dict[str, Any]:
    return {"name": name, "rows": rows, "columns": columns, **more}


def many(count: int, definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"name": f"c{number}", **definition} for number in range(count)]


def series(*given: Mapping[str, Any]) -> dict[str, Any]:
    of = {"name": "t", "rows": 1_000, "series": list(given)}
    return {"strategy": "time_series", "parameters": {"tables": [of]}, "seed": 1}


def _words(words: int) -> dict[str, Any]:
    return {"kind": "text", "min_words": words, "max_words": words}


def _list(items: int, of: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": "array", "of": of, "min_items": items, "max_items": items}


_DIGIT = {"kind": "integer", "max": 9}
_KEY = {"name": "id", "kind": "sequence"}


def _loads(lags: tuple[str, ...], count: int, **more: Any) -> dict[str, Any]:
    """Series that each load the one before with several lags."""
    found: list[dict[str, Any]] = [{"name": "s0", "components": [{"kind": "noise", "sd": 1}], **more}]
    for at in range(1, count):
        loads = [{"kind": "loading", "on": f"s{at - 1}", "lag": lag.format(2 ** (at % 20))} for lag in lags]
        found.append({"name": f"s{at}", "components": loads, **more})
    return series(*found)


def _repeats(formula: str, count: int = 60) -> dict[str, Any]:
    """Formulas that each repeat the cell before."""
    found = [{"name": "c0", "kind": "text"}]
    found += [
        {"name": f"c{at}", "kind": "formula", "formula": formula.format(f"c{at - 1}")}
        for at in range(1, count)
    ]
    return tabular(table(found))


def _pattern(pattern: str, count: int = 20) -> dict[str, Any]:
    return tabular(table(many(count, {"kind": "pattern", "pattern": pattern})))


def _copulas(count: int, size: int) -> dict[str, Any]:
    """Correlated columns, each with a matrix of its own."""

    def column(at: int) -> dict[str, Any]:
        matrix = [[1 if i == j else at / 1e5 for j in range(size)] for i in range(size)]
        of = {"kind": "normal", "mean": 0, "sd": 1}
        return {"name": f"c{at}", "kind": "correlated", "matrix": matrix, "place": size, "of": of}

    return tabular(table([column(at) for at in range(count)]))


def _processes(count: int, **component: Any) -> dict[str, Any]:
    return series(*({"name": f"s{at}", "components": [{**component, "sd": at + 1}]} for at in range(count)))


def _arma(count: int) -> dict[str, Any]:
    def one(at: int) -> dict[str, Any]:
        arma = {"kind": "arma", "ar": [at / 1e4] * 16, "ma": [0.1] * 16, "sd": 1}
        return {"name": f"s{at}", "components": [arma]}

    return series(*map(one, range(count)))


def _aggregates(
    count: int, parents: int, children: int, of: Mapping[str, Any], **more: Any
) -> dict[str, Any]:
    aggregates = [
        {"name": f"a{at}", "kind": "aggregate", "function": "max", "table": "k", "column": "v", **more}
        for at in range(count)
    ]
    below = {"table": "t", "min": 0, "max": 10_000}
    return tabular(
        table([_KEY, *aggregates], rows=parents, primary_key=["id"]),
        table([{"name": "v", **of}], "k", parents * children, children_of=below),
    )


def _through(words: int, rows: int, count: int) -> dict[str, Any]:
    """Texts of the rows that a foreign key leads to: of a small table they are made for all of it."""
    looks = [{"name": f"y{at}", "kind": "parent", "column": f"c{at}", "through": "f"} for at in range(count)]
    key = {"name": "f", "kind": "foreign_key", "table": "big"}
    return tabular(
        table([_KEY, *many(count, _words(words))], "big", rows, primary_key=["id"]), table([key, *looks])
    )


def _total(children: int) -> dict[str, Any]:
    total = {"name": "s", "kind": "running_total", "column": "v"}
    below = {"table": "t", "min": children, "max": children}
    return tabular(
        table([_KEY], rows=1_000, primary_key=["id"]),
        table(
            [{"name": "v", **_DIGIT}, total, *many(200, _words(100))],
            "k",
            1_000 * children,
            children_of=below,
        ),
    )


PREVIEWS: Mapping[str, Request] = {
    "100 texts of 1,000 words": tabular(table(many(100, _words(1_000)))),
    "900 texts of 100 words": tabular(table(many(900, _words(100)))),
    "texts of long words": tabular(table(many(20, {**_words(500), "words": ["w" * 100]}))),
    "texts inside objects": tabular(
        table(many(40, {"kind": "object", "members": [{"name": f"m{at}", **_words(900)} for at in range(9)]}))
    ),
    "20 lists of 1,000": tabular(table(many(20, _list(1_000, _DIGIT)))),
    "lists of objects": tabular(
        table(
            many(
                20,
                _list(400, {"kind": "object", "members": [{"name": "a", **_DIGIT}, {"name": "b", **_DIGIT}]}),
            )
        )
    ),
    "lists where others are null": tabular(
        table(
            many(
                30,
                {
                    "kind": "conditional",
                    "cases": [{"when": {"column": "c0", "equals": "x"}, "then": _list(1_000, _DIGIT)}],
                },
            )[1:]
            + many(1, {"kind": "constant", "value": "x"})
        )
    ),
    "lists in lists": tabular(table(many(5, _list(100, _list(100, _DIGIT))))),
    "lists in lists in lists": tabular(table(many(3, _list(20, _list(20, _list(20, _words(50))))))),
    "lists of uuids in lists": tabular(table(many(3, _list(99, _list(99, {"kind": "uuid"}))))),
    "loads with two lags": _loads(("1m", "2m"), 60),
    "loads with lags that never meet": _loads(("0s", "{}m"), 60),
    "loads with three lags": _loads(("0s", "1m", "{}m"), 60, hidden=False),
    "loads of what all share": _loads(("1m", "{}m"), 60, shared=True),
    "60 alternatives with bounds": _pattern(
        "(" + "|".join(f"[a-z]{{2,{3 + at % 5}}}" for at in range(60)) + "){0,5}"
    ),
    "a bound on a bound": _pattern("(([a-z]{0,9}[0-9]{0,9}){0,9}){0,4}"),
    "wide classes side by side": _pattern("([a-zA-Z0-9][a-zA-Z0-9](x|y)){0,200}"),
    "alternatives in alternatives": _pattern("((a|b|c|d)|(e|f|g)|(h{0,3}|i)){0,200}"),
    "formulas that double": _repeats("{0} & {0}"),
    "formulas that double by name": _repeats("if({0} = 'x', {0} & {0}, {0} & '-' & {0})"),
    "formulas that repeat ten times": _repeats(" & ".join(["{0}"] * 10)),
    "formulas that repeat capitals": _repeats("upper({0}) & lower({0}) & {0}"),
    "190 copulas of 50 x 50": _copulas(190, 50),
    "400 copulas of 30 x 30": _copulas(400, 30),
    "900 copulas of 15 x 15": _copulas(900, 15),
    "900 copulas of 20 x 20": _copulas(900, 20),
    "18 tables of 1,000 texts": tabular(
        *(table(many(1_000, {"kind": "text"}), f"t{at}") for at in range(18))
    ),
    "200 tables of 100 numbers": tabular(*(table(many(100, _DIGIT), f"t{at}") for at in range(200))),
    "10 tables of 1,000 e-mail addresses": tabular(
        *(table(many(1_000, {"kind": "url"}), f"t{at}") for at in range(10))
    ),
    "1,000 columns of long lists": tabular(
        table(many(1_000, {"kind": "categorical", "values": [f"word {at}" for at in range(80)]}))
    ),
    "900 ARMA": _arma(900),
    "900 Ornstein-Uhlenbeck": _processes(900, kind="ou", half_life="1d"),
    "900 random walks": _processes(900, kind="random_walk"),
    "100 ARMA in each of nine series": series(
        *(
            {
                "name": f"s{at}",
                "components": [
                    {"kind": "arma", "ar": [(at + more / 200) / 10], "sd": 1} for more in range(100)
                ],
            }
            for at in range(9)
        )
    ),
    "days of ticks every 10 ms": {
        "strategy": "market",
        "parameters": {"table": "bars", "timeframe": "1d", "interval_ms": 10, "end": "2030-01-01T00:00:00Z"},
        "seed": 1,
    },
    "100 aggregates over 10,000 children": _aggregates(100, 1_000, 5_000, _DIGIT),
    "aggregates of long texts": _aggregates(
        5, 1_000, 5_000, {"kind": "date", "start": "2020-01-01", "end": "2024-01-01"}
    ),
    "900 aggregates": _aggregates(900, 1_000, 1_000, _DIGIT),
    "aggregates where": _aggregates(50, 1_000, 9_000, _DIGIT, where={"column": "v", "equals": 3}),
    "texts through a link": _through(1_000, 65_536, 1),
    "100 texts through a link": _through(20, 65_536, 100),
    "texts through a link to a large table": _through(1_000, 100_000, 20),
    "sums from sibling to sibling": _total(10_000),
}
"""Each with its limit of 1,000 rows."""

IMPORTS: Mapping[str, tuple[str, str]] = {
    "a line of 131,000 commas": ("csv", "," * 131_000),
    "a line of 131,000 semicolons": ("csv", ";" * 131_000),
    "a header of 60,000 names": ("csv", ",".join(["a"] * 60_000)),
    "65,000 lines of one comma": ("csv", ",\n" * 65_000),
    "5,000 tables": ("sql", ";".join(f"create table t{at}(a int)" for at in range(5_000))),
    "2,000 columns": ("sql", f"create table t({','.join(f'c{at} varchar(9)' for at in range(2_000))})"),
    "brackets 300 deep": ("sql", f"create table t(a int{'[]' * 300})"),
    "60,000 brackets": ("sql", "(" * 60_000),
    "nested arrays": ("json_schema", '{"type":"array","items":' * 5_000 + "{}" + "}" * 5_000),
    "a pattern in a pattern": (
        "json_schema",
        '{"type":"object","properties":{"a":{"type":"string","pattern":"((a{9}){9}){9}"}}}',
    ),
}

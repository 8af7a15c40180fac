"""Small datasets with every column kind in them, and what to change to see each parameter at work."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from tests.generators import kinds_of_numbers, kinds_of_people, kinds_of_relations, kinds_of_text

ROWS = 3_000

_COIN = {"column": "amount", "above": 50}
_WAYS = [
    {"state": "new", "next": "paid", "weight": 3, "min": "1h", "max": "300d"},
    {"state": "new", "next": "lost", "max": "3d"},
    {"state": "paid", "next": "new", "max": "90d"},
]

_NOTES = [{"table": "notes", "column": "n", "time": "when"}]
_THREE = [
    {"state": "a", "next": "b", "max": "9d"},
    {"state": "a", "next": "c", "max": "9d"},
    {"state": "b", "next": "d", "max": "9d"},
    {"state": "c", "next": "d", "max": "9d"},
]


class Together(dict[str, Any]):
    """A parameter's other value together with what has to change with it."""


KINDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "aggregate": (
        {"function": "sum", "table": "crumbs", "column": "n", "where": {"column": "n", "at_most": 60}},
        {
            "function": "count",
            "table": "dust",
            "column": "m",
            "where": {"any": [{"column": "n", "in": [1, 2]}, {"column": "m", "at_least": 3}]},
            "plus": "amount",
        },
    ),
    "boolean": ({"probability": 0.3}, {"probability": 0.5}),
    "categorical": (
        {"values": ["a", "b", "c"], "weights": [5, 3, 1]},
        {"values": ["a", "b", "d"], "weights": [1, 3, 5]},
    ),
    "city": ({"country": "land"}, {"country": None, "locale": Together(locale="de_DE", country=None)}),
    "conditional": (
        {
            "cases": [{"when": _COIN, "then": {"kind": "integer", "min": 200, "max": 300}}],
            "otherwise": {"kind": "constant", "value": 1},
        },
        {
            "cases": [
                {"when": {"column": "land", "equals": "Germany"}, "then": {"kind": "constant", "value": 2}}
            ],
            "otherwise": {"kind": "integer", "max": 5},
        },
    ),
    "constant": ({"value": "x"}, {"value": 7}),
    "country": ({"form": "name"}, {"form": "code"}),
    "date": (
        {"start": "2020-01-01", "end": "2020-12-31"},
        {"start": "2020-01-02", "end": "2021-01-01", **kinds_of_people.SEASONS},
    ),
    "decimal": ({"min": -5, "max": 9.5, "scale": 2}, {"min": -4, "max": 10, "scale": 3}),
    "determined": (
        {"by": ["land"], "then": {"kind": "integer", "max": 10**6}},
        {"by": ["first", "amount"], "then": {"kind": "first_name"}},
    ),
    "email": (
        {"columns": ["first", "last"], "domains": ["a.example", "b.example"], "numbered": True},
        {"columns": ["last"], "domains": ["c.example"], "numbered": False},
    ),
    "first_name": (
        {"locale": "en_US"},
        {
            "words": Together(words=["Ada", "Bo", "Cy"], locale=None),
            "locale": "de_DE",
            "sex": "gender",
            "born": "at",
        },
    ),
    "foreign_key": (
        {"table": "folk", "column": "id", "distribution": "zipf", "exponent": 1.2},
        {
            "table": "towns",
            "column": "code",
            "distribution": "uniform",
            "exponent": 0.6,
            "weight": "dues",
            "match": {"first": "first"},
            "existing": {"at": "at", "since": "at", "until": "at_too"},
            "otherwise": "null",
        },
    ),
    "hierarchy": (
        {"column": "id", "span": 5},
        {"column": "at", "span": 6, "shape": "even", "within": "land", "since": "at", "until": "at_too"},
    ),
    "integer": ({"min": -10, "max": 100}, {"min": -9, "max": 99}),
    "last_name": (
        {"locale": "cs_CZ"},
        {
            "words": Together(words=["Abel", "Bond"], locale=None),
            "locale": "de_DE",
            "sex": "gender",
        },
    ),
    "later": (
        {"column": "at", "min": "1h", "max": "300d", "until": "2024-06-01T00:00:00Z", "precision": "minute"},
        {
            "column": "at_too",
            "through": "folk",
            "min": "1d",
            "max": "301d",
            "until": "2024-07-01T00:00:00Z",
            "precision": "second",
        },
    ),
    "line_number": ({}, {"start": 0}),
    "lognormal": (
        {"median": 10, "sigma": 1.5, "min": 1, "max": 100, "decimals": 3},
        {"median": 11, "sigma": 1, "min": 2, "max": 90, "decimals": 0},
    ),
    "lookup": (
        {"column": "land", "entries": [{"at": "Germany", "value": "EUR"}], "otherwise": "USD"},
        {"column": "first", "entries": [{"at": "Germany", "value": "DM"}], "otherwise": None},
    ),
    "money": (
        {"distribution": "lognormal", "min": 1, "max": 100, "median": 10, "sigma": 1.5},
        {
            "distribution": "uniform",
            "min": 2,
            "max": 90.5,
            "median": 11,
            "sigma": 1,
            "shape": Together(distribution="pareto", shape=3),
            "endings": [0.99, 0.5],
            "steps": [5, 20],
            "weights": Together(endings=[0.99, 0.5], weights=[3, 1]),
            "zeros": 0.3,
            "growth": Together(growth=0.5, column="at", since="2023-01-01"),
            "column": Together(growth=0.5, column="at_too", since="2023-01-01"),
            "since": Together(growth=0.5, column="at", since="2020-01-01"),
        },
    ),
    "name": (
        {"first_names": ["Ada", "Bo"], "last_names": ["Abel", "Bond"]},
        {
            "first_names": ["Ada", "Cy"],
            "last_names": None,
            "locale": Together(locale="ja_JP", first_names=None, last_names=None),
            "sex": Together(sex="gender", first_names=None, last_names=None),
            "born": Together(born="at", first_names=None, last_names=None),
        },
    ),
    "normal": (
        {"mean": 10, "sd": 3, "min": 5, "max": 16, "decimals": 2},
        {"mean": 11, "sd": 4, "min": 6, "max": 15, "decimals": 0},
    ),
    "parent": ({"column": "at"}, {"column": "id", "through": "friend_id"}),
    "phone": (
        {"locale": "de_DE", "line": "landline"},
        {
            "locale": "fr_FR",
            "line": "mobile",
            "country": Together(country="land", locale=None),
            "city": "town",
            "pattern": Together(pattern="0#########", locale=None),
        },
    ),
    "product_name": (
        {"adjectives": ["Big", "Old"], "materials": ["Oak", "Tin"], "products": ["Box", "Pen"]},
        {"adjectives": None, "materials": ["Ash"], "products": ["Cup"]},
    ),
    "rising": (
        {"start": "2023-01-01T00:00:00Z", "end": "2024-01-01T00:00:00Z", "precision": "minute"},
        {
            "start": "2023-01-02T00:00:00Z",
            "end": "2024-01-02T00:00:00Z",
            "precision": "second",
            "type": "date",
            "arrivals": "poisson",
            "rate": {"hours": kinds_of_people.BUSINESS, "growth": 0.5, "zone": "Europe/Berlin"},
        },
    ),
    "running_total": (
        {"column": "amount", "start": "dues"},
        {
            "column": "id",
            "start": None,
            "time": Together(time="when", others=_NOTES),
            "others": Together(time="when", others=_NOTES),
        },
    ),
    "sequence": ({}, {"start": 7, "step": 3, "prefix": "N-", "width": 9}),
    "state": (
        {"start": "at", "initial": "new", "transitions": _WAYS, "until": "2024-06-01T00:00:00Z"},
        {
            "start": "at_too",
            "initial": "paid",
            "transitions": _WAYS[:2],
            "until": None,
            "max_steps": 2,
            "precision": "day",
        },
    ),
    "state_time": ({"column": "life"}, {"column": "fate", "state": "new"}),
    "step": ({}, {"show": "time"}),
    "text": (
        {"min_words": 1, "max_words": 6, "form": "sentence", "words": ["ab", "cde", "f"]},
        {"min_words": 2, "max_words": 7, "form": "words", "words": None},
    ),
    "timestamp": (
        {"start": "2023-01-01T00:00:00Z", "end": "2024-01-01T00:00:00Z", "precision": "hour"},
        {
            "start": "2023-01-02T00:00:00Z",
            "end": "2024-01-02T00:00:00Z",
            "precision": "microsecond",
            **kinds_of_people.SEASONS,
            "hours": kinds_of_people.BUSINESS,
            "zone": "Europe/Berlin",
            "rate": {"weekdays": [1] * 5 + [0] * 2, "special_days": [{"holidays": "DE", "factor": 0}]},
        },
    ),
    "uniform": ({"min": -1, "max": 1, "decimals": 4}, {"min": 0, "max": 2, "decimals": None}),
    "uuid": ({}, {}),
    "within": (
        {
            "during": {"start": "at", "end": "at_too", "until": "2024-02-01T00:00:00Z"},
            "stay": "2d",
            "precision": "minute",
        },
        {
            "during": {
                "since": "2023-06-01T00:00:00Z",
                "until": "2024-01-01T00:00:00Z",
                "rate": {"growth": 5},
            },
            "through": "folk",
            "stay": "9d",
            "stay_column": Together(stay="0s", stay_column="amount"),
            "stay_unit": Together(stay="0s", stay_column="amount", stay_unit="hour"),
            "precision": "second",
            "type": "date",
        },
    ),
    **kinds_of_numbers.KINDS,
    **kinds_of_text.KINDS,
    **kinds_of_people.KINDS,
    **kinds_of_relations.KINDS,
}
_JOINT = kinds_of_relations.KINDS["joint"][1]
_JOINT["allow_unmatched"] = Together(allow_unmatched=True, where=[{"attribute": "drug", "column": "first"}])
"""For each kind, parameters of a column in `world`, and for each parameter another value."""

TOGETHER: dict[tuple[str, str], dict[str, Any]] = {
    ("foreign_key", "weight"): {"distribution": "weight"},
    ("foreign_key", "match"): {"otherwise": "null"},
    ("foreign_key", "existing"): {"otherwise": "null"},
    ("foreign_key", "otherwise"): {"match": {"last": "last"}},
    ("hierarchy", "until"): {"since": "at"},
    ("subcategory", "otherwise"): {"column": "first"},
}
"""What must change with a parameter, for the new value to mean something."""


def world(*columns: Mapping[str, Any], rows: int = ROWS) -> dict[str, Any]:
    """Parameters of `tabular`: the table `cells`, children of `folk`, has the given columns among others.

    Where one of them is a step, the rows of `cells` are the three steps of each of the folk.
    """
    moment = {"kind": "timestamp", "start": "2023-01-01T00:00:00Z", "end": "2024-03-01T00:00:00Z"}
    names = [{"name": "first", "kind": "first_name"}, {"name": "last", "kind": "last_name"}]
    steps = any(column["kind"] == "step" for column in columns)
    return {
        "tables": [
            {
                "name": "folk",
                "rows": max(1, rows // 3),
                "primary_key": ["id"],
                "columns": [
                    {"name": "id", "kind": "sequence", "start": 501},
                    {"name": "code", "kind": "sequence", "prefix": "F"},
                    {"name": "at", **moment},
                    {"name": "at_too", **moment},
                    *names,
                    {"name": "dues", "kind": "integer", "max": 500},
                    {"name": "drug", "kind": "joint", "joint_table": kinds_of_relations.DRUGS},
                    {"name": "phase", "kind": "state", "start": "at", "transitions": _THREE},
                ],
            },
            {
                "name": "towns",
                "rows": 500,
                "columns": [{"name": "id", "kind": "sequence"}, {"name": "code", "kind": "uuid"}],
            },
            {
                "name": "cells",
                "rows": None if steps else rows,
                "primary_key": ["id"],
                "children_of": {
                    "table": "folk",
                    "during": {"start": "at", "until": "2025-01-01T00:00:00Z"},
                    **({"steps_of": "phase"} if steps else {"max": 9}),
                },
                "columns": [
                    {"name": "id", "kind": "sequence"},
                    {"name": "at", **moment},
                    {"name": "at_too", **moment},
                    {"name": "when", "kind": "event_time"},
                    {"name": "land", "kind": "country"},
                    {"name": "gender", "kind": "sex"},
                    {"name": "friend_id", "kind": "foreign_key", "table": "folk"},
                    *names,
                    {"name": "amount", "kind": "integer", "max": 99},
                    {"name": "life", "kind": "state", "start": "at", "transitions": _WAYS},
                    {
                        "name": "fate",
                        "kind": "state",
                        "start": "at_too",
                        "transitions": _WAYS,
                        "max_steps": 3,
                    },
                    {"name": "sort", "kind": "categorical", "values": ["a", "b"]},
                    {"name": "drug", "kind": "joint", "joint_table": kinds_of_relations.DRUGS},
                    {"name": "cure", "kind": "joint", "joint_table": kinds_of_relations.DRUGS},
                    {"name": "town", "kind": "address", "part": "city", "locale": "de_DE"},
                    *columns,
                ],
            },
            {
                "name": "notes",
                "children_of": {
                    "table": "folk",
                    "during": {"start": "at", "until": "2025-01-01T00:00:00Z"},
                    "schedule": {"unit": "month"},
                },
                "columns": [
                    {"name": "when", "kind": "event_time"},
                    {"name": "n", "kind": "integer", "max": 99},
                ],
            },
            *(
                {
                    "name": name,
                    "children_of": {"table": "cells", "max": 4, "total": "free"},
                    "columns": [
                        {"name": "n", "kind": "integer", "max": 99},
                        {"name": "m", "kind": "integer", "max": 9},
                    ],
                }
                for name in ("crumbs", "dust")
            ),
        ]
    }


def all_kinds() -> dict[str, Any]:
    """A world with a column of every kind, called like it; some cells of each are null."""
    return world(*({"name": f"a_{kind}", "kind": kind, "nulls": 0.1, **KINDS[kind][0]} for kind in KINDS))


def one_column(kind: str, rows: int = 1_000, **parameters: Any) -> dict[str, Any]:
    """A table `t` with the one column `c`."""
    return {"tables": [{"name": "t", "rows": rows, "columns": [{"name": "c", "kind": kind, **parameters}]}]}


def rows_of(
    parameters: Mapping[str, Any], table: str, start: int = 0, stop: int | None = None, seed: int = 0
) -> pa.RecordBatch:
    """Rows of a table of `tabular`, by default all."""
    recipe = make_recipe("tabular", copy.deepcopy(dict(parameters)), seed)
    plan = make_plan(recipe)
    stop = plan.table(table).rows if stop is None else stop
    return make_rows(plan, table, start, stop)


def cells(kind: str, rows: int = 1_000, seed: int = 0, **parameters: Any) -> pa.Array:
    """All cells of a column."""
    return rows_of(one_column(kind, rows, **parameters), "t", seed=seed).column(0)


def subject(kind: str, seed: int = 0, **parameters: Any) -> pa.Array:
    """The cells of a column in a world, with the kind's parameters from KINDS, changed."""
    column = {"name": "subject", "kind": kind, **KINDS[kind][0], **parameters}
    return rows_of(world(column), "cells", seed=seed)["subject"]


def fingerprint(*arrays: pa.Array) -> str:
    """Of the values alone, not of their places in memory."""
    lines = (f"{array.type}:" + "\n".join(map(str, array.to_pylist())) for array in arrays)
    return hashlib.sha256("\n\n".join(lines).encode()).hexdigest()

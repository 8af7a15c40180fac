"""Recipes as the JSON Schemas of all strategies allow them, and rather large than small."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from synthmill.generators.columns.kinds_by_name import KINDS as COLUMN_KINDS
from synthmill.generators.engine.contract import STRATEGIES
from synthmill.generators.engine.pipeline import parameters_json_schema
from synthmill.generators.limits import MAX_PREVIEW_ROWS
from synthmill.generators.recipes.template import templates
from synthmill.generators.schema.json_schema import object_schema
from synthmill.generators.strategies.time_series.component import component_kinds
from tests.generators.worlds import KINDS, world

_COUNTS = st.sampled_from([1, 2, 20, 200, 900])
_LENGTHS = st.sampled_from([1, 3, 50, 1_000])
_DEEPEST = 3
_BYTES = 900_000
"""A body may have a little more."""


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """What `POST /preview` and `POST /generate` may be sent: strategy or template, parameters and seed."""
    make = draw(st.sampled_from([_tabular, _tabular, _tabular, _time_series, _market, _template]))
    request: dict[str, Any] = make(draw)
    return {**request, "seed": draw(st.integers(0, 9))}


def limits() -> st.SearchStrategy[int]:
    return st.sampled_from([1, 10, MAX_PREVIEW_ROWS, MAX_PREVIEW_ROWS])


def _tabular(draw: st.DrawFn) -> dict[str, Any]:
    """One of the tests' worlds for a kind, with many columns of it that have more parameters than there."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    definition = _column(draw, kind, 0)
    rows = draw(st.sampled_from([10, 1_000, 65_536, 10**6, 10**9]))
    parameters = copy.deepcopy(world({"name": "subject", **definition}, rows=rows))
    for table in parameters["tables"]:
        for at, column in enumerate(table["columns"]):
            if column["name"] == "subject":
                count = draw(_COUNTS)
                more = [
                    {**column, "name": f"subject{number}"} for number in range(1, _fitting(column, count))
                ]
                table["columns"][at + 1 : at + 1] = more
                break
    if draw(st.booleans()):
        tables = parameters["tables"]
        copies = range(1, _fitting(tables[-1], draw(st.sampled_from([2, 20, 190]))))
        alone = [{**tables[0], "name": f"{tables[0]['name']}_{number}"} for number in copies]
        parameters["tables"] = [*tables, *alone]
    return {"strategy": "tabular", "parameters": parameters}


def _fitting(value: Any, count: int) -> int:
    """So many of the value, or as many as fit into a body."""
    return max(1, min(count, _BYTES // (len(str(value)) + 30)))


def _column(draw: st.DrawFn, kind: str, depth: int) -> dict[str, Any]:
    """A column's parameters without its name: as in the tests, some of them changed."""
    given = copy.deepcopy(KINDS[kind][0]) if kind in KINDS else dict(COLUMN_KINDS.get(kind).example)
    schema = object_schema(COLUMN_KINDS.get(kind).Parameters)["properties"]
    for name in list(given):
        if name in schema and draw(st.booleans()):
            given[name] = _larger(draw, schema[name], given[name], depth)
    return {"kind": kind, **given}


def _larger(draw: st.DrawFn, schema: Mapping[str, Any], value: Any, depth: int) -> Any:
    """A value of a schema like this one, and rather larger."""
    schema = next((one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"), schema)
    if isinstance(value, bool) or "enum" in schema:
        return draw(st.sampled_from(schema["enum"])) if "enum" in schema else value
    if isinstance(value, int | float):
        most = schema.get("maximum", 10**9)
        return draw(st.sampled_from([value, most, type(value)(most // 10 or value)]))
    if isinstance(value, list):
        return _longer(draw, schema, value, depth)
    if isinstance(value, dict) and isinstance(value.get("kind"), str) and value["kind"] in KINDS:
        return _inner(draw, value, depth)
    if isinstance(value, dict):
        known = schema.get("properties", {})
        return {
            name: _larger(draw, known[name], one, depth) if name in known else one
            for name, one in value.items()
        }
    return value


def _inner(draw: st.DrawFn, value: dict[str, Any], depth: int) -> dict[str, Any]:
    if depth >= _DEEPEST:
        return value
    kind = draw(st.sampled_from(["array", "object", "text", "pattern", "categorical", value["kind"]]))
    made = _column(draw, kind, depth + 1)
    return {"name": value["name"], **made} if "name" in value else made


def _longer(draw: st.DrawFn, schema: Mapping[str, Any], value: list[Any], depth: int) -> list[Any]:
    if not value:
        return value
    count = min(draw(_LENGTHS), schema.get("maxItems", 1_000))
    if all(isinstance(one, str) for one in value):
        return [f"{value[at % len(value)]}{at}" for at in range(count)]
    if all(isinstance(one, dict) for one in value):
        changed = [_larger(draw, schema.get("items", {}), one, depth) for one in value]
        named = [
            {
                **copy.deepcopy(changed[at % len(changed)]),
                **({"name": f"m{at}"} if "name" in changed[0] else {}),
            }
            for at in range(min(count, 100))
        ]
        return named[: _fitting(changed[0], len(named))]
    return [value[at % len(value)] for at in range(count)]


def _time_series(draw: st.DrawFn) -> dict[str, Any]:
    """Series of all components, each loading those before it."""
    schema = {name: object_schema(kind.Parameters)["properties"] for name, kind in component_kinds().items()}
    usable = sorted(set(schema) - {"loading"})
    series: list[dict[str, Any]] = []
    shared = draw(st.booleans())
    for at in range(min(draw(_COUNTS), 300)):
        if at < 6:
            kind = draw(st.sampled_from(usable))
            example = dict(component_kinds()[kind].example)
            changed = {
                name: _larger(draw, schema[kind].get(name, {}), one, 1) if draw(st.booleans()) else one
                for name, one in example.items()
            }
            components = [{"kind": kind, **changed}]
            loads = [
                {
                    "kind": "loading",
                    "on": f"s{draw(st.integers(0, at - 1))}",
                    "lag": f"{draw(st.integers(0, 99))}m",
                }
                for _ in range(draw(st.integers(0, 3)) if at else 0)
            ]
            pattern = (components, loads)
        else:
            components, loads = pattern
            loads = [{**one, "on": f"s{at - 1 - number}"} for number, one in enumerate(loads)]
        series.append({"name": f"s{at}", "shared": shared, "components": [*components, *loads]})
    entities = {"count": draw(st.sampled_from([1, 50, 10**6]))}
    table = {
        "name": "t", "rows": draw(st.sampled_from([1_000, 10**6, 10**9])), "entities": entities,
        "order": draw(st.sampled_from(["entity", "time"])), "series": series,
    }  # fmt: skip
    return {"strategy": "time_series", "parameters": {"tables": [table]}}


def _market(draw: st.DrawFn) -> dict[str, Any]:
    schema = parameters_json_schema(STRATEGIES.get("market"))["properties"]
    table = draw(st.sampled_from(["ticks", "bars"]))
    given = {
        "table": table,
        "tickers": [{"ticker": f"T{at}", "initial_price": 10} for at in range(min(draw(_COUNTS), 900))],
        "start": "2024-01-02T00:00:00Z",
        "end": draw(st.sampled_from(["2024-01-03T00:00:00Z", "2030-01-01T00:00:00Z"])),
    }
    if table == "ticks":
        given["interval_ms"] = draw(st.sampled_from([10, 1_000, 60_000]))
    else:
        given["timeframe"] = draw(st.sampled_from(schema["timeframe"]["enum"]))
    return {"strategy": "market", "parameters": given}


def _template(draw: st.DrawFn) -> dict[str, Any]:
    rows = draw(st.sampled_from([1_000, 10**6, 10**8]))
    return {"template": draw(st.sampled_from(sorted(templates()))), "rows": rows}

"""Parameters of the kinds that look at other columns, and for each another value; see `worlds.KINDS`."""

from __future__ import annotations

from typing import Any

MATRIX = [[1, 0.7, 0.1], [0.7, 1, -0.2], [0.1, -0.2, 1]]
OTHER = [[1, 0.6, 0.1], [0.6, 1, -0.2], [0.1, -0.2, 1]]

DRUGS = {
    "attributes": ["drug", "low", "high", "ward"],
    "rows": [["ibu", 400, 800, "a"], ["ibu", 600, 900, "b"], ["bis", 2, 5, "a"], ["hep", 50, None, "b"]],
}

KINDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "array": (
        {"of": {"kind": "name", "nulls": 0.1}, "min_items": 0, "max_items": 3},
        {"of": {"kind": "integer", "max": 9}, "min_items": 2, "max_items": 4},
    ),
    "correlated": (
        {"group": "g", "matrix": MATRIX, "place": 2, "of": {"kind": "normal"}},
        {"group": "h", "matrix": OTHER, "place": 3, "of": {"kind": "gamma"}},
    ),
    "attribute": (
        {"column": "drug", "attribute": "low"},
        {"column": "cure", "attribute": "ward", "up_to": "high", "through": "folk"},
    ),
    "joint": (
        {
            "joint_table": DRUGS,
            "attribute": "drug",
            "where": [{"attribute": "ward", "column": "sort"}],
        },
        {
            "joint_table": {**DRUGS, "rows": DRUGS["rows"][2:], "weight": "low"},
            "attribute": "low",
            "where": [],
            "allow_unmatched": True,
        },
    ),
    "mask": (
        {"column": "last", "method": "format", "keep": 2},
        {"column": "id", "method": "partial", "keep": 1},
    ),
    "mixture": (
        {"components": [{"weight": 3, "of": {"kind": "normal"}}, {"of": {"kind": "integer", "max": 9}}]},
        {
            "components": [
                {"weight": 3, "of": {"kind": "name"}},
                {"of": {"kind": "categorical", "values": ["a"]}},
            ]
        },
    ),
    "object": (
        {"members": [{"name": "a", "kind": "date", "nulls": 0.1}, {"name": "b", "kind": "text"}]},
        {"members": [{"name": "c", "kind": "array", "of": {"kind": "money"}}]},
    ),
    "scaled": (
        {
            "of": {"kind": "uniform"},
            "scale": "amount",
            "offset": "folk.dues",
            "min": "20",
            "max": "500",
            "decimals": 1,
        },
        {
            "of": {"kind": "decimal", "max": 3},
            "scale": "amount * 2",
            "offset": "if(land = 'Germany', null, 40)",
            "min": "21.5",
            "max": "folk.dues + 1",
            "decimals": 0,
            "type": "decimal",
        },
    ),
    "subcategory": (
        {"column": "sort", "values": {"a": {"x": 3, "y": 1}, "b": {"z": 1}}},
        {"column": "first", "values": {"a": {"x": 1, "y": 1}}, "otherwise": {"y": 1, "w": 2}},
    ),
    "unique_number": (
        {"min": 5, "max": 99_999, "prefix": "N-"},
        {"min": 6, "max": 9_999, "prefix": ""},
    ),
    "birth_date": (
        {
            "column": "at",
            "ages": [{"min": 16, "max": 24, "weight": 3}, {"min": 25, "max": 60, "weight": 7}],
            "until": "2025-01-01T00:00:00Z",
            "oldest": 55,
        },
        {
            "column": "at_too",
            "through": "folk",
            "ages": [{"min": 17, "max": 90}],
            "until": "2026-01-01T00:00:00Z",
            "oldest": 50,
        },
    ),
    "event_time": (
        {"precision": "minute"},
        {
            "precision": "hour",
            "type": "date",
            "gaps": {"kind": "gamma", "shape": 3},
            "sessions": {"size": 2, "pause": "10m"},
        },
    ),
    "formula": (
        {"formula": "if(id % 2 = 0, first & ' ' & last, text(year(at)))"},
        {"formula": "in_hours(at_too - at) * 1.5"},
    ),
}

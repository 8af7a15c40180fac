"""A recipe of two tables, large enough for several blocks and quick enough for every test."""

from __future__ import annotations

from typing import Any

from synthmill.generators.engine.pipeline import make_recipe
from synthmill.generators.engine.recipe import Output, Recipe
from synthmill.generators.formats import codec

PEOPLE, VISITS = 70_000, 140_001


def parameters(people: int = PEOPLE, visits: int = VISITS) -> dict[str, Any]:
    return {
        "tables": [
            {
                "name": "people",
                "rows": people,
                "primary_key": ["id"],
                "columns": [
                    {"name": "id", "kind": "sequence"},
                    {"name": "size", "kind": "integer", "min": -50, "max": 50, "nulls": 0.1},
                ],
            },
            {
                "name": "visits",
                "rows": visits,
                "columns": [
                    {"name": "number", "kind": "sequence", "prefix": "V-", "width": 8},
                    {
                        "name": "place",
                        "kind": "categorical",
                        "values": ["here", "there, too", 'the "inn"', ""],
                    },
                ],
            },
        ]
    }


def recipe(people: int = PEOPLE, visits: int = VISITS, seed: int = 7) -> Recipe:
    return make_recipe("tabular", parameters(people, visits), seed)


def output(format_name: str = "csv", compression: str = "none") -> Output:
    return Output(format_name, compression, codec(format_name, compression))

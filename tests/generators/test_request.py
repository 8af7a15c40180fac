"""Requests: what they mean, and what is refused, by name, with reason and fix."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import numpy as np
import pytest

from synthmill.generators import limits
from synthmill.generators.engine.recipe import canonical
from synthmill.generators.errors import FieldError, InvalidRequestError
from synthmill.generators.formats import codec
from synthmill.generators.recipes.request import Generation, GenerationRequest, parse
from synthmill.generators.version import ENGINE_VERSION
from tests.generators.visits import parameters


def request(**fields: Any) -> dict[str, Any]:
    return {"strategy": "tabular", "parameters": parameters(5, 9), "seed": 1, **fields}


def refused(**fields: Any) -> tuple[FieldError, ...]:
    with pytest.raises(InvalidRequestError) as caught:
        parse(request(**fields))
    return caught.value.errors


def test_a_request_becomes_recipe_and_output() -> None:
    generation = parse(request(format="jsonl", compression="zstd", part_rows=10_000))
    assert isinstance(generation, Generation)
    recipe, output = generation.recipe, generation.output
    assert (recipe.strategy, recipe.seed, recipe.engine) == ("tabular", 1, ENGINE_VERSION)
    assert (output.format, output.compression, output.codec) == ("jsonl", "zstd", codec("jsonl", "zstd"))
    assert (generation.part_rows, generation.template) == (10_000, None)


def test_defaults_are_csv_without_compression() -> None:
    output = parse(request()).output
    assert (output.format, output.compression) == ("csv", "none")


def test_a_recipe_has_all_defaults_and_asking_again_with_it_changes_nothing() -> None:
    recipe = parse(request()).recipe
    again = parse({"strategy": recipe.strategy, "parameters": dict(recipe.parameters), "seed": recipe.seed})
    assert again.recipe == recipe
    assert json.loads(canonical(recipe.to_dict())) == recipe.to_dict()


def test_a_seed_is_drawn_where_none_is_given() -> None:
    fields = request()
    del fields["seed"]
    seeds = {parse(fields).recipe.seed for _ in range(8)}
    assert len(seeds) == 8
    assert all(0 <= seed <= limits.MAX_DRAWN_SEED for seed in seeds)


@pytest.mark.parametrize("seed", [0, 2**63 - 1])
def test_seeds_go_from_0_to_the_largest_64_bit_number(seed: int) -> None:
    assert parse(request(seed=seed)).recipe.seed == seed


def test_rows_per_table_go_over_the_parameters() -> None:
    tables = parse(request(rows={"visits": 77})).recipe.parameters["tables"]
    assert [table["rows"] for table in tables] == [5, 77]


def test_rows_as_a_number_are_for_an_only_table() -> None:
    one = {"tables": parameters()["tables"][:1]}
    assert parse(request(parameters=one, rows=12)).recipe.parameters["tables"][0]["rows"] == 12


def test_what_the_caller_gave_is_not_changed_or_kept() -> None:
    given = request(rows={"people": 3})
    before = repr(given)
    generation = parse(given)
    assert repr(given) == before
    given["parameters"]["tables"].clear()
    assert len(generation.recipe.parameters["tables"]) == 2


def test_tuples_are_lists() -> None:
    given = parameters(5, 9)
    given["tables"] = tuple(given["tables"])
    assert parse(request(parameters=given)).recipe == parse(request()).recipe


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [
        ({"seed": -1}, "seed", "-1 is outside the limit of 0"),
        ({"seed": 2**63}, "seed", "64 bits"),
        ({"seed": 10**5000}, "seed", "64 bits"),
        ({"seed": True}, "seed", "isn't a whole number"),
        ({"seed": 1.0}, "seed", "isn't a whole number"),
        ({"seed": "7"}, "seed", "isn't a whole number"),
        ({"part_rows": 0}, "part_rows", "outside the limit of 1"),
        ({"part_rows": False}, "part_rows", "isn't a whole number"),
        ({"part_rows": 10**11}, "part_rows", "outside the limit"),
        ({"rows": 10}, "rows", "one number for 2 tables"),
        ({"rows": 10**15}, "rows", "one number for 2 tables"),
        ({"rows": {"people": 10**15}}, "rows.people", "limit of 1 to 10000000000"),
        ({"rows": {"people": True}}, "rows.people", "isn't a whole number"),
        ({"rows": {"nobody": 1}}, "rows.nobody", "no such table"),
        ({"rows": True}, "rows", "neither a whole number nor an object"),
        ({"rows": None}, "rows", "is null"),
        ({"rows": {}}, "rows", "names no table"),
        ({"rows": "many"}, "rows", "neither a whole number nor an object"),
        ({"format": "xls"}, "format", "unknown format 'xls'"),
        ({"format": 3}, "format", "ot a valid string"),
        ({"format": "x" * 10**7}, "format", "1 to 128 characters long"),
        ({"compression": "lzma"}, "compression", "'lzma'"),
        ({"format": ""}, "format", "1 to 128 characters long"),
        ({"strategy": "magic"}, "strategy", "unknown strategy 'magic'"),
        ({"strategy": "m" * 10**7}, "strategy", "1 to 128 characters long"),
        ({"template": "retail"}, "template", "both are given"),
        ({"parameters": []}, "parameters", "ot a valid mapping"),
        ({"parameters": {"tables": []}}, "parameters.tables", ""),
        ({"parameters": {"tables": [], "n": float("nan")}}, "parameters.n", "nan isn't a number"),
        ({"parameters": {"a": [1, float("inf")]}}, "parameters.a[1]", "inf isn't a number"),
        ({"parameters": {"a": {"b": 10**30}}}, "parameters.a.b", "64 bits"),
        ({"parameters": {"a": [{"name": "x", "b": "\ud800"}]}}, "parameters.a[x].b", "surrogate"),
        ({"parameters": {"a": {1: 2}}}, "parameters.a", "the key 1 isn't text"),
        ({"parameters": {"a": dt.date(2024, 1, 1)}}, "parameters.a", "is a date"),
        ({"parameters": {"a": np.int64(1)}}, "parameters.a", "is a int64"),
        ({"parameters": {"a": [0] * 100_001}}, "parameters.a", "has 100001 entries"),
        ({"speed": 9}, "speed", "unknown field"),
        ({"workspace": "w"}, "workspace", "unknown field"),
        ({"y" * 10**6: 1}, "y" * 128, "unknown field"),
    ],
)
def test_each_wrong_thing_is_named_with_reason_and_fix(
    fields: dict[str, Any], field: str, reason: str
) -> None:
    (error,) = refused(**fields)
    assert error.field == field
    assert reason in error.reason
    assert error.fix
    assert len(str(error)) < 1_000


@pytest.mark.parametrize(
    ("column", "reported"),
    [
        ({"kind": "integer"}, "max: is missing (give it: the greatest value)"),
        ({"kind": "integer", "max": None}, "max: is null (give it: the greatest value)"),
        ({"kind": "boolean", "probability": None}, "probability: is null (leave it out, or give it: how"),
        ({"kind": "categorical", "values": ["a", None]}, "values[1]: is null (give text, a number,"),
        ({"kind": "constant", "value": None}, "value: is null (give text, a number, true or false; `nulls`"),
        (
            {"kind": "conditional", "cases": [{"then": {"kind": "uuid"}}]},
            "cases[0].when: is missing (give it: when",
        ),
        ({"kind": "conditional", "cases": [None]}, "cases[0]: is null (give a value, or leave it out)"),
    ],
)
def test_what_is_missing_or_null_is_told_what_it_should_be(column: dict[str, Any], reported: str) -> None:
    tables = [{"name": "t", "rows": 1, "columns": [{"name": "c", **column}]}]
    (error,) = refused(strategy="tabular", parameters={"tables": tables})
    assert str(error).startswith(f"parameters.tables[t].columns[c].{reported}")


def test_what_is_beyond_64_bits_is_told_both_limits() -> None:
    (error,) = refused(seed=2**63)
    assert "from -9223372036854775807 to 9223372036854775807" in error.fix


def test_errors_of_the_strategy_are_named_from_the_requests_root() -> None:
    wrong = parameters(5, 9)
    wrong["tables"][0]["columns"][1]["max"] = -99
    (error,) = refused(parameters=wrong)
    assert error.field == "parameters.tables[people].columns[size].max"


def test_rows_beyond_the_limit_are_refused_wherever_they_are_asked_for() -> None:
    (error,) = refused(parameters=parameters(10**15, 1))
    assert error.field == "parameters.tables[people].rows"
    assert "10000000000" in str(error)


def test_neither_template_nor_strategy_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="neither") as caught:
        parse({})
    assert [error.field for error in caught.value.errors] == ["template"]


@pytest.mark.parametrize("raw", [[], "retail", None, 3])
def test_what_is_not_an_object_is_refused(raw: Any) -> None:
    with pytest.raises(InvalidRequestError, match="isn't an object"):
        parse(raw)


def test_all_wrong_fields_are_told_at_once() -> None:
    assert {error.field for error in refused(seed=-1, part_rows=0, speed=1)} == {"seed", "part_rows", "speed"}


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def test_deep_nesting_is_refused_however_deep() -> None:
    for depth in (limits.MAX_DEPTH, 500, 100_000):
        (error,) = refused(parameters={"a": nested(depth)})
        assert "nested more than 32 deep" in error.reason
        assert error.field.startswith("parameters.a[0]")


def test_sharing_does_not_make_a_small_request_a_huge_one() -> None:
    value: Any = [0] * 1_000
    for _ in range(3):
        value = [value] * 1_000
    (error,) = refused(parameters={"a": value})
    assert "values in all" in error.reason


def test_every_field_says_what_is_right() -> None:
    for field in GenerationRequest().fields.values():
        assert field.metadata["description"]

"""What holds for every column kind."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import marshmallow as ma
import pyarrow as pa
import pytest

import synthmill.generators.columns.kinds
from synthmill.generators.columns.kind import ColumnParameters
from synthmill.generators.columns.registry import get_kind, kinds
from synthmill.generators.engine.strategy import (
    get_strategy,
    load_parameters,
    make_plan,
    make_recipe,
    parameters_json_schema,
)
from synthmill.generators.errors import InvalidRequestError, UnknownNameError
from tests.generators import golden_values
from tests.generators.worlds import (
    KINDS,
    ROWS,
    TOGETHER,
    Together,
    cells,
    one_column,
    rows_of,
    subject,
    world,
)
from tools.docs.columns import EXAMPLE, page

NAMES = sorted(KINDS)


def test_every_kind_is_tried_here() -> None:
    assert list(kinds()) == NAMES


@pytest.mark.parametrize("kind", NAMES)
def test_every_parameter_is_tried_here(kind: str) -> None:
    assert set(KINDS[kind][1]) == set(get_kind(kind).Parameters().fields) - set(ColumnParameters().fields)


GOLDEN = json.loads(golden_values.FILE.read_text())


@pytest.mark.parametrize("kind", NAMES)
def test_values_are_the_promised_ones(kind: str) -> None:
    assert golden_values.of_kinds_called([kind])[kind] == GOLDEN["kinds"][kind]


@pytest.mark.parametrize("kind", NAMES)
def test_every_parameter_changes_something(kind: str) -> None:
    base = subject(kind)
    for parameter, value in KINDS[kind][1].items():
        changed = value if isinstance(value, Together) else {parameter: value}
        changed = {**changed, **TOGETHER.get((kind, parameter), {})}
        assert not subject(kind, **changed).equals(base), parameter


@pytest.mark.parametrize("kind", NAMES)
def test_nulls_come_with_their_probability_and_change_nothing_else(kind: str) -> None:
    base, some, all_null = subject(kind), subject(kind, nulls=0.25), subject(kind, nulls=1.0)
    assert abs(some.null_count / ROWS - 0.25) < 0.04
    assert some.drop_null().equals(base.filter(some.is_valid()))
    # The first row of a hierarchy has none above it.
    assert base.null_count == (kind == "hierarchy")
    assert all_null.null_count == ROWS


SEEDLESS = {"constant", "sequence"}


@pytest.mark.parametrize("kind", sorted(set(NAMES) - SEEDLESS))
def test_another_seed_gives_other_values(kind: str) -> None:
    assert not subject(kind, seed=1).equals(subject(kind, seed=0))


@pytest.mark.parametrize("kind", NAMES)
def test_the_example_of_a_kind_is_valid(kind: str) -> None:
    example = {"name": "example", "kind": kind, **get_kind(kind).example}
    loaded = load_parameters(get_strategy("tabular"), world(example))
    assert load_parameters(get_strategy("tabular"), loaded) == loaded


@pytest.mark.parametrize("kind", NAMES)
def test_unknown_parameters_are_refused_by_name(kind: str) -> None:
    column = {"name": "c", "kind": kind, **KINDS[kind][0], "colour": 1}
    with pytest.raises(InvalidRequestError) as refusal:
        load_parameters(get_strategy("tabular"), world(column))
    assert [error.field for error in refusal.value.errors] == ["tables[cells].columns[c].colour"]
    assert "nulls" in refusal.value.errors[0].fix


@pytest.mark.parametrize("kind", NAMES)
def test_wrong_types_are_refused_by_name(kind: str) -> None:
    for parameter in [*KINDS[kind][1], "nulls"]:
        wrong: list[Any] = [{}, [[]], float("nan")]
        for value in wrong:
            column = {"name": "c", "kind": kind, **KINDS[kind][0], parameter: value}
            with pytest.raises(InvalidRequestError) as refusal:
                load_parameters(get_strategy("tabular"), world(column))
            path = f"tables[cells].columns[c].{parameter}"
            assert any(error.field.startswith(path) for error in refusal.value.errors), (parameter, value)


@pytest.mark.parametrize("kind", NAMES)
def test_the_json_schema_of_a_kind_describes_every_parameter(kind: str) -> None:
    schema = parameters_json_schema(get_strategy("tabular"))
    columns = schema["properties"]["tables"]["items"]["properties"]["columns"]["items"]["oneOf"]
    (own,) = (column for column in columns if column["properties"]["kind"]["const"] == kind)
    assert own["title"]
    assert own["description"]
    assert set(own["properties"]) == set(get_kind(kind).Parameters().fields)
    assert all(described["description"] for described in own["properties"].values())
    assert own["additionalProperties"] is False


def test_unknown_kinds_are_named_with_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown column kind 'shape'; known: .*boolean, "):
        get_kind("shape")


NEW_KIND = """
from synthmill.generators.engine.cells import Integers
from synthmill.generators.schema.fields import Whole
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind
import pyarrow as pa


class DiceParameters(ColumnParameters):
    sides = Whole("How many sides it has.", 1, 100, default=6)


def _compile(parameters, scope):
    key, sides = scope.key(), parameters["sides"]
    return Column(pa.int64(), lambda rows: Integers((rows.draw(key) % sides + 1).view('i8')))


KIND = Kind("dice", "Dice", "What a dice shows.", DiceParameters, _compile, {"sides": 6})
"""


def test_a_file_put_into_the_folder_is_a_new_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dice_for_a_test.py").write_text(NEW_KIND)
    monkeypatch.setattr(
        synthmill.generators.columns.kinds,
        "__path__",
        [*synthmill.generators.columns.kinds.__path__, str(tmp_path)],
    )
    kinds.cache_clear()
    try:
        assert set(cells("dice", sides=3).to_pylist()) == {1, 2, 3}
        assert "| [`dice`](#dice) | What a dice shows. |" in page()
        assert '"const": "dice"' in json.dumps(parameters_json_schema(get_strategy("tabular")))
        with pytest.raises(InvalidRequestError, match=r"tables\[t\].columns\[c\].sides"):
            cells("dice", sides=0)
    finally:
        sys.modules.pop("synthmill.generators.columns.kinds.dice_for_a_test", None)
        kinds.cache_clear()


def test_the_page_about_kinds_is_current() -> None:
    assert (Path(__file__).parents[2] / "docs" / "columns.md").read_text() == page()


def test_the_example_of_related_tables_is_right() -> None:
    plan = make_plan(make_recipe("tabular", EXAMPLE, 0))
    assert [(table.name, table.rows) for table in plan.tables] == [("orders", 1000), ("order_items", 2500)]
    assert {"children_of", "primary_key"} <= set(EXAMPLE["tables"][1])


def test_rows_are_made_without_importing_pandas() -> None:
    program = (
        "import sys; from tests.generators.worlds import all_kinds, rows_of;"
        "rows_of(all_kinds(), 'cells'); print('pandas' in sys.modules)"
    )
    made = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert made.stdout.strip() == "False"


def test_every_field_of_every_kind_explains_itself() -> None:
    for kind in kinds().values():
        for name, field in kind.Parameters().fields.items():
            assert isinstance(field, ma.fields.Field)
            assert field.metadata["description"].endswith("."), (kind.name, name)


def test_an_empty_range_has_the_right_types() -> None:
    batch = rows_of(world(*({"name": k, "kind": k, **KINDS[k][0]} for k in NAMES)), "cells", 7, 7)
    assert batch.num_rows == 0
    assert batch.schema.field("money").type == pa.decimal128(18, 2)
    assert rows_of(one_column("text"), "t", 0, 0).num_rows == 0

"""What holds for every column kind."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import marshmallow as ma
import pyarrow as pa
import pytest

from synthmill.generators.columns import kinds_by_name as column_kinds
from synthmill.generators.columns.kind import ColumnParameters
from synthmill.generators.contract_checks import column_kind
from synthmill.generators.contract_checks.kind_subject import KindSubject
from synthmill.generators.contract_checks.promise import DoesNotApplyError
from synthmill.generators.engine.contract import STRATEGIES
from synthmill.generators.engine.pipeline import make_plan, make_recipe, parameters_json_schema
from synthmill.generators.errors import InvalidRequestError, UnknownNameError
from tests.generators import golden_values
from tests.generators.worlds import (
    KINDS,
    TOGETHER,
    Together,
    cells,
    one_column,
    rows_of,
    world,
)
from tests.plugin_packages import on_the_path, write_package
from tools.docs.columns import EXAMPLE, page

NAMES = sorted(KINDS)


def test_every_kind_is_tried_here() -> None:
    assert list(column_kinds.KINDS.usable()) == NAMES


@pytest.mark.parametrize("kind", NAMES)
def test_every_parameter_is_tried_here(kind: str) -> None:
    fields = set(column_kinds.KINDS.get(kind).Parameters().fields)
    assert set(KINDS[kind][1]) == fields - set(ColumnParameters().fields)


GOLDEN = json.loads(golden_values.FILE.read_text())


@pytest.mark.parametrize("kind", NAMES)
def test_values_are_the_promised_ones(kind: str) -> None:
    assert golden_values.of_kinds_called([kind])[kind] == GOLDEN["kinds"][kind]


def subject_of(kind: str) -> KindSubject:
    """The kind in a world with all that it may look at."""
    parameters, changes = KINDS[kind]
    others = {
        name: {**(value if isinstance(value, Together) else {name: value}), **TOGETHER.get((kind, name), {})}
        for name, value in changes.items()
    }
    return KindSubject(kind, parameters, others, world)


@pytest.mark.parametrize("check", column_kind.CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("kind", NAMES)
def test_a_kind_keeps_the_promises_of_all_kinds(kind: str, check: Callable[[KindSubject], None]) -> None:
    with suppress(DoesNotApplyError):
        check(subject_of(kind))


def test_unknown_kinds_are_named_with_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown column kind 'polygon'; known: .*boolean, "):
        column_kinds.KINDS.get("polygon")


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


def test_an_entry_point_of_a_package_is_a_new_kind(tmp_path: Path) -> None:
    entry = "[synthmill.column_kinds]\ndice = dice_for_a_test:KIND\n"
    write_package(tmp_path, "dice", "1.0", entry, {"dice_for_a_test": NEW_KIND})
    with on_the_path(tmp_path):
        assert set(cells("dice", sides=3).to_pylist()) == {1, 2, 3}
        assert '"const": "dice"' in json.dumps(parameters_json_schema(STRATEGIES.get("tabular")))
        with pytest.raises(InvalidRequestError, match=r"tables\[t\].columns\[c\].sides"):
            cells("dice", sides=0)
    assert "dice" not in column_kinds.KINDS.usable()


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
    for kind in column_kinds.KINDS.usable().values():
        for name, field in kind.Parameters().fields.items():
            assert isinstance(field, ma.fields.Field)
            assert field.metadata["description"].endswith("."), (kind.name, name)


def test_an_empty_range_has_the_right_types() -> None:
    batch = rows_of(world(*({"name": k, "kind": k, **KINDS[k][0]} for k in NAMES)), "cells", 7, 7)
    assert batch.num_rows == 0
    assert batch.schema.field("money").type == pa.decimal128(18, 2)
    assert rows_of(one_column("text"), "t", 0, 0).num_rows == 0

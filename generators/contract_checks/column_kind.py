"""What every column kind promises."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pyarrow as pa

from synthmill.generators.columns.kind import KINDS, ColumnParameters
from synthmill.generators.contract_checks.promise import promise, refusal
from synthmill.generators.datasets.blocks import file_prefix
from synthmill.generators.engine.contract import STRATEGIES
from synthmill.generators.engine.inputs import NO_INPUTS
from synthmill.generators.engine.pipeline import (
    load_parameters,
    make_cells,
    make_plan,
    make_recipe,
    make_rows,
)
from synthmill.generators.engine.plan import Plan, TablePlan
from synthmill.generators.engine.recipe import Output, canonical
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.formats import FORMATS, codec
from synthmill.generators.schema.json_schema import object_schema

ROWS = 3_000
NAME = "subject"
OUR_FORMATS = ("arrow", "csv", "jsonl", "parquet")


def one_table(column: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of `tabular` whose only table has the column behind others of common kinds."""
    before = [
        {"name": "id", "kind": "sequence"},
        {"name": "number", "kind": "integer", "max": 99},
        {"name": "amount", "kind": "decimal", "max": 99},
        {"name": "word", "kind": "categorical", "values": ["a", "b", "c"]},
        {"name": "day", "kind": "date", "start": "2024-01-01", "end": "2024-12-31"},
        {"name": "moment", "kind": "timestamp", "start": "2024-01-01", "end": "2024-12-31"},
        {"name": "flag", "kind": "boolean"},
        {"name": "first_name", "kind": "first_name"},
        {"name": "last_name", "kind": "last_name"},
    ]
    return {"tables": [{"name": "cells", "rows": ROWS, "columns": [*before, dict(column)]}]}


@dataclass(frozen=True)
class KindSubject:
    """A column kind to be tried, with parameters that it is tried with."""

    name: str
    parameters: Mapping[str, Any]
    """Of a column of the kind, without `name` and `kind`."""
    others: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """For each parameter of the kind's own, parameters that differ in it. Those not here are guessed."""
    world: Callable[[Mapping[str, Any]], dict[str, Any]] = one_table
    """Parameters of `tabular` with a table `cells` that the column stands in."""

    def column(self, **changes: Any) -> dict[str, Any]:
        return {"name": NAME, "kind": self.name, **self.parameters, **changes}

    def load(self, **changes: Any) -> dict[str, Any]:
        return load_parameters(STRATEGIES.get("tabular"), self.world(self.column(**changes)))

    def plan(self, seed: int = 0, **changes: Any) -> Plan:
        return make_plan(make_recipe("tabular", self.world(self.column(**changes)), seed))

    def cells(self, seed: int = 0, **changes: Any) -> pa.Array:
        """All cells of the column, with other parameters, or another name."""
        plan, name = self.plan(seed, **changes), changes.get("name", NAME)
        return make_rows(plan, "cells", 0, plan.table("cells").rows, [name])[name]

    @property
    def own(self) -> list[str]:
        """The names of the kind's own parameters."""
        return sorted(set(KINDS.get(self.name).Parameters().fields) - set(ColumnParameters().fields))


def example_of(name: str) -> KindSubject:
    """A kind with the parameters of its own example."""
    return KindSubject(name, KINDS.get(name).example)


def it_says_what_it_is(subject: KindSubject) -> None:
    kind = KINDS.get(subject.name)
    promise(bool(kind.title), "it has no title")
    promise(kind.description.endswith("."), f"its description isn't a sentence: {kind.description!r}")
    for name, parameter in kind.Parameters().fields.items():
        about = parameter.metadata.get("description", "")
        promise(about.endswith("."), f"the description of {name} isn't a sentence: {about!r}")


def its_example_is_valid(subject: KindSubject) -> None:
    example = {"name": "example", "kind": subject.name, **KINDS.get(subject.name).example}
    load_parameters(STRATEGIES.get("tabular"), subject.world(example))


def loading_parameters_again_changes_nothing(subject: KindSubject) -> None:
    loaded = subject.load()
    again = load_parameters(STRATEGIES.get("tabular"), loaded)
    promise(again == loaded, f"they become {again}")
    canonical(loaded)


def unknown_parameters_are_refused_by_name(subject: KindSubject) -> None:
    errors = refusal("a parameter `colour`", lambda: subject.load(colour=1))
    wanted = f"tables[cells].columns[{NAME}].colour"
    promise([error.field for error in errors] == [wanted], f"{', '.join(error.field for error in errors)} is")


def wrong_types_are_refused_by_name(subject: KindSubject) -> None:
    for parameter in [*subject.own, "nulls"]:
        path = f"tables[cells].columns[{NAME}].{parameter}"
        wrong: list[Any] = [{}, [[]], math.nan]
        for value in wrong:
            errors = refusal(f"{parameter}: {value!r}", partial(subject.load, **{parameter: value}))
            fields = [error.field for error in errors]
            promise(any(one.startswith(path) for one in fields), f"for {path}, {', '.join(fields)} is")


def the_json_schema_describes_every_parameter(subject: KindSubject) -> None:
    schema = object_schema(KINDS.get(subject.name).Parameters)
    fields = set(KINDS.get(subject.name).Parameters().fields)
    promise(set(schema["properties"]) == fields, f"it has {sorted(schema['properties'])}")
    promise(all(one.get("description") for one in schema["properties"].values()), "some have no description")
    promise(schema["additionalProperties"] is False, "it allows others")


def cells_have_the_planned_type(subject: KindSubject) -> None:
    table = subject.plan().table("cells")
    planned = next(column for column in table.columns if column.name == NAME)
    made = subject.cells()
    promise(made.type == planned.type, f"they are {made.type}, and the plan says {planned.type}")
    promise(len(made) == table.rows, f"there are {len(made)} for {table.rows} rows")
    promise(planned.nullable or not made.null_count, "some are null, and the plan says that none is")
    none = make_rows(subject.plan(), "cells", 7, 7, [NAME])[NAME]
    promise(none.type == planned.type and not len(none), f"no rows give {none.type} of length {len(none)}")


def cells_follow_from_their_row_alone(subject: KindSubject) -> None:
    plan, whole = subject.plan(), subject.cells()
    for start, stop in ((0, 1), (1, 8), (8, 1_000), (999, 1_001), (1_000, len(whole))):
        some = make_rows(plan, "cells", start, min(stop, len(whole)), [NAME])[NAME]
        promise(some.equals(whole[start:stop]), f"rows {start} to {stop} are others alone than among all")


def a_plan_made_anew_gives_the_same_cells(subject: KindSubject) -> None:
    parameters, tabular = subject.load(), STRATEGIES.get("tabular")
    plans = [tabular.plan(parameters, 3, NO_INPUTS) for _ in range(2)]
    one, other = (make_rows(plan, "cells", 5, 105, [NAME])[NAME] for plan in plans)
    promise(one.equals(other), "two plans of one recipe give different cells")


def another_seed_gives_other_cells_or_nothing_is_random(subject: KindSubject) -> None:
    base = subject.cells()
    if subject.cells(seed=1).equals(base):
        same = subject.cells(name="another").equals(base)
        promise(same, "cells are the same for every seed, but not in every column: take keys from Scope.key")


def nulls_come_with_their_probability_and_change_nothing_else(subject: KindSubject) -> None:
    base, some, none = subject.cells(), subject.cells(nulls=0.25), subject.cells(nulls=1.0)
    share = (some.null_count - base.null_count) / len(base)
    promise(abs(share - 0.25) < 0.04, f"with nulls = 0.25, {share:.2f} of all cells are null")
    promise(some.drop_null().equals(base.filter(some.is_valid())), "the cells that aren't null are others")
    promise(none.null_count == len(none), "with nulls = 1, some aren't null")


def every_parameter_changes_something(subject: KindSubject) -> None:
    base = subject.cells()
    for parameter in subject.own:
        made = list(_changed(subject, parameter))
        changed = any(not one.equals(base) for one in made)
        promise(changed or not made, f"{parameter} changes no cell and no type")


def _changed(subject: KindSubject, parameter: str) -> Iterator[pa.Array]:
    """The cells with other values of a parameter, as far as there are such."""
    if parameter in subject.others:
        yield subject.cells(**subject.others[parameter])
        return
    for value in _guesses(subject, parameter):
        with suppress(InvalidRequestError):
            yield subject.cells(**{parameter: value})


def _guesses(subject: KindSubject, parameter: str) -> Iterator[Any]:
    """Other values of a parameter: the examples of its field, and what its JSON Schema allows."""
    described = object_schema(KINDS.get(subject.name).Parameters)["properties"][parameter]
    yield from described.get("examples", ())
    yield from described.get("enum", ())
    if described.get("type") == "boolean":
        yield from (True, False)
    if described.get("type") == "integer":
        yield from (described["minimum"], described["minimum"] + 1)


def every_format_can_write_the_cells(subject: KindSubject) -> None:
    plan = subject.plan(nulls=0.1)
    table = plan.table("cells")
    alone = TablePlan("cells", 200, 256, tuple(one for one in table.columns if one.name == NAME))
    cells = make_cells(plan, "cells", 0, min(200, table.rows), [NAME])
    for name in OUR_FORMATS:
        file_prefix(alone, Output(name, "none", codec(name, "none")))
        encoded = FORMATS.get(name).encode(alone, cells, "none")
        promise(len(encoded.body) > 0, f"{name} writes nothing")


CHECKS: tuple[Callable[[KindSubject], None], ...] = (
    it_says_what_it_is,
    its_example_is_valid,
    loading_parameters_again_changes_nothing,
    unknown_parameters_are_refused_by_name,
    wrong_types_are_refused_by_name,
    the_json_schema_describes_every_parameter,
    cells_have_the_planned_type,
    cells_follow_from_their_row_alone,
    a_plan_made_anew_gives_the_same_cells,
    another_seed_gives_other_cells_or_nothing_is_random,
    nulls_come_with_their_probability_and_change_nothing_else,
    every_parameter_changes_something,
    every_format_can_write_the_cells,
)

"""What every column kind promises."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import marshmallow as ma
import pyarrow as pa

from synthmill.generators.columns.kinds_by_name import KINDS
from synthmill.generators.contract_checks.cell_types import misfit
from synthmill.generators.contract_checks.kind_subject import NAME, TABLE, KindSubject, guesses
from synthmill.generators.contract_checks.promise import applies, promise, refusal
from synthmill.generators.datasets.blocks import file_prefix
from synthmill.generators.engine.contract import STRATEGIES
from synthmill.generators.engine.inputs import NO_INPUTS
from synthmill.generators.engine.pipeline import load_parameters, make_cells, make_rows
from synthmill.generators.engine.plan import TablePlan
from synthmill.generators.engine.recipe import Output, canonical
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.formats import FORMATS, codec
from synthmill.generators.schema.json_schema import object_schema

OUR_FORMATS = ("arrow", "csv", "jsonl", "parquet")
TOO_LONG = 2.0
"""How many times the planned width the cells may be, on average: sizes are estimated from it."""


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
    plan, planned = subject.plan(), subject.planned()
    rows = plan.table(TABLE).rows
    wrong = misfit(make_cells(plan, TABLE, 0, min(1_000, rows), [NAME])[NAME], planned.type)
    promise(not wrong, wrong)
    made = subject.cells()
    promise(made.type == planned.type, f"they are {made.type}, and the plan says {planned.type}")
    promise(len(made) == rows, f"there are {len(made)} for {rows} rows")
    promise(planned.nullable or not made.null_count, "some are null, and the plan says that none is")
    none = make_rows(plan, TABLE, min(7, rows), min(7, rows), [NAME])[NAME]
    promise(none.type == planned.type and not len(none), f"no rows give {none.type} of length {len(none)}")


def text_is_about_as_long_as_planned(subject: KindSubject) -> None:
    planned, made = subject.planned(), subject.cells().drop_null()
    applies(pa.types.is_string(planned.type) and len(made) > 0, "its cells aren't text")
    mean = sum(len(cell.encode()) for cell in made.to_pylist()) / len(made)
    reason = f"cells are {mean:.0f} bytes long on average, and the plan says width = {planned.width}"
    promise(mean <= TOO_LONG * planned.width, reason)


def the_examples_of_parameters_are_valid(subject: KindSubject) -> None:
    examples_are_valid(KINDS.get(subject.name).Parameters())


def examples_are_valid(parameters: ma.Schema) -> None:
    """Raise BrokenPromiseError for a field that refuses an example of its own."""
    for name, parameter in parameters.fields.items():
        for example in parameter.metadata.get("examples", ()):
            try:
                parameter.deserialize(example)
            except ma.ValidationError as error:
                promise(False, f"{name} refuses its own example {example!r}: {json.dumps(error.messages)}")


def cells_follow_from_their_row_alone(subject: KindSubject) -> None:
    plan, whole = subject.plan(), subject.cells()
    for start, stop in ((0, 1), (1, 8), (8, 1_000), (999, 1_001), (1_000, len(whole))):
        start, stop = min(start, len(whole)), min(stop, len(whole))
        some = make_rows(plan, TABLE, start, stop, [NAME])[NAME]
        promise(some.equals(whole[start:stop]), f"rows {start} to {stop} are others alone than among all")


def a_plan_made_anew_gives_the_same_cells(subject: KindSubject) -> None:
    parameters, tabular = subject.load(), STRATEGIES.get("tabular")
    plans = [tabular.plan(parameters, 3, NO_INPUTS) for _ in range(2)]
    one, other = (make_rows(plan, TABLE, 0, min(100, plan.table(TABLE).rows), [NAME])[NAME] for plan in plans)
    promise(one.equals(other), "two plans of one recipe give different cells")


def another_seed_gives_other_cells_or_nothing_is_random(subject: KindSubject) -> None:
    base = subject.cells()
    if subject.cells(seed=1).equals(base):
        same = subject.cells(name="another").equals(base)
        promise(same, "cells are the same for every seed, but not in every column: take keys from Scope.key")


def the_share_of_nulls_is_the_one_asked_for_and_nothing_else_changes(subject: KindSubject) -> None:
    base, some, none = subject.cells(), subject.cells(nulls=0.25), subject.cells(nulls=1.0)
    valid = len(base) - base.null_count
    share = (some.null_count - base.null_count) / max(1, valid)
    promise(
        abs(share - 0.25) < max(0.04, 2 / math.sqrt(max(1, valid))),
        f"with nulls = 0.25, {share:.2f} of the cells that weren't null are",
    )
    promise(some.drop_null().equals(base.filter(some.is_valid())), "the cells that aren't null are others")
    promise(none.null_count == len(none), "with nulls = 1, some aren't null")


def every_parameter_changes_something(subject: KindSubject) -> str:
    base, untried = subject.cells(), []
    for parameter in subject.own:
        tried = False
        for made in _changed(subject, parameter):
            tried = True
            if not made.equals(base):
                break
        else:
            promise(not tried, f"{parameter} changes no cell and no type")
            untried.append(parameter)
    applies(len(untried) < len(subject.own), "no other value is known of any parameter of its own")
    return f"not tried: {', '.join(untried)}, of which no other value is known" if untried else ""


def _changed(subject: KindSubject, parameter: str) -> Iterator[pa.Array]:
    """The cells with other values of a parameter, as far as there are such."""
    if parameter in subject.others:
        yield subject.cells(**subject.others[parameter])
        return
    for value in guesses(subject, parameter):
        with suppress(InvalidRequestError):
            yield subject.cells(**{parameter: value})


def every_format_can_write_the_cells(subject: KindSubject) -> None:
    plan = subject.plan(nulls=0.1)
    table = plan.table(TABLE)
    alone = TablePlan(TABLE, 200, 256, tuple(one for one in table.columns if one.name == NAME))
    cells = make_cells(plan, TABLE, 0, min(200, table.rows), [NAME])
    for name in OUR_FORMATS:
        file_prefix(alone, Output(name, "none", codec(name, "none")))
        encoded = FORMATS.get(name).encode(alone, cells, "none")
        promise(len(encoded.body) > 0, f"{name} writes nothing")


CHECKS: tuple[Callable[[KindSubject], str | None], ...] = (
    it_says_what_it_is,
    its_example_is_valid,
    the_examples_of_parameters_are_valid,
    loading_parameters_again_changes_nothing,
    unknown_parameters_are_refused_by_name,
    wrong_types_are_refused_by_name,
    the_json_schema_describes_every_parameter,
    cells_have_the_planned_type,
    text_is_about_as_long_as_planned,
    cells_follow_from_their_row_alone,
    a_plan_made_anew_gives_the_same_cells,
    another_seed_gives_other_cells_or_nothing_is_random,
    the_share_of_nulls_is_the_one_asked_for_and_nothing_else_changes,
    every_parameter_changes_something,
    every_format_can_write_the_cells,
)
GROUND = (its_example_is_valid, cells_have_the_planned_type)
"""Where one of these isn't kept, none of those after it is tried."""

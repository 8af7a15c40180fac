"""What every strategy promises."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import pairwise

import pyarrow as pa

from synthmill.generators.contract_checks.cell_types import misfit
from synthmill.generators.contract_checks.column_kind import examples_are_valid
from synthmill.generators.contract_checks.promise import applies, promise, refusal
from synthmill.generators.contract_checks.strategy_subject import StrategySubject
from synthmill.generators.engine.arrow_cells import to_batch
from synthmill.generators.engine.cells import CELLS
from synthmill.generators.engine.contract import STRATEGIES, EndlessStrategy
from synthmill.generators.engine.pipeline import (
    load_parameters,
    make_cells,
    make_events,
    make_plan,
    make_recipe,
    make_rows,
    next_stage,
    parameters_json_schema,
)
from synthmill.generators.engine.plan import MAX_BLOCK_ROWS, Plan, TablePlan
from synthmill.generators.engine.recipe import Recipe, canonical
from synthmill.generators.engine.stages import NO_RESULTS, Results, Stage
from synthmill.generators.engine.staging import HERE, combine, run_stage, run_stages, work_block
from synthmill.generators.errors import FiniteTableError, InvalidRequestError
from synthmill.generators.schema.input_field import is_sha256

MOST_ROWS = 2_000
"""Of each table, so that a try is quick: more aren't made."""
MOST_BLOCKS = 20
"""Of each stage that are made again."""
NO_STAGES = "it has no stages"


def _rows(
    made: tuple[Plan, Results], table: TablePlan, start: int = 0, stop: int = MOST_ROWS
) -> pa.RecordBatch:
    plan, results = made
    return make_rows(plan, table.name, min(start, table.rows), min(stop, table.rows), None, results)


def it_says_what_it_is(subject: StrategySubject) -> None:
    strategy = STRATEGIES.get(subject.name)
    promise(bool(strategy.title), "it has no title")
    promise(strategy.description.endswith("."), f"its description isn't a sentence: {strategy.description!r}")


def loading_parameters_again_changes_nothing(subject: StrategySubject) -> None:
    strategy, recipe = STRATEGIES.get(subject.name), subject.recipe()
    again = load_parameters(strategy, recipe.parameters)
    promise(again == recipe.parameters, f"they become {again}")
    promise(Recipe.from_dict(recipe.to_dict()) == recipe, "the recipe isn't the same once stored and read")
    canonical(recipe.parameters)


def unknown_parameters_are_refused_by_name(subject: StrategySubject) -> None:
    attempt = partial(make_recipe, subject.name, {**subject.parameters, "colour": 1}, 0)
    fields = [error.field for error in refusal("a parameter `colour`", attempt)]
    promise(fields == ["colour"], f"{', '.join(fields)} is")


def what_is_no_json_is_refused(subject: StrategySubject) -> None:
    for value in (math.nan, math.inf, 10**30, b"bytes", {1: 2}):
        refusal(repr(value), partial(make_recipe, subject.name, {**subject.parameters, "colour": value}, 0))


def the_json_schema_describes_every_parameter(subject: StrategySubject) -> None:
    strategy = STRATEGIES.get(subject.name)
    schema = parameters_json_schema(strategy)
    promise(set(schema["properties"]) == set(strategy.Parameters().fields), "it has others, or lacks some")
    promise(all(one.get("description") for one in schema["properties"].values()), "some have no description")
    promise(schema["additionalProperties"] is False, "it allows others")
    canonical(schema)


def its_plan_is_a_plan_of_its_own(subject: StrategySubject) -> None:
    plan = subject.plan()
    promise(isinstance(plan, Plan), f"`plan` gives a {type(plan).__name__}: give a Plan")
    reason = (
        f"its name is {subject.name!r}, and its plan is one of {plan.strategy!r}: give Plan(self.name, ...)"
    )
    promise(plan.strategy == subject.name, reason)


def the_examples_of_parameters_are_valid(subject: StrategySubject) -> None:
    examples_are_valid(STRATEGIES.get(subject.name).Parameters())


def cells_have_the_planned_types(subject: StrategySubject) -> None:
    plan, results = subject.made()
    for table in plan.tables:
        made = make_cells(plan, table.name, 0, min(100, table.rows), None, results)
        promise(isinstance(made, Mapping), f"`cells` gives a {type(made).__name__}: give cells by column")
        for column in table.columns:
            promise(column.name in made, f"`cells` gives no {column.name} of {table.name}")
            cells = made[column.name]
            wrong = (
                f"a {type(cells).__name__} is no cells"
                if not isinstance(cells, CELLS)
                else misfit(cells, column.type)
            )
            promise(not wrong, f"{table.name}.{column.name}: {wrong}")


def rows_have_exactly_the_planned_schema(subject: StrategySubject) -> None:
    made = subject.made()
    plan, _ = made
    for table in plan.tables:
        batch = _rows(made, table)
        promise(batch.schema.equals(table.schema), f"{table.name} has {batch.schema}")
        promise(batch.num_rows == min(MOST_ROWS, table.rows), f"{table.name}: {batch.num_rows} rows are made")
        batch.validate(full=True)
        for column in table.columns:
            kept = column.nullable or not batch[column.name].null_count
            promise(kept, f"{table.name}.{column.name} has nulls, and the plan says that it has none")
        size = table.block_rows
        fits = 1 <= size <= MAX_BLOCK_ROWS and size & (size - 1) == 0
        promise(fits, f"block_rows of {table.name} is {size}: give a power of two up to {MAX_BLOCK_ROWS}")
        promise(table.bytes_per_row > 0, f"bytes_per_row of {table.name} is {table.bytes_per_row}")


def any_cut_gives_the_same_values(subject: StrategySubject) -> None:
    made = subject.made()
    for table in made[0].tables:
        whole = _rows(made, table)
        for cuts in ((1,), (7, 8), (100, 1_000, 1_001)):
            edges = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
            for start, stop in pairwise(edges):
                same = _rows(made, table, start, stop).equals(whole.slice(start, stop - start))
                promise(same, f"rows {start} to {stop - 1} of {table.name} are others alone than among all")


def a_choice_of_columns_equals_the_columns_of_the_whole(subject: StrategySubject) -> None:
    """And has no others, in whatever order they are named."""
    plan, results = made = subject.made()
    for table in plan.tables:
        whole = _rows(made, table, 3, 103)
        names = whole.schema.names
        pairs = [list(pair) for pair in pairwise(names)]
        for columns in [*([name] for name in names), names[::-1], *pairs]:
            start, stop = min(3, table.rows), min(103, table.rows)
            cells = make_cells(plan, table.name, start, stop, columns, results)
            chosen = f"{', '.join(columns)} of {table.name}"
            promise(set(cells) == set(columns), f"asked for {chosen}, it makes {', '.join(cells)}")
            rows = make_rows(plan, table.name, start, stop, columns, results)
            promise(rows.equals(whole.select(columns)), f"{chosen} are others by themselves than among all")


def a_plan_made_anew_gives_the_same_values(subject: StrategySubject) -> None:
    recipe, strategy = subject.recipe(), STRATEGIES.get(subject.name)
    subject.plan()  # Says so where the example lacks a file.
    wanted = {one.sha256: subject.inputs[one.sha256] for one in recipe.inputs}
    plans = [strategy.plan(copy.deepcopy(dict(recipe.parameters)), recipe.seed, wanted) for _ in range(2)]
    both = [(plan, run_stages(plan)) for plan in plans]
    for table in plans[0].tables:
        one, other = (_rows(made, table, 0, 60) for made in both)
        promise(one.equals(other), f"two plans of one recipe give different rows of {table.name}")


def another_seed_gives_other_values(subject: StrategySubject) -> None:
    one, other = subject.made(0), subject.made(1)
    shared = [table for table in one[0].tables if table.name in {also.name for also in other[0].tables}]
    changed = any(not _rows(one, table).equals(_rows(other, other[0].table(table.name))) for table in shared)
    promise(changed, "all tables are the same for another seed")


def an_input_that_is_not_there_is_refused(subject: StrategySubject) -> None:
    recipe = subject.recipe()
    applies(len(recipe.inputs) > 0, "it has no inputs")
    for one in recipe.inputs:
        promise(is_sha256(one.sha256), f"{one.sha256!r} isn't a sha256")
        fields = [error.field for error in refusal(f"no input for {one.field}", partial(make_plan, recipe))]
        promise(one.field in fields, f"{', '.join(fields)} is refused instead of {one.field}")


def rows_that_need_a_stage_are_not_made_without(subject: StrategySubject) -> None:
    plan = subject.plan()
    applies(any(table.needs for table in plan.tables), "no table of it needs a stage")
    for table in plan.tables:
        if table.needs:
            refusal(f"{table.name} without stages", partial(make_rows, plan, table.name, 0, 1))


def the_same_results_ask_for_the_same_stage(subject: StrategySubject) -> None:
    plan = subject.plan()
    applies(next_stage(plan, NO_RESULTS) is not None, NO_STAGES)
    for before, stage in _stages(plan):
        again = next_stage(plan, before)
        promise(again == stage, f"asked again after {', '.join(before) or 'none'} it wants {again}")


def the_blocks_of_a_pure_stage_are_the_same_in_any_order(subject: StrategySubject) -> None:
    plan = subject.plan()
    applies(next_stage(plan, NO_RESULTS) is not None, NO_STAGES)
    for before, stage in _stages(plan):
        if stage.pure:
            blocks = range(min(stage.blocks, MOST_BLOCKS))
            one = [work_block(plan, stage, block, before, HERE) for block in blocks]
            other = [work_block(plan, stage, block, before, HERE) for block in reversed(blocks)]
            promise(one == other[::-1], f"the blocks of {stage.name} aren't the same when made again")


def any_cut_of_a_stage_combines_to_the_same(subject: StrategySubject) -> None:
    """Combining is associative, and nothing is neutral."""
    plan = subject.plan()
    applies(next_stage(plan, NO_RESULTS) is not None, NO_STAGES)
    for before, stage in _stages(plan):
        if stage.keep:
            continue
        blocks = range(min(stage.blocks, MOST_BLOCKS))
        made = [work_block(plan, stage, block, before, HERE) for block in blocks]
        whole = combine(plan, stage, made)
        for cuts in ((1,), (2, 3), (len(made) // 2,), tuple(range(1, len(made)))):
            edges = sorted({0, len(made), *(cut for cut in cuts if 0 < cut < len(made))})
            parts = [combine(plan, stage, made[start:stop]) for start, stop in pairwise(edges)]
            chosen = f"{stage.name} cut at {', '.join(map(str, edges))}"
            promise(combine(plan, stage, parts) == whole, f"{chosen} combines to something else")
            padded = [piece for part in parts for piece in (b"", part)]
            promise(combine(plan, stage, padded) == whole, f"{chosen} is another with nothing between")


def any_stretch_of_events_is_that_of_the_whole(subject: StrategySubject) -> None:
    """Of a strategy whose tables go on: where the parameters leave open which, the first that can."""
    strategy = STRATEGIES.get(subject.name)
    applies(isinstance(strategy, EndlessStrategy), "its tables don't go on: it has no `endless`")
    assert isinstance(strategy, EndlessStrategy)
    for name in (None, *(table.name for table in subject.plan().tables)):
        try:
            parameters, chosen = strategy.endless(copy.deepcopy(dict(subject.parameters)), name)
            plan = make_plan(make_recipe(subject.name, parameters, 0), subject.inputs)
        except (FiniteTableError, InvalidRequestError):
            continue
        table = plan.table(chosen)
        whole = to_batch(make_events(plan, chosen, 0, 100), table.schema)
        part = to_batch(make_events(plan, chosen, 31, 60), table.schema)
        same = part.equals(whole.slice(31, 29))
        promise(same, f"events 31 to 59 of {chosen} are others alone than among all")
        return


def _stages(plan: Plan) -> Iterator[tuple[Results, Stage]]:
    """Every stage, with the results of those before it."""
    results = NO_RESULTS
    while (stage := next_stage(plan, results)) is not None:
        yield results, stage
        results = run_stage(plan, stage, results)


CHECKS: tuple[Callable[[StrategySubject], str | None], ...] = (
    it_says_what_it_is,
    the_examples_of_parameters_are_valid,
    its_plan_is_a_plan_of_its_own,
    cells_have_the_planned_types,
    rows_have_exactly_the_planned_schema,
    loading_parameters_again_changes_nothing,
    unknown_parameters_are_refused_by_name,
    what_is_no_json_is_refused,
    the_json_schema_describes_every_parameter,
    any_cut_gives_the_same_values,
    a_choice_of_columns_equals_the_columns_of_the_whole,
    a_plan_made_anew_gives_the_same_values,
    another_seed_gives_other_values,
    an_input_that_is_not_there_is_refused,
    rows_that_need_a_stage_are_not_made_without,
    the_same_results_ask_for_the_same_stage,
    the_blocks_of_a_pure_stage_are_the_same_in_any_order,
    any_cut_of_a_stage_combines_to_the_same,
    any_stretch_of_events_is_that_of_the_whole,
)
GROUND = (its_plan_is_a_plan_of_its_own, cells_have_the_planned_types)
"""Where one of these isn't kept, none of those after it is tried."""

"""Domain rules checked on rows that are made for it: a dataset is a function of its recipe."""

from __future__ import annotations

import pyarrow as pa

from synthmill.generators.domain_rules.check import RulesReport, check_rules, columns_of_rules
from synthmill.generators.domain_rules.sandbox import RuleLimits
from synthmill.generators.engine.pipeline import make_rows
from synthmill.generators.engine.plan import Plan
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.engine.stages import Stage
from synthmill.generators.engine.staging import run_stages
from synthmill.generators.errors import InvalidRequestError


def check_made(recipe: Recipe, plan: Plan, limits: RuleLimits) -> RulesReport:
    """The recipe's rules on all rows that its plan makes; columns that no rule reads aren't made.

    Stages that the tables read need are run. Raises InvalidRequestError for one that isn't pure.
    """
    read = columns_of_rules(recipe.rules, {one.name: one.schema for one in plan.tables})
    needs = sorted({stage for name in read for stage in plan.table(name).needs})
    results = run_stages(plan, needs=needs, admit=_pure)
    tables = {}
    for name, columns in read.items():
        table = plan.table(name)
        blocks = [
            make_rows(plan, name, *table.block_range(block), columns, results)
            for block in range(table.blocks)
        ]
        tables[name] = pa.Table.from_batches(blocks, table.chosen(columns).schema)
    return check_rules(recipe.rules, tables, limits)


def _pure(stage: Stage) -> None:
    if not stage.pure:
        raise InvalidRequestError.one(
            "rules",
            f"rows follow from the stage {stage.name}, which can't be run again to check them",
            "leave it out, and check the files: synthmill conformance",
        )


def refuse_unmakeable(rows: int, most: int) -> None:
    """Raises InvalidRequestError where a job couldn't check the rules of so many rows in all."""
    if rows > most:
        raise InvalidRequestError.one(
            "rules",
            f"{rows:,} rows are too many to be checked, as they are in memory at once",
            f"at most {most:,}: leave it out, or check a smaller dataset of the same recipe",
        )

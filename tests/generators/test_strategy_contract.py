"""What every strategy promises: `contract_checks.strategy` says it, tried here on all that there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthmill.generators.contract_checks.promise import BrokenPromiseError, DoesNotApplyError
from synthmill.generators.contract_checks.strategy import CHECKS, StrategySubject
from synthmill.generators.engine.cells import Cells, Integers
from synthmill.generators.engine.contract import STRATEGIES
from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.errors import InvalidRequestError, UnknownNameError
from synthmill.generators.version import ENGINE_VERSION
from tests.generators.strategy_examples import EXAMPLES, INPUTS
from tests.learning.families import family_file
from tests.trial_strategies import LEDGER, trial_strategies, trial_subjects

NAMES = sorted(STRATEGIES.usable())
TRIED = ["ledger", "lines", "survey", "survey that isn't pure"]


@pytest.fixture(scope="module", autouse=True)
def installed() -> Iterator[None]:
    with trial_strategies():
        yield


def recipe_of(name: str, seed: int = 0) -> Recipe:
    return make_recipe(name, EXAMPLES[name], seed)


def test_every_strategy_is_tried_here() -> None:
    assert sorted(EXAMPLES) == NAMES


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", NAMES)
def test_a_strategy_keeps_its_promises(name: str, check: Callable[[StrategySubject], None]) -> None:
    with suppress(DoesNotApplyError):
        check(StrategySubject(name, EXAMPLES[name], INPUTS.get(name, {})))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_model_of_several_tables_keeps_them_too(check: Callable[[StrategySubject], None]) -> None:
    parameters = {"model": family_file().name, "rows": {"customers": 300}}
    with suppress(DoesNotApplyError):
        check(StrategySubject("model", parameters, {family_file().name: family_file()}))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("number", range(len(TRIED)), ids=TRIED)
def test_strategies_with_stages_and_inputs_keep_them_too(
    number: int, check: Callable[[StrategySubject], None], tmp_path: Path
) -> None:
    with suppress(DoesNotApplyError):
        check(trial_subjects(tmp_path)[number])


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@settings(max_examples=25)
def test_any_cut_at_all_gives_the_same_values(name: str, data: st.DataObject) -> None:
    plan, results = StrategySubject(name, EXAMPLES[name], INPUTS.get(name, {})).made()
    for table in plan.tables:
        cuts = data.draw(st.lists(st.integers(0, table.rows), max_size=4))
        edges = sorted({0, table.rows, *cuts})
        parts = [make_rows(plan, table.name, *edge, None, results) for edge in pairwise(edges)]
        whole = make_rows(plan, table.name, 0, table.rows, None, results)
        assert pa.Table.from_batches(parts).combine_chunks().equals(pa.Table.from_batches([whole]))


@dataclass(frozen=True)
class Broken:
    """A strategy of which one method is another."""

    real: Any
    method: str
    other: Callable[..., Any]

    def __getattr__(self, name: str) -> Any:
        return self.other if name == self.method else getattr(self.real, name)


def counted(
    plan: Any, table: str, start: int, stop: int, columns: Sequence[str] | None, results: Any
) -> Mapping[str, Cells]:
    """Numbers that begin with 0 wherever the rows do, whatever the seed."""
    numbers = Integers(np.arange(stop - start, dtype=np.int64))
    return dict.fromkeys(columns or [one.name for one in plan.table(table).columns], numbers)


def every_column(
    plan: Any, table: str, start: int, stop: int, columns: Sequence[str] | None, results: Any
) -> Mapping[str, Cells]:
    """All columns, whichever are wanted."""
    numbers = Integers(np.arange(start, stop, dtype=np.int64))
    return {one.name: numbers for one in plan.table(table).columns}


CALLS = count(1)
BREAKS: dict[str, tuple[str, Callable[..., Any]]] = {
    "any_cut_gives_the_same_values": ("cells", counted),
    "another_seed_gives_other_values": ("cells", counted),
    "a_choice_of_columns_equals_the_columns_of_the_whole": ("cells", every_column),
    "any_cut_of_a_stage_combines_to_the_same": ("combine", lambda plan, stage, left, right: right[::-1]),
    "the_blocks_of_a_pure_stage_are_the_same_in_any_order": (
        "work",
        lambda *arguments: next(CALLS).to_bytes(8, "little"),
    ),
}
"""For a promise, a method that breaks it."""


@pytest.mark.parametrize("promise", BREAKS)
def test_a_broken_promise_is_noticed(promise: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, load = Broken(STRATEGIES.get("ledger"), *BREAKS[promise]), STRATEGIES.load
    monkeypatch.setattr(STRATEGIES, "load", lambda one: broken if one.name == "ledger" else load(one))
    (check,) = [one for one in CHECKS if one.__name__ == promise]
    with pytest.raises(BrokenPromiseError), suppress(DoesNotApplyError):
        check(StrategySubject("ledger", LEDGER))


def test_unknown_strategies_are_named_with_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown strategy 'nothing'; known: .*tabular"):
        make_recipe("nothing", {}, 0)


def test_a_name_that_is_nearly_right_is_asked_about() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown strategy 'tabula', did you mean tabular\?"):
        make_recipe("tabula", {}, 0)


@pytest.mark.parametrize("seed", [-1, 2**63, 1.0, True, "1", None])
def test_seeds_that_are_none_are_refused(seed: object) -> None:
    with pytest.raises(InvalidRequestError, match="seed"):
        make_recipe("tabular", EXAMPLES["tabular"], seed)  # type: ignore[arg-type]


def test_a_recipe_for_another_engine_is_refused() -> None:
    old = Recipe("tabular", EXAMPLES["tabular"], 0, "0")
    with pytest.raises(InvalidRequestError, match=f"for engine version 0, this is {ENGINE_VERSION}"):
        make_plan(old)


def test_a_plan_is_made_once() -> None:
    assert make_plan(recipe_of("tabular")) is make_plan(recipe_of("tabular"))


@pytest.mark.parametrize(("start", "stop"), [(-1, 5), (5, 4), (0, 10**6)])
def test_rows_that_are_not_there_are_refused(start: int, stop: int) -> None:
    plan = make_plan(recipe_of("tabular"))
    with pytest.raises(IndexError):
        make_rows(plan, "cells", start, stop)
    with pytest.raises(KeyError):
        make_rows(plan, "nothing", 0, 1)


def test_columns_that_are_not_there_are_refused_by_name() -> None:
    plan = make_plan(make_recipe("ledger", LEDGER, 0))
    with pytest.raises(InvalidRequestError, match=r"columns: unknown column 'i', did you mean id\?"):
        make_rows(plan, "accounts", 0, 1, ["i"])
    for columns in ([], ["id", "id"]):
        with pytest.raises(InvalidRequestError, match="columns"):
            make_rows(plan, "accounts", 0, 1, columns)

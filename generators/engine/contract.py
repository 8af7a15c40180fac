"""What a strategy is: the page that its author writes against. And those that there are, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import marshmallow as ma

from synthmill.generators.engine.cells import Cells
from synthmill.generators.engine.inputs import Input, InputPaths
from synthmill.generators.engine.plan import Plan
from synthmill.generators.engine.registry import Registry
from synthmill.generators.engine.stages import Results, Stage, StageContext

if TYPE_CHECKING:
    from synthmill.generators.engine.costs import Estimate


class Strategy(Protocol):
    """A kind of generator. One file or folder of `generators/strategies`, found by its `STRATEGY`.

    All of it but the work of a stage that says so is pure: equal arguments give equal answers.
    """

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def description(self) -> str: ...

    @property
    def Parameters(self) -> type[ma.Schema]:  # noqa: N802 - it is a class
        """The one source of validation, JSON Schema and help. Loading gives JSON types, defaults included."""

    def inputs(self, parameters: Mapping[str, Any]) -> tuple[Input, ...]:
        """The files and models that loaded parameters name; none for most."""

    def plan(self, parameters: Mapping[str, Any], seed: int, inputs: InputPaths) -> Plan:
        """The plan of loaded parameters, given where their inputs are.

        Made once per job and process. Raises InvalidRequestError, fields from the parameters' root, for what
        can't be satisfied.
        """

    def cells(
        self,
        plan: Plan,
        table: str,
        start: int,
        stop: int,
        columns: Sequence[str] | None,
        results: Results,
    ) -> Mapping[str, Cells]:
        """Rows start to stop - 1 of a table, by column.

        `columns` are the columns wanted, all of them of the table; None: all. Others aren't made unless those
        wanted depend on them. `results` are those of the stages that the table `needs`.
        """


@runtime_checkable
class StagedStrategy(Strategy, Protocol):
    """A strategy with work that must be done before rows can be made, or that isn't pure."""

    def next_stage(self, plan: Plan, results: Results) -> Stage | None:
        """The stage to run after those in `results`; None: rows can be made."""

    def work(
        self,
        plan: Plan,
        stage: Stage,
        start: int,
        stop: int,
        results: Results,
        context: StageContext | None,
    ) -> bytes:
        """What a block of a stage gives, from its unit `start` to its unit `stop - 1`.

        The context is there only where the stage isn't pure.
        """

    def combine(self, plan: Plan, stage: Stage, left: bytes, right: bytes) -> bytes:
        """Two neighbouring results as one; exactly associative. Neither is b"", which is neutral.

        Sums of floats aren't associative: use whole numbers.
        """


@runtime_checkable
class EndlessStrategy(Strategy, Protocol):
    """A strategy with tables that can go on, event after event, without a total that decides anything."""

    def endless(self, parameters: Mapping[str, Any], table: str | None) -> tuple[dict[str, Any], str]:
        """The parameters, not yet loaded, with a table as long as a table can be, and that table's name.

        None stands for the only table that can go on. Raises FiniteTableError where none is meant or the one
        meant has a total that its rows follow from, and InvalidRequestError as `plan` does.
        """

    def events(self, plan: Plan, table: str, start: int, stop: int) -> Mapping[str, Cells]:
        """Like `cells`, every column, but in the order in which they happen."""


@runtime_checkable
class CostedStrategy(Strategy, Protocol):
    """A strategy that says what its recipes cost, so that a server can refuse them before they cost it."""

    def costs(self, parameters: Mapping[str, Any]) -> Estimate:
        """What loaded parameters cost, in time linear in their size. Raises nothing: what can't be satisfied
        is refused by `plan`."""


def _problem(found: object) -> str:
    """Why something can't be a strategy, or nothing."""
    needed = ("name", "title", "description", "Parameters", "inputs", "plan", "cells")
    missing = [name for name in needed if not hasattr(found, name)]
    return f"a strategy needs {', '.join(missing)}" if missing else ""


STRATEGIES: Registry[Strategy] = Registry("strategies", "strategy", _problem)
"""Our own strategies and those of plugins."""

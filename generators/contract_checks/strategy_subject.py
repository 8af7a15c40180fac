"""A strategy to be tried, with parameters that it is tried with."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from synthmill.generators.contract_checks.promise import DoesNotApplyError
from synthmill.generators.engine.contract import STRATEGIES
from synthmill.generators.engine.inputs import InputPaths
from synthmill.generators.engine.pipeline import make_plan, make_recipe
from synthmill.generators.engine.plan import Plan
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.engine.stages import Results
from synthmill.generators.engine.staging import run_stages


@dataclass(frozen=True)
class StrategySubject:
    """A strategy to be tried, with parameters that it is tried with."""

    name: str
    parameters: Mapping[str, Any]
    inputs: InputPaths = field(default_factory=dict)

    def recipe(self, seed: int = 0) -> Recipe:
        return make_recipe(self.name, copy.deepcopy(dict(self.parameters)), seed)

    def plan(self, seed: int = 0) -> Plan:
        recipe = self.recipe(seed)
        if any(wanted.sha256 not in self.inputs for wanted in recipe.inputs):
            raise DoesNotApplyError("its rows are of a file, and its example has none")
        return make_plan(recipe, self.inputs)

    def made(self, seed: int = 0) -> tuple[Plan, Results]:
        """The plan, and what its stages give."""
        plan = self.plan(seed)
        return plan, run_stages(plan)


def example_of(name: str) -> StrategySubject:
    """A strategy with the defaults of its parameters, and the first examples of those that have none."""
    fields = STRATEGIES.get(name).Parameters().fields
    required = {key: one for key, one in fields.items() if one.required}
    return StrategySubject(name, {key: one.metadata["examples"][0] for key, one in required.items()})

"""/strategies: the kinds of generators that there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import marshmallow as ma

from synthmill.app.api.resource import Resource
from synthmill.generators.engine.contract import STRATEGIES, Strategy
from synthmill.generators.engine.pipeline import parameters_json_schema

resource = Resource("strategies", "The kinds of generators that there are.")

f = ma.fields


class StrategySummarySchema(ma.Schema):
    name = f.String(required=True)
    title = f.String(required=True)
    description = f.String(required=True)


class StrategySchema(StrategySummarySchema):
    parameters = f.Dict(required=True, metadata={"description": "JSON Schema (2020-12) of `parameters`"})


@resource.operation("GET", "/strategies", returns=StrategySummarySchema(many=True))
def list_strategies() -> Iterable[Strategy]:
    """List the strategies"""
    return STRATEGIES.usable().values()


@resource.operation("GET", "/strategies/<name>", returns=StrategySchema, refuses=(404,))
def show_strategy(name: str) -> dict[str, Any]:
    """Get a strategy with the JSON Schema of its parameters"""
    strategy = STRATEGIES.get(name)
    summary = {key: getattr(strategy, key) for key in StrategySummarySchema().fields}
    return {**summary, "parameters": parameters_json_schema(strategy)}

"""What a component of a series is: parameters, a step at planning and a pure function of places."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Protocol

import marshmallow as ma

from synthmill.generators.columns.kind import ParameterError
from synthmill.generators.kernels.mix import F64
from synthmill.generators.schema.fields import refused
from synthmill.generators.schema.json_schema import object_schema
from synthmill.generators.schema.json_values import shown
from synthmill.generators.schema.times import length
from synthmill.generators.strategies.time_series.places import Clock, Places
from synthmill.generators.strategies.time_series.runs import Anchors
from synthmill.generators.strategies.time_series.varied import Varied, limits_of

Values = Callable[[Places], F64]
"""A component's, or a series': a number for each place, or a single one that holds for all."""


class Scope(Protocol):
    """The plan in the making, as one component sees it."""

    @property
    def clock(self) -> Clock: ...

    @property
    def last(self) -> int:
        """A moment after all samples, in microseconds since 1970."""

    def key(self, purpose: str = "") -> int:
        """The key of this component's randomness for a purpose; unrelated to all other keys."""

    def anchors(self, look_back: int) -> Anchors:
        """Anchors for a process that has forgotten what was so many steps before."""

    def series(self, name: str) -> Values:
        """The values of a series listed before, without its anomalies, limits and rounding.

        Raises ParameterError for the parameter `on`.
        """


@dataclass(frozen=True)
class ComponentKind:
    """A kind of component, as a module of `components` lists it in its KINDS."""

    name: str
    title: str
    Parameters: type[ma.Schema]
    compile: Callable[[Mapping[str, Any], Scope], Values]
    """From loaded parameters; pure. Raises ParameterError for what can't be satisfied."""
    example: Mapping[str, Any]


@cache
def component_kinds() -> Mapping[str, ComponentKind]:
    """All kinds by name, in alphabetical order."""
    package = importlib.import_module(f"{__package__}.components")
    modules = (
        importlib.import_module(f"{package.__name__}.{found.name}")
        for found in pkgutil.iter_modules(package.__path__)
    )
    found = {kind.name: kind for module in modules for kind in module.KINDS}
    return MappingProxyType(dict(sorted(found.items())))


class KindField(ma.fields.Field[dict[str, Any]]):
    """An object whose `kind` decides what else it has."""

    def __init__(self, schemas: Callable[[], Mapping[str, type[ma.Schema]]]) -> None:
        self.schemas = schemas
        super().__init__(error_messages={"null": "is null", "required": "is missing"})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise refused(f"{shown(value)} isn't an object", "give an object with a kind")
        schemas, name = self.schemas(), value.get("kind")
        if not isinstance(name, str) or name not in schemas:
            reason = "is missing" if name is None else f"there is no kind {shown(name)}"
            raise ma.ValidationError({"kind": refused(reason, f"kinds: {', '.join(schemas)}").messages})
        rest = {member: given for member, given in value.items() if member != "kind"}
        return {"kind": name, **schemas[name]().load(rest)}

    def json_schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["kind"],
            "discriminator": {"propertyName": "kind"},
            "oneOf": [_with_kind(name, schema) for name, schema in self.schemas().items()],
        }


def _with_kind(name: str, schema: type[ma.Schema]) -> dict[str, Any]:
    described = object_schema(schema)
    described["properties"] = {"kind": {"const": name}, **described["properties"]}
    described["required"] = ["kind", *described.get("required", ())]
    return described


def varied(parameters: Mapping[str, Any], name: str, scope: Scope) -> Varied:
    """A parameter of the field VariedNumber."""
    return Varied(*limits_of(parameters[name]), scope.key(name))


def some_time(parameters: Mapping[str, Any], name: str) -> int:
    """A parameter of the field Duration in microseconds. Raises ParameterError where it is 0."""
    found = length(parameters[name])
    if not found:
        raise ParameterError(name, "is no time at all", "give a longer time")
    return found


def steps(parameter: str, duration: str, scope: Scope, least: int = 1) -> int:
    """A duration in whole steps, rounded. Raises ParameterError where these are fewer than the least."""
    count = round(length(duration) / scope.clock.interval)
    if count < least:
        raise ParameterError(
            parameter, f"{duration} is less than {least} steps of the table's interval", "make it longer"
        )
    return count

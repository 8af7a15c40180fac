"""A formula whose types are known, and what it comes to for some rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from synthmill.generators.engine.arrays import strings
from synthmill.generators.formulas import arithmetic, logic, rounding, texts, times
from synthmill.generators.formulas.function import Function
from synthmill.generators.formulas.grammar import Call, FormulaError, Literal, Name, Node
from synthmill.generators.formulas.values import (
    NOTHING,
    NUMBER,
    TEXT,
    TRUTH,
    WHOLE,
    Coded,
    Type,
    Value,
    nothing,
)
from synthmill.generators.schema.json_values import shown

FUNCTIONS: Mapping[str, Function] = {
    function.name: function
    for module in (arithmetic, rounding, logic, texts, times)
    for function in module.FUNCTIONS
}
"""Functions by name and operators by sign."""

Columns: TypeAlias = Callable[[str], Value]
"""A column's value for the rows in hand, by its name."""


@dataclass(frozen=True)
class Known:
    """A column as a formula sees it."""

    type: Type
    nullable: bool


@dataclass(frozen=True)
class Constant:
    value: int | float | str | bool | None
    type: Type
    nullable: bool

    def of(self, columns: Columns, rows: int) -> Value:
        if self.type == NOTHING:
            return Value(np.zeros(rows, np.int64), np.ones(rows, np.bool_))
        if self.type == TEXT:
            return Value(Coded(np.zeros(rows, np.int64), strings([str(self.value)])))
        filled = nothing(self.type, rows)
        filled[:] = self.value
        return Value(filled)


@dataclass(frozen=True)
class Looked:
    name: str
    type: Type
    nullable: bool

    def of(self, columns: Columns, rows: int) -> Value:
        return columns(self.name)


@dataclass(frozen=True)
class Applied:
    function: str
    arguments: tuple[Formula, ...]
    literals: tuple[object, ...]
    type: Type
    nullable: bool

    def of(self, columns: Columns, rows: int) -> Value:
        values = [argument.of(columns, rows) for argument in self.arguments]
        types = [argument.type for argument in self.arguments]
        with np.errstate(over="ignore", invalid="ignore"):
            return FUNCTIONS[self.function].run(values, types, self.literals, self.type)


Formula: TypeAlias = Constant | Looked | Applied


def typed(node: Node, columns: Mapping[str, Known]) -> Formula:
    """The formula of a tree over columns. Raises FormulaError."""
    if isinstance(node, Literal):
        kinds = {bool: TRUTH, int: WHOLE, float: NUMBER, str: TEXT, type(None): NOTHING}
        return Constant(node.value, kinds[type(node.value)], node.value is None)
    if isinstance(node, Name):
        known = columns[node.name]
        return Looked(node.name, known.type, known.nullable)
    return _applied(node, columns)


def _applied(node: Call, columns: Mapping[str, Known]) -> Applied:
    function = FUNCTIONS.get(node.function)
    if function is None:
        listed = ", ".join(name for name, one in FUNCTIONS.items() if one.usage.startswith(name + "("))
        raise FormulaError(node.at, f"there is no function {node.function}", f"functions: {listed}")
    arguments = tuple(typed(argument, columns) for argument in node.arguments)
    literals = tuple(argument.value if isinstance(argument, Constant) else None for argument in arguments)
    types = [argument.type for argument in arguments]
    result = function.result(types, literals)
    if result is None:
        given = ", ".join(map(str, types)) or "nothing"
        reason = f"{function.name} can't take {given}"
        if function.reads and len(literals) == 1 and isinstance(literals[0], str):
            reason = f"{shown(literals[0])} is no {function.reads}"
        raise FormulaError(node.at, reason, f"use it like {function.usage}: {function.about}")
    nullable = function.nullable or any(argument.nullable for argument in arguments)
    if function.name == "is_null":
        nullable = False
    return Applied(node.function, arguments, literals, result, nullable)

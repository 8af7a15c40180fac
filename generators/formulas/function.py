"""What a function or operator of formulas is, and what many of them share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from synthmill.generators.formulas.values import Type, Value, numeric

Literals = Sequence[Any]
"""For each argument its value where it is written down as such, else None."""


@dataclass(frozen=True)
class Function:
    name: str
    usage: str
    about: str
    result: Callable[[Sequence[Type], Literals], Type | None]
    """The type of the result, or None where the arguments don't suit."""
    run: Callable[[Sequence[Value], Sequence[Type], Literals, Type], Value]
    """From the arguments, their types and literals, and the result's type."""
    nullable: bool = False
    """Whether the result can be null where no argument is."""
    reads: str = ""
    """What a text that is its only argument, written down, has to be."""


def taking(accepts: Sequence[Callable[[Type], bool]], result: Type) -> Callable[..., Type | None]:
    """A signature of so many arguments, each of which is accepted, and one type of result."""
    return _Fixed(tuple(accepts), result)


@dataclass(frozen=True)
class _Fixed:
    accepts: tuple[Callable[[Type], bool], ...]
    type: Type

    def __call__(self, types: Sequence[Type], literals: Literals) -> Type | None:
        suits = len(types) == len(self.accepts) and all(
            accept(type_) for accept, type_ in zip(self.accepts, types, strict=True)
        )
        return self.type if suits else None


@dataclass(frozen=True)
class Is:
    """Accepts one type."""

    type: Type

    def __call__(self, type_: Type) -> bool:
        return type_ == self.type


def is_number(type_: Type) -> bool:
    return numeric(type_)

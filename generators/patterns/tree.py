"""What a pattern is made of, and how long its texts can be, by arithmetic alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class OneOf:
    """One of some characters."""

    characters: str


@dataclass(frozen=True)
class Sequence:
    """All of these, in order."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Branches:
    """One of these."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Repeat:
    """From `least` to `most` of the same."""

    item: Node
    least: int
    most: int


Node: TypeAlias = OneOf | Sequence | Branches | Repeat


@dataclass(frozen=True)
class Size:
    """How many characters there are at least and at most, and how many places for characters and choices."""

    shortest: int
    longest: int
    places: int


def size(node: Node) -> Size:
    """Without writing any text or repetition out."""
    match node:
        case OneOf():
            return Size(1, 1, 1)
        case Repeat(item, least, most):
            one = size(item)
            return Size(one.shortest * least, one.longest * most, 1 + one.places * most)
        case Sequence(items):
            all_ = [size(item) for item in items]
            return Size(
                sum(one.shortest for one in all_),
                sum(one.longest for one in all_),
                1 + sum(one.places for one in all_),
            )
        case Branches(items):
            all_ = [size(item) for item in items]
            return Size(
                min(one.shortest for one in all_),
                max(one.longest for one in all_),
                1 + sum(one.places for one in all_),
            )

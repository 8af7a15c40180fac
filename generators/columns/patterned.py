"""Cells that match a pattern: every branch, number of repetitions and character as likely as its likes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.kind import Column, Rows, Scope
from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.cells import Cells, Concat, Dictionary, DictionaryCells, Flags, Part
from synthmill.generators.engine.costs import Cost
from synthmill.generators.engine.recent import Recent
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.patterns.parser import parse
from synthmill.generators.patterns.tree import Branches, Node, OneOf, Repeat, Sequence, size

_WORDS = 4_096
"""Neighbouring characters are drawn together, as long as there are no more texts of them."""


@dataclass(frozen=True, eq=False)
class _Drawn:
    """One of some texts."""

    key: int
    words: Dictionary
    or_none: Dictionary
    """The same behind an empty one, for rows that have none of them."""

    def parts(self, rows: Rows, where: Flags | None) -> Iterator[Part]:
        codes = bounded(rows.draw(self.key), len(self.words))
        if where is None:
            yield DictionaryCells(codes.astype(np.uint32), self.words)
        else:
            yield DictionaryCells(((codes + np.uint64(1)) * where).astype(np.uint32), self.or_none)


@dataclass(frozen=True, eq=False)
class _Constant:
    text: bytes
    or_none: Dictionary
    """Nothing, then the text."""

    def parts(self, rows: Rows, where: Flags | None) -> Iterator[Part]:
        yield self.text if where is None else DictionaryCells(where.astype(np.uint32), self.or_none)


@dataclass(frozen=True, eq=False)
class _All:
    items: tuple[_Step, ...]

    def parts(self, rows: Rows, where: Flags | None) -> Iterator[Part]:
        for item in self.items:
            yield from item.parts(rows, where)


@dataclass(frozen=True, eq=False)
class _One:
    key: int
    items: tuple[_Step, ...]

    def parts(self, rows: Rows, where: Flags | None) -> Iterator[Part]:
        chosen = bounded(rows.draw(self.key), len(self.items))
        for place, item in enumerate(self.items):
            yield from item.parts(rows, _both(chosen == place, where))


@dataclass(frozen=True, eq=False)
class _Some:
    """The first `least` of the items always, of the others those up to a number that is drawn."""

    key: int
    least: int
    items: tuple[_Step, ...]

    def parts(self, rows: Rows, where: Flags | None) -> Iterator[Part]:
        further = bounded(rows.draw(self.key), len(self.items) - self.least + 1)
        for place, item in enumerate(self.items):
            there = place < self.least
            yield from item.parts(rows, where if there else _both(further > place - self.least, where))


_Step: TypeAlias = _Drawn | _Constant | _All | _One | _Some


def _both(one: Flags, other: Flags | None) -> Flags:
    return one if other is None else one & other


@dataclass(frozen=True)
class PatternCells:
    step: _Step

    def __call__(self, rows: Rows) -> Cells:
        parts = tuple(self.step.parts(rows, None))
        if all(isinstance(part, bytes) for part in parts):
            word = b"".join(part for part in parts if isinstance(part, bytes)).decode()
            return DictionaryCells(np.zeros(len(rows), np.uint32), Dictionary(strings([word])))
        return Concat(parts)


@dataclass(frozen=True)
class _Words:
    """All texts of neighbouring characters."""

    words: Dictionary
    or_none: Dictionary
    """The same behind an empty one."""
    only: bytes | None
    """Where there is one text alone."""


_KEPT: Recent[_Words] = Recent(16 * 2**20, lambda kept: 4.0 * kept.words.values.nbytes)
"""Patterns are full of the same digits and letters."""


def _words(sets: tuple[str, ...]) -> _Words:
    def make() -> _Words:
        texts = ["".join(characters) for characters in product(*sets)]
        only = texts[0].encode() if len(texts) == 1 else None
        return _Words(Dictionary(strings(texts)), Dictionary(strings(["", *texts])), only)

    return _KEPT.get(sets, make)


@dataclass
class _Compiler:
    scope: Scope
    purpose: str
    keys: int = field(default=0)

    def key(self) -> int:
        self.keys += 1
        return self.scope.key(f"{self.purpose} {self.keys}")

    def step(self, node: Node) -> _Step:
        match node:
            case Branches(items):
                return _One(self.key(), tuple(self.step(item) for item in items))
            case Repeat(item, least, most) if least < most:
                return _Some(self.key(), least, tuple(self.step(item) for _ in range(most)))
            case _:
                return _All(tuple(self.run(list(_flat(node)))))

    def run(self, nodes: list[Node]) -> Iterator[_Step]:
        """Steps for nodes in order, of characters beside one another as few as may be."""
        sets: list[str] = []
        for node in nodes:
            if isinstance(node, OneOf) and prod(map(len, sets)) * len(node.characters) <= _WORDS:
                sets.append(node.characters)
                continue
            yield from self.drawn(sets)
            sets = []
            if isinstance(node, OneOf):
                sets.append(node.characters)
            else:
                yield self.step(node)
        yield from self.drawn(sets)

    def drawn(self, sets: list[str]) -> Iterator[_Step]:
        if not sets:
            return
        found = _words(tuple(sets))
        if found.only is not None:
            yield _Constant(found.only, found.or_none)
        else:
            yield _Drawn(self.key(), found.words, found.or_none)


def _flat(node: Node) -> Iterator[Node]:
    """The node with its sequences and fixed repetitions written out."""
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _flat(item)
    elif isinstance(node, Repeat) and node.least == node.most:
        for _ in range(node.most):
            yield from _flat(node.item)
    else:
        yield node


def pattern_cells(scope: Scope, pattern: str, purpose: str = "pattern") -> PatternCells:
    """The cells of a pattern that a `pattern_field` let through."""
    return PatternCells(_Compiler(scope, purpose).step(parse(pattern)))


def pattern_cost(pattern: str) -> Cost:
    """What a column of a pattern costs."""
    measured = size(parse(pattern))
    return Cost(
        size=(measured.shortest + measured.longest) / 2 + 1,
        time=0.2e-6 + measured.places * 30e-9,
        plan_time=0.4e-3 + measured.places * 60e-6,
        plan_size=4_096.0 + measured.places * 1_000.0,
        once_time=0.2e-3 + measured.places * 40e-6,
        held=measured.places * 8.0,
    )


def pattern_column(scope: Scope, pattern: str) -> Column:
    measured = size(parse(pattern))
    width = (measured.shortest + measured.longest) // 2 + 1
    return Column(pa.string(), pattern_cells(scope, pattern), width)

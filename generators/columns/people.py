"""Names of people by locale: of women and of men as often, in a locale's order, common ones more often."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthmill.generators.columns.kind import Rows, Scope
from synthmill.generators.columns.locales import locale_data
from synthmill.generators.columns.wordlist import mean_length
from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.cells import Cells, Concat, Dictionary, DictionaryCells, Part
from synthmill.generators.kernels.discrete import Discrete, discrete


@dataclass(frozen=True, eq=False)
class Weighted:
    """One of some words, by weight."""

    key: int
    law: Discrete
    words: Dictionary
    width: int

    def part(self, rows: Rows) -> DictionaryCells:
        return DictionaryCells(self.law.draw(rows.draw(self.key)).astype(np.uint32), self.words)

    def __call__(self, rows: Rows) -> Cells:
        return self.part(rows)


def weighted(scope: Scope, purpose: str, words: list[str], weights: list[float] | None = None) -> Weighted:
    law = discrete(weights or [1.0] * len(words))
    return Weighted(scope.key(purpose), law, Dictionary(strings(words)), mean_length(words))


@dataclass(frozen=True, eq=False)
class _Names:
    """Names whose list depends on the person's gender."""

    gender_key: int
    key: int
    laws: tuple[Discrete, Discrete]
    offset: int
    """Where the second list begins among the words."""
    words: Dictionary

    def part(self, rows: Rows) -> DictionaryCells:
        u, second = rows.draw(self.key), rows.draw(self.gender_key) >> np.uint64(63) == 1
        chosen = np.where(second, self.laws[1].draw(u) + self.offset, self.laws[0].draw(u))
        return DictionaryCells(chosen.astype(np.uint32), self.words)


@dataclass(frozen=True)
class PersonCells:
    """Names one behind the other; as texts of their own if there is one alone."""

    names: tuple[_Names, ...]
    separator: bytes

    def __call__(self, rows: Rows) -> Cells:
        parts: list[Part] = []
        for name in self.names:
            if parts and self.separator:
                parts.append(self.separator)
            parts.append(name.part(rows))
        only = parts[0]
        return only if len(parts) == 1 and isinstance(only, DictionaryCells) else Concat(tuple(parts))


def person(scope: Scope, locale: str, *lists: str) -> tuple[PersonCells, int]:
    """Cells of a locale's lists in its order, and their width. Both names of a cell are of one gender."""
    data = locale_data(locale)
    chosen, width = [], 0
    for name in lists:
        both = [data[name]["female"], data[name]["male"]]
        words = [*both[0]["words"], *both[1]["words"]]
        laws = [discrete(one.get("weights") or [1.0] * len(one["words"])) for one in both]
        key = scope.key(f"{name} of a locale")
        offset = len(both[0]["words"])
        chosen.append(
            _Names(scope.key("gender"), key, (laws[0], laws[1]), offset, Dictionary(strings(words)))
        )
        width += mean_length(words) + 1
    separator: str | None = data["last_name_first"]
    ordered = chosen if separator is None else chosen[::-1]
    return PersonCells(tuple(ordered), b" " if separator is None else separator.encode()), width

"""Names of people by locale, as common as they are: of women and men, and of those born in a decade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.births import COUNTED, births
from synthmill.generators.columns.kind import ParameterError, Rows, Scope
from synthmill.generators.columns.locales import locale_data
from synthmill.generators.columns.people.sexes import MALE, Places, Sexes, sexes
from synthmill.generators.columns.source import Source
from synthmill.generators.columns.wordlist import mean_length
from synthmill.generators.engine.arrays import TIMESTAMP, strings
from synthmill.generators.engine.arrow_cells import decoded
from synthmill.generators.engine.cells import Cells, Concat, Dictionary, DictionaryCells, Integers, Part
from synthmill.generators.engine.recent import Recent
from synthmill.generators.kernels.alias import Alias, alias
from synthmill.generators.kernels.dates import months_of
from synthmill.generators.kernels.discrete import Discrete, discrete
from synthmill.generators.kernels.mix import I64
from synthmill.generators.schema.fields import Name

USUAL_LOCALE = "en_US"
"""Whose names they are where nothing is said."""

_DAY = 86_400_000_000
_ALIVE_FROM = 1940
"""Whose year of birth isn't known was born from then on."""


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
class _Listed:
    """Names of women, then of men; or of both, where they don't differ."""

    words: Dictionary
    men: int
    """Where men's begin; 0 where they don't differ."""
    both: Alias
    """Of women and men as often."""
    each: tuple[Alias, Alias]
    """Of women alone and of men alone; these without the women's before them."""
    width: int


@dataclass(frozen=True, eq=False)
class _Decades:
    """First names by decade of birth."""

    words: Dictionary
    men: int
    first: int
    laws: tuple[tuple[Alias, ...], tuple[Alias, ...]]
    """Of women and of men, by decade: places in `names`."""
    names: tuple[tuple[I64, ...], tuple[I64, ...]]
    """Places among the words."""
    ages: Alias
    """Decades, by births of those still alive for the most part."""
    width: int


_KEPT: Recent[_Listed | _Decades] = Recent(8 * 2**20, lambda kept: 2.0**20 + 8.0 * kept.words.values.nbytes)
"""Laws of thousands of names take milliseconds to make."""


def _listed(locale: str, name: str) -> _Listed:
    def make() -> _Listed:
        women, men = (locale_data(locale)[name][sex] for sex in ("female", "male"))
        if women == men:
            law = alias(women["weights"])
            return _Listed(_dictionary(women["words"]), 0, law, (law, law), mean_length(women["words"]))
        words = [*women["words"], *men["words"]]
        # Each side's weights times the other's sum: whole numbers, and both sides as likely.
        of_all = [weight * sum(men["weights"]) for weight in women["weights"]]
        of_all += [weight * sum(women["weights"]) for weight in men["weights"]]
        each = (alias(women["weights"]), alias(men["weights"]))
        return _Listed(_dictionary(words), len(women["words"]), alias(of_all), each, mean_length(words))

    found = _KEPT.get((locale, name), make)
    assert isinstance(found, _Listed)
    return found


def _decades(locale: str) -> _Decades:
    def make() -> _Decades:
        data = births(locale)
        women, men = data["female"], data["male"]
        start = len(women["words"])
        words = [*women["words"], *men["words"]]
        laws = tuple(tuple(map(alias, each["weights"])) for each in (women, men))
        names = tuple(
            tuple(np.array(places, np.int64) + first for places in each["names"])
            for each, first in ((women, 0), (men, start))
        )
        first, both = data["first"], zip(women["weights"], men["weights"], strict=True)
        births_of = [sum(one) + sum(other) for one, other in both]
        ages = alias([0 if first + 10 * at < _ALIVE_FROM else n for at, n in enumerate(births_of)])
        width = mean_length(words)
        return _Decades(
            _dictionary(words), start, first, (laws[0], laws[1]), (names[0], names[1]), ages, width
        )

    found = _KEPT.get((locale, "births"), make)
    assert isinstance(found, _Decades)
    return found


def _dictionary(words: Sequence[str]) -> Dictionary:
    return Dictionary(strings(list(words)))


@dataclass(frozen=True, eq=False)
class _Names:
    """Of one list."""

    key: int
    listed: _Listed

    def part(self, rows: Rows, sexes: Places | None) -> DictionaryCells:
        u = rows.draw(self.key)
        if sexes is None or not self.listed.men:
            return DictionaryCells(self.listed.both.draw(u), self.listed.words)
        women, men = self.listed.each
        chosen = np.where(sexes == MALE, men.draw(u) + np.uint32(self.listed.men), women.draw(u))
        return DictionaryCells(chosen, self.listed.words)

    def sexes(self, cells: DictionaryCells) -> Places | None:
        """Those that names drawn without any are of."""
        return (cells.codes >= self.listed.men).astype(np.int64) if self.listed.men else None


@dataclass(frozen=True, eq=False)
class _Born:
    """First names by another column of the row that says when its person was born."""

    key: int
    sex_key: int
    decades: _Decades
    source: Source
    age_key: int
    """For those whose year of birth is null."""

    def part(self, rows: Rows, sexes: Places | None) -> DictionaryCells:
        found = decoded(self.source.cells(rows))
        assert isinstance(found, Integers)
        most = len(self.decades.laws[0]) - 1
        since = _years(found.values, self.source.type) - np.int64(self.decades.first)
        decade = np.minimum(np.maximum(since // np.int64(10), 0), most)
        if found.null is not None:
            decade = np.where(
                found.null, self.decades.ages.draw(rows.draw(self.age_key)).astype(np.int64), decade
            )
        if sexes is None:
            sexes = (rows.draw(self.sex_key) >> np.uint64(63)).view(np.int64)
        u, chosen = rows.draw(self.key), np.zeros(len(rows), np.int64)
        group = decade * 2 + sexes
        for one in np.flatnonzero(np.bincount(group, minlength=1)).tolist():
            at = np.flatnonzero(group == one)
            law, names = self.decades.laws[one % 2][one // 2], self.decades.names[one % 2][one // 2]
            chosen[at] = names[law.draw(u[at])]
        return DictionaryCells(chosen.astype(np.uint32), self.decades.words)

    def sexes(self, cells: DictionaryCells) -> Places | None:
        return (cells.codes >= self.decades.men).astype(np.int64)


def _years(values: I64, type_: pa.DataType) -> I64:
    if type_ == pa.int64():
        return values
    days = values if type_ == pa.date32() else values // np.int64(_DAY)
    return months_of(days) // 12 + 1970


@dataclass(frozen=True)
class PersonCells:
    """Names one behind the other, of one person; as texts of their own if there is one alone."""

    names: tuple[_Names | _Born, ...]
    """The first name first."""
    sexes: Sexes | None
    last_name_first: bool
    separator: bytes

    def __call__(self, rows: Rows) -> Cells:
        of = None if self.sexes is None else self.sexes(rows)
        made = []
        for name in self.names:
            cells = name.part(rows, of)
            of = name.sexes(cells) if of is None else of
            made.append(cells)
        if len(made) == 1:
            return made[0]
        parts: list[Part] = []
        for cells in reversed(made) if self.last_name_first else made:
            parts += [self.separator, cells] if parts and self.separator else [cells]
        return Concat(tuple(parts))


def born_field() -> Name:
    return Name(
        "The row's column of dates, times or years in which its person was born: first names by decade of "
        f"birth, 1900 to 2017, for {', '.join(COUNTED)}. Left out: those of people of any age.",
        default=None,
        examples=["born_on"],
    )


def person(scope: Scope, parameters: Mapping[str, Any], *lists: str) -> tuple[PersonCells, int]:
    """Cells of a locale's lists in its order, and their width. All names of a cell are of one sex.

    Reads the parameters `locale`, `sex` and `born`, where there are any. Raises ParameterError for them.
    """
    locale = parameters.get("locale") or USUAL_LOCALE
    data, chosen, width = locale_data(locale), list[_Names | _Born](), -1
    for name in lists:
        names = _Names(scope.key(f"{name} of a locale"), _listed(locale, name))
        if name == "first_names" and parameters.get("born"):
            chosen.append(_born(scope, parameters["born"], locale))
        else:
            chosen.append(names)
        width += names.listed.width + 1
    separator: str | None = data["last_name_first"]
    of = sexes(parameters.get("sex"), scope)
    between = b" " if separator is None else separator.encode()
    return PersonCells(tuple(chosen), of, separator is not None, between), width


def _born(scope: Scope, column: str, locale: str) -> _Born:
    if locale not in COUNTED:
        fix = f"leave it out, or take one of {', '.join(COUNTED)}"
        raise ParameterError("born", f"there are no names by decade of birth for {locale}", fix)
    source = scope.source(column, parameter="born")
    if source.type not in (pa.date32(), TIMESTAMP, pa.int64()):
        raise ParameterError(
            "born", f"{source.column} isn't of dates, times or years", "name a column that is"
        )
    key, sex_key, age_key = (scope.key(f"{purpose} at birth") for purpose in ("name", "sex", "age"))
    return _Born(key, sex_key, _decades(locale), source, age_key)

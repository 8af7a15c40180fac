"""National numbering plans: area codes and prefixes that are given out, and the ranges that regulators keep
for fiction, by country and by city.

The list `phones` has a line for each country, line (`mobile`, `landline`, `any` where a plan doesn't tell
them apart, `reserved`) and city, with what numbers begin with and how they go on: # is any digit, N is 2 to
9, Z is 1 to 9, @ is an exchange of the North American plan (200 to 999, none that ends in 11, and not 555).
Sources: the plans as published by the national regulators (ITU-T E.129 lists them); NANPA's 555-0100 to
555-0199; Ofcom's numbers for drama; BNetzA Mitteilung 148/2021; ARCEP décision 2018-0881; PTS's numbers for
books and films; ACMA's numbers for creative works; ComReg's 020 91.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np

from synthmill.generators.columns.wordlist import entries
from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.cells import Dictionary, DictionaryCells, Part
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import I64, U64

LINES = ("reserved", "mobile", "landline")

_DIGITS = "0123456789"
_CLASSES = {"#": _DIGITS, "N": "23456789", "Z": "123456789"}
_EXCHANGES = [str(n) for n in range(200, 1_000) if n % 100 != 11 and n != 555]
_MOST_DIGITS = 4
"""Of a group whose numbers are listed."""


@dataclass(frozen=True)
class Range:
    """Numbers that begin alike."""

    country: str
    cities: tuple[str, ...]
    prefix: str
    groups: tuple[str, ...]


@cache
def ranges(line: str) -> tuple[Range, ...]:
    """Those of a line, country by country: of a country that has none of it, those that stand in for it."""
    by_country: dict[str, dict[str, list[Range]]] = {}
    for country, of, cities, prefixes, rest in entries("phones"):
        found = by_country.setdefault(country, {}).setdefault(of, [])
        groups = tuple(re.findall(rf"[ -]?(?:@|[#NZ\d]{{1,{_MOST_DIGITS}}})", rest))
        named = tuple(city for city in cities.split("/") if city)
        found += [Range(country, named, prefix, groups) for prefix in prefixes.split(",")]
    return tuple(
        each
        for lines in by_country.values()
        for each in lines.get(line) or lines.get("any") or lines["mobile"]
    )


def groups_of(form: str) -> list[str]:
    """All texts of a group such as ` N##`."""
    start, rest = (form[0], form[1:]) if form[0] in " -" else ("", form)
    if rest == "@":
        return [start + exchange for exchange in _EXCHANGES]
    return [start + "".join(digits) for digits in product(*(_CLASSES.get(one, one) for one in rest))]


@dataclass(frozen=True, eq=False)
class Numbers:
    """Numbers of ranges, each digit that is free as likely as any."""

    prefixes: Dictionary
    """By range."""
    groups: Dictionary
    """All texts of all forms of groups, form by form."""
    starts: I64
    """By range and place: where its form's texts begin."""
    counts: U64
    """By range and place: how many its form has."""

    def parts(self, chosen: I64, u: U64) -> list[Part]:
        """For each row the range that is chosen, and random bits."""
        made: list[Part] = [DictionaryCells(chosen.astype(np.uint32), self.prefixes)]
        for starts, counts in zip(self.starts.T, self.counts.T, strict=True):
            # Most countries have one form: then there is nothing to look up by the row.
            alike = (counts == counts[0]).all() and (starts == starts[0]).all()
            start, count = (starts[0], counts[0]) if alike else (starts[chosen], counts[chosen])
            codes = bounded(u, int(count) if alike else count).view(np.int64) + start
            made.append(DictionaryCells(codes.astype(np.uint32), self.groups))
            u = u * count
        return made


def numbers(chosen: tuple[Range, ...]) -> Numbers:
    forms = list(dict.fromkeys(form for each in chosen for form in each.groups))
    texts, starts, counts = [""], {"": 0}, {"": 1}
    for form in forms:
        listed = groups_of(form)
        starts[form], counts[form] = len(texts), len(listed)
        texts += listed
    most = max(len(each.groups) for each in chosen)
    padded = [[*each.groups, *[""] * (most - len(each.groups))] for each in chosen]
    return Numbers(
        Dictionary(strings([each.prefix for each in chosen])),
        Dictionary(strings(texts)),
        np.array([[starts[form] for form in row] for row in padded], np.int64),
        np.array([[counts[form] for form in row] for row in padded], np.uint64),
    )


@dataclass(frozen=True, eq=False)
class Spans:
    """Ranges that stand side by side, by what they are of: a country, or a city of one."""

    names: tuple[tuple[str, str | None], ...]
    """Country and city, the latter empty for all of the country, and None for what is no city's own."""
    places: I64
    """Ranges, those of each name side by side."""
    starts: I64
    """Where each name's begin among the places; and where the last ends."""

    def choose(self, of: I64 | int, u: U64) -> I64:
        """A range for each row, by the name's number: each row's, or that of all."""
        if isinstance(of, int):
            start, stop = self.starts[of : of + 2].tolist()
            same: I64 = self.places[bounded(u, stop - start).view(np.int64) + start]
            return same
        counts = (self.starts[1:] - self.starts[:-1])[of]
        chosen: I64 = self.places[self.starts[of] + bounded(u, counts.view(np.uint64)).view(np.int64)]
        return chosen


def spans(chosen: tuple[Range, ...]) -> Spans:
    """The ranges by country and by city. A city without any of its own isn't among the names."""
    found: dict[tuple[str, str | None], list[int]] = {}
    for place, each in enumerate(chosen):
        found.setdefault((each.country, ""), []).append(place)
        for city in each.cities or (None,):
            found.setdefault((each.country, city), []).append(place)
    starts = np.cumsum([0, *map(len, found.values())]).astype(np.int64)
    return Spans(tuple(found), np.array([at for each in found.values() for at in each], np.int64), starts)

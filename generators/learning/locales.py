"""Whose names and numbers a table's are: the locale that its personal columns look like they are of."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from synthmill.generators.columns.locales import LOCALES, locale_data
from synthmill.generators.columns.people.names import USUAL_LOCALE
from synthmill.generators.learning.source import Column

_SAMPLE = 1_000
"""Different values of a column that are looked at."""
_LEAST_SHARE = 0.2
"""Of the values, those that must be known of some locale before one is guessed."""
_CLEARLY = 1.1
"""How much better another locale must fit than the usual one: Britons and Americans share most names."""
_OF_ADDRESS = 0.25
"""What the country's ending of an e-mail address counts beside a name: people have addresses elsewhere."""
_LISTS = {"first_name": ("first_names",), "last_name": ("last_names",), "name": ("first_names", "last_names")}
_CALLING_CODES = {
    "AT": "43", "BR": "55", "CH": "41", "CN": "86", "CZ": "420", "DE": "49", "DK": "45", "ES": "34",
    "FI": "358", "FR": "33", "GB": "44", "IN": "91", "IT": "39", "JP": "81", "KR": "82", "MX": "52",
    "NL": "31", "NO": "47", "PL": "48", "PT": "351", "SE": "46", "TR": "90", "US": "1",
}  # fmt: skip
"""Of ITU-T E.164."""


def guess_locale(columns: Mapping[str, Column], kinds: Mapping[str, str]) -> str:
    """The locale whose names, cities and numbering plan the columns fit best; the usual one where none does.

    `kinds` are the column kinds of the columns, by name. A name counts for a locale by how common it is
    there, beside where it is the most common.
    """
    scores, looked_at = dict.fromkeys(LOCALES, 0.0), 0
    for name, kind in kinds.items():
        sample = columns[name].words[0].slice(0, _SAMPLE).to_pylist()
        looked_at += len(sample)
        for value in sample:
            for locale, fit in _fits(kind, value.strip()).items():
                scores[locale] += fit
    best = max(LOCALES, key=lambda one: scores[one])
    known = scores[best] >= _LEAST_SHARE * max(1, looked_at)
    return best if known and scores[best] > _CLEARLY * scores[USUAL_LOCALE] else USUAL_LOCALE


def _fits(kind: str, value: str) -> Mapping[str, float]:
    """How well a value fits each locale that it fits at all: 1 where nothing fits better."""
    if kind == "phone":
        return _by_number(value)
    if kind == "email":
        ending = value.rpartition(".")[2].upper()
        return {one: _OF_ADDRESS for one in LOCALES if one[-2:] == ending}
    if kind == "city":
        return {one: 1.0 for one in LOCALES if value in _cities(one)}
    found = dict.fromkeys(LOCALES, 0.0)
    parts = value.split() if kind == "name" else [value]
    for part in parts:
        shares = {one: max(_shares(one, each).get(part, 0.0) for each in _LISTS[kind]) for one in LOCALES}
        highest = max(shares.values())
        for one, share in shares.items():
            found[one] += share / highest / len(parts) if highest else 0.0
    return found


def _by_number(value: str) -> Mapping[str, float]:
    """Of a number with its country's code, that country's locales."""
    start = value[1:] if value.startswith("+") else value[2:] if value.startswith("00") else ""
    digits = "".join(letter for letter in start if letter.isdigit())
    codes = [code for code in _CALLING_CODES.values() if digits.startswith(code)]
    longest = max(codes, key=len, default=None)
    return {one: 1.0 for one in LOCALES if longest and _CALLING_CODES[one[-2:]] == longest}


@cache
def _shares(locale: str, name: str) -> Mapping[str, float]:
    """How common each name of a list is in its locale."""
    found = dict[str, float]()
    for one in locale_data(locale)[name].values():
        words, weights = one["words"], one["weights"] or [1.0] * len(one["words"])
        total = sum(weights)
        for word, weight in zip(words, weights, strict=True):
            found[word] = max(found.get(word, 0.0), weight / total)
    return found


@cache
def _cities(locale: str) -> frozenset[str]:
    data = locale_data(locale)
    return frozenset(one[0] for part in ("places", "cities") for one in data.get(part, ()))

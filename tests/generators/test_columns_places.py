"""Kinds of people and places by locale: names by weight, and addresses whose parts go together."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from synthmill.generators.columns.locales import LOCALES, locale_data
from synthmill.generators.errors import InvalidRequestError
from tests.generators.fit import assert_shares
from tests.generators.worlds import cells, rows_of

N = 20_000


def values(kind: str, **parameters: Any) -> list[Any]:
    made: list[Any] = cells(kind, N, **parameters).to_pylist()
    return made


def test_there_are_at_least_fifteen_locales_with_enough_of_everything() -> None:
    assert len(LOCALES) >= 15
    for locale in LOCALES:
        data = locale_data(locale)
        for name, fewest in (("first_names", 50), ("last_names", 40)):
            for gender in ("female", "male"):
                listed = data[name][gender]
                assert len(set(listed["words"])) == len(listed["words"]) >= fewest, (locale, name)
                assert len(listed.get("weights", listed["words"])) == len(listed["words"])
        assert len(data["places"]) >= 5
        assert len({place[0] for place in data["places"]}) == len(data["places"])
        assert len(data["streets"]) >= 15
        assert len(data["jobs"]) >= 20
        assert len(data["cities"]) >= 40


@pytest.mark.parametrize("kind", ["first_name", "name", "city"])
def test_a_list_of_ones_own_and_a_locale_are_refused_together(kind: str) -> None:
    own = {"first_name": {"words": ["A"]}, "name": {"last_names": ["A"]}, "city": {"country": "c"}}[kind]
    with pytest.raises(InvalidRequestError, match="can't go with a locale"):
        values(kind, locale="de_DE", **own)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_parts_of_a_rows_address_go_together(locale: str) -> None:
    parts = ["street", "region", "postcode", "latitude", "longitude", "full"]
    columns: list[dict[str, Any]] = [{"name": "city", "kind": "address", "part": "city", "locale": locale}]
    columns += [
        {"name": part, "kind": "address", "part": part, "locale": locale, "city": "city"} for part in parts
    ]
    data = locale_data(locale)
    places = {place[0]: place for place in data["places"]}
    for row in rows_of({"tables": [{"name": "t", "rows": 2_000, "columns": columns}]}, "t").to_pylist():
        _, region, beginnings, latitude, longitude, _ = places[row["city"]]
        assert row["region"] == region
        assert any(
            re.fullmatch(re.escape(start) + data["postcode_end"], row["postcode"]) for start in beginnings
        )
        assert abs(row["latitude"] - latitude) <= 0.0501
        assert abs(row["longitude"] - longitude) <= 0.0501
        assert row["street"]
        if "{city}" in data["address_form"]:
            assert row["city"] in row["full"]


def test_large_cities_are_more_common() -> None:
    people = {place[0]: place[5] for place in locale_data("de_DE")["places"]}
    assert_shares(Counter(values("address", part="city", locale="de_DE")), people)
    cities = Counter(values("city", locale="fr_FR"))
    assert cities.most_common(1)[0][0] == "Paris"


def test_an_address_is_null_where_its_city_is() -> None:
    city = {"name": "city", "kind": "address", "part": "city", "nulls": 0.3}
    postcode = {"name": "postcode", "kind": "address", "part": "postcode", "city": "city"}
    latitude = {"name": "latitude", "kind": "address", "part": "latitude", "city": "city"}
    batch = rows_of({"tables": [{"name": "t", "rows": 500, "columns": [city, postcode, latitude]}]}, "t")
    assert 100 < batch["city"].null_count < 200
    for name in ("postcode", "latitude"):
        assert batch.schema.field(name).nullable
        assert batch[name].is_null().equals(batch["city"].is_null())


@pytest.mark.parametrize("locale", LOCALES)
def test_jobs_are_of_their_locale(locale: str) -> None:
    assert set(values("job", locale=locale)) <= set(locale_data(locale)["jobs"])


def test_british_streets_are_such_as_most_towns_have() -> None:
    streets = set(locale_data("en_GB")["streets"])
    assert {"High Street", "Station Road", "Church Lane"} <= streets
    assert not [name for name in streets if re.match("Bally|Drum|Kil[lm]|Knock|Gort|Lis[an]", name)]


@pytest.mark.parametrize("locale", LOCALES)
def test_no_street_says_a_word_or_its_kind_twice(locale: str) -> None:
    kinds = "calle|avenida|plaza|rúa|rua|via|viale|rue|ul|vei|veien|gate|sokak|road|street|路"
    for name in locale_data(locale)["streets"]:
        words = re.split(r"[ .-]+", name.lower())
        assert all(one != other for one, other in pairwise(words)), name
        assert len(re.findall(rf"(?:^|[ .])(?:{kinds})(?=$|[ .])", name.lower())) <= 1, name
        assert not name.endswith("路路")


POSTCODES = {
    "AT": r"[1-9]\d{3}",
    "BR": r"\d{5}-\d{3}",
    "CH": r"[1-9]\d{3}",
    "CN": r"\d{6}",
    "CZ": r"[1-7]\d\d \d\d",
    "DE": r"(?!00)\d{5}",
    "DK": r"[1-9]\d{3}",
    "ES": r"(?:0[1-9]|[1-4]\d|5[0-2])\d{3}",
    "FI": r"\d{5}",
    "FR": r"(?!00)\d{5}",
    "GB": r"[A-PR-UWYZ][A-HK-Y]?\d[\dA-Z]? \d[ABD-HJLNP-UW-Z]{2}",
    "IN": r"[1-9]\d{5}",
    "IT": r"\d{5}",
    "JP": r"\d{3}-\d{4}",
    "KR": r"(?:0[1-9]|[1-5]\d|6[0-3])\d{3}",
    "MX": r"(?:0[1-9]|1[0-6]|[2-9]\d)\d{3}",
    "NL": r"[1-9]\d{3} (?!SA|SD|SS)[A-EGHJ-NPR-TV-XZ]{2}",
    "NO": r"\d{4}",
    "PL": r"\d\d-\d{3}",
    "PT": r"[1-9]\d{3}-\d{3}",
    "SE": r"[1-9]\d\d \d\d",
    "TR": r"(?:0[1-9]|[1-7]\d|8[01])\d{3}",
    "US": r"\d{5}",
}
"""The forms that the Universal Postal Union lists (addressing S42), narrowed to ranges in use."""


@pytest.mark.parametrize("locale", LOCALES)
def test_postcodes_have_their_countrys_form(locale: str) -> None:
    form = POSTCODES[locale_data(locale)["country"]]
    for postcode in values("address", locale=locale, part="postcode")[:4_000]:
        assert re.fullmatch(form, postcode), postcode

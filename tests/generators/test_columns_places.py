"""Kinds of people and places by locale: names by weight, and addresses whose parts go together."""

from __future__ import annotations

import re
from collections import Counter
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


def test_names_of_a_locale_come_by_weight_women_as_often_as_men() -> None:
    data = locale_data("en_US")["first_names"]
    shares: Counter[str] = Counter()
    for gender in ("female", "male"):
        total = sum(data[gender]["weights"])
        for name, weight in zip(data[gender]["words"], data[gender]["weights"], strict=True):
            shares[name] += weight / total
    common = {name: share for name, share in shares.items() if share > 0.002}
    seen = Counter(name if name in common else "rest" for name in values("first_name", locale="en_US"))
    assert_shares(seen, {**common, "rest": sum(shares.values()) - sum(common.values())})


def test_both_names_of_a_person_are_of_one_gender() -> None:
    data = locale_data("cs_CZ")
    women = {gender: set(data["last_names"][gender]["words"]) for gender in ("female", "male")}
    assert not women["female"] & women["male"]
    for name in values("name", locale="cs_CZ"):
        genders = {
            gender
            for gender in ("female", "male")
            for first in data["first_names"][gender]["words"]
            if name.startswith(first + " ") and name.removeprefix(first + " ") in women[gender]
        }
        assert genders, name


def test_names_have_their_locales_order() -> None:
    data = locale_data("ja_JP")
    last = set(data["last_names"]["female"]["words"])
    assert all(any(name.startswith(one) for one in last) for name in values("name", locale="ja_JP")[:500])


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
def test_phones_companies_and_jobs_are_of_their_locale(locale: str) -> None:
    data = locale_data(locale)
    form = re.escape(data["phone"]).replace(r"\#", r"\d")
    assert all(re.fullmatch(form, text) for text in values("phone", locale=locale)[:500])
    assert set(values("job", locale=locale)) <= set(data["jobs"])
    endings = tuple(data["company_endings"])
    assert all(name.endswith(endings) for name in values("company", locale=locale)[:500])

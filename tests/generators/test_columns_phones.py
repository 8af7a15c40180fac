"""Telephone numbers: of plans that exist, by country and city, or of ranges that are nobody's."""

from __future__ import annotations

import re
from typing import Any

import phonenumbers as oracle
import pytest
from phonenumbers import PhoneNumberType

from synthmill.generators.columns.locales import LOCALES, locale_data
from synthmill.generators.columns.people.phones import ranges
from synthmill.generators.columns.wordlist import entries
from synthmill.generators.errors import InvalidRequestError
from tests.generators.worlds import cells, rows_of

FEW = 400

KEPT_FOR_FICTION = {
    "US": r"\+1-\d{3}-555-01\d\d",
    "CA": r"\+1-\d{3}-555-01\d\d",
    "GB": r"\+44 (7700 900|1632 960|20 7946 0|1[2-6]1 496 0|11[3-7] 496 0|29 2018 0|28 9649 6)\d{3}",
    "DE": r"\+49 (30 23125|40 66969|89 99998|221 4710|69 90009) \d{3}|\+49 (171 39200|176 040690) \d\d",
    "FR": r"\+33 (6 39 98|1 99 00|2 61 91|3 53 01|4 65 71|5 36 49) \d\d \d\d",
    "SE": r"\+46 (70 174 06|8 465 004|31 390 06|40 628 04) \d\d",
    "AU": r"\+61 [2378] (5550|7010) \d{4}",
    "IE": r"\+353 20 91\d \d{4}",
}
TYPES = {
    "mobile": {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE},
    "landline": {PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE},
}


def numbers(rows: int = FEW, **parameters: Any) -> list[str]:
    made: list[str] = cells("phone", rows, **parameters).to_pylist()
    return made


def assert_exists(number: str, country: str, line: str) -> None:
    parsed = oracle.parse(number)
    assert oracle.is_valid_number(parsed), number
    assert oracle.region_code_for_number(parsed) == country, number
    if any(each.country == country and not each.cities for each in ranges(line)) or line == "mobile":
        assert oracle.number_type(parsed) in TYPES[line], number


@pytest.mark.parametrize("line", ["mobile", "landline"])
@pytest.mark.parametrize("locale", LOCALES)
def test_numbers_are_of_a_plan_that_exists(locale: str, line: str) -> None:
    for number in set(numbers(locale=locale, line=line)):
        assert_exists(number, locale_data(locale)["country"], line)


@pytest.mark.parametrize("locale", LOCALES)
def test_numbers_are_nobodys_where_the_country_keeps_some(locale: str) -> None:
    country = locale_data(locale)["country"]
    made = numbers(locale=locale)
    if country in KEPT_FOR_FICTION:
        assert all(re.fullmatch(KEPT_FOR_FICTION[country], number) for number in made)
        assert all(oracle.is_possible_number(oracle.parse(number)) for number in made)
    else:
        assert made == numbers(locale=locale, line="mobile")


def test_numbers_of_the_united_states_follow_the_north_american_plan() -> None:
    for number in {*numbers(5_000, line="landline"), *numbers(5_000)}:
        code, area, exchange, _ = re.split(r"\D", number.removeprefix("+"))
        assert code == "1"
        assert re.fullmatch(r"[2-9][0-8]\d", area) and not area.endswith("11")
        assert re.fullmatch(r"[2-9]\d\d", exchange) and not exchange.endswith("11")
    assert all("-555-" not in number for number in numbers(5_000, line="mobile"))


@pytest.mark.parametrize("line", ["mobile", "landline"])
def test_numbers_are_of_the_rows_country_by_name_or_code(line: str) -> None:
    for form in ("name", "code"):
        columns = [
            {"name": "country", "kind": "country", "form": form},
            {"name": "phone", "kind": "phone", "country": "country", "line": line},
        ]
        codes = {name: code for name, code, *_ in entries("countries")}
        seen = rows_of({"tables": [{"name": "t", "rows": 1_500, "columns": columns}]}, "t").to_pylist()
        for row in seen:
            assert_exists(row["phone"], codes.get(row["country"], row["country"]), line)
        assert {row["country"] for row in seen} == set(codes if form == "name" else codes.values())


def test_landlines_have_the_area_code_of_the_rows_city() -> None:
    areas = {"Berlin": "+49 30 ", "München": "+49 89 ", "Köln": "+49 221 ", "Essen": "+49 201 "}
    columns: list[dict[str, Any]] = [
        {"name": "city", "kind": "address", "part": "city", "locale": "de_DE", "nulls": 0.1},
        {"name": "phone", "kind": "phone", "city": "city", "locale": "de_DE", "line": "landline"},
    ]
    seen = set()
    for row in rows_of({"tables": [{"name": "t", "rows": 3_000, "columns": columns}]}, "t").to_pylist():
        assert (row["phone"] is None) == (row["city"] is None)
        if row["city"] in areas:
            assert row["phone"].startswith(areas[row["city"]])
            seen.add(row["city"])
    assert seen == set(areas)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_place_of_a_locale_has_an_area_code(locale: str) -> None:
    data = locale_data(locale)
    named = {city for each in ranges("landline") if each.country == data["country"] for city in each.cities}
    assert not named or {place[0] for place in data["places"]} <= named or data["country"] == "NO"


def test_a_city_that_is_not_listed_has_no_other_citys_area_code() -> None:
    cities = ["Leeds", "Swansea", "Exeter"]
    columns: list[dict[str, Any]] = [
        {"name": "city", "kind": "categorical", "values": cities},
        {"name": "phone", "kind": "phone", "city": "city", "locale": "en_GB"},
    ]
    seen = set()
    for row in rows_of({"tables": [{"name": "t", "rows": 500, "columns": columns}]}, "t").to_pylist():
        seen.add((row["city"] == "Leeds", row["phone"][:8]))
    assert seen == {(True, "+44 113 "), (False, "+44 1632"), (False, "+44 7700")}


def test_a_city_of_one_name_in_two_countries_has_its_countrys_numbers() -> None:
    columns: list[dict[str, Any]] = [
        {"name": "country", "kind": "country"},
        {"name": "city", "kind": "city", "country": "country"},
        {"name": "phone", "kind": "phone", "country": "country", "city": "city", "line": "landline"},
    ]
    areas = {"New York": "+1-(212|646|718|917|347)-", "Toronto": "+1-(416|647|437)-", "Munich": "+49 89 "}
    codes = {name: code for name, code, *_ in entries("countries")}
    for row in rows_of({"tables": [{"name": "t", "rows": 2_000, "columns": columns}]}, "t").to_pylist():
        assert oracle.region_code_for_number(oracle.parse(row["phone"])) == codes[row["country"]]
        if row["city"] in areas:
            assert re.match(areas[row["city"]].replace("+", r"\+"), row["phone"])


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"pattern": "#", "locale": "de_DE"}, "can't go with a locale"),
        ({"country": "c", "locale": "de_DE"}, "can't go with a locale"),
        ({"country": "n"}, "n isn't text"),
        ({"city": "n"}, "n isn't text"),
        ({"pattern": "#" * 16}, "more than 15 #"),
    ],
)
def test_what_cant_be_is_refused(parameters: dict[str, Any], reason: str) -> None:
    columns = [
        {"name": "c", "kind": "country"},
        {"name": "n", "kind": "integer", "max": 9},
        {"name": "p", "kind": "phone", **parameters},
    ]
    with pytest.raises(InvalidRequestError, match=reason):
        rows_of({"tables": [{"name": "t", "rows": 1, "columns": columns}]}, "t")

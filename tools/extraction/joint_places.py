"""The joint table `places`: large cities, each with all that goes with it.

Coordinates, populations, time zones and calling codes come from GeoNames; regions and postcodes from
`places`; area codes are those of the countries' numbering plans, without the trunk prefix, in the order of
`places`. Where a country has none (a closed plan without areas), nothing stands there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.extraction.places import PLACES, places

FILE = Path(__file__).parents[2] / "generators" / "columns" / "joint_tables" / "places.tsv"

AREAS = {
    "US": "212 213 312 713 602 215 210 619 214 904 512 415 614 317 206 303 617 615 503 404 305 612",
    "GB": "20 121 141 151 117 161 114 113 131 116 29 28 115",
    "DE": "30 40 89 221 69 711 211 341 231 201 421 351 511 911 228 621 721 431 6131 361",
    "AT": "1 316 732 662 512 463",
    "CH": "44 22 61 31 21 52",
    "FR": "1 4 4 5 4 2 3 4 5 3 2 4 3",
    "ES": "91 93 96 95 976 95 968 971 94 96 983",
    "MX": "55 33 81 222 664 999 442",
    "IT": "06 02 081 011 091 010 051 055 080 095 045 040",
    "BR": "11 21 71 61 85 31 92 41 81 51",
    "PT": "21 22 253 239 291 289",
    "NL": "20 10 70 30 40 50 43",
    "SE": "8 31 40 18 13 90",
    "FI": "9 9 3 2 8",
    "PL": "22 12 42 71 61 58 81",
    "TR": "212 312 232 224 242",
    "JP": "3 45 6 52 11 75 92",
    "KR": "2 51 32 53 42",
    "CN": "21 10 20 755 28 27 571",
    "IN": "22 11 80 40 44 33 20",
    "CA": "416 514 604 403 613 780",
    "AU": "2 3 7 8 8 2",
    "BE": "2 3 9 4 50",
    "IE": "1 21 91 61",
    "GR": "21 231 261 281",
    "NZ": "9 4 3 3",
    "AR": "11 351 341 261",
    "ZA": "11 21 31 12",
}

HEAD = (
    "city",
    "local_name",
    "region",
    "country",
    "country_code",
    "latitude:number",
    "longitude:number",
    "timezone",
    "calling_code",
    "area_code",
    "postcode_start",
    "population:integer",
    "weight:number",
)


def lines(cities: Sequence[Mapping[str, Any]], countries: Mapping[str, Any]) -> Iterator[str]:
    """The file's, from GeoNames' cities and countries: one for each city and beginning of a postcode."""
    yield "\t".join(HEAD)
    for code in dict.fromkeys(line[:2] for line in PLACES.split("\n") if line):
        known = places(code)
        areas = AREAS[code].split(" ") if code in AREAS else [""] * len(known)
        for (name, local, region, prefixes), area in zip(known, areas, strict=True):
            named = [
                c for c in cities if c["countrycode"] == code and name in (c["name"], *c["alternatenames"])
            ]
            city = max(named, key=lambda one: one["population"])
            country = countries[code]
            starts = prefixes.split(" ")
            for start in starts:
                yield "\t".join(
                    (
                        name,
                        local,
                        region,
                        country["name"].removeprefix("The "),
                        code,
                        str(city["latitude"]),
                        str(city["longitude"]),
                        city["timezone"],
                        "+" + country["phone"].removeprefix("+"),
                        area,
                        start,
                        str(city["population"]),
                        str(round(city["population"] / len(starts))),
                    )
                )


def write(cities: Sequence[Mapping[str, Any]], countries: Mapping[str, Any]) -> None:
    FILE.write_text("\n".join(lines(cities, countries)) + "\n", "utf-8")

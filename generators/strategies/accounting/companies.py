"""The companies of a world: their days, exchange rates and shares of customers and vendors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from synthmill.generators.strategies.accounting.books import apportioned
from synthmill.generators.strategies.accounting.calendar import Calendar, calendar_of
from synthmill.generators.strategies.accounting.countries import COUNTRIES
from synthmill.generators.strategies.accounting.money import rate_path
from synthmill.generators.strategies.accounting.parameters import FEWEST
from synthmill.generators.strategies.accounting.world import Company


def companies_of(asked: Mapping[str, Any], sizes: Mapping[str, int], seed: int) -> tuple[Company, ...]:
    """Those of the parameters `asked`, of tables with so many rows."""
    given, months = asked["companies"], asked["months"]
    weights = [one["weight"] for one in given]
    start = date.fromisoformat(asked["start"])
    ranges = {}
    for table in ("customers", "vendors"):
        # Each has the fewest, and the others go by weight.
        more = apportioned(sizes[table] - FEWEST * len(given), weights)
        counts = [FEWEST + one for one in more]
        ranges[table] = [(sum(counts[:at]), count) for at, count in enumerate(counts)]
    calendars: dict[tuple[str, int], Calendar] = {}
    found = []
    for at, one in enumerate(given):
        place = (one["country"], one["fiscal_year_start"])
        if place not in calendars:
            calendars[place] = calendar_of(place[0], start, months, place[1])
        country = COUNTRIES[one["country"]]
        rates = rate_path(seed, country.currency, asked["group_currency"], months)
        found.append(
            Company(
                one["code"],
                one["name"],
                one["country"],
                country,
                one["weight"],
                one["fiscal_year_start"],
                calendars[place],
                rates,
                ranges["customers"][at],
                ranges["vendors"][at],
            )
        )
    return tuple(found)

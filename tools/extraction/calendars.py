"""Public holidays by country and offsets of time zones, into generators/columns/calendars/*.json."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays

FOLDER = Path(__file__).parents[2] / "generators" / "columns" / "calendars"
FIRST_YEAR, LAST_YEAR = 2001, 2035
COUNTRIES = [
    "AT",
    "AU",
    "BE",
    "BR",
    "CA",
    "CH",
    "CN",
    "CZ",
    "DE",
    "DK",
    "ES",
    "FI",
    "FR",
    "GB",
    "IE",
    "IN",
    "IT",
    "JP",
    "KR",
    "MX",
    "NL",
    "NO",
    "PL",
    "PT",
    "SE",
    "TR",
    "US",
]
ZONES = [
    "Africa/Cairo",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "Africa/Nairobi",
    "America/Argentina/Buenos_Aires",
    "America/Bogota",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/New_York",
    "America/Phoenix",
    "America/Sao_Paulo",
    "America/Toronto",
    "Asia/Bangkok",
    "Asia/Dubai",
    "Asia/Hong_Kong",
    "Asia/Jakarta",
    "Asia/Jerusalem",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Manila",
    "Asia/Seoul",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Brisbane",
    "Australia/Melbourne",
    "Australia/Sydney",
    "Europe/Amsterdam",
    "Europe/Athens",
    "Europe/Berlin",
    "Europe/Brussels",
    "Europe/Copenhagen",
    "Europe/Dublin",
    "Europe/Helsinki",
    "Europe/Istanbul",
    "Europe/Lisbon",
    "Europe/London",
    "Europe/Madrid",
    "Europe/Moscow",
    "Europe/Oslo",
    "Europe/Paris",
    "Europe/Prague",
    "Europe/Rome",
    "Europe/Stockholm",
    "Europe/Vienna",
    "Europe/Warsaw",
    "Europe/Zurich",
    "Pacific/Auckland",
]
_SCANNED = (datetime(1990, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC))


def days(country: str) -> list[int]:
    """Days since 1970."""
    found = holidays.country_holidays(country, years=range(FIRST_YEAR, LAST_YEAR + 1))
    return sorted(day.toordinal() - date(1970, 1, 1).toordinal() for day in found)


def offset(zone: ZoneInfo, moment: datetime) -> int:
    found = moment.astimezone(zone).utcoffset()
    assert found is not None
    return int(found.total_seconds())


def offsets(name: str) -> list[list[int]]:
    """Seconds since 1970, from which on the zone is so many seconds ahead of UTC."""
    zone, (moment, end) = ZoneInfo(name), _SCANNED
    found = [[int(moment.timestamp()), offset(zone, moment)]]
    while moment < end:
        later = moment + timedelta(days=1)
        if offset(zone, later) != found[-1][1]:
            low, high = int(moment.timestamp()), int(later.timestamp())
            while high - low > 1:
                middle = (low + high) // 2
                same = offset(zone, datetime.fromtimestamp(middle, UTC)) == found[-1][1]
                low, high = (middle, high) if same else (low, middle)
            found.append([high, offset(zone, later)])
        moment = later
    return found


def write() -> None:
    FOLDER.mkdir(exist_ok=True)
    contents: dict[str, dict[str, Any]] = {
        "holidays": {country: days(country) for country in COUNTRIES},
        "zones": {zone: offsets(zone) for zone in ZONES},
    }
    for name, content in contents.items():
        (FOLDER / f"{name}.json").write_text(json.dumps(content, separators=(",", ":")) + "\n", "utf-8")

"""Days of the calendar, and how many ticks one has."""

from __future__ import annotations

DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
"""Ticks of a day by a timestamp's unit."""
FIRST_DAY, LAST_DAY = -719_162, 2_932_896
"""The days that dates have: 0001-01-01 to 9999-12-31, from 1970 on."""

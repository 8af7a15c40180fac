"""How many examples hypothesis tries where the number that it takes by itself is too many for a day."""

from __future__ import annotations

from hypothesis import settings


def examples(by_day: int, at_night: int) -> int:
    """The number for this run: the night's profile is the one whose examples are random."""
    return by_day if settings.default.derandomize else at_night

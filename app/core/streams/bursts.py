"""What can be triggered: times at which more happens, as the books of a company know them."""

from __future__ import annotations

from dataclasses import dataclass

from synthmill.generators.errors import InvalidRequestError

UNIFORM = "uniform"
"""Ends whatever was triggered."""
CUSTOM = "custom:"
BURSTS = {
    "month_end": 2.5,
    "quarter_end": 4.0,
    "year_end": 6.0,
    "holiday_cluster": 8.0,
    "period_end_spike": 2.5,
    "quarter_end_spike": 4.0,
    "year_end_spike": 6.0,
}
"""By how much the rate is multiplied, unless the caller says it."""
MAX_RATE = 20_000
"""Events a second while a pattern lasts."""
_MAX_NAME = 64


@dataclass(frozen=True)
class Trigger:
    pattern: str
    factor: float | None
    """None: the pattern's own."""
    seconds: int | None
    """None: DEFAULT_SECONDS."""


DEFAULT_SECONDS = 10


def burst_rate(trigger: Trigger, events_per_second: int) -> int:
    """Thousandths of an event a second while it lasts. Raises InvalidRequestError."""
    factor = BURSTS.get(trigger.pattern, trigger.factor) if trigger.factor is None else trigger.factor
    if trigger.pattern not in BURSTS and not _is_custom(trigger.pattern):
        raise InvalidRequestError.one(
            "pattern",
            f"a stream can't do {trigger.pattern[:_MAX_NAME]!r}",
            f"it can do: {', '.join([*BURSTS, UNIFORM, 'custom:NAME'])}",
        )
    if factor is None:
        raise InvalidRequestError.one(
            "factor", "is missing", "a pattern of your own needs the number that it multiplies the rate by"
        )
    if factor * events_per_second > MAX_RATE:
        raise InvalidRequestError.one(
            "factor",
            f"{factor:g} times {events_per_second} is more than {MAX_RATE:,} events a second",
            f"at most {MAX_RATE / events_per_second:g}",
        )
    return round(1_000 * factor * events_per_second)


def check_uniform(trigger: Trigger) -> None:
    """Raises InvalidRequestError where more is said than to end what was triggered."""
    for field in ("factor", "seconds"):
        if getattr(trigger, field) is not None:
            raise InvalidRequestError.one(
                field, "says nothing of uniform, which ends a pattern", "leave it out"
            )


def _is_custom(pattern: str) -> bool:
    name = pattern.removeprefix(CUSTOM)
    return pattern.startswith(CUSTOM) and 0 < len(name) <= _MAX_NAME and name.isprintable()

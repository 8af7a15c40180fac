"""A stream's timeline: since when it has run how fast. From it alone follow which event is when.

Whole numbers throughout, so that every process comes to the same: microseconds since 1970, events counted
from 1, rates in thousandths of an event per second.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from typing import Any

from synthmill.app.core.streams.state import SECOND_US

_UNIT = 1_000 * SECOND_US
"""Microseconds times thousandths of an event a second, for one event."""


@dataclass(frozen=True)
class Segment:
    start_us: int
    before: int
    """Events that came before it."""
    rate: int
    """In thousandths of an event a second; 0 while paused and after a stop."""
    pattern: str | None = None
    """What was triggered, while it lasts."""


@dataclass(frozen=True)
class Timeline:
    segments: tuple[Segment, ...]
    """In order; the first begins with the stream."""

    @classmethod
    def begun(cls, start_us: int, rate: int) -> Timeline:
        return cls((Segment(start_us, 0, rate),))

    @classmethod
    def load(cls, stored: list[list[Any]]) -> Timeline:
        return cls(tuple(Segment(*one) for one in stored))

    def dump(self) -> list[list[Any]]:
        """As JSON."""
        return [list(astuple(segment)) for segment in self.segments]

    def at(self, at_us: int) -> Segment:
        """The segment of a moment; the first where it hasn't begun yet."""
        place = bisect_right(self.segments, at_us, key=lambda segment: segment.start_us) - 1
        return self.segments[max(place, 0)]

    def position(self, at_us: int) -> int:
        """The number of the last event that has happened by then; 0 where none has."""
        segment = self.at(at_us)
        if at_us < segment.start_us:
            return 0
        return segment.before + (at_us - segment.start_us) * segment.rate // _UNIT

    def changed(
        self, at_us: int, rate: int, pattern: str | None = None, until_us: int | None = None
    ) -> Timeline:
        """The timeline that goes on like this from then, and after `until_us` as it does at its end now.

        What it had ahead beyond that moment is dropped: nobody has seen it.
        """
        kept = [segment for segment in self.segments if segment.start_us < at_us]
        after = Timeline((*kept, Segment(at_us, self.position(at_us), rate, pattern)))
        if until_us is None:
            return after
        back = Segment(until_us, after.position(until_us), self.segments[-1].rate)
        return Timeline((*after.segments, back))

    def time_of(self, number: int) -> int | None:
        """The moment of an event; None where it never comes on this timeline."""
        found = next(iter(self.moments(number - 1, number)), None)
        return None if found is None else found[0]

    def moments(self, after: int, last: int) -> Iterator[tuple[int, str | None]]:
        """The moment and the pattern of each event from `after` + 1 to `last`, as far as they come."""
        place = bisect_left(self.segments, after + 1, key=lambda segment: segment.before) - 1
        number = after + 1
        for segment, following in zip(
            self.segments[place:], [*self.segments[place + 1 :], None], strict=True
        ):
            end = last if following is None else min(last, following.before)
            if not segment.rate:
                continue
            for one in range(number, end + 1):
                yield segment.start_us - (segment.before - one) * _UNIT // segment.rate, segment.pattern
            number = max(number, end + 1)

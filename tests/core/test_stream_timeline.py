"""Which event of a stream is when follows from its timeline, whatever was ordered on the way."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthmill.app.core.streams.state import SECOND_US
from synthmill.app.core.streams.timeline import Timeline

START = 1_790_000_000_123_457
RATES = st.sampled_from([0, 1_000, 2_500, 7_000, 60_000, 333_000, 5_000_000])
ORDERS = st.lists(st.tuples(st.integers(1, 20 * SECOND_US), RATES, st.sampled_from([None, 3])), max_size=8)


def course_of(orders: list[tuple[int, int, int | None]]) -> tuple[Timeline, int]:
    """A timeline with these orders, each some microseconds after the last; and a moment after them."""
    timeline, at = Timeline.begun(START, 10_000), START
    for later, rate, seconds in orders:
        at += later
        timeline = timeline.changed(at, rate, *(("peak", at + seconds * SECOND_US) if seconds else ()))
    return timeline, at + 30 * SECOND_US


@given(ORDERS)
def test_an_event_has_happened_from_its_moment_on_and_not_before(
    orders: list[tuple[int, int, int | None]],
) -> None:
    timeline, end = course_of(orders)
    last = timeline.position(end)
    for number in {1, 2, last // 2, last - 1, last, last + 1} - {0, -1}:
        at = timeline.time_of(number)
        if at is not None:
            assert timeline.position(at) >= number
            assert timeline.position(at - 1) < number
        else:
            assert number > last


@given(ORDERS, st.data())
def test_any_stretch_of_moments_is_that_of_the_whole(
    orders: list[tuple[int, int, int | None]], data: st.DataObject
) -> None:
    timeline, end = course_of(orders)
    last = min(timeline.position(end), 3_000)
    whole = list(timeline.moments(0, last))
    assert len(whole) == last
    assert all(one <= other for (one, _), (other, _) in pairwise(whole))
    after = data.draw(st.integers(0, last))
    stop = data.draw(st.integers(after, last))
    assert list(timeline.moments(after, stop)) == whole[after:stop]


@given(ORDERS, st.integers(1, 60 * SECOND_US), RATES)
def test_an_order_changes_nothing_before_it_takes_effect(
    orders: list[tuple[int, int, int | None]], later: int, rate: int
) -> None:
    timeline, end = course_of(orders)
    changed = timeline.changed(end + later, rate)
    for at in (START, (START + end) // 2, end, end + later):
        assert changed.position(at) == timeline.position(at)
    last = min(timeline.position(end + later), 2_000)
    assert list(changed.moments(0, last)) == list(timeline.moments(0, last))


def test_after_a_pause_the_next_number_is_the_next_number() -> None:
    timeline = Timeline.begun(START, 1_000)
    paused = timeline.changed(START + 5 * SECOND_US + 7, 0)
    assert paused.time_of(6) is None
    resumed = paused.changed(START + 65 * SECOND_US, 1_000)
    assert resumed.position(START + 64 * SECOND_US) == 5
    assert resumed.time_of(6) == START + 66 * SECOND_US


def test_a_pattern_ends_by_itself_and_with_a_pause() -> None:
    timeline = Timeline.begun(START, 1_000)
    until = START + 20 * SECOND_US
    peak = timeline.changed(START + 10 * SECOND_US, 5_000, "peak", until)
    patterns = [pattern for _, pattern in peak.moments(0, 65)]
    assert patterns == [None] * 10 + ["peak"] * 50 + [None] * 5
    resumed = peak.changed(START + 12 * SECOND_US, 0).changed(START + 14 * SECOND_US, 1_000)
    assert [pattern for _, pattern in resumed.moments(0, 25)] == [None] * 10 + ["peak"] * 10 + [None] * 5


@pytest.mark.parametrize("rate", [1, 3, 7, 10, 100, 999, 1_000, 5_000, 10_000])
def test_the_rate_is_exact(rate: int) -> None:
    timeline = Timeline.begun(START, 1_000 * rate)
    assert timeline.position(START + 3_600 * SECOND_US) == 3_600 * rate
    assert timeline.time_of(3_600 * rate) == START + 3_600 * SECOND_US


def test_it_is_the_same_after_it_was_stored() -> None:
    timeline, _ = course_of([(SECOND_US, 0, None), (SECOND_US, 2_000, 3)])
    assert Timeline.load(timeline.dump()) == timeline


def test_after_a_burst_within_a_burst_it_is_as_before_both() -> None:
    course = Timeline.begun(START, 1_000)
    outer = course.changed(START + 10 * SECOND_US, 5_000, "outer", START + 30 * SECOND_US)
    inner = outer.changed(START + 12 * SECOND_US, 8_000, "inner", START + 15 * SECOND_US)
    after = inner.at(START + 15 * SECOND_US)
    assert (after.rate, after.pattern) == (1_000, None)
    patterns = [pattern for _, pattern in inner.moments(0, 49)]
    assert patterns == [None] * 10 + ["outer"] * 10 + ["inner"] * 24 + [None] * 5

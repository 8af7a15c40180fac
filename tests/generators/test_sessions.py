"""Children that come in sessions: a session begins by the rate, its events follow one another closely."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthmill.generators.conformance.report import conformance, rows_of
from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.kernels.mix import F64
from tests.generators.lives import AT, DURING, bank, events, told
from tests.generators.worlds import fingerprint

SESSIONS = {**AT, "sessions": {"size": 6, "pause": "90s"}}
BUSY = {"hours": [0] * 9 + [1] * 3 + [0] * 12}
SECOND = 10**6


def visits(
    at: dict[str, Any] = SESSIONS, accounts: int = 300, rows: int = 9_000, **during: Any
) -> dict[str, Any]:
    of = {"max": 400, "counts": "exposure", "during": {**DURING, **during}}
    return bank(accounts, events("tx", at, rows=rows, **of))


def gaps(at: dict[str, Any] = SESSIONS) -> F64:
    """Seconds between siblings."""
    owners, times, _, _ = told(visits(at))
    return np.diff(times)[owners[1:] == owners[:-1]] / SECOND


def test_most_events_follow_closely_and_every_sixth_begins_a_session() -> None:
    found = gaps()
    close = found < 3_600
    assert close.mean() == pytest.approx(5 / 6, abs=0.02)
    assert found[close].mean() == pytest.approx(90, rel=0.05)
    assert (gaps(AT) < 3_600).mean() < 0.01


def test_times_rise_and_lie_in_their_lives() -> None:
    for at in (SESSIONS, {**AT, "sessions": {"size": 50, "pause": "9d"}}):
        owners, times, first, last = told(visits(at))
        assert (np.diff(times)[owners[1:] == owners[:-1]] >= 0).all()
        assert (times >= first[owners]).all()
        assert (times < np.maximum(last, first + 1)[owners]).all()


def test_sessions_begin_by_the_rate() -> None:
    owners, times, _, _ = told(visits(rate=BUSY))
    begins = np.r_[True, (np.diff(times) > 3_600 * SECOND) | (owners[1:] != owners[:-1])]
    hours = times // (3_600 * SECOND) % 24
    assert set(hours[begins].tolist()) == {9, 10, 11}
    assert np.isin(hours, [9, 10, 11, 12]).all()  # One that has begun goes on.


def test_any_part_is_the_same_as_in_the_whole() -> None:
    plan = make_plan(make_recipe("tabular", visits(accounts=60, rows=1_500), 4))
    whole = make_rows(plan, "tx", 0, 1_500)
    for start, stop in ((0, 1), (700, 701), (333, 1_100), (1_499, 1_500)):
        assert make_rows(plan, "tx", start, stop).equals(whole.slice(start, stop - start))


def test_the_values_are_the_promised_ones() -> None:
    during = {**DURING, "rate": BUSY}
    _, times, _, _ = told(bank(200, events("tx", SESSIONS, rows=3_000, max=30, during=during)))
    assert fingerprint(pa.array(times)) == "e5dcb0b91e9b86f43f34096e6639967b8fc9600fbac8f0f69201314b3d0b5ec8"


def test_a_dataset_of_sessions_conforms() -> None:
    recipe = make_recipe("tabular", visits(rate=BUSY), 3)
    assert not conformance(recipe, rows_of(recipe)).failed


@pytest.mark.parametrize(
    ("at", "of"),
    [
        ({"gaps": {"kind": "gamma", "shape": 3}}, {}),
        ({}, {"counts": "exposure", "min_gap": "1h"}),
        ({}, {"schedule": {"unit": "month", "day": 31}}),
    ],
)
def test_sessions_beside_other_laws_are_refused(at: dict[str, Any], of: dict[str, Any]) -> None:
    rows = None if "schedule" in of else 500
    counts = {} if "schedule" in of else {"max": 100}
    parameters = bank(50, events("tx", {**SESSIONS, **at}, rows=rows, **counts, **of))
    with pytest.raises(InvalidRequestError) as refusal:
        make_plan(make_recipe("tabular", parameters, 0))
    assert refusal.value.errors[0].field.endswith(".sessions")

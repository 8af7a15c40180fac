"""Members of groups are drawn by their weights, exactly."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from synthmill.generators.kernels.alias import grouped
from synthmill.generators.kernels.mix import mix


@given(st.lists(st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=12), min_size=1, max_size=5))
def test_slots_hold_each_member_as_often_as_its_weight_says(groups: list[list[float]]) -> None:
    weights = [weight for group in groups for weight in group]
    ends = np.cumsum([0, *map(len, groups)]).tolist()
    members = [list(range(start, stop)) for start, stop in pairwise(ends)]
    law = grouped(members, weights)
    for group in members:
        total, mass = (
            sum(map(Fraction, (weights[member] for member in group))),
            dict.fromkeys(group, Fraction(0)),
        )
        for slot in group:
            own = Fraction(int(law.limits[slot]), 2**64)
            mass[int(law.own[slot])] += own / len(group)
            mass[int(law.others[slot])] += (1 - own) / len(group)
        for member in group:
            assert abs(mass[member] - Fraction(weights[member]) / total) < Fraction(len(group), 2**63)


def test_a_draw_stays_in_its_group_and_follows_the_weights() -> None:
    law = grouped([[0, 2], [1, 3, 4]], [3.0, 1.0, 1.0, 1.0, 6.0])
    groups = np.arange(80_000) % 2
    drawn = law.draw(groups, mix(5, np.arange(80_000, dtype=np.uint64)))
    counts = np.bincount(drawn, minlength=5) / 40_000
    assert set(drawn[groups == 0]) == {0, 2}
    assert np.allclose(counts, [0.75, 0.125, 0.25, 0.125, 0.75], atol=0.01)

"""Who has chosen what another of the same group has, and who of them keeps it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthmill.generators.kernels.mix import mix
from synthmill.generators.kernels.repeats import repeated
from tests.generators.test_kernels_twins import same


def test_the_first_keeps_it_but_for_one_that_is_not_new() -> None:
    owners = np.array([0, 0, 0, 0, 1, 1])
    chosen = np.array([7, 7, 5, 7, 7, 7], np.uint64)
    new = np.array([True, False, False, False, True, True])
    assert repeated(owners, new, chosen).tolist() == [0, 3, 5]
    assert repeated(owners, ~new, chosen).tolist() == [1, 3, 5]


@pytest.mark.parametrize("size", [1, 2, 24, 25, 60, 1_000])
@given(kinds=st.integers(1, 2_000), key=st.integers(0, 2**32))
def test_repeats_are_found_with_the_same_bits_both_ways(size: int, kinds: int, key: int) -> None:
    draws = mix(key, np.arange(2_000, dtype=np.uint64))
    owners = np.arange(2_000) // size
    same(repeated, owners, draws % np.uint64(3) == 0, mix(1, draws) % np.uint64(kinds))

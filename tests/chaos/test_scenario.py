"""What seeds mean."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.chaos import faults
from tests.chaos.scenario import FAULTS, scenario


def test_a_seed_means_the_same_for_ever() -> None:
    assert scenario(7) == scenario(7)
    assert scenario(7) != scenario(9)


def test_half_of_the_seeds_have_each_backend() -> None:
    assert Counter(scenario(seed).backend for seed in range(40)) == {"folder+sqlite": 20, "s3+postgres": 20}


@pytest.mark.parametrize(("seeds", "times"), [(12, 1), (40, 3)])
def test_so_many_seeds_have_every_fault_of_each_backend_so_often(seeds: int, times: int) -> None:
    for backend, names in FAULTS.items():
        dealt = Counter(
            name
            for seed in range(seeds)
            for name in scenario(seed).names
            if scenario(seed).backend == backend
        )
        assert set(dealt) == set(names)
        assert min(dealt.values()) >= times


def test_every_fault_has_its_function_and_no_cost_is_of_another() -> None:
    names = {name for backend in FAULTS.values() for name in backend}
    assert all(callable(getattr(faults, name)) for name in names)
    assert set(faults.COSTS) <= names

"""The same data gives the same model, whatever the order of its rows, the kernels and the CPU."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

from synthmill.generators.kernels.backend import use
from synthmill.generators.learning import fit, fit_options
from tests.learning.models import people, people_model

GOLDEN = {
    "auto": "028a5dd2fb7783056170a501d887b84d7b0cd4421b907a2fe8621ef73071c6b5",
    "bayes": "a0f0b291341380dd0b282ef8871d1ba4a9f3c2bb2a0f6a55c9df06b993b13e96",
    "independent": "9daaaa3ea7b3121a1b3ece7bd5299e0220e5c0945df64323fff76d96f030dbc9",
}
"""Of the model files of `people`; a change of these is a change of what models are, and of FORMAT."""


@pytest.mark.parametrize("method", GOLDEN)
def test_the_model_is_the_golden_one(method: str) -> None:
    assert people_model(method=method).sha256 == GOLDEN[method]


@pytest.mark.parametrize("privacy", ["careful", "open"])
def test_the_order_of_rows_changes_nothing(privacy: str) -> None:
    rows = people()
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(rows.num_rows)
        again = fit({"people": rows.take(order)}, fit_options({"privacy": privacy}))
        assert again.sha256 == people_model(privacy).sha256


def test_the_order_of_rows_of_subjects_changes_nothing() -> None:
    draws = np.random.default_rng(4)
    person = draws.integers(0, 150, 900)
    rows = pa.table(
        {"person": person, "x": person % 7 + draws.integers(0, 3, 900), "y": draws.normal(person)}
    )
    options = fit_options({"roles": {"t": {"person": "subject"}}})
    models = [fit({"t": rows.take(draws.permutation(900))}, options).sha256 for _ in range(3)]
    assert set(models) == {fit({"t": rows}, options).sha256}


@pytest.mark.parametrize("method", ["auto", "bayes"])
def test_numpy_and_numba_fit_the_same_model_and_make_the_same_rows(method: str) -> None:
    found = []
    for name in ("numpy", "numba"):
        with use(name):
            model = fit({"people": people()}, fit_options({"method": method}))
            found.append((model.sha256, model.sample(2_000)["people"]))
    assert found[0][0] == found[1][0]
    assert found[0][1].equals(found[1][1])


def test_how_the_columns_are_chunked_changes_nothing() -> None:
    rows = people()
    chunked = pa.concat_tables([rows.slice(0, 111), rows.slice(111, 300), rows.slice(411)])
    assert fit({"people": chunked}, fit_options({})).sha256 == people_model().sha256


def test_other_data_is_another_model() -> None:
    assert fit({"people": people(seed=1)}, fit_options({})).sha256 != people_model().sha256


@pytest.mark.slow
def test_a_cpu_without_wide_instructions_fits_the_same_model() -> None:
    script = "from tests.learning.models import people_model; print(people_model().sha256)"
    without = {"NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 AVX512F AVX512_SKX", "NUMBA_CPU_NAME": "x86-64"}
    environment = {**os.environ, "PYTHONWARNINGS": "ignore", **without}
    made = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert made.stdout.strip() == people_model().sha256

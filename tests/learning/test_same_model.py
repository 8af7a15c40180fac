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
    "auto": "7ed2334c8f30f90d47f78265a47ef8291092fefb75c3e7dcc12879d63df4f1f6",
    "bayes": "dc4e74b0bfd0f201db12e953b362b4fb99a767675eba45dcff5c7d00fee32b6c",
    "independent": "51877b86aa478795b211e9ae09cc4bd04412b5fb07df37a0830c525cc31f8365",
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

"""How far out the one lies who is unlike all others is nobody's to know."""

from __future__ import annotations

import pyarrow as pa
import pytest

from synthmill.generators.learning import fit, fit_options


def amounts(planted: list[float]) -> pa.Table:
    usual = [round(10 + (number * 37 % 1_000) / 10 + number / 1e4, 4) for number in range(600)]
    return pa.table({"amount": usual + planted, "group": ["a", "b", "c"] * ((600 + len(planted)) // 3)})


@pytest.mark.parametrize("privacy", ["careful", "open"])
@pytest.mark.parametrize("planted", [[9e9, -9e9, 0.5], [5e6, 6e6, 7e6]])
def test_no_row_is_drawn_far_beyond_what_five_subjects_have(privacy: str, planted: list[float]) -> None:
    model = fit({"t": amounts(planted)}, fit_options({"privacy": privacy}))
    made = model.sample(5_000)["t"]["amount"].to_pylist()
    assert min(made) > 0
    assert max(made) < 200


def test_a_model_does_not_change_with_how_far_an_outlier_lies() -> None:
    near, far = (fit({"t": amounts([value, value, value])}, fit_options({})).sha256 for value in (1e5, 1e9))
    assert near == far

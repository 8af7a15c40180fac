"""The area under the ROC curve against independent computations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from synthmill.generators.evaluation.auc import placements, rate_at
from synthmill.generators.evaluation.scores import error_of_mean, error_of_share

SCORES = st.lists(st.integers(-5, 5), min_size=1, max_size=30)


@given(SCORES, SCORES)
def test_the_area_is_that_of_the_mann_whitney_statistic(ones: list[int], zeros: list[int]) -> None:
    labels = np.repeat([1, 0], [len(ones), len(zeros)])
    found = placements(np.array(ones + zeros, np.int64), labels)
    expected = stats.mannwhitneyu(ones, zeros).statistic / (len(ones) * len(zeros))
    assert found.auc == pytest.approx(expected)


def test_the_standard_error_is_what_areas_of_many_samples_vary_by() -> None:
    rng = np.random.default_rng(1)
    labels = np.repeat([1, 0], [150, 250])
    areas, errors, differences, paired = [], [], [], []
    for _ in range(400):
        signal = rng.standard_normal(400) + labels
        scores = (signal * 1_000).astype(np.int64)
        others = ((signal + 0.5 * rng.standard_normal(400)) * 1_000).astype(np.int64)
        one, other = placements(scores, labels), placements(others, labels)
        areas.append(one.auc)
        errors.append(one.standard_error)
        differences.append(one.auc - other.auc)
        paired.append(one.error_of_difference(other))
    assert np.mean(areas) == pytest.approx(stats.norm.cdf(1 / 2**0.5), abs=0.005)
    assert np.mean(errors) == pytest.approx(np.std(areas), rel=0.1)
    assert np.mean(paired) == pytest.approx(np.std(differences), rel=0.1)
    assert np.mean(paired) < 0.7 * np.mean(errors)


def test_the_rate_at_a_share_of_false_alarms() -> None:
    scores = np.array([*range(100), *range(50, 150)])
    labels = np.repeat([0, 1], 100)
    # One of the hundred others exceeds 98; of the members 99 and more are 51.
    assert rate_at(scores, labels, 0.01) == 0.51
    assert rate_at(scores[:100], labels[:100], 0.01) == 0.0


def test_errors_of_means_and_shares() -> None:
    values = np.array([1.0, 2.0, 4.0, 7.0])
    assert error_of_mean(values) == pytest.approx(stats.sem(values))
    hits = np.arange(1_000) < 500
    assert error_of_share(hits) == pytest.approx((0.25 / 999) ** 0.5)
    assert error_of_share(hits & False) > 0


def test_errors_of_rows_that_belong_together_are_those_of_their_owners() -> None:
    values, owners = np.array([1.0, 2.0, 4.0, 7.0]), np.arange(4)
    assert error_of_mean(np.repeat(values, 5), np.repeat(owners, 5)) == pytest.approx(stats.sem(values))
    assert error_of_mean(values, owners) == pytest.approx(error_of_mean(values))
    labels, scores = np.repeat([1, 0], 4), np.array([5, 6, 7, 8, 4, 6, 5, 9])
    once = placements(scores, labels, np.arange(8))
    often = placements(np.repeat(scores, 5), np.repeat(labels, 5), np.repeat(np.arange(8), 5))
    assert often.auc == once.auc
    assert often.standard_error == pytest.approx(once.standard_error)
    assert placements(np.repeat(scores, 5), np.repeat(labels, 5)).standard_error < 0.6 * once.standard_error

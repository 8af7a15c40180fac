"""Anomalies are as hard to find as was asked for: from found nearly all to not at all."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.anomalies import DIFFICULTIES, average_precision, books, found_in


def test_average_precision_is_that_of_its_definition() -> None:
    labels = np.array([1, 0, 1, 0], np.int64)
    assert average_precision(np.array([9, 7, 5, 3], np.int64), labels) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(np.array([1, 1, 1, 1], np.int64), labels) == 0.5


@pytest.mark.slow
def test_trees_find_fewer_the_harder_they_are_down_to_none() -> None:
    found = [found_in(books(25_000, 3, difficulty)) for difficulty in DIFFICULTIES]
    precisions = [one.precision for one in found]
    assert precisions[0] > 0.8
    assert precisions == sorted(precisions, reverse=True)
    # Wages, depreciation and charges within the group are never among them, which can be learnt.
    assert precisions[-1] < 1.6 * found[-1].share
    assert max(found[2].lifts.values()) < 5.0

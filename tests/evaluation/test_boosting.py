"""Boosted trees: what they learn, and that they are the same everywhere."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pytest

from synthmill.generators.evaluation.auc import placements
from synthmill.generators.kernels.backend import use
from synthmill.generators.kernels.learning.boosting import SCORE_BITS, Trees, boosted, scored
from synthmill.generators.kernels.learning.neighbours import FAR, nearest
from synthmill.generators.kernels.mix import mix

ROWS = 1_500
BITS = mix(7, np.arange(ROWS * 4, dtype=np.uint64)).reshape(ROWS, 4)
NUMBER = (BITS[:, 0] % np.uint64(200)).astype(np.int64) + 1
NOISE = (BITS[:, 1] % np.uint64(200)).astype(np.int64) + 1
CATEGORY = (BITS[:, 2] % np.uint64(23)).astype(np.int64) + 1
CODES = np.stack([NUMBER, NOISE, CATEGORY], 1).astype(np.uint8)
KINDS = np.array([False, False, True])
EVERYONE = np.arange(ROWS)


def fit(labels: Any, codes: Any = CODES, kinds: Any = KINDS, logistic: bool = True, trees: int = 30) -> Trees:
    return boosted(codes, kinds, labels.astype(np.int64), EVERYONE, logistic, 0, trees, 15)


def area(labels: Any, trees: Trees, codes: Any = CODES) -> float:
    return placements(scored(codes, 0, trees), labels.astype(np.int64)).auc


def odd_categories(codes: Any) -> Any:
    return codes % 2 == 1


@pytest.mark.parametrize("logistic", [True, False])
def test_trees_have_the_same_bits_both_ways(logistic: bool) -> None:
    codes = CODES.copy()
    codes[::7, 0] = 0
    target = (NUMBER > 100) ^ odd_categories(CATEGORY)
    labels = target if logistic else target * (3 << SCORE_BITS) + (NOISE << 10)
    rows = EVERYONE[BITS[:, 3] % np.uint64(3) > 0]
    found = []
    for name in ("numpy", "numba"):
        with use(name):
            trees = boosted(codes, KINDS, labels.astype(np.int64), rows, logistic, 1_000, 20, 31)
            found.append([*trees, scored(codes, 1_000, trees)])
    for plain, fast in zip(*found, strict=True):
        assert plain.dtype == fast.dtype
        assert plain.tobytes() == fast.tobytes()


def test_trees_are_the_golden_ones() -> None:
    trees = fit((NUMBER > 100) ^ odd_categories(CATEGORY))
    digest = hashlib.sha256(b"".join(one.astype("<i8").tobytes() for one in trees[:5])).hexdigest()
    assert digest[:16] == "ec300df9d7e0cbb8"


def test_a_threshold_and_an_interaction_are_learnt() -> None:
    for labels in (NUMBER > 100, (NUMBER > 100) ^ (NOISE > 60)):
        assert area(labels, fit(labels)) > 0.98


def test_categories_without_an_order_are_learnt_and_nothing_else_is_looked_at() -> None:
    labels = odd_categories(CATEGORY)
    trees = fit(labels)
    assert area(labels, trees) == 1.0
    assert trees.gains[2] > 100 * (trees.gains[0] + trees.gains[1])
    # In one split, as no order by code could do.
    assert trees.lefts[0, 0, 1:24].tolist() in ([1, 0] * 11 + [1], [0, 1] * 11 + [0])


def test_missing_numbers_go_to_the_side_where_they_belong() -> None:
    for belongs in (False, True):
        codes = CODES.copy()
        codes[NOISE > 150, 0] = 0
        labels = np.where(NOISE > 150, belongs, NUMBER > 100)
        assert area(labels, fit(labels, codes[:, :1].copy(), KINDS[:1]), codes[:, :1].copy()) > 0.99


def test_noise_is_learnt_by_heart_only_where_it_was_seen() -> None:
    labels = (BITS[:, 3] >> np.uint64(63)).astype(np.int64)
    trees = boosted(CODES, KINDS, labels, EVERYONE[::2], True, 0, 30, 15)
    seen, unseen = (
        placements(scored(CODES[part], 0, trees), labels[part]).auc
        for part in (EVERYONE[::2], EVERYONE[1::2])
    )
    assert seen > 0.7
    assert abs(unseen - 0.5) < 0.06


def test_numbers_are_predicted_in_standard_deviations() -> None:
    target = ((NUMBER - 100) << SCORE_BITS) // 58
    trees = fit(target, logistic=False, trees=80)
    errors = (scored(CODES, 0, trees) - target) / (1 << SCORE_BITS)
    assert np.sqrt((errors**2).mean()) < 0.1


def test_where_nothing_can_be_split_a_tree_is_one_leaf() -> None:
    trees = fit(NUMBER > 100, np.ones((ROWS, 1), np.uint8), np.array([False]))
    assert not trees.splits.any()
    assert len(set(scored(np.ones((5, 1), np.uint8), 0, trees).tolist())) == 1


@pytest.mark.parametrize(("count", "itself"), [(1, False), (5, False), (3, True)])
def test_the_nearest_are_those_of_a_plain_search_both_ways(count: int, itself: bool) -> None:
    cells = (BITS.T % np.uint64(1_000)).astype(np.int32)
    rows = np.ascontiguousarray(cells[:, :90])
    others = rows if itself else np.ascontiguousarray(cells[:, 90:1_400])
    expected = []
    for row in range(90):
        apart = [
            sum(min(abs(int(a) - int(b)), 300) for a, b in zip(rows[:, row], others[:, at], strict=True))
            for at in range(others.shape[1])
            if not (itself and at == row)
        ]
        expected.append(sorted(apart)[:count])
    for name in ("numpy", "numba"):
        with use(name):
            assert nearest(rows, others, 300, count, itself).tolist() == expected


def test_where_there_are_fewer_others_than_asked_for_the_rest_is_far() -> None:
    for name in ("numpy", "numba"):
        with use(name):
            assert nearest(np.zeros((1, 1), np.int32), np.ones((1, 2), np.int32), 9, 3, False).tolist() == [
                [1, 1, FAR]
            ]

"""The index of what rows may refer to: it finds what a look at all rows finds, by the same law."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from synthmill.generators.columns.linking import index as module
from synthmill.generators.columns.linking.index import Index, index_of
from synthmill.generators.columns.linking.wanted import NEVER
from synthmill.generators.kernels.mix import I64, mix
from tests.generators.fit import assert_shares

ROWS, GROUPS, LATEST = 400, 7, 60


def numbers(key: int, count: int, below: int) -> I64:
    return (mix(key, np.arange(count, dtype=np.uint64)) % np.uint64(below)).astype(np.int64)


GROUP = numbers(1, ROWS, GROUPS + 1) - 1
SINCE = numbers(2, ROWS, LATEST)
UNTIL = np.where(numbers(3, ROWS, 5) == 0, NEVER, SINCE + numbers(4, ROWS, 25) - 2)
WEIGHTS = numbers(5, ROWS, 4)
ASKED = 3_000
ASKED_GROUP, ASKED_AT = numbers(6, ASKED, GROUPS + 1) - 1, numbers(7, ASKED, LATEST + 30) - 3


def existing(group: int, at: int, weighted: bool) -> I64:
    fits = (group == GROUP) & (group >= 0) & (at >= SINCE) & (at < UNTIL)
    return np.flatnonzero(fits & (WEIGHTS > 0) if weighted else fits)


def an_index(weighted: bool) -> Index:
    return index_of(GROUP, GROUPS, SINCE, UNTIL, WEIGHTS if weighted else None)


WAYS = pytest.mark.parametrize(
    ("draws", "few"), [(1, 0), (16, 0), (1, 400)], ids=["by search", "by draws", "by a look at all"]
)


@WAYS
@pytest.mark.parametrize("weighted", [False, True])
def test_one_that_exists_is_found_wherever_there_is_one(
    weighted: bool, draws: int, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "DRAWS", draws)
    monkeypatch.setattr(module, "FEW", few)
    u = mix(8, np.arange(ASKED, dtype=np.uint64))
    found = an_index(weighted).choose(ASKED_GROUP, ASKED_AT, u)
    for group, at, row in zip(ASKED_GROUP.tolist(), ASKED_AT.tolist(), found.tolist(), strict=True):
        able = existing(group, at, weighted).tolist()
        assert row in able if able else row == -1


@WAYS
@pytest.mark.parametrize("weighted", [False, True])
def test_those_that_exist_are_chosen_by_weight(
    weighted: bool, draws: int, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "DRAWS", draws)
    monkeypatch.setattr(module, "FEW", few)
    many = 20_000
    u = mix(9, np.arange(many, dtype=np.uint64))
    found = an_index(weighted).choose(np.full(many, 2), np.full(many, 40), u)
    able = existing(2, 40, weighted).tolist()
    assert 3 < len(able) < ROWS / 4
    assert_shares(Counter(found.tolist()), {row: float(WEIGHTS[row]) if weighted else 1.0 for row in able})


@pytest.mark.parametrize(("low", "high"), [(20, 25), (10, 60), (-1, 5), (5, 49), (30, 70), (50, 50)])
def test_a_group_that_is_never_empty_in_a_period_is_told_from_others(low: int, high: int) -> None:
    wanted = [all(len(existing(group, at, False)) for at in range(low, high + 1)) for group in range(GROUPS)]
    assert an_index(False).always(np.arange(GROUPS), low, high).tolist() == wanted


def test_without_times_a_group_needs_a_row_and_with_a_beginning_one_from_the_first() -> None:
    groups, since = np.array([0, 0, 2]), np.array([5, 3, 8])
    assert index_of(groups, 3).always(np.arange(3), None, None).tolist() == [True, False, True]
    assert index_of(groups, 3, since).always(np.arange(3), 4, 9).tolist() == [True, False, False]

"""Columns that another decides: what goes with each of its codes, where enough subjects have both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from synthmill.generators.kernels.learning.trees import I32
from synthmill.generators.kernels.mix import I64
from synthmill.generators.learning.codecs.codec import SHARED, subjects_of
from synthmill.generators.learning.relations.quantities import HELD
from synthmill.generators.learning.variables import UNSEEN, Variable

_SAMPLE = 8_192
_FEWEST_PAIRS = 40
"""Neighbours of one code in the sample by which a lookup is worth trying."""
_NEAR = 0.98
_BEYOND_CHANCE = 0.01
"""Of the rows that haven't the commonest code, those that may say otherwise."""
_FEWEST_OTHERS = 20
_MOST_CODES = 16_384


class Decided(NamedTuple):
    """A variable's codes by those of another."""

    by: int
    """The other's place."""
    codes: I64
    """By the other's code, its own."""


def find_lookups(
    variables: Sequence[Variable],
    codes: Sequence[I64],
    places: Sequence[int],
    exact: Mapping[int, I64],
    subjects: I32,
) -> dict[int, Decided]:
    """Which variables follow from which other one, exactly in 99.9 % of the rows.

    `places` are of variables that stand for their column by themselves; `exact` has, of those, which codes
    stand for one value. Of several that decide a variable the one of fewest codes does; of variables that
    decide each other the first stays. An entry is the code that most rows have with the other's; where fewer
    than five subjects have both, the commonest code stands, so that nothing of these few is held.
    """
    candidates = [place for place in places if 1 < len(variables[place]) <= _MOST_CODES]
    sample = (
        np.stack([codes[place][:_SAMPLE] for place in candidates])
        if candidates
        else np.zeros((0, 0), np.int64)
    )
    # A finer variable decides a coarser one, so no two can decide each other in a circle.
    finest = sorted(candidates, key=lambda place: (-len(variables[place]), place))
    rank = {place: at for at, place in enumerate(finest)}
    found = dict[int, tuple[int, Decided]]()
    for at, place in enumerate(candidates):
        for other in _near(sample, at):
            target = candidates[other]
            if rank[target] < rank[place]:
                continue
            decided = _decided(variables, codes, place, target, exact[target], subjects)
            size = len(variables[place])
            if decided is not None and (target not in found or size < found[target][0]):
                found[target] = size, decided
    return {target: decided for target, (_, decided) in found.items()}


def _near(sample: I64, at: int) -> list[int]:
    """The variables that hardly differ between rows in which this one is the same."""
    own = sample[at]
    order = np.argsort(own, kind="stable")
    rows = sample[:, order]
    same = (rows[at, 1:] == rows[at, :-1]) & (rows[at, 1:] != UNSEEN)
    if int(same.sum()) < _FEWEST_PAIRS:
        return []
    first, second = rows[:, :-1][:, same], rows[:, 1:][:, same]
    seen = (first != UNSEEN) & (second != UNSEEN)
    agree = ((first == second) & seen).sum(axis=1) >= _NEAR * np.maximum(1, seen.sum(axis=1))
    return [one for one in np.flatnonzero(agree).tolist() if one != at]


def _decided(
    variables: Sequence[Variable], codes: Sequence[I64], place: int, target: int, exact: I64, subjects: I32
) -> Decided | None:
    """None where the one doesn't decide the other, or only as its commonest code would."""
    size, own_size = len(variables[place]), len(variables[target])
    both = (codes[place] != UNSEEN) & (codes[target] != UNSEEN)
    given, own = codes[place][both], codes[target][both]
    if not len(given):
        return None
    pairs, inverse, counts = np.unique(given * own_size + own, return_inverse=True, return_counts=True)
    of_given, of_own = pairs // own_size, pairs % own_size
    # The commonest of each, the lowest code where two are.
    best = np.lexsort((of_own, -counts, of_given))
    firsts = best[np.unique(of_given[best], return_index=True)[1]]
    wrong = len(given) - int(counts[firsts].sum())
    commonest = int(np.argmax(np.bincount(own, minlength=own_size)))
    others = len(given) - int((own == commonest).sum())
    if wrong > (1 - HELD) * len(given) or wrong > _BEYOND_CHANCE * others or others < _FEWEST_OTHERS:
        return None
    if not exact[of_own[firsts]].all():
        return None
    enough = subjects_of(inverse.astype(np.int64), subjects[both].astype(np.int64), len(pairs)) >= SHARED
    table = np.full(size, commonest, np.int64)
    table[of_given[firsts]] = np.where(enough[firsts], of_own[firsts], commonest)
    return Decided(place, table) if len(np.unique(table)) > 1 else None

"""Which settings fit the data, by what held-out subjects say of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.elementary import log
from synthmill.generators.kernels.learning.trees import GAIN_UNIT, I32, gain_table
from synthmill.generators.kernels.mix import I64
from synthmill.generators.learning.chain import Growth, Link, bins_of, fit_links
from synthmill.generators.learning.variables import UNSEEN, Variable

_BITS_PER_NAT = 1.4426950408889634
_TOLERATED = 4
"""A loss may be a quarter more than the least: most of it is of classes that a leaf has no row of, and that
aren't missed in rows that are made."""
_PRIOR = 1.0
"""Rows that each leaf has besides its own, of the classes as the whole table has them."""
MOST_ROWS = 100_000
"""Settings are chosen by so many rows."""


def choose_alphas(
    variables: Sequence[Variable],
    codes: Sequence[I64],
    order: Sequence[int],
    parents: Sequence[Sequence[int]],
    subjects: I32,
    held_out: npt.NDArray[np.bool_],
    growth: Growth,
    alphas: Sequence[float],
    report: Callable[[], None],
    decided: Collection[int] = (),
) -> list[float]:
    """By place in the order, the least alpha with which held-out rows are about as likely as with the best.

    The least, as it keeps most of how columns go together. `growth` says the rest; the variables at the
    places `decided` need none.
    """
    train, test = np.flatnonzero(~held_out), np.flatnonzero(held_out)
    if len(train) < 2 * growth.least_rows or not len(test):
        return [alphas[0]] * len(order)
    table = gain_table(len(train))
    features = np.zeros((len(order), len(subjects)), np.uint8)
    counting = growth._replace(donors=False)
    chosen = []
    for at, place in enumerate(order):
        variable, own = variables[place], codes[place]
        seen = [variables[order[one]] for one in parents[at]]
        learnt, asked = (np.ascontiguousarray(features[list(parents[at])][:, rows]) for rows in (train, test))
        tried = alphas if seen and place not in decided else ()
        losses = []
        if tried:
            links = fit_links(variable, own[train], learnt, seen, subjects[train], counting, tried, table)
            losses = [_loss(link, variable, own[test], asked) for link in links]
        # Where there is nothing to choose, the first will do.
        bound = min(losses, default=0) + min(losses, default=0) // _TOLERATED
        fitting = (alpha for alpha, loss in zip(alphas, losses, strict=False) if loss <= bound)
        chosen.append(next(fitting, alphas[0]))
        features[at] = bins_of(variable, own)
        report()
    return chosen


def _loss(link: Link, variable: Variable, codes: I64, features: npt.NDArray[np.uint8]) -> int:
    """Bits, in units of GAIN_UNIT, that the rows' classes take; whole, so that a sum is exact."""
    seen = codes != UNSEEN
    leaves = link.leaves(features, len(codes))
    assert link.sums is not None
    counts = np.zeros((len(link.starts) - 1, variable.class_count))
    weights = np.diff(link.sums, prepend=0)
    weights[link.starts[:-1]] = link.sums[link.starts[:-1]]
    counts[np.repeat(np.arange(len(counts)), np.diff(link.starts)), link.entries] = weights
    whole = np.bincount(variable.classes, weights=variable.weights, minlength=variable.class_count)
    prior = _PRIOR * whole / float(variable.weights.sum())
    totals = link.sums[link.starts[1:] - 1].astype(np.float64)
    classes = variable.classes[codes[seen]]
    likely = (counts[leaves[seen], classes] + prior[classes]) / (totals[leaves[seen]] + _PRIOR)
    return (
        -int(np.rint(log(likely) * (_BITS_PER_NAT * GAIN_UNIT)).astype(np.int64).sum()) if len(likely) else 0
    )

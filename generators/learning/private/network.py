"""A network of noisy tables: which variables go together is asked of the data a few times, each for its part
of the budget, and each variable is made by those before it that it goes with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from synthmill.generators.kernels.mix import F64, I64, key, mix
from synthmill.generators.learning.chain import Chain, Link
from synthmill.generators.learning.private.conditionals import Margin, conditional, link_of, raked
from synthmill.generators.learning.private.measuring import Measuring
from synthmill.generators.learning.variables import Variable

PARENTS = 4
"""Of a variable, at most."""
COMBINATIONS = 8_192
"""Of its parents' bins, at most."""
_MADE = 2**17
"""Rows of the model that its tables are counted of while it is made: they are nobody's."""
_PAIRS, _CHOICES = "pairs of columns", "which columns go together"


def fit_network(
    measuring: Measuring,
    variables: Sequence[Variable],
    codes: Sequence[I64],
    total: float,
    rho_choices: Fraction,
    rho_pairs: Fraction,
    done: Callable[[], None],
) -> Chain:
    """The chain of all variables; `codes` are the rows', -1 where a row has none."""
    classes = [
        np.where(own < 0, -1, variable.classes[own.clip(0)].astype(np.int64))
        for variable, own in zip(variables, codes, strict=True)
    ]
    shares = [_shares(one) for one in variables]
    learnt = [at for at, one in enumerate(variables) if one.class_count > 1]
    constant = [at for at in range(len(variables)) if at not in learnt]
    counts = _Counts(classes, [one.class_count for one in variables])
    further = [min(PARENTS, at) - 1 for at in range(1, len(learnt))]
    choices = max(0, len(learnt) - 1) + sum(further)
    each_choice = rho_choices / max(1, choices)
    each_pair = rho_pairs / max(1, choices)
    order, first = _tree(measuring, learnt, counts, shares, total, each_choice)
    done()
    bins = np.zeros((len(order) + len(constant), _MADE), np.uint8)
    links = list[Link]()
    place_of = {one: at for at, one in enumerate(order)}
    for at, one in enumerate(order):
        variable = variables[one]
        margins, parents = list[Margin](), list[int]()
        sizes = list[int]()
        table = shares[one][:, None]
        for step in range(min(PARENTS, at)):
            if step == 0:
                found = place_of[first[one]]
            else:
                choice = _further(
                    measuring, counts, order, at, parents, sizes, bins, table, total, each_choice, variables
                )
                if choice is None:
                    break
                found = choice
            parent = order[found]
            size = variables[parent].class_count
            noisy, _ = measuring.counts(_PAIRS, counts.pair(one, parent), each_pair)
            margin = np.bincount(bins[found], minlength=size) / _MADE
            parents.append(found)
            sizes.append(size)
            margins.append(Margin((step,), raked(noisy, shares[one], margin)))
            table = conditional(shares[one], sizes, _combined(bins, parents, sizes), margins)
        link = link_of(table, sizes, parents)
        drawn, _ = link.drawn(
            variable, bins[:at], mix(key(0, "private", str(at)), np.arange(_MADE, dtype=np.uint64))
        )
        bins[at] = variable.bins[drawn]
        links.append(link)
        done()
    links += [link_of(np.ones((1, 1)), (), ()) for _ in constant]
    return Chain((*order, *constant), tuple(links))


def _shares(variable: Variable) -> F64:
    whole = np.bincount(variable.classes, weights=variable.weights, minlength=variable.class_count)
    return np.asarray(whole / whole.sum())


class _Counts:
    """How many rows have which classes of two variables; each pair is counted once."""

    def __init__(self, classes: Sequence[I64], sizes: Sequence[int]) -> None:
        self._classes, self._sizes = classes, sizes
        self._found: dict[tuple[int, int], I64] = {}

    def pair(self, first: int, second: int) -> I64:
        """Of shape (classes of the first, of the second)."""
        if first > second:
            return self.pair(second, first).T
        if (first, second) not in self._found:
            size = self._sizes[second]
            a, b = self._classes[first], self._classes[second]
            both = (a >= 0) & (b >= 0)
            counted = np.bincount(a[both] * size + b[both], minlength=self._sizes[first] * size)
            self._found[first, second] = counted.reshape(-1, size)
        return self._found[first, second]


def _distance(counted: I64, expected: F64) -> int:
    """How far counts are from what the model has; whole, so that one row changes it by at most one."""
    return int(np.abs(counted - np.rint(expected).astype(np.int64)).sum())


def _tree(
    measuring: Measuring, learnt: Sequence[int], counts: _Counts, shares: Sequence[F64], total: float,
    rho: Fraction,
) -> tuple[list[int], dict[int, int]]:  # fmt: skip
    """An order of the variables, and of each but the first one that is before it: those that go together most
    (Prim's algorithm)."""
    if not learnt:
        return [], {}

    def score(a: int, b: int) -> int:
        return _distance(counts.pair(a, b), total * np.outer(shares[a], shares[b]))

    order, first = [learnt[0]], dict[int, int]()
    while len(order) < len(learnt):
        edges = [(a, b) for a in order for b in learnt if b not in order]
        a, b = edges[measuring.largest(_CHOICES, [score(*edge) for edge in edges], rho)]
        first[b] = a
        order.append(b)
    return order, first


def _further(
    measuring: Measuring, counts: _Counts, order: Sequence[int], at: int, parents: Sequence[int],
    sizes: Sequence[int], bins: np.ndarray, table: F64, total: float, rho: Fraction,
    variables: Sequence[Variable],
) -> int | None:  # fmt: skip
    """The place of one more parent: of that with which the model is the furthest from the data."""
    room = COMBINATIONS // int(np.prod(sizes))
    open_ = [one for one in range(at) if one not in parents and variables[order[one]].class_count <= room]
    if not open_:
        return None
    codes = _codes(bins, parents, sizes)
    scores = []
    for one in open_:
        size = variables[order[one]].class_count
        joint = np.bincount(codes * size + bins[one], minlength=table.shape[1] * size).reshape(-1, size)
        expected = (table @ joint) * (total / _MADE)
        scores.append(_distance(counts.pair(order[at], order[one]), expected))
    return open_[measuring.largest(_CHOICES, scores, rho)]


def _codes(bins: np.ndarray, parents: Sequence[int], sizes: Sequence[int]) -> I64:
    found = np.zeros(bins.shape[1], np.int64)
    for parent, size in zip(parents, sizes, strict=True):
        found = found * size + bins[parent]
    return found


def _combined(bins: np.ndarray, parents: Sequence[int], sizes: Sequence[int]) -> F64:
    counted = np.bincount(_codes(bins, parents, sizes), minlength=int(np.prod(sizes)))
    return counted.astype(np.float64)

"""One, two and three columns at a time: distances between their distributions."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from synthmill.generators.evaluation.columns import Column, binned
from synthmill.generators.evaluation.draws import distances, judged
from synthmill.generators.evaluation.sample import Sample
from synthmill.generators.evaluation.scores import Finding, Score
from synthmill.generators.kernels.mix import F64, I64, key, mix

BINS = 10
"""Of a column in a pair, but for the missing: ranges that hold as many real cells each."""
THREE_BINS = 6
MOST_PAIRS, MOST_TRIPLES = 600, 200

_Measured = tuple[list[Score], list[Finding]]


def shapes(sample: Sample) -> _Measured:
    """Of numbers 1 - the Kolmogorov-Smirnov statistic, of categories 1 - the total variation distance."""
    columns = sample.compared

    def measure(first: I64, second: I64) -> F64:
        return np.array([_shape(column, first, second) for column in columns])

    return judged(
        sample,
        distances(sample, measure),
        [(column.name,) for column in columns],
        "shape",
        (
            "How alike each column's distribution is, by itself, on average.",
            "The column whose distribution is farthest from what real rows have.",
        ),
    )


def missing(sample: Sample) -> _Measured:
    """1 - the difference of the shares of missing cells, of columns that have any."""
    columns = [column for column in sample.compared if (column.codes < 0).any()]

    def measure(first: I64, second: I64) -> F64:
        shares = [[_share(column.codes[rows] < 0) for rows in (first, second)] for column in columns]
        return np.array([abs(one - other) for one, other in shares])

    return (
        judged(
            sample,
            distances(sample, measure),
            [(column.name,) for column in columns],
            "missing",
            (
                "How alike the shares of missing cells are, on average.",
                "The column whose share of missing cells is farthest from that of real rows.",
            ),
        )
        if columns
        else ([], [])
    )


def valid(sample: Sample) -> _Measured:
    """1 - the share of cells beyond the least and the greatest, or of a category that isn't in the real
    rows."""
    columns = sample.compared

    def measure(first: I64, second: I64) -> F64:
        return np.array([_strange(column, first, second) for column in columns])

    return judged(
        sample,
        distances(sample, measure),
        [(column.name,) for column in columns],
        "valid",
        (
            "The share of cells within the range or among the categories of real rows, on average.",
            "The column with most cells that no real row comes near.",
        ),
    )


def pairs(sample: Sample) -> _Measured:
    """1 - the total variation distance of two columns together, in bins of equal counts."""
    return _several(
        sample,
        2,
        MOST_PAIRS,
        BINS,
        "pair",
        (
            "How alike the distributions of two columns together are, on average.",
            "The two columns whose joint distribution is farthest from what real rows have.",
        ),
    )


def triples(sample: Sample) -> _Measured:
    """The same of three columns (the k-marginal score of NIST's challenges, k = 3)."""
    return _several(
        sample,
        3,
        MOST_TRIPLES,
        THREE_BINS,
        "marginal3",
        (
            "How alike the distributions of three columns together are, on average.",
            "The three columns whose joint distribution is farthest from what real rows have.",
        ),
    )


def _several(
    sample: Sample, count: int, most: int, bins: int, metric: str, meaning: tuple[str, str]
) -> _Measured:
    """Of so many columns together, of at most so many such choices."""
    columns = sample.compared
    chosen = _some(sample, list(itertools.combinations(range(len(columns)), count)), most)
    coded = _binned(sample, bins)

    def measure(first: I64, second: I64) -> F64:
        return _together(coded, chosen, first, second, bins + 1)

    return judged(sample, distances(sample, measure), _names(columns, chosen), metric, meaning)


def correlations(sample: Sample) -> _Measured:
    """1 - half the difference of Spearman's rank correlations, of numbers. A missing cell counts as the
    mean."""
    columns = [column for column in sample.compared if column.ordered]
    chosen = _some(sample, list(itertools.combinations(range(len(columns)), 2)), MOST_PAIRS)

    def measure(first: I64, second: I64) -> F64:
        return np.abs(_ranked(columns, chosen, first) - _ranked(columns, chosen, second)) / 2

    return judged(
        sample,
        distances(sample, measure),
        _names(columns, chosen),
        "correlation",
        (
            "How alike the rank correlations of numbers are, on average.",
            "The two numbers whose rank correlation is farthest from that of real rows.",
        ),
    )


def _shape(column: Column, first: I64, second: I64) -> float:
    shares = []
    for rows in (first, second):
        codes = column.codes[rows]
        codes = codes[codes >= 0]
        shares.append(np.bincount(codes, minlength=len(column.values)) / max(1, len(codes)))
    apart = shares[0] - shares[1]
    if column.ordered:
        return float(np.abs(np.cumsum(apart)).max(initial=0.0))
    return float(np.abs(apart).sum()) / 2


def _share(flags: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    return int(np.count_nonzero(flags)) / max(1, len(flags))


def _strange(column: Column, first: I64, second: I64) -> float:
    known, seen = (codes[codes >= 0] for codes in (column.codes[first], column.codes[second]))
    if not len(known):
        return 1.0 if len(seen) else 0.0
    if column.ordered:
        return _share((seen < known.min()) | (seen > known.max()))
    there = np.zeros(len(column.values), np.bool_)
    there[known] = True
    return _share(~there[seen])


def _some(sample: Sample, items: list[tuple[int, ...]], most: int) -> Sequence[tuple[int, ...]]:
    """At most so many, chosen by hash."""
    if len(items) <= most:
        return items
    order = np.argsort(mix(key(sample.seed, sample.table, "items"), np.arange(len(items), dtype=np.uint64)))
    return [items[at] for at in np.sort(order[:most])]


def _names(columns: Sequence[Column], chosen: Sequence[tuple[int, ...]]) -> list[tuple[str, ...]]:
    return [tuple(columns[at].name for at in places) for places in chosen]


def _binned(sample: Sample, bins: int) -> list[I64]:
    """By ranges of the real rows alone, so that one cell far beyond them moves no edge."""
    like = sample.some(sample.real)
    return [binned(column, column.codes[like], bins) for column in sample.compared]


def _together(
    coded: Sequence[I64], chosen: Sequence[tuple[int, ...]], first: I64, second: I64, bins: int
) -> F64:
    ones, others = ([codes[rows] for codes in coded] for rows in (first, second))
    found = np.zeros(len(chosen))
    for at, places in enumerate(chosen):
        counts = []
        for codes in (ones, others):
            cell = codes[places[0]]
            for place in places[1:]:
                cell = cell * bins + codes[place]
            counts.append(np.bincount(cell, minlength=bins ** len(places)))
        # Whole numbers: their sum depends on no order.
        apart = np.abs(counts[0] * len(second) - counts[1] * len(first))
        found[at] = int(apart.sum()) / (2 * len(first) * len(second))
    return found


def _ranked(columns: Sequence[Column], chosen: Sequence[tuple[int, ...]], rows: I64) -> F64:
    ranks = [midranks(column.codes[rows]) for column in columns]
    squares = [int(np.dot(one, one)) for one in ranks]
    return np.array(
        [
            int(np.dot(ranks[a], ranks[b])) / (max(1, squares[a]) * max(1, squares[b])) ** 0.5
            for a, b in chosen
        ]
    )


def midranks(codes: I64) -> I64:
    """Twice the rank of each less the mean rank, ties in the middle; 0 where a code is missing."""
    known = codes >= 0
    counts = np.bincount(codes[known], minlength=1)
    below = np.cumsum(counts) - counts
    found = np.zeros(len(codes), np.int64)
    found[known] = (2 * below + counts)[codes[known]] - int(known.sum())
    return found

"""What the page draws: shares of cells in ranges and categories, and of rows by distance.

A picture shows no value of fewer than five real rows: categories that are rarer are put together, and
ranges are those of the page's own, with edges of three digits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from synthmill.generators.evaluation.columns import Column
from synthmill.generators.evaluation.draws import pair
from synthmill.generators.evaluation.privacy.copies import Closest
from synthmill.generators.evaluation.sample import Sample
from synthmill.generators.evaluation.scores import Finding
from synthmill.generators.kernels.mix import F64, I64

MOST_COLUMNS = 60
_BARS = 16
_LEAST_ROWS = 5
_DISTANCES = 24


@dataclass(frozen=True)
class Picture:
    """Bars of real and of synthetic rows side by side."""

    what: str
    """"column" or "distance"."""
    title: str
    labels: tuple[str, ...]
    real: tuple[float, ...]
    """Shares of rows, by label."""
    synthetic: tuple[float, ...]


def pictures(sample: Sample, findings: Sequence[Finding], closest: Closest | None) -> Iterator[Picture]:
    """The columns whose shapes are worst first, then the distances to the closest real record."""
    order = {one.columns[0]: at for at, one in enumerate(findings) if one.metric == "shape"}
    columns = sorted(sample.compared, key=lambda one: order.get(one.name, len(order)))
    rows = pair(sample)
    for column in columns[:MOST_COLUMNS]:
        drawn = _numbers(column, *rows) if column.ordered else _categories(column, *rows)
        if drawn is not None:
            yield drawn
    if closest is not None:
        yield _distances(closest)


def _numbers(column: Column, real: I64, synthetic: I64) -> Picture | None:
    """Ranges of equal width between the first and the last hundredth of the real cells, and what is "
    "beyond."""
    values = column.values.astype(np.float64)
    cells = [values[codes[codes >= 0]] for codes in (column.codes[real], column.codes[synthetic])]
    cells = [one[np.isfinite(one)] for one in cells]
    if len(cells[0]) < _LEAST_ROWS * _BARS:
        return None
    ordered = np.sort(cells[0])
    low, high = _short(ordered[len(ordered) // 100], False), _short(ordered[-1 - len(ordered) // 100], True)
    if not low < high:
        low, high = low - 1.0, high + 1.0
    edges = np.array([low + (high - low) * at / _BARS for at in range(_BARS + 1)])
    counts = [np.bincount(np.searchsorted(edges, one, "right"), minlength=_BARS + 2) for one in cells]
    labels = [
        f"below {low:g}",
        *(f"{_near(a)} to {_near(b)}" for a, b in pairwise(edges)),
        f"{high:g} or more",
    ]
    return _picture("column", column.name, labels, counts, cells)


def _categories(column: Column, real: I64, synthetic: I64) -> Picture | None:
    counts = [
        np.bincount(codes[codes >= 0], minlength=len(column.values))
        for codes in (column.codes[real], column.codes[synthetic])
    ]
    shown = np.flatnonzero(counts[0] >= _LEAST_ROWS)
    shown = shown[np.argsort(-counts[0][shown], kind="stable")][:_BARS]
    if not len(shown):
        return None
    rest = [int(one.sum() - one[shown].sum()) for one in counts]
    bars = [np.append(one[shown], more) for one, more in zip(counts, rest, strict=True)]
    labels = [str(column.values[at])[:40] for at in shown] + ["others"]
    cells = [np.empty(int(one.sum())) for one in counts]
    return _picture("column", column.name, labels, bars, cells)


def _distances(closest: Closest) -> Picture:
    both = np.sort(np.concatenate((closest.fresh, closest.synthetic)))
    high = max(1, int(both[len(both) * 99 // 100]))
    counts = [
        np.bincount(np.minimum(one * _DISTANCES // high, _DISTANCES), minlength=_DISTANCES + 1)
        for one in (closest.fresh, closest.synthetic)
    ]
    labels = [f"{at * 100 // _DISTANCES} % of the greatest" for at in range(_DISTANCES)] + ["beyond"]
    return _picture(
        "distance", "Distance to the closest real record", labels, counts, [closest.fresh, closest.synthetic]
    )


def _picture(
    what: str, title: str, labels: Sequence[str], counts: Sequence[I64], cells: Sequence[F64 | I64]
) -> Picture:
    shares = [
        tuple(round(int(count) / max(1, len(rows)), 3) for count in one)
        for one, rows in zip(counts, cells, strict=True)
    ]
    return Picture(what, title, tuple(labels), shares[0], shares[1])


def _short(value: float, up: bool) -> float:
    """Rounded outwards to two digits of its own."""
    if value == 0 or not np.isfinite(value):
        return 0.0
    step = 10.0 ** (int(np.floor(np.log10(abs(value)))) - 1)
    return float(np.ceil(value / step) * step if up else np.floor(value / step) * step)


def _near(value: float) -> str:
    return f"{value:.3g}"

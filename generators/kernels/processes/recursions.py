"""Processes in which a step follows from those before it, many runs at once.

A run is a stretch of steps that begins from what is known of the process in the long run, and knows nothing
of other runs. Runs lie one after the other in one array: run i is bounds[i] to bounds[i + 1] - 1. Each is
made in the order of its steps, so every way to compute it rounds alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.mix import F64, I64, U64

T = TypeVar("T", bound=np.generic)


@Twin
def arma(bounds: I64, ar: F64, ma: F64, shocks: F64) -> F64:
    """x(t) = ar[1] x(t-1) + ... + e(t) + ma[1] e(t-1) + ..., with everything before a run's beginning 0.

    `ar` has shape (runs, p): each run its own coefficients. `ma` has shape (q,). Box and Jenkins (1970).
    """
    e, p, q = _padded(bounds, shocks), ar.shape[1], len(ma)
    x = np.zeros_like(e)
    for t in range(e.shape[1]):
        total = e[:, t].copy()
        for lag in range(1, min(q, t) + 1):
            total += ma[lag - 1] * e[:, t - lag]
        for lag in range(1, min(p, t) + 1):
            total += ar[:, lag - 1] * x[:, t - lag]
        x[:, t] = total
    return _flat(bounds, x)


@Twin
def garch(bounds: I64, reaction: F64, persistence: F64, normal: F64) -> F64:
    """GARCH(1,1) moves of mean variance 1 from standard normal numbers (Bollerslev 1986).

    x(t) = sqrt(h(t)) z(t), h(t+1) = 1 - a - b + a x(t) ** 2 + b h(t); `reaction` (a) and `persistence` (b)
    have one number for each run, and h begins as 1.
    """
    z = _padded(bounds, normal)
    x = np.zeros_like(z)
    base = (1.0 - reaction) - persistence
    h = np.ones(len(z))
    for t in range(z.shape[1]):
        x[:, t] = np.sqrt(h) * z[:, t]
        h = (base + reaction * (x[:, t] * x[:, t])) + persistence * h
    return _flat(bounds, x)


@Twin
def markov(bounds: I64, first: U64, thresholds: U64, u: U64) -> I64:
    """States 0 to k - 1 of a Markov chain: of a run's first step by `first`, then by its row of `thresholds`.

    A row has k - 1 rising thresholds of shape (k, k - 1): the next state is the number of those that are
    at most u.
    """
    drawn = _padded(bounds, u)
    states = np.zeros(drawn.shape, np.int64)
    if drawn.shape[1]:
        states[:, 0] = (first <= drawn[:, :1]).sum(axis=1)
    for t in range(1, drawn.shape[1]):
        states[:, t] = (thresholds[states[:, t - 1]] <= drawn[:, t : t + 1]).sum(axis=1)
    return _flat(bounds, states)


def _padded(bounds: I64, flat: npt.NDArray[T]) -> npt.NDArray[T]:
    """A row for each run, as long as the longest."""
    lengths = np.diff(bounds)
    rows = np.zeros((len(lengths), int(lengths.max(initial=0))), flat.dtype)
    for row, start, stop in _runs(bounds):
        rows[row, : stop - start] = flat[start:stop]
    return rows


def _flat(bounds: I64, rows: npt.NDArray[T]) -> npt.NDArray[T]:
    flat = np.empty(int(bounds[-1]), rows.dtype)
    for row, start, stop in _runs(bounds):
        flat[start:stop] = rows[row, : stop - start]
    return flat


def _runs(bounds: I64) -> Iterator[tuple[int, int, int]]:
    edges = bounds.tolist()
    return ((row, edges[row], edges[row + 1]) for row in range(len(edges) - 1))

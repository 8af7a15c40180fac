"""See `synthmill.generators.kernels.processes.recursions`."""

from __future__ import annotations

import math

import numpy as np

from synthmill.generators.kernels.compiled import kernel
from synthmill.generators.kernels.mix import F64, I64, U64


@kernel("float64[::1](int64[::1], float64[:, ::1], float64[::1], float64[::1])")
def _arma(bounds, ar, ma, shocks):  # type: ignore[no-untyped-def]
    out = np.empty(len(shocks))
    p, q = ar.shape[1], len(ma)
    for run in range(len(bounds) - 1):
        start, stop = bounds[run], bounds[run + 1]
        if p == 1 and q == 0 and start < stop:
            before, factor = shocks[start], ar[run, 0]
            out[start] = before
            for t in range(start + 1, stop):
                before = shocks[t] + factor * before
                out[t] = before
            continue
        for t in range(start, stop):
            total = shocks[t]
            for lag in range(1, min(q, t - start) + 1):
                total += ma[lag - 1] * shocks[t - lag]
            for lag in range(1, min(p, t - start) + 1):
                total += ar[run, lag - 1] * out[t - lag]
            out[t] = total
    return out


@kernel("float64[::1](int64[::1], float64[::1], float64[::1], float64[::1])")
def _garch(bounds, reaction, persistence, normal):  # type: ignore[no-untyped-def]
    out = np.empty(len(normal))
    for run in range(len(bounds) - 1):
        a, b = reaction[run], persistence[run]
        base = (1.0 - a) - b
        h = 1.0
        for t in range(bounds[run], bounds[run + 1]):
            x = math.sqrt(h) * normal[t]
            out[t] = x
            h = (base + a * (x * x)) + b * h
    return out


@kernel("int64[::1](int64[::1], uint64[::1], uint64[:, ::1], uint64[::1])")
def _markov(bounds, first, thresholds, u):  # type: ignore[no-untyped-def]
    out = np.empty(len(u), np.int64)
    for run in range(len(bounds) - 1):
        start = bounds[run]
        for t in range(start, bounds[run + 1]):
            row = first if t == start else thresholds[out[t - 1]]
            state = 0
            for threshold in row:
                state += threshold <= u[t]
            out[t] = state
    return out


def arma(bounds: I64, ar: F64, ma: F64, shocks: F64) -> F64:
    found: F64 = _arma(bounds, np.ascontiguousarray(ar), np.ascontiguousarray(ma), shocks)
    return found


def garch(bounds: I64, reaction: F64, persistence: F64, normal: F64) -> F64:
    found: F64 = _garch(bounds, np.ascontiguousarray(reaction), np.ascontiguousarray(persistence), normal)
    return found


def markov(bounds: I64, first: U64, thresholds: U64, u: U64) -> I64:
    found: I64 = _markov(bounds, first, np.ascontiguousarray(thresholds), u)
    return found

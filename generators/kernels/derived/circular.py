"""Sine and cosine from exactly rounded operations alone. After fdlibm's k_sin.c and k_cos.c (Sun, 1993)."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.mix import F64

FARTHEST = 1e6
"""Up to here the argument is reduced with an error below 1e-15."""

_TWO_OVER_PI = 6.36619772367581382433e-01
# pi / 2 in three parts; products of the first two with whole numbers below 2**20 are exact.
_FIRST, _SECOND, _THIRD = 1.57079632673412561417e00, 6.07710050630396597660e-11, 2.02226624879595063154e-21


def sin(x: F64) -> F64:
    """Of numbers up to FARTHEST from 0; within 1e-15."""
    return _wave(x, 0)


def cos(x: F64) -> F64:
    """Of numbers up to FARTHEST from 0; within 1e-15."""
    return _wave(x, 1)


def _wave(x: F64, ahead: int) -> F64:
    quarters = np.floor(x * _TWO_OVER_PI + 0.5)
    r = ((x - quarters * _FIRST) - quarters * _SECOND) - quarters * _THIRD
    place = (quarters.astype(np.int64) + ahead) & 3
    value = np.where(place & 1, _cosine(r), _sine(r))
    return np.where(place & 2, -value, value)


def _sine(r: F64) -> F64:
    z = r * r
    tail = -1.98412698298579493134e-04 + z * (
        2.75573137070700676789e-06 + z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)
    )
    result: F64 = r + z * r * (-1.66666666666666324348e-01 + z * (8.33333333332248946124e-03 + z * tail))
    return result


def _cosine(r: F64) -> F64:
    z = r * r
    tail = 2.48015872894767294178e-05 + z * (
        -2.75573143513906633035e-07 + z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11)
    )
    rest = z * z * (4.16666666666666019037e-02 + z * (-1.38888888888741095749e-03 + z * tail))
    half = 0.5 * z
    whole = 1.0 - half
    result: F64 = whole + (((1.0 - whole) - half) + rest)
    return result

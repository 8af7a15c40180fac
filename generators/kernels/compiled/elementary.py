"""See `synthmill.generators.kernels.elementary`."""

from __future__ import annotations

import math

import numpy as np

from synthmill.generators.kernels import elementary as plain
from synthmill.generators.kernels.compiled import inlined, kernel
from synthmill.generators.kernels.mix import F64, U64

_LN2_HIGH, _LN2_LOW = plain.LN2_HIGH, plain.LN2_LOW
_SQRT_HALF = plain.SQRT_HALF
_POWERS = np.ldexp(1.0, np.arange(-1022, 1024))
"""Of two, from the least that has full precision."""
_C_ABOVE, _C_BELOW = plain.CENTRE
_N_ABOVE, _N_BELOW = plain.NEAR_TAIL
_F_ABOVE, _F_BELOW = plain.FAR_TAIL
_FRACTION, _HALF_EXPONENT = np.int64((1 << 52) - 1), np.int64(1022 << 52)

# Of loops without a branch LLVM makes vector instructions; what needs a branch has a loop of its own.


@inlined
def _log_of(fraction, exponent):  # type: ignore[no-untyped-def]
    small = fraction < _SQRT_HALF
    fraction = fraction + fraction if small else fraction
    k = exponent - 1.0 if small else exponent
    f = fraction - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    odd = z * (
        6.666666666666735130e-01
        + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01))
    )
    even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    half = 0.5 * f * f
    return k * _LN2_HIGH - ((half - (s * (half + (odd + even)) + k * _LN2_LOW)) - f)


@kernel("float64[::1](float64[::1])")
def _log(x):  # type: ignore[no-untyped-def]
    out = np.empty(len(x))
    bits, fractions = x.view(np.int64), out.view(np.int64)
    for i in range(len(x)):
        fractions[i] = (bits[i] & _FRACTION) | _HALF_EXPONENT
    for i in range(len(x)):
        out[i] = _log_of(out[i], np.float64((bits[i] >> 52) - 1022))
    for i in range(len(x)):
        if bits[i] >> 52 == 0:
            fraction, exponent = math.frexp(x[i])
            out[i] = _log_of(fraction, np.float64(exponent))
    return out


@inlined
def _exp_fraction(x, k):  # type: ignore[no-untyped-def]
    high = x - k * _LN2_HIGH
    low = k * _LN2_LOW
    r = high - low
    t = r * r
    c = r - t * (
        1.66666666666666019037e-01
        + t
        * (
            -2.77777777770155933842e-03
            + t
            * (
                6.61375632143793436117e-05
                + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08)
            )
        )
    )
    return 1.0 - ((low - (r * c) / (2.0 - c)) - high)


@kernel("float64[::1](float64[::1])")
def _exp(x):  # type: ignore[no-untyped-def]
    out = np.empty(len(x))
    for i in range(len(x)):
        clipped = min(max(x[i], -746.0), 709.0)
        k = math.floor(clipped * 1.44269504088896338700 + 0.5)
        # Where the result has full precision, a product with a power of two is exact.
        out[i] = _exp_fraction(clipped, k) * _POWERS[max(np.int64(k), -1022) + 1022]
    for i in range(len(x)):
        if x[i] < -707.0:
            clipped = max(x[i], -746.0)
            k = math.floor(clipped * 1.44269504088896338700 + 0.5)
            out[i] = math.ldexp(_exp_fraction(clipped, k), np.int32(k))
    return out


@inlined
def _ratio(a, b, x):  # type: ignore[no-untyped-def]
    above = ((((((a[7] * x + a[6]) * x + a[5]) * x + a[4]) * x + a[3]) * x + a[2]) * x + a[1]) * x + a[0]
    below = ((((((b[7] * x + b[6]) * x + b[5]) * x + b[4]) * x + b[3]) * x + b[2]) * x + b[1]) * x + b[0]
    return above / below


@kernel("float64[::1](float64[::1])")
def _normal_quantile(p):  # type: ignore[no-untyped-def]
    out = np.empty(len(p))
    for i in range(len(p)):
        q = p[i] - 0.5
        out[i] = q * _ratio(_C_ABOVE, _C_BELOW, 0.180625 - q * q)
    tail = np.empty(len(p), np.int64)
    count = 0
    for i in range(len(p)):
        tail[count] = i
        count += abs(p[i] - 0.5) > 0.425
    tail = tail[:count]
    outer = np.empty(count)
    for i in range(count):
        at = p[tail[i]]
        outer[i] = at if at < 0.5 else 1.0 - at
    r = _log(outer)
    for i in range(count):
        r[i] = math.sqrt(-r[i])
        outer[i] = _ratio(_N_ABOVE, _N_BELOW, r[i] - 1.6)
    for i in range(count):
        if r[i] > 5.0:
            outer[i] = _ratio(_F_ABOVE, _F_BELOW, r[i] - 5.0)
        out[tail[i]] = -outer[i] if p[tail[i]] < 0.5 else outer[i]
    return out


@kernel("float64[::1](uint64[::1])")
def _open_unit(u):  # type: ignore[no-untyped-def]
    out = np.empty(len(u))
    for i in range(len(u)):
        out[i] = (np.float64(np.int64(u[i] >> np.uint64(12))) + 0.5) * 2.0**-52
    return out


def log(x: F64) -> F64:
    found: F64 = _log(np.ascontiguousarray(x))
    return found


def exp(x: F64) -> F64:
    found: F64 = _exp(np.ascontiguousarray(x))
    return found


def normal_quantile(p: F64) -> F64:
    found: F64 = _normal_quantile(np.ascontiguousarray(p))
    return found


def open_unit(u: U64) -> F64:
    found: F64 = _open_unit(np.ascontiguousarray(u))
    return found

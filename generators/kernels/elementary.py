"""Logarithm, exponential and normal quantile from exactly rounded operations alone.

numpy's and the C library's differ in the last bits between processors; these don't.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.mix import F64, U64

LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
SQRT_HALF = 0.7071067811865476


@Twin
def log(x: F64) -> F64:
    """Natural logarithm of positive, finite numbers; within 1 ulp. After fdlibm's e_log.c (Sun, 1993)."""
    fraction, exponent = np.frexp(x)
    small = fraction < SQRT_HALF
    fraction = np.where(small, fraction + fraction, fraction)
    k = (exponent - small).astype(np.float64)
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
    result: F64 = k * LN2_HIGH - ((half - (s * (half + (odd + even)) + k * LN2_LOW)) - f)
    return result


@Twin
def exp(x: F64) -> F64:
    """Exponential; within 1 ulp, 0 below -745, and as at 709 above that. After fdlibm's e_exp.c."""
    x = np.minimum(np.maximum(x, -746.0), 709.0)
    k = np.floor(x * 1.44269504088896338700 + 0.5)
    high = x - k * LN2_HIGH
    low = k * LN2_LOW
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
    y = 1.0 - ((low - (r * c) / (2.0 - c)) - high)
    result: F64 = np.ldexp(y, k.astype(np.int32))
    return result


@Twin
def open_unit(u: U64) -> F64:
    """A number strictly between 0 and 1 for each u: the middles of 2**52 equal steps, all exact."""
    return ((u >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


# Coefficients of AS241's PPND16, by rising power.
CENTRE = (
    (
        3.3871328727963666080e0,
        1.3314166789178437745e2,
        1.9715909503065514427e3,
        1.3731693765509461125e4,
        4.5921953931549871457e4,
        6.7265770927008700853e4,
        3.3430575583588128105e4,
        2.5090809287301226727e3,
    ),
    (
        1.0,
        4.2313330701600911252e1,
        6.8718700749205790830e2,
        5.3941960214247511077e3,
        2.1213794301586595867e4,
        3.9307895800092710610e4,
        2.8729085735721942674e4,
        5.2264952788528545610e3,
    ),
)
NEAR_TAIL = (
    (
        1.42343711074968357734e0,
        4.63033784615654529590e0,
        5.76949722146069140550e0,
        3.64784832476320460504e0,
        1.27045825245236838258e0,
        2.41780725177450611770e-1,
        2.27238449892691845833e-2,
        7.74545014278341407640e-4,
    ),
    (
        1.0,
        2.05319162663775882187e0,
        1.67638483018380384940e0,
        6.89767334985100004550e-1,
        1.48103976427480074590e-1,
        1.51986665636164571966e-2,
        5.47593808499534494600e-4,
        1.05075007164441684324e-9,
    ),
)
FAR_TAIL = (
    (
        6.65790464350110377720e0,
        5.46378491116411436990e0,
        1.78482653991729133580e0,
        2.96560571828504891230e-1,
        2.65321895265761230930e-2,
        1.24266094738807843860e-3,
        2.71155556874348757815e-5,
        2.01033439929228813265e-7,
    ),
    (
        1.0,
        5.99832206555887937690e-1,
        1.36929880922735805310e-1,
        1.48753612908506148525e-2,
        7.86869131145613259100e-4,
        1.84631831751005468180e-5,
        1.42151175831644588870e-7,
        2.04426310338993978564e-15,
    ),
)


def _ratio(coefficients: tuple[tuple[float, ...], tuple[float, ...]], x: F64) -> F64:
    above, below = np.full(len(x), coefficients[0][-1]), np.full(len(x), coefficients[1][-1])
    for a, b in zip(coefficients[0][-2::-1], coefficients[1][-2::-1], strict=True):
        above *= x
        above += a
        below *= x
        below += b
    above /= below
    return above


@Twin
def normal_quantile(p: F64) -> F64:
    """The standard normal's quantile for 0 < p < 1, within 1e-15 relative.

    M. J. Wichura, Algorithm AS241, Applied Statistics 37 (1988), its PPND16.
    """
    q = p - 0.5
    result: F64 = q * _ratio(CENTRE, 0.180625 - q * q)
    tail = np.flatnonzero(np.abs(q) > 0.425)
    if len(tail):
        lower = q[tail] < 0
        r = np.sqrt(-log(np.where(lower, p[tail], 1.0 - p[tail])))
        far = r > 5.0
        value = _ratio(NEAR_TAIL, r - 1.6)
        value[far] = _ratio(FAR_TAIL, r[far] - 5.0)
        result[tail] = np.where(lower, -value, value)
    return result


@lru_cache(maxsize=1_000)
def normal_probability(z: float) -> float:
    """The p whose normal quantile is z, by bisection; exact to 2**-60. For plans, not for cells."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if float(normal_quantile(np.array([middle]))[0]) < z:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def rounded(x: F64, decimals: int | None) -> F64:
    """To so many decimals, halves upwards; the doubles that print shortest. As given, for None."""
    if decimals is None:
        return x
    scale = float(10**decimals)
    result: F64 = np.floor(x * scale + 0.5) / scale
    return result

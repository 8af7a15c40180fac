"""The cosine, from exactly rounded operations alone.

Angles are counted in turns, so that whole ones cancel exactly.
"""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.mix import F64

TURN = 6.283185307179586
# Of fdlibm's k_cos.c and k_sin.c (Sun, 1993), by rising power of the squared angle.
COSINE = (
    4.16666666666666019037e-02,
    -1.38888888888741095749e-03,
    2.48015872894767294178e-05,
    -2.75573143513906633035e-07,
    2.08757232129817482790e-09,
    -1.13596475577881948265e-11,
)
SINE = (
    -1.66666666666666324348e-01,
    8.33333333332248946124e-03,
    -1.98412698298579493134e-04,
    2.75573137070700676789e-06,
    -2.50507602534068634195e-08,
    1.58969099521155010221e-10,
)


@Twin
def cosine(turns: F64) -> F64:
    """cos(2 pi turns); within 3e-16 where the turns themselves are exact."""
    part = np.abs(turns - np.floor(turns + 0.5))
    far = part > 0.25
    part = np.where(far, 0.5 - part, part)
    steep = part > 0.125
    angle = TURN * np.where(steep, 0.25 - part, part)
    z = angle * angle
    c, s = COSINE, SINE
    flat = (1.0 - 0.5 * z) + z * z * (c[0] + z * (c[1] + z * (c[2] + z * (c[3] + z * (c[4] + z * c[5])))))
    rising = angle + angle * z * (s[0] + z * (s[1] + z * (s[2] + z * (s[3] + z * (s[4] + z * s[5])))))
    value = np.where(steep, rising, flat)
    result: F64 = np.where(far, -value, value)
    return result

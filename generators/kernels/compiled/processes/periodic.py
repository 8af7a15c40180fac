"""See `synthmill.generators.kernels.processes.periodic`."""

from __future__ import annotations

import math

import numpy as np

from synthmill.generators.kernels.compiled import kernel
from synthmill.generators.kernels.mix import F64
from synthmill.generators.kernels.processes import periodic as plain

_TURN, _C, _S = plain.TURN, plain.COSINE, plain.SINE


@kernel("float64[::1](float64[::1])")
def _cosine(turns):  # type: ignore[no-untyped-def]
    out = np.empty(len(turns))
    for i in range(len(turns)):
        part = abs(turns[i] - math.floor(turns[i] + 0.5))
        far = part > 0.25
        part = 0.5 - part if far else part
        steep = part > 0.125
        angle = _TURN * (0.25 - part if steep else part)
        z = angle * angle
        flat = (1.0 - 0.5 * z) + z * z * (
            _C[0] + z * (_C[1] + z * (_C[2] + z * (_C[3] + z * (_C[4] + z * _C[5]))))
        )
        rising = angle + angle * z * (
            _S[0] + z * (_S[1] + z * (_S[2] + z * (_S[3] + z * (_S[4] + z * _S[5]))))
        )
        value = rising if steep else flat
        out[i] = -value if far else value
    return out


def cosine(turns: F64) -> F64:
    found: F64 = _cosine(np.ascontiguousarray(turns))
    return found

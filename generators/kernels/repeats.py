"""Which members of a group have what another one of it has already."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.bitpack import Flags
from synthmill.generators.kernels.mix import I64, U64


@Twin
def repeated(owners: I64, new: Flags, chosen: U64) -> I64:
    """Places, rising, of what others of the same owner have chosen, too. Owners never fall.

    Of those who chose alike one keeps it: the first of those that aren't new, or else the first.
    """
    order = np.lexsort((new, chosen, owners))
    same = (owners[order][1:] == owners[order][:-1]) & (chosen[order][1:] == chosen[order][:-1])
    return np.sort(order[1:][same])

"""See `synthmill.generators.kernels.repeats`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.bitpack import Flags
from synthmill.generators.kernels.compiled import inlined, kernel
from synthmill.generators.kernels.compiled.mix import mixed
from synthmill.generators.kernels.mix import I64, U64

_FEW = 24
"""Of so many each is compared with each; of more, those who chose alike meet in a table."""


@inlined
def _others(place, first, last, new, chosen):  # type: ignore[no-untyped-def]
    """Whether another chose alike who isn't new, where this one is, or else stands before it."""
    for other in range(first, last):
        before = new[other] < new[place] or (new[other] == new[place] and other < place)
        if before and chosen[other] == chosen[place]:
            return True
    return False


@inlined
def _slot(place, keepers, mask, chosen):  # type: ignore[no-untyped-def]
    """Where in a table with room those stand who chose alike."""
    slot = np.int64(mixed(np.uint64(0), chosen[place]) & np.uint64(mask))
    while keepers[slot] >= 0 and chosen[keepers[slot]] != chosen[place]:
        slot = (slot + 1) & mask
    return slot


@kernel("int64(int64[::1], boolean[::1], uint64[::1], int64[::1])")
def _repeated(owners, new, chosen, found):  # type: ignore[no-untyped-def]
    total, first, count = len(owners), 0, 0
    keepers = np.empty(0, np.int64)
    while first < total:
        last = first + 1
        while last < total and owners[last] == owners[first]:
            last += 1
        many = last - first > _FEW
        slots = 1
        while many and slots < 2 * (last - first):
            slots *= 2
        if many:
            if len(keepers) < slots:
                keepers = np.empty(slots, np.int64)
            keepers[:slots] = -1
            for place in range(first, last):
                slot = _slot(place, keepers, slots - 1, chosen)
                if keepers[slot] < 0 or new[place] < new[keepers[slot]]:
                    keepers[slot] = place
        for place in range(first, last):
            if many:
                alike = keepers[_slot(place, keepers, slots - 1, chosen)] != place
            else:
                alike = _others(place, first, last, new, chosen)
            if alike:
                found[count] = place
                count += 1
        first = last
    return count


def repeated(owners: I64, new: Flags, chosen: U64) -> I64:
    found = np.empty(len(owners), np.int64)
    given = (np.ascontiguousarray(one) for one in (owners, new, chosen))
    return found[: _repeated(*given, found)].copy()

"""Numbers as codes: values that many subjects share as they are, all others as intervals between means."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.mix import I64, U64
from synthmill.generators.learning.codecs.codec import SHARED, needed, null_rows, subjects_of
from synthmill.generators.learning.days import FIRST_DAY, LAST_DAY
from synthmill.generators.learning.errors import ModelFileError
from synthmill.generators.learning.tensors import Tensors
from synthmill.generators.learning.variables import UNSEEN, Variable, variable_of

Numbers = npt.NDArray[Any]
"""int64 or float64."""

_MEANS = SHARED
"""Order statistics, of as many subjects, that a limit of an interval is the mean of."""
_INTERVALS = 2_048
_INTERVAL_ROWS = 10
_ATOMS = 8_192
_FRACTION = np.uint64(11)


@dataclass(frozen=True, eq=False)
class Values:
    """What the codes stand for: the numbers from `low` to `high`; both the same for a value as it is."""

    low: Numbers
    high: Numbers
    """Of the same type, each at least its `low`."""

    def drawn(self, codes: I64, left: U64) -> Numbers:
        """A number for each code; `left` is random, and chooses within an interval."""
        low, high = self.low[codes], self.high[codes]
        if low.dtype == np.float64:
            drawn: Numbers = low + (high - low) * ((left >> _FRACTION).astype(np.float64) * 2.0**-53)
            # The width is rounded, and so may be an ulp too much.
            return np.minimum(drawn, high)
        width = (high - low).view(np.uint64) + np.uint64(1)
        half = np.uint64(32)
        # Intervals wider than 2**32 are drawn from by their highest 32 bits and the rest of the hash.
        upper, lower = width >> half, width & np.uint64(0xFFFFFFFF)
        of_lower = ((left >> half) * lower + (((left & np.uint64(0xFFFFFFFF)) * lower) >> half)) >> half
        of_upper = (left >> half) * upper + (((left & np.uint64(0xFFFFFFFF)) * upper) >> half)
        found: Numbers = low + (of_lower + of_upper).view(np.int64)
        return found

    def cut(self, lows: Sequence[Any], highs: Sequence[Any]) -> Values:
        """The same codes, each interval cut off to the first of these ranges that it meets, if any."""
        low, high = self.low.copy(), self.high.copy()
        cut = np.zeros(len(low), np.bool_)
        for least, most in zip(lows, highs, strict=True):
            meets = ~cut & (self.high >= least) & (self.low <= most)
            low[meets], high[meets] = self.low[meets].clip(least), self.high[meets].clip(None, most)
            cut |= meets
        return Values(low, high)

    def save(self, tensors: Tensors) -> None:
        tensors.put("low", self.low)
        wide = np.flatnonzero(self.low != self.high)
        tensors.put("wide", wide.astype(np.uint32))
        tensors.put("high", self.high[wide])

    @property
    def are_days(self) -> bool:
        """Whether all of them are days of the calendar."""
        return not len(self.low) or bool(self.low.min() >= FIRST_DAY and self.high.max() <= LAST_DAY)

    @classmethod
    def load(cls, dtype: Any, tensors: Tensors) -> Values:
        """Raises ModelFileError."""
        low, wide = tensors.get("low", dtype), tensors.get("wide", np.uint32)
        ends = tensors.get("high", dtype)
        if len(wide) != len(ends) or (wide >= len(low)).any():
            raise ModelFileError("the intervals of a number don't fit its codes")
        high = low.copy()
        high[wide] = ends
        if not np.isfinite(low).all() or not np.isfinite(high).all() or (high < low).any():
            raise ModelFileError("an interval ends before it begins")
        return cls(low, high)


def encode_numbers(
    name: str, values: Numbers, known: npt.NDArray[np.bool_], subjects: I64
) -> tuple[Values, Variable, I64, bool]:
    """The codes' meaning, the variable, each row's code, and whether code 0 is null: where enough subjects'
    rows are.

    Rows are UNSEEN where too few subjects are null, or have any number at all.
    """
    nulls = null_rows(known, subjects)
    shift = 1 if nulls else 0
    codes = np.full(len(values), 0 if nulls else UNSEEN, np.int64)
    here, whose = values[known], subjects[known]
    meaning, places = _intervals(name, here, whose)
    codes[known] = np.where(places < 0, UNSEEN, places + shift)
    weights = np.bincount(places[places >= 0], minlength=len(meaning.low))
    if not len(weights):
        # Nothing but null may be held; or nothing at all, and then all is null.
        zero = np.zeros(1, meaning.low.dtype)
        only = variable_of(np.full(1, nulls or len(values), np.int64), True)
        return Values(zero, zero), only, codes if nulls else np.zeros(len(values), np.int64), True
    variable = variable_of(weights, True, nulls)
    if nulls:
        nothing = np.zeros(1, meaning.low.dtype)
        meaning = Values(np.concatenate([nothing, meaning.low]), np.concatenate([nothing, meaning.high]))
    return meaning, variable, codes, nulls > 0


def _intervals(name: str, values: Numbers, subjects: I64) -> tuple[Values, I64]:
    """The meaning of the codes, rising, and each value's code; -1 where it is protected and none is near."""
    different, places = np.unique(values, return_inverse=True)
    places = places.astype(np.int64)
    shared_by = subjects_of(places, subjects, len(different))
    enough = needed(name, different.view(np.uint64))
    atom = shared_by >= np.maximum(enough, len(values) // (2 * _ATOMS))
    if int(atom.sum()) > _ATOMS:
        fewest = np.sort(shared_by[atom])[-_ATOMS]
        atom &= shared_by > fewest
    rest = np.flatnonzero(~atom[places])
    others, whose = values[rest], subjects[rest]
    order = np.lexsort((whose, others))
    others, whose = others[order], whose[order]
    # A subject's rows of one value count once: it must not make up a mean by itself.
    new = np.concatenate([[True], (others[1:] != others[:-1]) | (whose[1:] != whose[:-1])])[: len(others)]
    others, whose = others[new], whose[new]
    if _count(whose) < 2 * _MEANS:
        return _nearest(different[atom], values)
    low, high, lowest = _between(others, whose)
    # Atoms stand before an interval that begins with the same value.
    all_low = np.concatenate([different[atom], low])
    all_high = np.concatenate([different[atom], high])
    rising = np.lexsort((np.repeat([0, 1], [int(atom.sum()), len(low)]), all_high, all_low))
    back = np.empty(len(rising), np.int64)
    back[rising] = np.arange(len(rising))
    codes = np.full(len(values), -1, np.int64)
    of_atoms = np.cumsum(atom) - 1
    is_atom = atom[places]
    codes[is_atom] = back[of_atoms[places[is_atom]]]
    within = np.searchsorted(lowest[1:], values[~is_atom], side="right")
    codes[~is_atom] = back[int(atom.sum()) + within]
    return Values(all_low[rising], all_high[rising]), codes


def _nearest(atoms: Numbers, values: Numbers) -> tuple[Values, I64]:
    """Each value as the atom that is nearest, the lower of two; where there is none, no value is kept."""
    if not len(atoms):
        return Values(atoms, atoms), np.full(len(values), -1, np.int64)
    above = np.searchsorted(atoms, values).clip(0, len(atoms) - 1)
    below = (above - 1).clip(0)
    # In doubles, as whole numbers may be too far apart for 64 bits.
    up = atoms[above].astype(np.float64) - values
    down = values - atoms[below].astype(np.float64)
    return Values(atoms, atoms), np.where((down >= 0) & (down <= up), below, above).astype(np.int64)


def _between(values: Numbers, subjects: I64) -> tuple[Numbers, Numbers, Numbers]:
    """Intervals that hold sorted values: their ends, and the least value that belongs to each.

    An end is the mean of neighbouring values of at least five subjects. The values of the five lowest and of
    the five highest subjects belong to the outermost intervals, but no end comes from them: how far out they
    lie isn't kept.
    """
    count = len(values)
    pieces = max(1, min(_INTERVALS, count // _INTERVAL_ROWS))
    cuts = np.unique(values[np.arange(1, pieces) * count // pieces])
    firsts = np.searchsorted(values, cuts)
    firsts = firsts[firsts > 0]
    places = np.concatenate([np.zeros(1, np.int64), firsts, np.full(1, count, np.int64)])
    kept = _without_extremes(subjects)
    inner, whose = values[kept], subjects[kept]
    ends = np.array([_mean_around(inner, whose, int(place) - kept.start) for place in places], values.dtype)
    ends = np.maximum.accumulate(ends)
    return ends[:-1], ends[1:], values[places[:-1]]


def _without_extremes(subjects: I64) -> slice:
    """Where those of sorted values are that five subjects on either side leave over; five at least, if there
    are so many."""
    middle = max(0, (len(subjects) - _MEANS) // 2)
    return slice(min(_of_five(subjects), middle), len(subjects) - min(_of_five(subjects[::-1]), middle))


def _of_five(subjects: I64) -> int:
    """How many values there are up to the first of a fifth subject."""
    firsts = np.sort(np.unique(subjects, return_index=True)[1])
    return int(firsts[_MEANS - 1]) + 1 if len(firsts) >= _MEANS else len(subjects)


def _mean_around(values: Numbers, subjects: I64, place: int) -> Any:
    """The mean of the values around a place, of as many on either side as it takes for five subjects."""
    start = max(0, min(place - _MEANS // 2, len(values) - _MEANS))
    stop = min(len(values), start + _MEANS)
    while len(set(subjects[start:stop].tolist())) < _MEANS and (start > 0 or stop < len(values)):
        start, stop = max(0, start - 1), min(len(values), stop + 1)
    some = values[start:stop].tolist()
    # The sum of doubles is rounded once, as other Pythons would add them up otherwise.
    return sum(some) // len(some) if isinstance(some[0], int) else math.fsum(some) / len(some)


def _count(subjects: I64) -> int:
    return len(np.unique(subjects))

"""Further keys of a row: rows of another table, drawn group by group, as often as they are referred to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from synthmill.generators.kernels.learning.trees import BINS, gain_table
from synthmill.generators.kernels.mix import I64, U64
from synthmill.generators.learning.chain import bins_of
from synthmill.generators.learning.codecs.codec import SHARED, subjects_of
from synthmill.generators.learning.codecs.held import Held
from synthmill.generators.learning.network import MOST_ROWS, information
from synthmill.generators.learning.variables import UNSEEN, UNSEEN_CLASS, Variable, variable_of


def encode_held(
    type_: pa.DataType,
    target: tuple[str, str],
    places: I64,
    others: Sequence[tuple[Variable, I64]],
    own: Sequence[tuple[Variable, I64]],
    subjects: I64,
) -> tuple[Held, I64]:
    """The codec of a key, and each row's group.

    `target` is the other table and its key, `places` are its rows', -1 for null; `others` are its variables
    with their codes, `own` those of the rows. Groups are the bins of the variable that says most of the rows.
    """
    known = places >= 0
    by = _groups_by(places, others, own)
    bins = np.zeros(len(places), np.int64)
    if by >= 0:
        variable, codes = others[by]
        bins[known] = bins_of(variable, codes)[places[known]]
    nulls = int((~known).sum()) if len(np.unique(subjects[~known])) >= SHARED else 0
    enough = subjects_of(bins[known], subjects[known], BINS) >= SHARED
    groups = np.flatnonzero(enough)
    if not len(groups):
        groups = np.zeros(1, np.int64)
        bins[:], by = 0, -1
    counts = np.bincount(bins[known], minlength=BINS)[groups].clip(1)
    code_of = np.full(BINS, UNSEEN, np.int64)
    code_of[groups] = np.arange(len(groups)) + (nulls > 0)
    # Groups stand in the order of their bins, whatever their weights: so classes are neighbours.
    variable = variable_of(counts, False, nulls)
    found = np.where(known, code_of[bins], 0 if nulls else UNSEEN)
    return Held(type_, nulls > 0, *target, by, groups, (variable,)), found


def _groups_by(
    places: I64, others: Sequence[tuple[Variable, I64]], own: Sequence[tuple[Variable, I64]]
) -> int:
    """The other table's variable that says most of the rows' own; -1 where none says anything."""
    rows = np.flatnonzero(places >= 0)[:MOST_ROWS]
    if not len(rows):
        return -1
    table = gain_table(len(rows))
    given = np.zeros(len(rows), np.int64)
    targets = [_classes(variable, codes[rows]) for variable, codes in own if variable.class_count > 1]
    gains = []
    for variable, codes in others:
        feature = bins_of(variable, codes[places[rows]]).astype(np.int64)
        usable = variable.bin_count > 1
        gains.append(sum(max(0, information(one, feature, given, table)) for one in targets) if usable else 0)
    best = int(np.argmax(gains)) if gains else -1
    return best if best >= 0 and gains[best] > 0 else -1


def _classes(variable: Variable, codes: I64) -> I64:
    seen = codes != UNSEEN
    return np.where(seen, variable.classes[np.where(seen, codes, 0)], UNSEEN_CLASS).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Groups:
    """The rows of a table by groups, with how often each is referred to."""

    rows: I64
    """Group by group."""
    starts: I64
    """Where each group begins, and where the last one ends."""
    sums: I64
    """The running sums of the rows' weights over all."""

    def drawn(self, groups: I64, u: U64) -> I64:
        """A row of each group; of the nearest one that has any where it has none."""
        ends = np.concatenate([np.zeros(1, np.int64), self.sums])[self.starts]
        weights = np.diff(ends)
        some = np.flatnonzero(weights)
        after = np.searchsorted(some, groups).clip(0, len(some) - 1)
        before = (after - 1).clip(0)
        nearer = np.abs(some[before] - groups) <= np.abs(some[after] - groups)
        chosen = np.where(nearer, some[before], some[after])
        wanted = ends[chosen] + _high(u, weights[chosen].view(np.uint64)).view(np.int64)
        found: I64 = self.rows[np.searchsorted(self.sums, wanted, side="right")]
        return found


def _high(u: U64, count: U64) -> U64:
    """floor(u * count / 2**64), for counts below 2**63: by the upper 32 bits of u alone above 2**32."""
    half, low = np.uint64(32), np.uint64(0xFFFFFFFF)
    upper, lower = count >> half, count & low
    of_lower = ((u >> half) * lower + (((u & low) * lower) >> half)) >> half
    found: U64 = np.minimum(((u >> half) * upper) + of_lower, count - np.uint64(1))
    return found


def groups_of(bins: I64, weights: I64) -> Groups:
    """Of all rows of a table, by their bins and weights; all weigh the same where none weighs anything."""
    order = np.argsort(bins, kind="stable")
    if not weights.any():
        weights = np.ones(len(bins), np.int64)
    starts = np.searchsorted(bins[order], np.arange(BINS + 1)).astype(np.int64)
    return Groups(order, starts, np.cumsum(weights[order]))

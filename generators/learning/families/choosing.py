"""Which scheme of a walk fits the data: the one whose families are hardest to tell from held-out ones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from synthmill.generators.evaluation.auc import placements
from synthmill.generators.kernels.learning.boosting import boosted, scored
from synthmill.generators.kernels.learning.trees import I32
from synthmill.generators.kernels.learning.walks import bins_of_counts
from synthmill.generators.kernels.mix import F64, I64, key, mix
from synthmill.generators.learning.chain import Growth, all_before, bins_of, fit_chain
from synthmill.generators.learning.families.encoding import Coded
from synthmill.generators.learning.families.growing import Flags, Kindred, flat, goals_of, grow_table
from synthmill.generators.learning.families.layout import Layout, Rows
from synthmill.generators.learning.families.made import Made, made
from synthmill.generators.learning.families.walked_table import SCHEMES, WalkedTable
from synthmill.generators.learning.table_model import TableModel

U8 = npt.NDArray[np.uint8]
MOST_ROWS = 40_000
"""Of children by which a scheme is chosen."""
_HELD_OUT = 1 / 3
"""Of the parents of these, the share that the schemes are judged by."""
_TREES, _LEAVES = 50, 15
_FEWEST = 50
"""Parents on either side; of fewer nothing can be told."""


def choose_scheme(
    kindred: Kindred,
    parents: Coded,
    totals: int,
    subjects: I32,
    share: F64,
    growth: Growth,
    report: Callable[[], None],
) -> str:
    """One of SCHEMES. The last `totals` columns of the parents are what the rows of a family come to;
    `subjects` and `share` are the parents'."""
    few = share < _limit(share, kindred.counts)
    if not few.any():
        return SCHEMES[0]
    held_out = few & (share < np.quantile(share[few], _HELD_OUT))
    train = few & ~held_out
    if min(int(held_out.sum()), int(train.sum())) < _FEWEST:
        return SCHEMES[0]
    variables, codes = flat(parents)
    rows = np.flatnonzero(train)
    chain = fit_chain(
        variables, [one[rows] for one in codes], range(len(variables)), all_before(len(variables)),
        subjects[rows], [growth] * len(variables), lambda: None,
    )  # fmt: skip
    report()
    losses = []
    for scheme in SCHEMES:
        kept = len(parents.columns) - (totals if scheme == SCHEMES[0] else 0)
        some = Coded(parents.columns[:kept], parents.codes[:kept], {}, {}, parents.times)
        table = grow_table(kindred, some, scheme, train, growth, report)
        parent = TableModel(
            kindred.parent, len(rows), len(rows), parents.columns, chain, growth.donors,
            hidden=len(parents.columns) - kept,
        )  # fmt: skip
        fresh = made([parent, table], 0, {kindred.parent: int(held_out.sum())})
        real = _aggregates(table, some, kindred, held_out)
        losses.append(_told(real, _made_aggregates(table, parent, fresh)))
    return SCHEMES[int(np.argmin(losses))]


def _limit(share: F64, counts: I64) -> float:
    """Up to which share parents have about MOST_ROWS children."""
    order = np.argsort(share, kind="stable")
    last = int(np.searchsorted(np.cumsum(counts[order]), MOST_ROWS))
    return 2.0 if last >= len(order) else float(share[order[last]])


def _aggregates(table: WalkedTable, parents: Coded, kindred: Kindred, chosen: Flags) -> U8:
    variables, codes = flat(parents)
    family = np.stack([bins_of(one, own) for one, own in zip(variables, codes, strict=True)])
    layout = table.layout
    none = np.zeros((len(layout.steps), len(kindred.counts)), np.int64)
    rows = kindred.coded.rows(layout, table.steps_of, family, kindred.counts, none)
    there = kindred.counts > 0
    goals = np.zeros((len(layout.steps), len(there)), np.int64)
    goals[:, there] = goals_of(layout, rows) + 1
    return _codes(layout, family[:, chosen], kindred.counts[chosen], goals[:, chosen])


def _made_aggregates(table: WalkedTable, parent: TableModel, fresh: Made) -> U8:
    total = fresh.rows[parent.name]
    numbers = np.arange(total, dtype=np.uint64)
    drawn = fresh.drawn(parent.name, numbers)
    variables = parent.variables[: len(table.family)]
    family = np.stack([one.bins[codes] for one, codes in zip(variables, drawn.codes, strict=False)])
    _, counts = fresh.relations[table.name].children_of(numbers)
    walked = fresh.walked(table, numbers, counts)
    layout, there = table.layout, counts > 0
    rows = Rows(
        family[:, there], counts[there], list(walked.codes.astype(np.int64)), walked.times,
        np.zeros((len(layout.steps), int(there.sum())), np.int64),
    )  # fmt: skip
    goals = np.zeros((len(layout.steps), total), np.int64)
    goals[:, there] = goals_of(layout, rows) + 1
    return _codes(layout, family, counts, goals)


def _codes(layout: Layout, family: U8, counts: I64, goals: I64) -> U8:
    """A row for each family: its parent, how many rows it has, and what they come to; 0 where it has none."""
    told = layout.slots[:, 3] >= 0
    every = np.concatenate([family, bins_of_counts(counts)[None], goals[told].clip(0, 255)])
    return np.ascontiguousarray(every.astype(np.uint8).T)


def _told(real: U8, fresh: U8) -> float:
    """How well boosted trees tell families: an area, 0.5 if they can't; either half is told by the other."""
    columns = min(real.shape[1], fresh.shape[1])
    codes = np.concatenate([real[:, :columns], fresh[:, :columns]])
    labels = np.repeat([0, 1], [len(real), len(fresh)]).astype(np.int64)
    turns = mix(key(0, "halves"), np.arange(len(labels), dtype=np.uint64)) & np.uint64(1)
    areas = []
    for half in (0, 1):
        train, test = np.flatnonzero(turns != half), np.flatnonzero(turns == half)
        unordered = np.zeros(columns, np.bool_)
        trees = boosted(codes, unordered, labels, train, True, 0, _TREES, _LEAVES)
        areas.append(placements(scored(codes[test], 0, trees), labels[test]).auc)
    return sum(areas) / 2

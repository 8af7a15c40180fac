"""A table of families, learnt from its codes and its parents'."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.learning.trees import I32
from synthmill.generators.kernels.mix import I64
from synthmill.generators.learning.chain import Growth, bins_of
from synthmill.generators.learning.families.encoding import Coded
from synthmill.generators.learning.families.layout import Layout, Rows, come_to
from synthmill.generators.learning.families.walked_table import WalkedTable, seen
from synthmill.generators.learning.families.walking import fit_walk
from synthmill.generators.learning.variables import Variable

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Kindred:
    """What a table of families is learnt from."""

    name: str
    parent: str
    column: str
    """That holds the parent's keys."""
    coded: Coded
    hidden: int
    counts: I64
    """Of the rows of each parent."""
    subjects: I32
    """Of each row."""
    since: str | None


def grow_table(
    kindred: Kindred, parents: Coded, scheme: str, chosen: Flags | None, growth: Growth, report:
    Callable[[], None] ) -> WalkedTable:  # fmt: skip
    """`parents` are coded with what the scheme needs; `chosen` are those to learn from, if not all."""
    variables, codes = flat(parents)
    family = np.stack([bins_of(one, own) for one, own in zip(variables, codes, strict=True)])
    layout, steps = kindred.coded.laid(seen(variables), scheme)
    none = np.zeros((len(layout.steps), len(kindred.counts)), np.int64)
    rows = kindred.coded.rows(layout, steps, family, kindred.counts, none)
    rows = Rows(rows.family, rows.counts, rows.codes, rows.times, goals_of(layout, rows))
    subjects = kindred.subjects
    if chosen is not None:
        kept = chosen[kindred.counts > 0]
        subjects = subjects[kept[rows.whose]]
        rows = rows.only(kept)
    links = fit_walk(layout, rows, subjects, growth, report)
    return WalkedTable(
        kindred.name, len(subjects), len(np.unique(subjects)), kindred.coded.columns, kindred.hidden,
        kindred.parent, kindred.column, scheme, kindred.since, seen(variables), kindred.coded.bits, links,
        growth.donors,
    )  # fmt: skip


def flat(coded: Coded) -> tuple[list[Variable], list[I64]]:
    """All variables and their codes."""
    variables = [variable for column in coded.columns for variable in column.codec.variables]
    return variables, [one for codes in coded.codes for one in codes]


def goals_of(layout: Layout, rows: Rows) -> I64:
    """What each step comes to in all, of families that have rows."""
    found = np.zeros((len(layout.steps), len(rows.counts)), np.int64)
    for at, step in enumerate(layout.steps):
        if layout.slots[at, 3] >= 0:
            found[at] = come_to(rows.bins(at, step), step.variable.ordered, rows.counts, step.later)
    return found

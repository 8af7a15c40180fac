"""Rows that belong together: how many, what they are as a whole, and what follows upon what.

A family's numbers of rows, means and different categories, beside its parent's columns, make one row of a
table of families, of which a classifier is asked (C2ST-Agg; Hudovernik, Jurkovic and Strumbelj 2024,
SyntheRela). Each row with its sibling before it makes another, which shows whether siblings follow from one
another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthmill.generators.evaluation.columns import encode
from synthmill.generators.evaluation.detection import detect
from synthmill.generators.evaluation.draws import distances, judged
from synthmill.generators.evaluation.marginals import midranks, shapes
from synthmill.generators.evaluation.roles import COMPARED, NUMBER, TIME
from synthmill.generators.evaluation.sample import Sample, lay_out
from synthmill.generators.evaluation.scores import Finding, Score
from synthmill.generators.kernels.mix import F64, I64

LAGS = 5
_ROWS = "rows of the family"
_BEFORE = " before"
_Found = tuple[list[Score], list[Finding]]


@dataclass(frozen=True)
class Family:
    """A table's rows of one side, and whose each is: a place among `owners` rows, -1 for nobody's."""

    rows: pa.Table
    whose: I64
    owners: int
    parents: pa.Table | None
    """The owners' own columns, if they have any."""

    @property
    def units(self) -> I64:
        """Whose each row is; a row that is nobody's is a family of its own."""
        return np.where(self.whose < 0, self.owners + np.arange(len(self.whose)), self.whose)


def in_order(family: Family, roles: Mapping[str, str]) -> Family:
    """The rows by whose they are, and by their first column of times, or as they stand."""
    times = [name for name, role in roles.items() if role == TIME]
    by = family.rows.column(times[0]) if times else pa.chunked_array([pa.array(np.arange(len(family.whose)))])
    at = pc.rank(by, tiebreaker="first").to_numpy()
    order = np.lexsort((at, family.whose))
    return Family(family.rows.take(pa.array(order)), family.whose[order], family.owners, family.parents)


def compare_families(
    name: str,
    sides: Sequence[Family],
    roles: Mapping[str, str],
    parent_roles: Mapping[str, str],
    most: int,
    seed: int,
) -> _Found:
    """The scores `children.*`, `aggregates` and `lag` of real, synthetic and unseen families in order."""
    compared = {column: role for column, role in roles.items() if role in COMPARED}
    tables = [_aggregates(side, compared) for side in sides]
    laid = lay_out(name, tables, _aggregate_roles(tables, parent_roles), [None] * 3, most, seed)
    counts = replace(laid, columns=tuple(one for one in laid.columns if one.name == _ROWS))
    scores = [
        replace(score, metric="children", meaning="How alike the numbers of rows of each family are.")
        for score in shapes(counts)[0]
        if score.metric.endswith(".mean")
    ]
    found, findings = detect(laid)
    scores += [
        replace(
            score,
            metric="aggregates",
            meaning="How well boosted trees tell synthetic families from real ones by their "
            "parent, their number of rows, their means and how many categories they have: an area, 0.5 "
            "if "
            "they can't.",
        )
        for score in found
    ]
    findings = [replace(one, metric="aggregates") for one in findings]
    if compared:
        pairs = [_with_before(side, compared) for side in sides]
        lag_roles = compared | {f"{column}{_BEFORE}": role for column, role in compared.items()}
        rows = lay_out(name, pairs, lag_roles, [side.units for side in sides], most, seed)
        found, others = detect(rows)
        scores += [
            replace(
                score,
                metric="lag",
                meaning="How well boosted trees tell synthetic rows from real ones by the row and the "
                "one before it in its family: an area, 0.5 if they can't.",
            )
            for score in found
        ]
        findings += [replace(one, metric="lag") for one in others]
    return scores, findings


def autocorrelations(sample: Sample) -> _Found:
    """1 - half the difference of rank correlations between rows and those 1 to 5 before them, of numbers.
    Rows of an owner must stand in their order."""
    columns = [column for column in sample.compared if column.ordered]
    items = [(column.name, f"lag {lag}") for column in columns for lag in range(1, LAGS + 1)]

    def measure(first: I64, second: I64) -> F64:
        return np.abs(_lagged(sample, first) - _lagged(sample, second)) / 2

    return (
        judged(
            sample,
            distances(sample, measure),
            items,
            "autocorrelation",
            (
                "How alike the rank correlations of rows with the five before them are, on average.",
                "The number whose correlation with what was before is farthest from that of real rows.",
            ),
        )
        if items
        else ([], [])
    )


def _lagged(sample: Sample, rows: I64) -> F64:
    owners = sample.owners[rows]
    found = []
    for column in (one for one in sample.compared if one.ordered):
        ranks = midranks(column.codes[rows])
        for lag in range(1, LAGS + 1):
            same = owners[lag:] == owners[:-lag]
            now, before = ranks[lag:][same], ranks[:-lag][same]
            scale = (max(1, int(np.dot(now, now))) * max(1, int(np.dot(before, before)))) ** 0.5
            found.append(int(np.dot(now, before)) / scale)
    return np.array(found)


def _aggregates(side: Family, roles: Mapping[str, str]) -> pa.Table:
    """A row for each owner."""
    mine = side.whose >= 0
    whose = side.whose[mine]
    rows = side.rows.filter(pa.array(mine))
    counts = np.bincount(whose, minlength=side.owners)
    made: dict[str, pa.ChunkedArray | pa.Array] = {}
    if side.parents is not None:
        made |= {name: side.parents.column(name) for name in side.parents.column_names}
    made[_ROWS] = pa.array(counts)
    for name, role in roles.items():
        for column in encode(name, role, [rows.column(name)]):
            if column.derived:
                continue
            known = column.codes >= 0
            owners, codes = whose[known], column.codes[known]
            if column.ordered:
                many = np.bincount(owners, minlength=side.owners)
                total = np.bincount(owners, column.values[codes].astype(np.float64), side.owners)
                made[f"mean of {column.name}"] = pa.array(total / np.maximum(many, 1), mask=many == 0)
            else:
                first = np.unique(owners * max(1, len(column.values)) + codes) // max(1, len(column.values))
                made[f"different {column.name}"] = pa.array(np.bincount(first, minlength=side.owners))
    return pa.table(made)


def _aggregate_roles(tables: Sequence[pa.Table], parent_roles: Mapping[str, str]) -> dict[str, str]:
    """A parent's columns are what they are, all else is numbers; what not all tables have is left out."""
    names = [name for name in tables[0].column_names if all(name in one.column_names for one in tables)]
    found = {name: parent_roles.get(name, NUMBER) for name in names}
    return {name: role for name, role in found.items() if role in COMPARED}


def _with_before(side: Family, roles: Mapping[str, str]) -> pa.Table:
    """The rows, with the cells of the row before in the family; none in its first row."""
    first = np.ones(len(side.whose), np.bool_)
    first[1:] = side.units[1:] != side.units[:-1]
    before = pa.array(np.arange(len(first)) - 1, mask=first)
    made = {name: side.rows.column(name) for name in roles}
    return pa.table(made | {f"{name}{_BEFORE}": side.rows.column(name).take(before) for name in roles})


def owners_of(cells: pa.ChunkedArray, keys: pa.ChunkedArray) -> I64:
    """Of each cell the place of its key, -1 where there is none."""
    found = pc.index_in(cells.cast(keys.type), keys.combine_chunks()).fill_null(-1)
    return np.asarray(found.to_numpy(), np.int64)

"""The rows that are looked at: some of each table, chosen by a hash of their place or of whose they are."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from synthmill.generators.errors import FieldError, InvalidRequestError, did_you_mean
from synthmill.generators.evaluation.columns import Column, encode
from synthmill.generators.evaluation.roles import COMPARED
from synthmill.generators.kernels.mix import I64, key, mix

KEPT = 10
"""Times as many real rows as others: a copy is found only among the rows that are looked at."""


@dataclass(frozen=True)
class Sample:
    """A real, a synthetic and perhaps an unseen table, one after the other.

    `real`, `synthetic` and `unseen` are places in `columns` and in `owners`, in random order; rows of one
    owner stay together, as they stand in their table.
    """

    table: str
    columns: tuple[Column, ...]
    real: I64
    synthetic: I64
    unseen: I64
    owners: I64
    """Whose a row is: a number for each parent or subject of each table, or for each row where rows are
    nobody's."""
    most: int
    """Rows of each that are compared; `real` may have more, among which copies are looked for."""
    seed: int

    @property
    def compared(self) -> tuple[Column, ...]:
        """The columns without those that are made of others."""
        return tuple(column for column in self.columns if not column.derived)

    def some(self, rows: I64, most: int | None = None) -> I64:
        """The first of these rows, whole owners, up to `most` rows but at least one owner's."""
        most = self.most if most is None else most
        if len(rows) <= most:
            return rows
        owners = self.owners[rows]
        stop = most
        while stop > 0 and owners[stop - 1] == owners[stop]:
            stop -= 1
        return rows[: stop or most]

    def shuffled(self, rows: I64, purpose: str, number: int = 0) -> I64:
        """These rows in another order, owner by owner."""
        return in_hash_order(rows, self.owners[rows], key(self.seed, self.table, purpose, str(number)))


def in_hash_order(rows: I64, owners: I64, under: int) -> I64:
    """Rows by a hash of whose they are. Equal hashes of different owners: next to never, and by owner "
    "then."""
    order = np.lexsort((owners, mix(under, owners.astype(np.uint64))))
    return np.asarray(rows[order])


def lay_out(
    name: str,
    parts: Sequence[pa.Table],
    roles: Mapping[str, str],
    owner: Sequence[I64 | None],
    most: int,
    seed: int,
) -> Sample:
    """Real, synthetic and unseen rows (none: an empty table), their columns by `roles`, and of each table
    whose its rows are, or None."""
    limits = (KEPT * most, most, most)
    chosen, owners, start = list[pa.Table](), list[I64](), 0
    for side, (part, whose, limit) in enumerate(zip(parts, owner, limits, strict=True)):
        mine = np.arange(part.num_rows, dtype=np.int64) if whose is None else whose
        rows = in_hash_order(np.arange(part.num_rows), mine, key(seed, name, "sample", str(side)))[:limit]
        # In their own order within an owner, for which the sort was stable.
        chosen.append(part.take(pa.array(rows)) if part.num_rows else part)
        found = np.unique(mine[rows], return_inverse=True)[1] + start
        owners.append(found.astype(np.int64))
        start += int(found.max(initial=start - 1)) - start + 1
    columns = [
        column
        for column_name, role in roles.items()
        if role in COMPARED
        for column in encode(column_name, role, [part.column(column_name) for part in chosen])
    ]
    ends = np.cumsum([0, *(part.num_rows for part in chosen)])
    places = [np.arange(first, last) for first, last in itertools.pairwise(ends)]
    real, synthetic, unseen = places
    return Sample(name, tuple(columns), real, synthetic, unseen, np.concatenate(owners), most, seed)


def same_columns(real: pa.Table, other: pa.Table, field: str) -> pa.Table:
    """`other` with the columns of `real`, in their order. Raises InvalidRequestError where one isn't "
    "there."""
    missing = [name for name in real.column_names if name not in other.column_names]
    if missing:
        raise InvalidRequestError(
            FieldError(
                f"{field}.{name}",
                "there is no such column, but the real table has one"
                + did_you_mean(name, other.column_names),
                "give it, or leave it out of the real table",
            )
            for name in missing
        )
    return other.select(real.column_names)

"""Which row of a table is which sample of which entity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthmill.generators.kernels.mix import I64


@dataclass(frozen=True, eq=False)
class Samples:
    """Samples of entities, a stretch for each, none empty."""

    entity: I64
    first: I64
    counts: I64
    order: I64 | None
    """Where a row's sample stands among them; None where rows are in this order."""

    @property
    def numbers(self) -> I64:
        """Of all samples: their numbers within their entities, from 0."""
        starts = np.cumsum(self.counts) - self.counts
        numbers = np.arange(int(self.counts.sum()), dtype=np.int64)
        numbers += np.repeat(self.first - starts, self.counts)
        return numbers


@dataclass(frozen=True)
class Layout:
    """Rows are shared out evenly: the first `rows % entities` entities have one row more than the others."""

    rows: int
    entities: int
    by_time: bool
    """Whether the samples of one moment follow one another, or those of one entity."""

    def samples(self, start: int, stop: int) -> Samples:
        """Of rows start to stop - 1."""
        return self._by_time(start, stop) if self.by_time else self._by_entity(start, stop)

    def _by_entity(self, start: int, stop: int) -> Samples:
        if start == stop:
            return Samples(*(np.empty(0, np.int64),) * 3, None)
        entity = np.arange(self._entity(start), self._entity(stop - 1) + 1, dtype=np.int64)
        each, more = divmod(self.rows, self.entities)
        begin = entity * each + np.minimum(entity, more)
        end = begin + each + (entity < more)
        first = np.maximum(begin, start)
        return Samples(entity, first - begin, np.minimum(end, stop) - first, None)

    def _entity(self, row: int) -> int:
        each, more = divmod(self.rows, self.entities)
        longer = more * (each + 1)
        return row // (each + 1) if row < longer else more + (row - longer) // each

    def _by_time(self, start: int, stop: int) -> Samples:
        row = np.arange(start, stop, dtype=np.int64)
        number, entity = row // self.entities, row % self.entities
        order = np.lexsort((number, entity))
        found, first, counts = np.unique(entity[order], return_index=True, return_counts=True)
        back = np.empty_like(order)
        back[order] = np.arange(len(order))
        return Samples(found, number[order][first], counts.astype(np.int64), back)

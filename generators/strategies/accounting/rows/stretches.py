"""Tables of some documents, stretch by stretch, without whole days being made."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.mix import I64
from synthmill.generators.strategies.accounting.documents import Documents, Journal


class StretchRows:
    """The documents of some stretches, one after the other. They have no numbers."""

    def __init__(self, journal: Journal, stretches: I64) -> None:
        self.journal, self._stretches = journal, stretches
        counts = journal.world.stretches.count[stretches]
        self._before = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])

    def __len__(self) -> int:
        return int(self._before[-1])

    def documents(self, start: int, stop: int) -> Documents:
        world = self.journal.world
        rows = np.arange(start, stop, dtype=np.int64)
        place = np.searchsorted(self._before, rows, side="right") - 1
        stretch, within = self._stretches[place], rows - self._before[place]
        form, cell = world.stretches.form[stretch], world.stretches.cell[stretch]
        cells = world.cells
        local = (world.stretches.first[stretch] + within) * cells.stride[cell] + cells.offset[cell]
        local %= cells.count[cell]
        company = cells.company[cell]
        group = self.journal.day_of_form(company, cell, form) * self.journal.companies + company
        none = np.zeros(len(rows), np.int64)
        return Documents(form, cell, cells.first[cell] + local, cells.same[cell] + local, group, none, none)

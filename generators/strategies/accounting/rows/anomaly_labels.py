"""The table that says which documents belong to an anomaly, and to which."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa

from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.cells import Cells, Dictionary, Flags, Integers, coded
from synthmill.generators.engine.plan import ColumnPlan, ForeignKey, Packing, TablePlan
from synthmill.generators.kernels.mix import I64
from synthmill.generators.strategies.accounting.documents import Journal
from synthmill.generators.strategies.accounting.rows.stretches import StretchRows
from synthmill.generators.strategies.accounting.ways.anomalous import KINDS


def labels_table(rows: int) -> TablePlan:
    words = Packing.WORDS
    columns = (
        ColumnPlan("document_id", pa.int64(), False, "identity", width=11, packing=Packing.RANDOM),
        ColumnPlan("anomaly_id", pa.int64(), False, "identity", width=9),
        ColumnPlan("kind", pa.string(), False, "kind", width=16, packing=words),
        ColumnPlan("family", pa.string(), False, "family", width=6, packing=words),
        ColumnPlan("scheme", pa.string(), False, "scheme", width=10, packing=words),
        ColumnPlan("role", pa.string(), False, "role", width=7, packing=words),
        ColumnPlan("severity", pa.int64(), False, "severity", width=1, packing=words),
        ColumnPlan("step", pa.int64(), False, "step", width=1, packing=words),
    )
    keys = (ForeignKey(("document_id",), "journal_entries", ("document_id",)),)
    return TablePlan("anomaly_labels", rows, 16_384, columns, ("document_id",), keys)


class Labels:
    """Cells of the labels: each document of an anomalous chain has one."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        names = journal.world.form_values("anomaly")
        self._altered = np.array(journal.world.form_values("altered"), np.int64)
        kinds = list(KINDS)
        self._kind = np.array([kinds.index(one) if one else -1 for one in names], np.int64)
        stretches = journal.world.stretches
        labelled = np.flatnonzero(self._kind[stretches.form] >= 0)
        self._rows = StretchRows(journal, labelled[self._shows(labelled)])

    def _shows(self, stretches: I64) -> Flags:
        """Whether a document that is other than it should be, of the same chains, lies within the books."""
        journal, of = self.journal, self.journal.world.stretches
        form, cell = of.form[stretches], of.cell[stretches]
        first, last = (np.array(one, np.int64)[form] for one in journal.world.drafts.ends)
        company = journal.world.cells.company[cell]
        found = np.zeros(len(stretches), np.bool_)
        for step in range(int((last - first).max(initial=0))):
            other = np.minimum(first + step, last - 1)
            day = journal.day_of_form(company, cell, other)
            found |= (self._altered[other] > 0) & (day < journal.days)
        return found

    @property
    def rows(self) -> int:
        return len(self._rows)

    def cells(self, start: int, stop: int, columns: Sequence[str]) -> dict[str, Cells]:
        of = self._rows.documents(start, stop)
        kind: I64 = self._kind[of.form]
        severity = np.array([one.severity for one in KINDS.values()], np.int64)
        made: dict[str, Callable[[], Cells]] = {
            "document_id": lambda: Integers(self.journal.identities(of.chain, of.form)),
            "anomaly_id": lambda: Integers(of.chain),
            "kind": lambda: coded(kind, Dictionary(strings(list(KINDS)))),
            "family": lambda: _of_kind(kind, "family"),
            "scheme": lambda: _of_kind(kind, "scheme"),
            "role": lambda: coded(self._altered[of.form], Dictionary(strings(["related", "altered"]))),
            "severity": lambda: Integers(severity[kind]),
            "step": lambda: Integers(self.journal.place[of.form] + 1),
        }
        return {name: made[name]() for name in columns}


def _of_kind(kind: I64, name: str) -> Cells:
    """A word of each row's kind."""
    values = [getattr(one, name) for one in KINDS.values()]
    words = sorted(set(values))
    places = np.array([words.index(one) for one in values], np.int64)
    return coded(places[kind], Dictionary(strings(words)))

"""The table that says which documents belong to an anomaly, and to which."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa

from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.cells import Cells, Dictionary, Integers, coded
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
        kinds = list(KINDS)
        self._kind = np.array([kinds.index(one) if one else -1 for one in names], np.int64)
        stretches = journal.world.stretches
        self._rows = StretchRows(journal, np.flatnonzero(self._kind[stretches.form] >= 0))

    @property
    def rows(self) -> int:
        return len(self._rows)

    def cells(self, start: int, stop: int, columns: Sequence[str]) -> dict[str, Cells]:
        of = self._rows.documents(start, stop)
        kind: I64 = self._kind[of.form]
        families = [one.family for one in KINDS.values()]
        words = sorted(set(families))
        family = np.array([words.index(one) for one in families], np.int64)
        severity = np.array([one.severity for one in KINDS.values()], np.int64)
        made: dict[str, Callable[[], Cells]] = {
            "document_id": lambda: Integers(self.journal.identities(of.chain, of.form)),
            "anomaly_id": lambda: Integers(of.chain),
            "kind": lambda: coded(kind, Dictionary(strings(list(KINDS)))),
            "family": lambda: coded(family[kind], Dictionary(strings(words))),
            "severity": lambda: Integers(severity[kind]),
            "step": lambda: Integers(self.journal.place[of.form] + 1),
        }
        return {name: made[name]() for name in columns}

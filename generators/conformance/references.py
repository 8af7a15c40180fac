"""References that aren't to any row: the row that each leads to matches, and exists at the row's time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from synthmill.generators.conformance.checks import Check, exact
from synthmill.generators.conformance.observed import NotObservableError, Observed, apart
from synthmill.generators.engine.arrays import truths
from synthmill.generators.engine.arrow_cells import to_arrow
from synthmill.generators.engine.cells import Flags
from synthmill.generators.engine.plan import Plan
from synthmill.generators.tables.table import link_and_column, tables_of


def check_references(plan: Plan, table: Mapping[str, Any], observed: Observed) -> Iterator[Check]:
    for column in table["columns"]:
        asked = _asked(column)
        if asked is None:
            continue
        match, existing = asked
        try:
            reference = _Reference(plan, table["name"], column["name"], observed)
            for there, own in match.items():
                declared = f"rows whose {there} is {own}"
                yield reference.check(reference.differ(own, there), declared)
            if existing:
                wrong = reference.missing(existing["at"], existing["since"], existing["until"])
                yield reference.check(wrong, f"rows that exist at {existing['at']}")
        except NotObservableError:
            continue


def _asked(column: Mapping[str, Any]) -> tuple[Mapping[str, str], Mapping[str, Any]] | None:
    """The columns that must be equal, there and here, and those that say when a row exists."""
    if column["kind"] == "foreign_key" and (column["match"] or column["existing"]):
        return column["match"] or {}, column["existing"] or {}
    if column["kind"] == "hierarchy" and (column["within"] or column["since"]):
        match = {} if column["within"] is None else {column["within"]: column["within"]}
        ends = {"at": column["since"], "since": column["since"], "until": column["until"]}
        return match, ends if column["since"] else {}
    return None


class _Reference:
    """A column's references, as they are in a dataset."""

    def __init__(self, plan: Plan, table: str, name: str, observed: Observed) -> None:
        self.plan, self.table, self.name = plan, table, name
        self.rows = observed.rows(table)
        self.led = truths(observed.column(table, name).is_valid())
        reference = tables_of(plan)[table].columns[name].refers_to
        assert reference is not None
        self.there = reference[0]

    def check(self, wrong: Flags, declared: str) -> Check:
        count = int((wrong & self.led).sum())
        said = f"{count:,} rows differ"
        return exact(self.table, self.name, "foreign_key", declared, said, not count)

    def differ(self, own: str, there: str) -> Flags:
        return truths(apart(self._own(own), self._of(there)))

    def missing(self, at: str, since: str, until: str | None) -> Flags:
        time = self._own(at)
        early = pc.fill_null(pc.greater(self._of(since), time), True)
        if until is not None:
            early = pc.or_(early, pc.fill_null(pc.less_equal(self._of(until), time), False))
        return truths(early)

    def _own(self, name: str) -> pa.Array:
        link, table, column = link_and_column(tables_of(self.plan)[self.table], name)
        return self._cells(link, table, column)

    def _of(self, column: str) -> pa.Array:
        return self._cells(self.name, self.there, column)

    def _cells(self, link: str | None, table: str, column: str) -> pa.Array:
        return to_arrow(self.rows.look(link, column), tables_of(self.plan)[table].columns[column].type)

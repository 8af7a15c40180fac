"""Tables of the steps of a state: each follows the one before it as a transition says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthmill.generators.columns.kind import PARENT
from synthmill.generators.conformance.checks import Check, exact
from synthmill.generators.conformance.observed import NotObservableError, Observed, ObservedRows, apart
from synthmill.generators.conformance.states import Transitions, as_its_kind_gives
from synthmill.generators.engine.arrays import places_in, strings, truths, whole_numbers
from synthmill.generators.engine.arrow_cells import to_arrow
from synthmill.generators.engine.cells import Flags
from synthmill.generators.engine.plan import Plan
from synthmill.generators.kernels.mix import I64
from synthmill.generators.tables.table import tables_of


def check_steps(
    plan: Plan, table: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]], observed: Observed
) -> Iterator[Check]:
    """Where the rows say whose they are; `tables` are the parameters of all."""
    relation, name = table["children_of"], table["name"]
    if relation is None or relation["steps_of"] is None or not observed.tables[name].num_rows:
        return
    [state] = [one for one in tables[relation["table"]]["columns"] if one["name"] == relation["steps_of"]]
    shown = {
        column["show"]: column["name"]
        for column in table["columns"]
        if column["kind"] == "step" and as_its_kind_gives(plan, name, column)
    }
    try:
        steps = _Steps(plan, name, shown, state, observed)
    except NotObservableError:
        return
    for show, column in shown.items():
        count = int(steps.wrong(show).sum())
        said = f"{count:,} rows differ"
        yield exact(name, column, "follows", f"steps of {state['name']}", said, not count)


class _Steps:
    """The steps of all rows, row by row in their order."""

    def __init__(
        self, plan: Plan, table: str, shown: Mapping[str, str], state: Mapping[str, Any], observed: Observed
    ) -> None:
        rows, _ = observed.rows(table).siblings()
        columns = tables_of(plan)[table].columns
        self.cells = {
            show: to_arrow(rows.look(None, name), columns[name].type) for show, name in shown.items()
        }
        self.transitions, self.begins = Transitions(state), rows.sibling_index() == 0
        self.ends = np.append(self.begins[1:], True)
        parents = tables_of(plan)[tables_of(plan)[table].parents.table]
        self.start = _of_parent(rows, parents.columns[state["start"]].type, state["start"])
        self.last = None
        if as_its_kind_gives(plan, parents.name, state):
            self.last = _of_parent(rows, pa.string(), state["name"])
        if "state" in self.cells:
            self.states = places_in(strings(self.transitions.names), self.cells["state"])
        if "time" in self.cells:
            self.times = whole_numbers(self.cells["time"])

    def wrong(self, show: str) -> Flags:
        seen = self.cells[show]
        if show == "state":
            return self._wrong_states()
        if show == "time":
            return self._wrong_times()
        if show == "previous" and "state" in self.cells:
            before = pc.if_else(pa.array(self.begins), None, self._before(self.cells["state"]))
            return truths(apart(seen, before))
        if show == "seconds" and "time" in self.cells:
            seconds = pa.array(self._lags() // 1_000_000, mask=self.begins)
            return truths(apart(seen, seconds))
        return np.zeros(len(seen), np.bool_)

    def _wrong_states(self) -> Flags:
        wrong: Flags = self.states < 0
        wrong |= self.begins & (self.states != self.transitions.names.index(self.transitions.first))
        count = len(self.transitions.names)
        known = [one * count + other for one, other in self.transitions.limits]
        wrong |= ~self.begins & ~np.isin(self._before_states() * count + self.states, known)
        if self.last is not None:
            wrong |= self.ends & truths(apart(self.cells["state"], self.last))
        return wrong

    def _wrong_times(self) -> Flags:
        wrong: Flags = self.begins & truths(apart(self.cells["time"], self.start))
        lags = self._lags()
        if "state" not in self.cells:
            wrong |= ~self.begins & (lags < 0)
            return wrong
        before = self._before_states()
        for (one, other), limits in self.transitions.limits.items():
            taken = ~self.begins & (before == one) & (self.states == other)
            in_time = np.zeros(len(taken), np.bool_)
            for least, most in limits:
                in_time |= (lags >= least) & (lags <= most)
            wrong |= taken & ~in_time
        return wrong

    def _before_states(self) -> I64:
        return np.concatenate([self.states[:1], self.states[:-1]])

    def _lags(self) -> I64:
        lags: I64 = np.diff(self.times, prepend=self.times[:1])
        return lags

    @staticmethod
    def _before(cells: pa.Array) -> pa.Array:
        return pa.concat_arrays([cells[:1], cells[:-1]])


def _of_parent(rows: ObservedRows, type_: pa.DataType, column: str) -> pa.Array:
    return to_arrow(rows.look(PARENT, column), type_)

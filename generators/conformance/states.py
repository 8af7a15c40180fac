"""States: one of those declared, at times that the transitions between them allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from synthmill.generators.conformance.checks import Check, exact
from synthmill.generators.conformance.observed import Observed
from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.plan import Plan
from synthmill.generators.schema.times import length, microseconds
from synthmill.generators.tables.table import tables_of


class Transitions:
    """The transitions of a state column."""

    def __init__(self, column: Mapping[str, Any]) -> None:
        transitions = column["transitions"]
        self.first = column["initial"] or transitions[0]["state"]
        ends = (t[end] for t in transitions for end in ("state", "next"))
        self.names = list(dict.fromkeys([self.first, *ends]))
        at = self.names.index
        # Several transitions may lead from one state to another.
        self.limits: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for t in transitions:
            limits = length(t["min"]), length(t["max"])
            self.limits.setdefault((at(t["state"]), at(t["next"])), []).append(limits)

    def reached(self, start: int, without: int | None = None) -> set[int]:
        """The states that can be come to from one, itself too, without going through another."""
        found, new = {start} - {without}, [start] if start != without else []
        while new:
            new = [b for a in new for one, b in self.limits if one == a and b != without and b not in found]
            found.update(new)
        return found


def check_states(plan: Plan, table: Mapping[str, Any], observed: Observed) -> Iterator[Check]:
    columns = {column["name"]: column for column in table["columns"]}
    for column in table["columns"]:
        if column["kind"] == "state":
            yield _known(table["name"], column, observed, as_its_kind_gives(plan, table["name"], column))
        elif column["kind"] == "state_time" and as_its_kind_gives(plan, table["name"], column):
            yield _time(table["name"], column, columns[column["column"]], observed)


def as_its_kind_gives(plan: Plan, table: str, column: Mapping[str, Any]) -> bool:
    """Whether a column holds what its kind gives, in every row."""
    compiled, name = tables_of(plan)[table], column["name"]
    return not any(name in one for one in (compiled.nulls, compiled.conditions, compiled.orderings))


def _known(table: str, column: Mapping[str, Any], observed: Observed, plain: bool) -> Check:
    """Every state is one of the machine's; where it begins, there is one."""
    name = column["name"]
    states, start = observed.column(table, name), observed.column(table, column["start"])
    known = strings(Transitions(column).names)
    wrong = pc.and_(states.is_valid(), pc.invert(pc.is_in(states, value_set=known)))
    if plain:
        wrong = pc.or_(wrong, pc.not_equal(states.is_null(), start.is_null()))
    return _counted(table, name, "one of its states", wrong)


def _time(table: str, column: Mapping[str, Any], state: Mapping[str, Any], observed: Observed) -> Check:
    """The time is there if the row has been in the state, and lies between the start and `until`."""
    machine, wanted = Transitions(state), column["state"]
    times, start = observed.column(table, column["name"]), observed.column(table, state["start"])
    states = observed.column(table, state["name"])
    wrong = pc.fill_null(pc.less(times, start), False)
    if state["until"] is not None:
        until = pa.scalar(microseconds(state["until"]), pa.int64()).cast(times.type)
        # A row begins, however late that is.
        late = pc.and_(pc.greater(times, until), pc.greater(times, start))
        wrong = pc.or_(wrong, pc.fill_null(late, False))
    if wanted is None:
        wrong = pc.or_(wrong, pc.and_(states.is_valid(), times.is_null()))
    else:
        names = machine.names
        first, at = names.index(machine.first), names.index(wanted)
        never = [name for place, name in enumerate(names) if place not in machine.reached(at)]
        always = [name for place, name in enumerate(names) if place not in machine.reached(first, without=at)]
        for others, mistaken in ((never, times.is_valid()), (always, times.is_null())):
            found = pc.and_(pc.is_in(states, value_set=strings(others)), states.is_valid())
            wrong = pc.or_(wrong, pc.and_(found, mistaken))
        if wanted == machine.first:
            wrong = pc.or_(wrong, pc.fill_null(pc.not_equal(times, start), False))
    return _counted(table, column["name"], f"as {state['name']} says", wrong)


def _counted(table: str, column: str, declared: str, wrong: pa.Array) -> Check:
    count = pc.sum(wrong).as_py() or 0
    return exact(table, column, "follows", declared, f"{count:,} rows differ", not count)

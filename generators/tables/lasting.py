"""How long parents live, and how many children that gives them, by estimate from parameters alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from statistics import fmean
from typing import Any

from synthmill.generators.columns.times.schedule import often
from synthmill.generators.formulas.grammar import names, parse
from synthmill.generators.schema.times import UNITS, days, length, microseconds
from synthmill.generators.tables.exposing import MOST_SCHEDULED

Columns = Mapping[str, Mapping[str, Any]]
"""The definitions of a table's columns by name."""

_LONG_LIFE = 3_650.0
"""Days that a life is taken to last where nothing says how long it does."""
_MOST_STEPS = 32.0
"""States that a row is taken to go through at most."""
_DEEPEST = 8
"""Columns made from one another that are followed."""


class Lasting:
    """The lives of some tables' rows, from loaded parameters. Raises nothing: what can't be is unknown."""

    def __init__(self, tables: Mapping[str, Mapping[str, Any]], columns: Mapping[str, Columns]) -> None:
        self._tables, self._columns = tables, columns

    def children(self, declared: Mapping[str, Any]) -> float:
        """Children of a parent on average, where their total is free, by their loaded `children_of`."""
        parents = declared["table"]
        if declared["steps_of"] is not None:
            return self._steps(self._columns.get(parents, {}).get(declared["steps_of"], {}))
        if declared["schedule"] is not None:
            often_in_days = often(declared["schedule"]) / UNITS["day"]
            found = 1.0 + self.days(declared["during"], parents) / often_in_days
            return min(found, float(declared["max"] or MOST_SCHEDULED))
        if declared["counts"] == "exposure":
            return float(min(declared["per_day"] * self.days(declared["during"], parents), declared["max"]))
        if declared["mean"] is not None:
            return float(declared["mean"])
        return float(declared["min"] + (declared["max"] or 0)) / 2

    def days(self, during: Mapping[str, Any], table: str) -> float:
        """How long a life of a table's rows lasts on average, or a long time where nothing says it."""
        begins, ends = self._ends(during, table, 0)
        if begins is None or ends is None:
            return _LONG_LIFE
        return max(0.0, ends - begins) / UNITS["day"]

    def _ends(self, during: Mapping[str, Any], table: str, depth: int) -> tuple[float | None, float | None]:
        """The mean moments at which lives begin and end."""
        begins = self._mean(table, during["start"], depth)
        if during["since"] is not None:
            since = float(_moment(during["since"]))
            begins = since if begins is None else max(begins, since)
        ends = self._mean(table, during["end"], depth)
        computed = self._columns.get(table, {}).get(during["end"] or "", {}).get("kind") == "formula"
        if computed and ends is not None and during["until"] is not None:
            # What a formula adds to the columns that it names isn't known: half of what is left.
            ends = (ends + max(ends, float(_moment(during["until"])))) / 2
        if during["until"] is not None:
            until = float(_moment(during["until"]))
            ends = until if ends is None else min(ends, until)
        return begins, ends

    def _mean(self, table: str, name: str | None, depth: int) -> float | None:
        """The mean of a column of times or days; None where it isn't one, or isn't known."""
        if name is not None and "." in name:
            through, _, name = name.partition(".")
            table = self._target(table, through)
        definition = self._columns.get(table, {}).get(name or "")
        if definition is None or depth > _DEEPEST:
            return None
        rule = _RULES.get(definition["kind"])
        return None if rule is None else rule(self, table, definition, depth + 1)

    def _target(self, table: str, through: str | None) -> str:
        declared = self._tables.get(table, {}).get("children_of")
        if declared is not None and through in (None, declared["table"]):
            return str(declared["table"])
        return str(self._columns.get(table, {}).get(through or "", {}).get("table", ""))

    def _between(self, table: str, definition: Mapping[str, Any], depth: int) -> float | None:
        try:
            return (_moment(definition["start"]) + _moment(definition["end"])) / 2
        except (KeyError, TypeError, ValueError):
            return None

    def _later(self, table: str, definition: Mapping[str, Any], depth: int) -> float | None:
        at = self._target(table, definition["through"]) if definition["through"] is not None else table
        found = self._mean(at, definition["column"], depth)
        if found is None:
            return None
        found += (length(definition["min"]) + length(definition["max"])) / 2
        return found if definition["until"] is None else min(found, float(_moment(definition["until"])))

    def _parent(self, table: str, definition: Mapping[str, Any], depth: int) -> float | None:
        return self._mean(self._target(table, definition["through"]), definition["column"], depth)

    def _state_time(self, table: str, definition: Mapping[str, Any], depth: int) -> float | None:
        state = self._columns.get(table, {}).get(definition["column"], {})
        if state.get("kind") != "state":
            return None
        begins = self._mean(table, state["start"], depth)
        if begins is None or state["until"] is None:
            return begins
        return (begins + max(begins, _moment(state["until"]))) / 2

    def _event_time(self, table: str, definition: Mapping[str, Any], depth: int) -> float | None:
        declared = self._tables.get(table, {}).get("children_of")
        if declared is None or declared["during"] is None:
            return None
        return _mean_of(self._ends(declared["during"], declared["table"], depth))

    def _within(self, table: str, definition: Mapping[str, Any], depth: int) -> float | None:
        at = self._target(table, definition["through"]) if definition["through"] is not None else table
        return _mean_of(self._ends(definition["during"], at, depth))

    def _formula(self, table: str, definition: Mapping[str, Any], depth: int) -> float | None:
        return _mean_of(self._mean(table, name, depth) for name in names(parse(definition["formula"])))

    def _conditional(self, table: str, definition: Mapping[str, Any], depth: int) -> float | None:
        ways = [case["then"] for case in definition["cases"]]
        if definition["otherwise"] is not None:
            ways.append(definition["otherwise"])
        rules = ((_RULES.get(way["kind"]), way) for way in ways)
        return _mean_of(rule(self, table, way, depth) for rule, way in rules if rule is not None)

    def _aggregate(self, table: str, definition: Mapping[str, Any], depth: int) -> float | None:
        if definition["function"] in ("sum", "count", "mean"):
            return None
        return self._mean(definition["table"], definition["column"], depth)

    def _steps(self, state: Mapping[str, Any]) -> float:
        """States that a row goes through, where time doesn't end its path."""
        if state.get("kind") != "state":
            return _MOST_STEPS
        leaving: dict[str, list[Mapping[str, Any]]] = {}
        for transition in state["transitions"]:
            leaving.setdefault(transition["state"], []).append(transition)
        inside, steps = {state["initial"] or state["transitions"][0]["state"]: 1.0}, 0.0
        for _ in range(min(int(_MOST_STEPS), state["max_steps"])):
            steps += sum(inside.values())
            after: dict[str, float] = {}
            for name, share in inside.items():
                total = sum(one["weight"] for one in leaving.get(name, ()))
                for one in leaving.get(name, ()):
                    after[one["next"]] = after.get(one["next"], 0.0) + share * one["weight"] / total
            inside = after
        return steps


_RULES: Mapping[str, Callable[[Lasting, str, Mapping[str, Any], int], float | None]] = {
    **dict.fromkeys(("timestamp", "date", "rising"), Lasting._between),
    "later": Lasting._later,
    "parent": Lasting._parent,
    "state_time": Lasting._state_time,
    "event_time": Lasting._event_time,
    "within": Lasting._within,
    "formula": Lasting._formula,
    "conditional": Lasting._conditional,
    "aggregate": Lasting._aggregate,
}


def _mean_of(moments: Iterable[float | None]) -> float | None:
    known = [one for one in moments if one is not None]
    return fmean(known) if known else None


def _moment(text: str) -> int:
    return microseconds(text) if "T" in text else days(text) * UNITS["day"]

"""The states that rows go through, and when: a state machine of weighted transitions that take time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from synthmill.generators.columns.kind import ParameterError, Rows
from synthmill.generators.columns.source import Source
from synthmill.generators.engine.arrow_cells import decoded
from synthmill.generators.engine.cells import Dictionary, Flags, Integers
from synthmill.generators.kernels.discrete import discrete
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import I64, U64, mix
from synthmill.generators.schema.times import length


@dataclass(frozen=True, eq=False)
class Steps:
    """The states of some rows, row by row: row i has `counts[i]` of them, the first at `starts[i]`."""

    counts: I64
    starts: I64
    states: I64
    times: I64

    @cached_property
    def rows(self) -> I64:
        """The row of every step."""
        return np.repeat(np.arange(len(self.counts)), self.counts)


@dataclass(frozen=True, eq=False)
class Machine:
    """States by number, and the transitions from each, in the order in which they were given."""

    words: Dictionary
    first: int
    thresholds: U64
    """Of shape (states, most transitions - 1): u gives the transition of which so many are at most u."""
    transitions: I64
    """Transitions from each state; those without any are final."""
    targets: I64
    least: I64
    spread: U64
    """Of shape (states, most transitions): where each leads, how long it takes at least, and how many
    lengths of time there are from there on, in units of the precision."""
    most_steps: int

    def share_entering(self, state: int) -> float:
        """The share of rows that are ever in a state, where nothing ends their path before its end."""
        limits = self.thresholds.astype(np.float64) / 2.0**64
        inside, entered = np.zeros(len(self.transitions)), 0.0
        inside[self.first] = 1.0
        for _ in range(self.most_steps):
            entered += inside[state]
            inside[state] = 0.0
            after = np.zeros(len(inside))
            for place, ways in enumerate(self.transitions):
                shares = np.diff([0.0, *limits[place, : max(0, ways - 1)], 1.0])
                for way in range(ways):
                    after[self.targets[place, way]] += inside[place] * shares[way]
            inside = after
        return min(1.0, float(entered))


@dataclass(frozen=True, eq=False)
class StatePath:
    """A state machine that starts for each row at the time in a column and runs until its end or `until`."""

    machine: Machine
    transition_key: int
    time_key: int
    start: Source
    until: int
    unit: int

    @property
    def most_steps(self) -> int:
        return self.machine.most_steps

    def steps(self, rows: Rows) -> Steps:
        """Computed from the row alone, for the row itself as for its children."""
        return rows.once(self, lambda: self._made(rows))

    def _made(self, rows: Rows) -> Steps:
        start = decoded(self.start.cells(rows))
        assert isinstance(start, Integers)
        going = np.arange(len(rows)) if start.null is None else np.flatnonzero(~start.null)
        states, times = np.full(len(going), self.machine.first), start.values[going]
        choices, lengths = rows.draw(self.transition_key), rows.draw(self.time_key)
        taken = [(going, states, times)]
        for step in range(1, self.machine.most_steps):
            on = self.machine.transitions[states] > 0
            going, states, times = going[on], states[on], times[on]
            states, times = self._moved(states, times, choices[going], lengths[going], step)
            in_time = times <= self.until
            going, states, times = going[in_time], states[in_time], times[in_time]
            if not len(going):
                break
            taken.append((going, states, times))
        return _in_rows(len(rows), taken)

    def _moved(self, states: I64, times: I64, choices: U64, lengths: U64, step: int) -> tuple[I64, I64]:
        machine, turn = self.machine, np.full(len(states), step, np.uint64)
        chosen = (mix(choices, turn)[:, None] >= machine.thresholds[states]).sum(axis=1)
        chosen = np.minimum(chosen, machine.transitions[states] - 1)
        units = bounded(mix(lengths, turn), machine.spread[states, chosen]).view(np.int64)
        times = times + machine.least[states, chosen] + units * np.int64(self.unit)
        return machine.targets[states, chosen], times


def _in_rows(count: int, taken: Sequence[tuple[I64, I64, I64]]) -> Steps:
    """Steps in the order of their rows, from those of all rows at once, one after the other."""
    counts = np.zeros(count, np.int64)
    for going, _, _ in taken:
        counts[going] += 1
    starts = np.cumsum(counts) - counts
    states, times = np.empty(counts.sum(), np.int64), np.empty(counts.sum(), np.int64)
    for step, (going, at, when) in enumerate(taken):
        states[starts[going] + step], times[starts[going] + step] = at, when
    return Steps(counts, starts, states, times)


def last(steps: Steps, values: I64) -> tuple[I64, Flags | None]:
    """Of the rows' last steps their values; which rows have no step."""
    without = steps.counts == 0
    found = np.zeros(len(steps.counts), np.int64)
    found[~without] = values[(steps.starts + steps.counts - 1)[~without]]
    return found, without if without.any() else None


def machine(
    names: Sequence[str],
    first: str,
    transitions: Sequence[Mapping[str, Any]],
    unit: int,
    most_steps: int,
    words: Dictionary,
) -> Machine:
    """Compile a machine. Raises ParameterError for states that are never reached."""
    number = {name: at for at, name in enumerate(names)}
    leaving: list[list[Mapping[str, Any]]] = [[] for _ in names]
    for transition in transitions:
        leaving[number[transition["state"]]].append(transition)
    targets = [[number[one["next"]] for one in of_one] for of_one in leaving]
    longest = _longest(number[first], targets, most_steps)
    reached = _reached(number[first], targets)
    lost = [name for name in names if number[name] not in reached]
    if lost:
        raise ParameterError(
            "transitions",
            f"nothing leads from {first} to {', '.join(lost)}",
            "add a transition, or leave it out",
        )
    most = max(map(len, leaving))
    thresholds = np.full((len(names), max(0, most - 1)), 2**64 - 1, np.uint64)
    table = np.zeros((3, len(names), most), np.int64)
    table[2] = 1
    for state, of_one in enumerate(leaving):
        if of_one:
            limits = discrete([one["weight"] for one in of_one]).thresholds
            thresholds[state, : len(limits)] = limits
        for at, one in enumerate(of_one):
            spread = (length(one["max"]) - length(one["min"])) // unit + 1
            table[:, state, at] = targets[state][at], length(one["min"]), spread
    counts = np.array([len(of_one) for of_one in leaving], np.int64)
    spreads = table[2].view(np.uint64)
    return Machine(words, number[first], thresholds, counts, table[0], table[1], spreads, longest)


def _reached(first: int, targets: Sequence[Sequence[int]]) -> set[int]:
    reached, new = {first}, [first]
    while new:
        new = [there for state in new for there in set(targets[state]) if there not in reached]
        reached.update(new)
    return reached


def _longest(first: int, targets: Sequence[Sequence[int]], most: int) -> int:
    """States of the longest path from the first one, at most `most`."""
    steps, at = 1, {first}
    while steps < most:
        at = {there for state in at for there in targets[state]}
        if not at:
            break
        steps += 1
    return steps

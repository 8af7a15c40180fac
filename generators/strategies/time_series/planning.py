"""From parameters to compiled tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from synthmill.generators.columns.kind import ParameterError
from synthmill.generators.columns.numbers import Rounding
from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.cells import Dictionary
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.kernels.mix import key
from synthmill.generators.schema.times import END_OF_TIME, length, microseconds
from synthmill.generators.strategies.time_series.anomalies import Anomaly, anomaly, labels
from synthmill.generators.strategies.time_series.component import Values, component_kinds
from synthmill.generators.strategies.time_series.gaps import Gaps, gaps
from synthmill.generators.strategies.time_series.layout import Layout
from synthmill.generators.strategies.time_series.parameters import label_column
from synthmill.generators.strategies.time_series.places import Clock
from synthmill.generators.strategies.time_series.runs import Anchors, anchors
from synthmill.generators.strategies.time_series.series import Labels, Series
from synthmill.generators.strategies.time_series.varied import Varied, limits_of

_WHOLE = 9e15
"""Whole numbers are kept within this, where doubles know each of them."""


@dataclass(frozen=True, eq=False)
class Table:
    name: str
    layout: Layout
    clock: Clock
    gaps: Gaps | None
    series: Mapping[str, Series]
    """All of them, hidden ones, too."""
    run_steps: int
    """How many steps all processes of an entity make, at most, for a single row."""


@dataclass
class _Scope:
    """One component of one series in the making."""

    seed: int
    table: str
    of: str
    """The series."""
    part: str
    clock: Clock
    last: int
    known: Mapping[str, Series]
    shared: bool
    points: list[Anchors] = field(default_factory=list)

    def key(self, purpose: str = "") -> int:
        return key(self.seed, "time_series", self.table, self.of, self.part, purpose)

    def anchors(self, look_back: int) -> Anchors:
        self.points.append(anchors(look_back))
        return self.points[-1]

    def series(self, name: str) -> Values:
        found = self.known.get(name)
        if found is None:
            listed = ", ".join(self.known) or "there are none"
            raise ParameterError(
                "on", f"no series {name} is listed before this one", f"listed before: {listed}"
            )
        if self.shared and not found.shared:
            raise ParameterError(
                "on", f"{name} differs from entity to entity, and this series doesn't", "share both"
            )
        return found


def compile_table(parameters: Mapping[str, Any], seed: int) -> Table:
    """A table of loaded parameters. Raises InvalidRequestError with a field from the parameters' root."""
    name, path = parameters["name"], f"tables[{parameters['name']}]"
    layout = Layout(parameters["rows"], _entities(parameters), parameters["order"] == "time")
    interval = length(parameters["interval"])
    start = microseconds(parameters["start"])
    late = int(parameters["jitter"] * (interval - 1))
    clock = Clock(start, interval, late, key(seed, "time_series", name, "", "jitter", ""))
    lost = (
        None
        if parameters["gaps"] is None
        else _gaps(parameters["gaps"], name, interval, seed, f"{path}.gaps")
    )
    last = start + interval * (_steps(layout, lost) + 1)
    if last > microseconds(END_OF_TIME):
        raise InvalidRequestError.one(
            f"{path}.rows", "go beyond the year 9999", "fewer rows, or a shorter interval"
        )
    known: dict[str, Series] = {}
    run_steps = 0
    for given in parameters["series"]:
        scope = _Scope(seed, name, given["name"], "", clock, last, known, given["shared"])
        known[given["name"]] = _series(given, scope, f"{path}.series[{given['name']}]")
        run_steps += sum(points.look_back + points.spacing for points in scope.points)
    return Table(name, layout, clock, lost, known, run_steps)


def _entities(parameters: Mapping[str, Any]) -> int:
    return 1 if parameters["entities"] is None else int(parameters["entities"]["count"])


def _steps(layout: Layout, lost: Gaps | None) -> int:
    """At least as many as any entity has."""
    each = -(-layout.rows // layout.entities)
    if lost is None or not lost.missing:
        return each
    return (each // (2 * (lost.span - lost.mean)) + 1) * 2 * lost.span


def _gaps(given: Mapping[str, Any], table: str, interval: int, seed: int, path: str) -> Gaps:
    mean = round(length(given["mean_duration"]) / interval)
    if mean < 1:
        raise InvalidRequestError.one(
            f"{path}.mean_duration", "is less than the table's interval", "make it longer"
        )
    return gaps(given["share"], mean, key(seed, "time_series", table, "", "gaps", ""), given["missing_rows"])


def _series(given: Mapping[str, Any], scope: _Scope, path: str) -> Series:
    seen: Counter[str] = Counter()

    def part(kind: str) -> str:
        # Counted by kind, so that a component more changes none of the others.
        seen[kind] += 1
        return f"{kind} {seen[kind]}"

    components: list[Values] = []
    for at, one in enumerate(given["components"]):
        scope.part = part(one["kind"])
        with _Located(f"{path}.components[{at}]"):
            components.append(component_kinds()[one["kind"]].compile(one, scope))
    anomalies: list[Anomaly] = []
    for at, one in enumerate(given["anomalies"]):
        scope.part = part(f"anomaly {one['kind']}")
        with _Located(f"{path}.anomalies[{at}]"):
            anomalies.append(anomaly(one, scope))
    scope.part = ""
    return Series(
        name=given["name"],
        base=Varied(*limits_of(given["base"]), scope.key("base")),
        components=tuple(components),
        logarithmic=given["link"] == "log",
        shared=given["shared"],
        hidden=given["hidden"],
        anomalies=tuple(anomalies),
        labels=_labels(given, tuple(anomalies)),
        rounding=_rounding(given),
        nulls=given["nulls"],
        nulls_key=scope.key("nulls"),
    )


def _labels(given: Mapping[str, Any], anomalies: tuple[Anomaly, ...]) -> Labels | None:
    if not anomalies:
        return None
    words, of = labels(anomalies)
    return Labels(label_column(dict(given)), Dictionary(strings(words)), np.asarray(of))


def _rounding(given: Mapping[str, Any]) -> Rounding:
    low, high = given["min"], given["max"]
    if given["decimals"] == 0:
        low, high = -_WHOLE if low is None else low, _WHOLE if high is None else high
    return Rounding(given["decimals"], low, high)


class _Located:
    """Says where a component is, if something is wrong with it."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ParameterError):
            raise InvalidRequestError.one(
                f"{self.path}.{error.parameter}", error.reason, error.fix
            ) from error

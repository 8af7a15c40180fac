"""Labelled anomalies: what happens to a series now and then that its components don't explain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from synthmill.generators.columns.kind import ParameterError
from synthmill.generators.kernels.elementary import open_unit
from synthmill.generators.kernels.integers import below, bounded
from synthmill.generators.kernels.mix import F64, I64
from synthmill.generators.schema.fields import Choice, Number, Parameters
from synthmill.generators.schema.times import Duration, length
from synthmill.generators.strategies.time_series.component import Scope
from synthmill.generators.strategies.time_series.places import Places
from synthmill.generators.strategies.time_series.varied import VariedDuration, VariedNumber, limits_of

NONE = "none"
"""The label of places without an anomaly."""


class AnomalyParameters(Parameters):
    every = Duration("How often, on average, in each entity.", examples=("3d",))


class SizedParameters(AnomalyParameters):
    size = VariedNumber(
        "How large, before a link is applied; of two limits, each one has its own size between them.",
        0.0,
        1e15,
        examples=([4, 8],),
    )
    direction = Choice("Where to.", ("up", "down", "both"), default="both")


class SpikeParameters(SizedParameters):
    """One sample that lies far off."""


class LevelShiftParameters(SizedParameters):
    """The level is another for a while."""

    lasts = VariedDuration("How long; of two limits, each one lasts its own time.", examples=(["2h", "8h"],))


class DriftParameters(SizedParameters):
    """The level goes away in a line, and is suddenly back."""

    lasts = VariedDuration("How long; at the end it has its full size.", examples=(["6h", "1d"],))


class DropOutParameters(AnomalyParameters):
    """The sensor says nothing, or always the same."""

    lasts = VariedDuration("How long; of two limits, each one lasts its own time.", examples=(["5m", "1h"],))
    value = Number("What there is instead; null if left out.", -1e15, 1e15, default=None, examples=(0,))


SCHEMAS: Mapping[str, type[Parameters]] = {
    "drift": DriftParameters,
    "drop_out": DropOutParameters,
    "level_shift": LevelShiftParameters,
    "spike": SpikeParameters,
}


@dataclass(frozen=True)
class Anomaly:
    """In every other `span` of steps, on average, one occurs: anywhere in it, and whole."""

    kind: str
    span: int
    shortest: int
    longest: int
    size: tuple[float, float]
    direction: str
    value: float | None
    """Of a drop-out."""
    keys: Mapping[str, int]

    def at(self, at: Places) -> tuple[npt.NDArray[np.bool_], F64]:
        """Whether it is at work at each place, and what it adds there (elsewhere that means nothing)."""
        span, within = np.divmod(at.step, self.span)
        sections = at.sections(span)
        drawn = {use: sections.draw(key) for use, key in self.keys.items()}
        lengths = self.shortest + bounded(drawn["length"], self.longest - self.shortest + 1).view(np.int64)
        begin = bounded(drawn["begin"], (self.span - lengths + 1).view(np.uint64)).view(np.int64)
        occurs = np.where(below(drawn["whether"], 0.5), lengths, 0)
        passed = within - sections.each(begin)
        active = (passed >= 0) & (passed < sections.each(occurs))
        low, high = self.size
        size = low + (high - low) * open_unit(drawn["size"])
        if self.direction != "up":
            down = np.ones(len(size), np.bool_) if self.direction == "down" else below(drawn["sign"], 0.5)
            size = np.where(down, -size, size)
        effect = sections.each(size)
        if self.kind == "drift":
            effect = effect * ((passed + 1) / sections.each(lengths))
        return active, effect


def combined(anomalies: tuple[Anomaly, ...], at: Places) -> tuple[npt.NDArray[np.uint32], F64]:
    """The number of the anomaly at each place (0 is none), and what it adds. The first listed goes first."""
    codes, total = np.zeros(len(at), np.uint32), np.zeros(len(at))
    for number, anomaly in enumerate(anomalies, 1):
        active, effect = anomaly.at(at)
        active &= codes == 0
        codes[active] = number
        if anomaly.kind != "drop_out":
            total[active] = effect[active]
    return codes, total


def anomaly(parameters: Mapping[str, Any], scope: Scope) -> Anomaly:
    """Compiled. Raises ParameterError."""
    interval = scope.clock.interval
    span = round(length(parameters["every"]) / (2 * interval))
    if span < 1:
        raise ParameterError("every", "is less than two steps of the table's interval", "make it longer")
    shortest, longest = 1, 1
    if "lasts" in parameters:
        low, high = limits_of(parameters["lasts"], lambda given: float(length(given)))
        shortest, longest = max(1, round(low / interval)), max(1, round(high / interval))
    if longest > span:
        raise ParameterError("lasts", "is more than half of `every`", "let it come less often, or last less")
    uses = ("whether", "begin", "length", "size", "sign")
    return Anomaly(
        parameters["kind"],
        span,
        shortest,
        longest,
        limits_of(parameters.get("size", 0.0)),
        parameters.get("direction", "up"),
        parameters.get("value"),
        {use: scope.key(use) for use in uses},
    )


def labels(anomalies: tuple[Anomaly, ...]) -> tuple[list[str], I64]:
    """All labels, and the number of each anomaly's (the first is that of none)."""
    names = sorted({one.kind for one in anomalies})
    return [NONE, *names], np.array([0, *(1 + names.index(one.kind) for one in anomalies)], np.int64)

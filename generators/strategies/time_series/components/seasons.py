"""Seasons: what comes again each day, week or year."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np

from synthmill.generators.columns.kind import ParameterError
from synthmill.generators.kernels.mix import F64, I64
from synthmill.generators.kernels.processes.periodic import cosine
from synthmill.generators.schema.fields import Choice, Items, Number, Parameters, refused
from synthmill.generators.schema.json_values import shown
from synthmill.generators.schema.times import Duration, length
from synthmill.generators.strategies.time_series.component import ComponentKind, Scope, varied
from synthmill.generators.strategies.time_series.places import Places
from synthmill.generators.strategies.time_series.varied import Varied, VariedNumber

_MONDAY = 4 * 86_400 * 10**6
"""1970-01-05: from here periods are counted, so that weeks begin with Monday and days at midnight."""
_YEAR = "year"


class Period(Duration):
    """How often it comes again: a length of time, or `year` for the calendar's."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if value == _YEAR:
            return _YEAR
        try:
            period = super()._deserialize(value, attr, data, **kwargs)
        except ma.ValidationError:
            raise refused(f"{shown(value)} isn't a period", "write 1d, 7d or 90m, or year") from None
        if length(period) == 0:
            raise refused("is of no length", "write 1d, 7d or 90m, or year")
        return period

    def json_schema(self) -> dict[str, Any]:
        pattern = re.sub(r"^\^(.*)\$$", rf"^(\1|{_YEAR})$", super().json_schema()["pattern"])
        return {"type": "string", "pattern": pattern}


def _period() -> Period:
    return Period(
        "How often it comes again: 1d, 7d (beginning on Monday), 90m, or `year`.", examples=("1d", "year")
    )


class WaveParameters(Parameters):
    """One cosine wave."""

    period = _period()
    amplitude = VariedNumber("How far it goes above and below 0.", 0.0, 1e15, examples=(5, [2, 8]))
    peak = VariedNumber(
        "Where in the period it is greatest: 0 is the beginning, 0.5 the middle.",
        0.0,
        1.0,
        default=0.0,
        examples=(0.625,),
    )


class FourierParameters(Parameters):
    """A sum of waves: term k is cosines[k] cos(2 pi k x) + sines[k] sin(2 pi k x), x being the phase."""

    period = _period()
    cosines = Items(
        "Of the terms, from the first.", Number("A coefficient.", -1e15, 1e15), most=64, examples=[[1, 0.5]]
    )
    sines = Items(
        "Of the terms, as many.", Number("A coefficient.", -1e15, 1e15), most=64, examples=[[0.3, -0.2]]
    )
    scale = VariedNumber("What all of it is multiplied with.", default=1.0)

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if len(data["cosines"]) != len(data["sines"]):
            raise refused(
                "aren't as many as cosines", "give one for each term, 0 where there is none", "sines"
            )


class ProfileParameters(Parameters):
    """Given values, such as one for each hour of the day."""

    period = _period()
    values = Items(
        "At equal distances, the first at the period's beginning.",
        Number("A value.", -1e15, 1e15),
        fewest=2,
        most=10_000,
        examples=[[0, 0, 1, 3, 2, 1]],
    )
    between = Choice(
        "Whether a value holds until the next (`step`), or leads to it in a line (`linear`).",
        ("linear", "step"),
        default="linear",
    )
    scale = VariedNumber("What all of it is multiplied with.", default=1.0)


@dataclass(frozen=True, eq=False)
class Phase:
    """Where in the period a moment is, from 0 to 1."""

    microseconds: int | None
    years: I64
    """For calendar years: their beginnings, and the end of the last."""

    def __call__(self, time: I64) -> F64:
        if self.microseconds is not None:
            return np.asarray((time - _MONDAY) % self.microseconds / self.microseconds, np.float64)
        year = np.searchsorted(self.years, time, side="right") - 1
        begin = self.years[year]
        return np.asarray((time - begin) / (self.years[year + 1] - begin), np.float64)


def _phase(period: str, scope: Scope) -> Phase:
    if period != _YEAR:
        return Phase(length(period), np.empty(0, np.int64))
    ends = (
        np.array([scope.clock.start, scope.last], "datetime64[us]").astype("datetime64[Y]").astype(np.int64)
    )
    years = np.arange(ends[0], ends[1] + 2).astype("datetime64[Y]").astype("datetime64[us]")
    return Phase(None, years.astype(np.int64))


@dataclass(frozen=True)
class _Wave:
    phase: Phase
    amplitude: Varied
    peak: Varied

    def __call__(self, at: Places) -> F64:
        return at.of(self.amplitude) * cosine(self.phase(at.time) - at.of(self.peak))


@dataclass(frozen=True)
class _Fourier:
    phase: Phase
    terms: tuple[tuple[float, float], ...]
    scale: Varied

    def __call__(self, at: Places) -> F64:
        place, total = self.phase(at.time), np.zeros(len(at))
        for number, (even, odd) in enumerate(self.terms, 1):
            turns = number * place
            total += even * cosine(turns)
            total += odd * cosine(turns - 0.25)
        return at.of(self.scale) * total


@dataclass(frozen=True, eq=False)
class _Profile:
    phase: Phase
    values: F64
    """With the first once more at the end."""
    linear: bool
    scale: Varied

    def __call__(self, at: Places) -> F64:
        place = self.phase(at.time) * (len(self.values) - 1)
        below = np.floor(place)
        # Of very long periods, the last moment rounds to the end.
        number = np.minimum(below.astype(np.int64), len(self.values) - 2)
        found = self.values[number]
        if self.linear:
            found = found + (place - below) * (self.values[number + 1] - found)
        return at.of(self.scale) * found


def _wave(parameters: Mapping[str, Any], scope: Scope) -> _Wave:
    amplitude, peak = (varied(parameters, name, scope) for name in ("amplitude", "peak"))
    return _Wave(_phase(parameters["period"], scope), amplitude, peak)


def _fourier(parameters: Mapping[str, Any], scope: Scope) -> _Fourier:
    terms = tuple(zip(parameters["cosines"], parameters["sines"], strict=True))
    return _Fourier(_phase(parameters["period"], scope), terms, varied(parameters, "scale", scope))


def _profile(parameters: Mapping[str, Any], scope: Scope) -> _Profile:
    period, values = parameters["period"], parameters["values"]
    if period != _YEAR and length(period) < len(values):
        raise ParameterError("values", f"are more than the microseconds of {period}", "give fewer")
    closed = np.array([*values, values[0]], np.float64)
    linear = parameters["between"] == "linear"
    return _Profile(_phase(period, scope), closed, linear, varied(parameters, "scale", scope))


KINDS = (
    ComponentKind("wave", "A wave", WaveParameters, _wave, {"period": "1d", "amplitude": 4, "peak": 0.625}),
    ComponentKind(
        "fourier",
        "Fourier terms",
        FourierParameters,
        _fourier,
        {"period": "7d", "cosines": [1.2, 0.3], "sines": [-0.4, 0.1]},
    ),
    ComponentKind(
        "profile",
        "A given profile",
        ProfileParameters,
        _profile,
        {"period": "7d", "values": [1, 1, 1, 1, 1, 0.4, 0.3], "between": "step"},
    ),
)

"""Places: the moments of some entities at which values are asked for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import F64, I64, U64, mix
from synthmill.generators.strategies.time_series.varied import Varied

T = TypeVar("T", bound=np.generic)

_KEPT_STEPS = 2**23
"""Of all places that are kept for one block: some hundred megabytes, with the values that are made there."""


@dataclass(frozen=True)
class Clock:
    """When samples are taken: one in each interval, at its beginning or somewhat later."""

    start: int
    """Microseconds since 1970."""
    interval: int
    jitter: int
    """By how many microseconds a sample may be late; less than the interval, so that order is kept."""
    key: int

    def times(self, entity: I64, counts: I64, step: I64) -> I64:
        """Microseconds since 1970 of steps; each entity's, `counts` of them, follow one another."""
        regular: I64 = self.start + step * self.interval
        if not self.jitter:
            return regular
        late: I64 = bounded(drawn(self.key, entity, counts, step), self.jitter + 1).view(np.int64)
        late += regular
        return late


@dataclass(frozen=True, eq=False)
class Places:
    """Steps of entities, a stretch of rising steps for each."""

    clock: Clock
    entity: I64
    """Of shape (stretches,)."""
    counts: I64
    """Of shape (stretches,), none of them 0: steps of each."""
    step: I64
    """Of shape (rows,): the sample's number in the entity's history; gaps are counted, too."""
    time: I64
    """Of shape (rows,): microseconds since 1970."""
    made: dict[str, F64] = field(default_factory=dict)
    """Values of series at these places that have been asked for already."""
    shift: int = 0
    """By how many steps they are earlier than those that were asked for first."""
    of_everyone: bool = False
    """Whether they are of what all entities share."""
    kin: dict[tuple[int, bool], Places] = field(default_factory=dict)
    """All earlier ones of the places that were asked for first, by shift and `of_everyone`: two series that
    load a third with the same lag find its values made."""
    everyone: list[Places] = field(default_factory=list)
    """What `of_all` has given."""

    def __len__(self) -> int:
        return len(self.step)

    def draw(self, key: int) -> U64:
        """64 random bits for each place."""
        return drawn(key, self.entity, self.counts, self.step)

    def each(self, values: F64) -> F64:
        """A number for each place from one for each stretch; of a single stretch, one that fits all."""
        return values if len(values) == 1 else np.repeat(values, self.counts)

    def sections(self, number: I64) -> Sections:
        """Where neighbouring places have equal numbers, such as their day's."""
        changes = number[1:] != number[:-1]
        changes[np.cumsum(self.counts)[:-1] - 1] = True
        begin = np.concatenate([[0], np.flatnonzero(changes) + 1])
        stretch = np.searchsorted(np.cumsum(self.counts), begin, side="right")
        return Sections(self.entity[stretch], number[begin], np.diff(begin, append=len(number)))

    def of(self, parameter: Varied) -> F64:
        """A parameter's value for the entity of each place."""
        return self.each(parameter.of(self.entity))

    def earlier(self, steps: int) -> Places:
        """The places so many steps before; before the first step there is the first."""
        place = (self.shift + steps, self.of_everyone)
        found = self.kin.get(place)
        if found is None:
            step = np.maximum(self.step - steps, 0)
            time = self.clock.times(self.entity, self.counts, step)
            found = replace(self, step=step, time=time, made={}, shift=place[0], everyone=[])
            if len(self.kin) * len(self) < _KEPT_STEPS:
                self.kin[place] = found
        return found

    def of_all(self) -> Places:
        """The same moments for what all entities share."""
        if not self.everyone:
            entity = np.zeros_like(self.entity)
            self.everyone.append(replace(self, entity=entity, of_everyone=True, everyone=[]))
        return self.everyone[0]


@dataclass(frozen=True, eq=False)
class Sections:
    """Places that follow one another, a section each; of shape (sections,)."""

    entity: I64
    number: I64
    counts: I64

    def draw(self, key: int) -> U64:
        """64 random bits for each section's number."""
        return mix(mix(key, self.entity.view(np.uint64)), self.number.view(np.uint64))

    def each(self, values: npt.NDArray[T]) -> npt.NDArray[T]:
        """One for each place from one for each section."""
        return np.repeat(values, self.counts)


def places(clock: Clock, entity: I64, counts: I64, step: I64) -> Places:
    return Places(clock, entity, counts, step, clock.times(entity, counts, step))


def drawn(key: int, entity: I64, counts: I64, index: I64) -> U64:
    """64 random bits for each index of each entity."""
    keys = mix(key, entity.view(np.uint64))
    numbers = index.view(np.uint64)
    return mix(int(keys[0]), numbers) if len(keys) == 1 else mix(np.repeat(keys, counts), numbers)

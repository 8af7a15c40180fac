"""Gaps: stretches of an entity's history without measurements."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import I64
from synthmill.generators.strategies.time_series.places import Places, drawn


@dataclass(frozen=True)
class Gaps:
    """One gap in each `span` steps, anywhere in it.

    Two spans that follow one another lose 2 * `mean` steps together: the first from 1 to 2 * mean - 1, evenly
    distributed, the second the rest. So the share of lost steps is exact, and a row finds its step without a
    look at the rows before it.
    """

    span: int
    """At least 2 * mean."""
    mean: int
    key: int
    missing: bool
    """Whether lost steps have no rows; else they have rows without values."""

    def steps(self, entity: I64, counts: I64, number: I64) -> I64:
        """The step of each sample, where lost steps have none."""
        pair, left = np.divmod(number, 2 * (self.span - self.mean))
        first = self._first_length(entity, counts, pair)
        second = left >= self.span - first
        left = left - np.where(second, self.span - first, 0)
        span = 2 * pair + second
        lost = np.where(second, 2 * self.mean - first, first)
        begin = self._begin(entity, counts, span, lost)
        return span * self.span + left + np.where(left >= begin, lost, 0)

    def lost(self, at: Places) -> npt.NDArray[np.bool_]:
        """Whether each place is in a gap."""
        span, within = np.divmod(at.step, self.span)
        sections = at.sections(span)
        ones = np.ones_like(sections.counts)
        first = self._first_length(sections.entity, ones, sections.number >> 1)
        length = np.where(sections.number & 1, 2 * self.mean - first, first)
        begin = self._begin(sections.entity, ones, sections.number, length)
        found: npt.NDArray[np.bool_] = within - sections.each(begin) < sections.each(length)
        return found & (within >= sections.each(begin))

    def _first_length(self, entity: I64, counts: I64, pair: I64) -> I64:
        # Lengths have even numbers, places odd ones.
        u = drawn(self.key, entity, counts, 2 * pair)
        return 1 + bounded(u, 2 * self.mean - 1).view(np.int64)

    def _begin(self, entity: I64, counts: I64, span: I64, length: I64) -> I64:
        u = drawn(self.key, entity, counts, 2 * span + 1)
        return bounded(u, (self.span - length + 1).view(np.uint64)).view(np.int64)


def gaps(share: float, mean: int, key: int, missing: bool) -> Gaps:
    """Gaps of `mean` steps on average that come to this share (at most a half) of all steps."""
    return Gaps(max(2 * mean, round(mean / share)), mean, key, missing)

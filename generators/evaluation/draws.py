"""What real rows differ by among themselves: the same measure on halves of them, many times.

Whether a distance between real and synthetic rows says anything is known from the distances between two
random halves of the real ones, of the same size (a permutation test; Fisher 1935). Halves share no owner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from synthmill.generators.evaluation.sample import Sample
from synthmill.generators.evaluation.scores import ERRORS, Finding, Score, worst_first
from synthmill.generators.kernels.mix import F64, I64

HALVES = 20
WORST_ERRORS = 6.0
"""For the worst of many items: the tail of a greatest value is Gumbel's, of which 6 standard deviations leave
less than one in 3,000."""
Measure = Callable[[I64, I64], F64]
"""Two sets of rows to a distance for each item, 0 where they are alike."""


@dataclass(frozen=True)
class Distances:
    """Of each item (a column, a pair ...): real to synthetic, and real to real in each draw."""

    found: F64
    among_real: F64
    """Draws by items."""
    rows: int
    """Of each of the two sets."""

    @property
    def expected(self) -> F64:
        return self._over(self.among_real)

    def expected_of_others(self, draw: F64) -> F64:
        """What the other draws than this one expect: it is judged as the synthetic rows are."""
        return np.asarray((self.expected * len(self.among_real) - draw) / (len(self.among_real) - 1))

    @staticmethod
    def _over(draws: F64) -> F64:
        return np.asarray(draws.sum(axis=0) / len(draws))


def halves(sample: Sample) -> Iterator[tuple[I64, I64]]:
    """Random halves of the real and unseen rows, of the size of `pair`."""
    known = np.concatenate((sample.some(sample.real), sample.some(sample.unseen)))
    size = half_size(sample)
    for number in range(HALVES):
        rows = sample.shuffled(known, "halves", number)
        first = sample.some(rows, size)
        second = sample.some(rows[len(first) :], size)
        yield first, second


def pair(sample: Sample) -> tuple[I64, I64]:
    """As many real rows and synthetic ones."""
    size = half_size(sample)
    return sample.some(sample.real, size), sample.some(sample.synthetic, size)


def half_size(sample: Sample) -> int:
    known = len(sample.some(sample.real)) + len(sample.some(sample.unseen))
    return max(1, min(known // 2, len(sample.real), len(sample.synthetic)))


def distances(sample: Sample, measure: Measure) -> Distances:
    real, synthetic = pair(sample)
    among = np.stack([measure(*two) for two in halves(sample)])
    return Distances(measure(real, synthetic), among, len(synthetic))


def judged(
    sample: Sample,
    found: Distances,
    items: Sequence[tuple[str, ...]],
    metric: str,
    meanings: tuple[str, str],
) -> tuple[list[Score], list[Finding]]:
    """Two scores, 1 less the mean distance and 1 less the worst excess over what is expected, and what each
    item was found to be. `meanings` are the sentences of the two."""
    if not items:
        return [], []
    expected = found.expected
    worst = found.found - expected
    most = int(np.argmax(worst))
    rows = found.rows
    scores = [
        _score(
            sample,
            f"{metric}.mean",
            _mean(found.found),
            [_mean(one) for one in found.among_real],
            rows,
            meanings[0],
        ),
        _score(
            sample,
            f"{metric}.worst",
            float(worst[most]),
            [float((one - found.expected_of_others(one)).max()) for one in found.among_real],
            rows,
            meanings[1],
            items[most],
        ),
    ]
    findings = [
        Finding(metric, sample.table, item, 1 - float(value), 1 - float(usual))
        for item, value, usual in zip(items, found.found, expected, strict=True)
    ]
    return scores, worst_first(findings)


def _score(
    sample: Sample,
    metric: str,
    value: float,
    usual: list[float],
    rows: int,
    meaning: str,
    columns: tuple[str, ...] = (),
) -> Score:
    mean = sum(usual) / len(usual)
    spread = (sum((one - mean) ** 2 for one in usual) / (len(usual) - 1)) ** 0.5
    # The reference is itself the mean of so many draws.
    error = spread * (1 + 1 / len(usual)) ** 0.5
    return Score(
        metric,
        sample.table,
        # An excess is below 0 where all items are nearer than expected; no score is better than 1.
        min(1.0, 1 - value),
        min(1.0, 1 - mean),
        error,
        rows,
        sample.seed,
        "more",
        meaning,
        errors=WORST_ERRORS if columns else ERRORS,
        columns=columns,
    )


def _mean(values: F64) -> float:
    return float(values.sum()) / max(1, len(values))

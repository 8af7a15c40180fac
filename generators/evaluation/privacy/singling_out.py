"""Do the synthetic rows describe exactly one real person? (Giomi et al. 2023, Anonymeter: singling out.)

A guess is a condition that holds for one synthetic row alone: three to five of its columns, numbers from
there outwards, categories as they are. It succeeds if it holds for exactly one of the real rows. The same
guesses on as many rows that the model wasn't given say how often that happens anyway.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from synthmill.generators.evaluation.columns import Column
from synthmill.generators.evaluation.sample import Sample
from synthmill.generators.evaluation.scores import Score
from synthmill.generators.kernels.mix import I64, key, mix

GUESSES = 1_000
_TRIES = 5_000
_FEWEST, _MOST_COLUMNS = 3, 5
LEAST_ROWS = 100
_FEW_GUESSES = 30


def single_out(sample: Sample) -> list[Score]:
    """The score `singling_out`. None without unseen rows, or where next to no guess can be made."""
    unseen = sample.some(sample.unseen)
    size = min(len(unseen), len(sample.real))
    synthetic = sample.some(sample.synthetic)
    if size < LEAST_ROWS or len(synthetic) < LEAST_ROWS or len(sample.compared) < _FEWEST:
        return []
    sides = sample.real[:size], unseen[:size]
    found = [[_count(guess, rows) == 1 for rows in sides] for guess in _guesses(sample, synthetic)]
    if len(found) < _FEW_GUESSES:
        return []
    n = len(found)
    shares = [sum(one[side] for one in found) / n for side in (0, 1)]
    apart = [one[0] - one[1] for one in found]
    mean = sum(apart) / n
    error = (sum((one - mean) ** 2 for one in apart) / (n * (n - 1))) ** 0.5
    return [
        Score(
            "singling_out",
            sample.table,
            shares[0],
            shares[1],
            max(error, 1 / n),
            n,
            sample.seed,
            "less",
            "The share of conditions, each true of one synthetic row, that are true of exactly one row the "
            "model "
            "was given, beside as many rows that it wasn't given.",
        )
    ]


_Guess = list[tuple[Column, int, int]]
"""Column, code, and whether cells are equal to it (0), at most that (-1), or at least that (1)."""


def _guesses(sample: Sample, synthetic: I64) -> Iterator[_Guess]:
    columns = sample.compared
    middles = [_middle(column, synthetic) for column in columns]
    drawn = mix(key(sample.seed, sample.table, "guesses"), np.arange(_TRIES * 8, dtype=np.uint64))
    made = 0
    for number, bits in enumerate(drawn.reshape(_TRIES, 8)):
        row = synthetic[number % len(synthetic)]
        count = min(len(columns), _FEWEST + int(bits[0] % np.uint64(_MOST_COLUMNS - _FEWEST + 1)))
        places = list(dict.fromkeys(int(one % np.uint64(len(columns))) for one in bits[1:]))[:count]
        guess = [_about(columns[at], int(columns[at].codes[row]), middles[at]) for at in places]
        if _count(guess, synthetic) == 1:
            yield guess
            made += 1
            if made == GUESSES:
                return


def _about(column: Column, code: int, middle: int) -> tuple[Column, int, int]:
    if not column.ordered or code < 0:
        return column, code, 0
    return column, code, 1 if code >= middle else -1


def _middle(column: Column, rows: I64) -> int:
    codes = np.sort(column.codes[rows])
    return int(codes[len(codes) // 2])


def _count(guess: _Guess, rows: I64) -> int:
    holds: npt.NDArray[np.bool_] | None = None
    for column, code, side in guess:
        cells = column.codes[rows]
        one = cells == code if side == 0 else cells >= code if side > 0 else (cells >= 0) & (cells <= code)
        holds = one if holds is None else holds & one
    return 0 if holds is None else int(np.count_nonzero(holds))

"""Train on synthetic rows, test on real ones (Esteban, Hyland and Raetsch 2017), beside training on real
ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from synthmill.generators.evaluation.auc import Placements, placements
from synthmill.generators.evaluation.columns import Column, tree_codes
from synthmill.generators.evaluation.sample import Sample
from synthmill.generators.evaluation.scores import Score, error_of_mean
from synthmill.generators.evaluation.trees import classify, regress
from synthmill.generators.kernels.learning.boosting import SCORE_BITS
from synthmill.generators.kernels.mix import F64, I64

MOST_CLASSES = 10
_FEW = 40
"""Rows below which nothing is learnt."""
_TARGET_NAME = re.compile(
    r"^(target|label|class|y|outcome|income|salary|churn(ed)?|default(ed)?|fraud|is_fraud|survived|diagnosis|"
    r"response|converted|readmitted|price)$",
    re.I,
)


@dataclass(frozen=True)
class _Trial:
    """What one model's answers are worth, row by row."""

    value: float
    rows: F64
    """What each test row adds to the value."""
    areas: Placements | None = None
    labels: I64 | None = None


def detect_targets(columns: Sequence[Column]) -> tuple[str, ...]:
    """Columns that look like what people predict: by name, else the last with two to ten categories."""
    own = [column for column in columns if not column.derived]
    named = [column.name for column in own if _TARGET_NAME.match(column.name)]
    few = [column.name for column in own if 2 <= len(column.values) <= MOST_CLASSES]
    return tuple(named or few[-1:])


def train_and_test(sample: Sample, targets: Sequence[str]) -> list[Score]:
    """For each target a score `tstr`: of two classes the area under the ROC curve, of more the accuracy, of
    numbers R squared. Without unseen rows a third of the real ones is kept from training, not from the model
    that made the synthetic ones."""
    real, unseen = sample.some(sample.real), sample.some(sample.unseen)
    if len(unseen) >= _FEW:
        train, test = real, unseen
    else:
        mixed = sample.shuffled(real, "train")
        train = sample.some(mixed, len(mixed) * 2 // 3)
        test = mixed[len(train) :]
    synthetic = sample.some(sample.synthetic, min(len(train), sample.most))
    found = (_scored(sample, name, train, synthetic, test) for name in targets)
    return [score for score in found if score is not None]


def _scored(sample: Sample, name: str, train: I64, synthetic: I64, test: I64) -> Score | None:
    target = next(column for column in sample.columns if column.name == name)
    others = [one for one in sample.columns if one.name != name and not one.name.startswith(f"{name} (")]
    known = [rows[target.codes[rows] >= 0] for rows in (train, synthetic, test)]
    if min(map(len, known)) < _FEW or not others:
        return None
    rows = np.concatenate(known)
    ends = np.cumsum([len(part) for part in known])
    codes, categorical = tree_codes(others, rows)
    places = np.split(np.arange(len(rows)), ends[:-1])
    found = target.codes[rows]
    classes = np.unique(found[places[2]])
    numeric = target.ordered and len(target.values) > MOST_CLASSES
    if len(classes) < 2 or (not numeric and len(classes) > MOST_CLASSES):
        return None
    trials = []
    for learnt in places[:2]:
        if numeric:
            trials.append(_r_squared(codes, categorical, target, found, learnt, places[2]))
        elif len(classes) == 2:
            trials.append(
                _area(codes, categorical, (found == classes[1]).astype(np.int64), learnt, places[2])
            )
        else:
            trials.append(_accuracy(codes, categorical, found, classes, learnt, places[2]))
    by_real, by_synthetic = trials
    measure = "R squared" if numeric else "area under the ROC curve" if len(classes) == 2 else "accuracy"
    return Score(
        f"tstr.{name}",
        sample.table,
        by_synthetic.value,
        by_real.value,
        _error(by_synthetic, by_real, sample.owners[known[2]]),
        len(known[2]),
        sample.seed,
        "more",
        f"How well {name} of real rows is predicted by trees that learnt from synthetic rows, beside trees "
        "that "
        f"learnt from real ones: {measure}.",
        tolerance=0.01,
    )


def _error(one: _Trial, other: _Trial, owners: I64) -> float:
    if one.areas is not None and other.areas is not None and one.labels is not None:
        whose = owners[one.labels == 1], owners[one.labels == 0]
        return replace(one.areas, owners=whose).error_of_difference(other.areas)
    return error_of_mean(one.rows - other.rows, owners)


def _area(
    codes: npt.NDArray[np.uint8], categorical: npt.NDArray[np.bool_], labels: I64, learnt: I64, test: I64
) -> _Trial:
    model = classify(codes, categorical, labels, learnt)
    areas = placements(model.scores(codes[test]), labels[test])
    return _Trial(areas.auc, np.empty(0), areas, labels[test])


def _accuracy(
    codes: npt.NDArray[np.uint8],
    categorical: npt.NDArray[np.bool_],
    found: I64,
    classes: I64,
    learnt: I64,
    test: I64,
) -> _Trial:
    """One classifier a class against the others; the highest score is the answer."""
    scores = np.stack(
        [
            classify(codes, categorical, (found == one).astype(np.int64), learnt).scores(codes[test])
            for one in classes
        ]
    )
    right = (classes[np.argmax(scores, axis=0)] == found[test]).astype(np.float64)
    return _trial(right)


def _r_squared(
    codes: npt.NDArray[np.uint8],
    categorical: npt.NDArray[np.bool_],
    target: Column,
    found: I64,
    learnt: I64,
    test: I64,
) -> _Trial:
    numbers = target.values[found].astype(np.float64)
    numbers = np.where(np.isfinite(numbers), numbers, 0.0)
    mean = float(numbers[learnt].sum()) / len(learnt)
    deviation = (float(((numbers[learnt] - mean) ** 2).sum()) / len(learnt)) ** 0.5 or 1.0
    model = regress(codes, categorical, (numbers - mean) / deviation, learnt)
    answers = mean + model.scores(codes[test]) / float(1 << SCORE_BITS) * deviation
    centre = float(numbers[test].sum()) / len(test)
    whole = float(((numbers[test] - centre) ** 2).sum()) / len(test) or 1.0
    return _trial(1.0 - (numbers[test] - answers) ** 2 / whole)


def _trial(rows: F64) -> _Trial:
    return _Trial(float(rows.sum()) / len(rows), rows)

"""Can a classifier tell two samples apart? (Lopez-Paz and Oquab 2017, Revisiting Classifier Two-Sample
Tests.)

Boosted trees are fitted on some folds and asked about the rest; the area under the ROC curve of each fold
is exact, and 0.5 where nothing tells the samples apart. Folds are of whole owners, for siblings know each
other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthmill.generators.evaluation.auc import placements, spread_of_mean
from synthmill.generators.evaluation.columns import Column, tree_codes
from synthmill.generators.evaluation.sample import in_hash_order
from synthmill.generators.evaluation.scores import Finding, worst_first
from synthmill.generators.evaluation.trees import Model, classify
from synthmill.generators.kernels.learning.boosting import Codes
from synthmill.generators.kernels.mix import I64, key

FOLDS = 5
LEAST_ROWS = 40
"""Of each sample: trees have leaves of some twenty rows at least."""
_LOOKED_AT = 10
"""Columns that are shuffled to see what the classifier loses, those by which trees split most."""


@dataclass(frozen=True)
class TwoSamples:
    """What a classifier made of two samples."""

    auc: float
    standard_error: float
    n: int
    """Rows of both."""
    losses: tuple[tuple[str, float], ...]
    """Columns with the area that is lost where their cells are shuffled, the largest loss first."""


def tell_apart(
    columns: Sequence[Column], first: I64, second: I64, owners: I64, seed: int, losses: bool = False
) -> TwoSamples | None:
    """How well the rows `second` of some columns can be told from the rows `first`; equally many of each are
    used. None where there are too few, or no column."""
    size = min(len(first), len(second))
    if size < LEAST_ROWS or not columns:
        return None
    rows = np.concatenate((first[:size], second[:size]))
    labels = np.repeat(np.array([0, 1], np.int64), size)
    codes, categorical = tree_codes(columns, rows)
    fold = _folds(owners[rows], labels, seed)
    areas, errors, lost = list[float](), list[float](), list[dict[int, float]]()
    for held in range(FOLDS):
        train, test = np.flatnonzero(fold != held), np.flatnonzero(fold == held)
        model = classify(codes, categorical, labels, train)
        found = placements(model.scores(codes[test]), labels[test], owners[rows][test])
        areas.append(found.auc)
        errors.append(found.standard_error)
        if losses:
            lost.append(_losses(model, codes[test], labels[test], found.auc, key(seed, "shuffle", str(held))))
    ranked = _mean_losses(columns, lost) if losses else ()
    return TwoSamples(sum(areas) / FOLDS, spread_of_mean(errors), len(rows), ranked)


def findings(found: TwoSamples, table: str, metric: str) -> list[Finding]:
    """Of each column what the classifier loses without it, beside nothing."""
    return worst_first(Finding(metric, table, (name,), loss, 0.0) for name, loss in found.losses)


def _folds(owners: I64, labels: I64, seed: int) -> I64:
    """Of each row its fold: of each label equally many owners, and as nearly equally many rows."""
    folds = np.zeros(len(owners), np.int64)
    for label in (0, 1):
        mine = np.flatnonzero(labels == label)
        order = in_hash_order(mine, owners[mine], key(seed, "folds", str(label)))
        first = np.concatenate(([True], owners[order][1:] != owners[order][:-1]))
        folds[order] = (np.cumsum(first) - 1) % FOLDS
    return folds


def _losses(model: Model, codes: Codes, labels: I64, area: float, under: int) -> dict[int, float]:
    gains = model.trees.gains
    order = in_hash_order(np.arange(len(codes)), np.arange(len(codes)), under)
    found = {}
    for column in np.argsort(-gains, kind="stable")[:_LOOKED_AT].tolist():
        if gains[column] <= 0:
            break
        shuffled = codes.copy()
        shuffled[:, column] = codes[order, column]
        found[column] = area - placements(model.scores(shuffled), labels).auc
    return found


def _mean_losses(columns: Sequence[Column], lost: list[dict[int, float]]) -> tuple[tuple[str, float], ...]:
    total = {column: sum(one.get(column, 0.0) for one in lost) / FOLDS for one in lost for column in one}
    ranked = sorted(total.items(), key=lambda item: (-item[1], item[0]))
    return tuple((columns[column].name, max(0.0, loss)) for column, loss in ranked)

"""Rows that are, or are nearly, real ones: identical matches and distances to the closest record.

Each number stands beside that of real rows, for some real rows are alike as well (Zhao et al. 2021,
CTAB-GAN, for the distances). A set that passes is still open to attacks on memberships (Yao et al. 2025,
The DCR Delusion).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from synthmill.generators.evaluation.auc import placements
from synthmill.generators.evaluation.privacy.cells import cells, distances, row_hashes, split
from synthmill.generators.evaluation.sample import Sample
from synthmill.generators.evaluation.scores import Score, error_of_mean, error_of_share
from synthmill.generators.kernels.learning.neighbours import Cells
from synthmill.generators.kernels.mix import F64, I64

QUERIES = 5_000
"""Rows whose nearest ones are looked for."""
LEAST_ROWS = 40
_SURE = 0.001
"""What may be given away without its mattering."""
_CLOSEST = 100
"""One in so many real rows is as close as a row that is called very close."""


@dataclass(frozen=True)
class Closest:
    """Distances to the closest real record, of synthetic and of real rows, for a plot."""

    synthetic: I64
    fresh: I64


def find_copies(sample: Sample) -> tuple[list[Score], Closest | None]:
    """The scores `identical`, `dcr.closer`, `dcr.very_close`, `nndr` and, with unseen rows, `dcr.share`."""
    columns, parts = sample.compared, split(sample)
    synthetic = sample.some(sample.synthetic)
    if min(len(parts.known), len(parts.fresh), len(synthetic)) < LEAST_ROWS or not columns:
        return [], None
    laid = cells(sample)
    asked, fresh = synthetic[:QUERIES], parts.fresh[:QUERIES]
    near, usual = (distances(laid, rows, parts.known, 2) for rows in (asked, fresh))
    scores = [_identical(sample, synthetic, parts.fresh, parts.known)]
    scores += _distances(sample, near, usual, (sample.owners[asked], sample.owners[fresh]))
    if parts.unseen:
        scores.append(_share(sample, laid, asked, parts.known, parts.fresh))
    return scores, Closest(near[:, 0], usual[:, 0])


def _identical(sample: Sample, synthetic: I64, fresh: I64, known: I64) -> Score:
    there = np.unique(row_hashes(sample.compared, known))
    found = [np.isin(row_hashes(sample.compared, rows), there) for rows in (synthetic, fresh)]
    shares = [int(np.count_nonzero(one)) / len(one) for one in found]
    error = math.hypot(
        error_of_share(found[0], sample.owners[synthetic]), error_of_share(found[1], sample.owners[fresh])
    )
    return Score(
        "identical",
        sample.table,
        shares[0],
        shares[1],
        error,
        len(synthetic),
        sample.seed,
        "less",
        "The share of synthetic rows that are equal to a real row in every column but keys, beside the "
        "share of other real rows that are.",
        tolerance=_SURE,
    )


def _distances(sample: Sample, near: I64, usual: I64, owners: tuple[I64, I64]) -> Iterator[Score]:
    labels = np.repeat(np.array([1, 0], np.int64), (len(near), len(usual)))
    areas = placements(-np.concatenate((near[:, 0], usual[:, 0])), labels, np.concatenate(owners))
    yield Score(
        "dcr.closer",
        sample.table,
        areas.auc,
        0.5,
        areas.standard_error,
        len(near),
        sample.seed,
        "less",
        "The chance that a synthetic row is closer to its closest real record than another real row is.",
    )
    threshold = np.sort(usual[:, 0])[len(usual) // _CLOSEST]
    close = [one[:, 0] <= threshold for one in (near, usual)]
    hits, others = (int(np.count_nonzero(one)) for one in close)
    error = math.hypot(*(error_of_share(*one) for one in zip(close, owners, strict=True)))
    yield Score(
        "dcr.very_close",
        sample.table,
        hits / len(near),
        others / len(usual),
        error,
        len(near),
        sample.seed,
        "less",
        "The share of synthetic rows that are as close to a real record as the closest one in a hundred "
        "other real rows.",
        tolerance=_SURE,
    )
    ratios = [_ratios(one) for one in (near, usual)]
    means = [float(one.sum()) / len(one) for one in ratios]
    error = math.hypot(*(error_of_mean(*one) for one in zip(ratios, owners, strict=True)))
    yield Score(
        "nndr",
        sample.table,
        means[0],
        means[1],
        error,
        len(near),
        sample.seed,
        "more",
        "The distance to the closest real record over that to the second closest, on average: low where rows "
        "are near one record alone.",
    )


def _share(sample: Sample, laid: Cells, asked: I64, known: I64, fresh: I64) -> Score:
    size = min(len(known), len(fresh))
    real, unseen = (distances(laid, asked, rows[:size], 1)[:, 0] for rows in (known, fresh))
    n = len(asked)
    # A tie counts half. The unseen rows are one sample, which shifts all synthetic rows alike.
    nearer = (np.sign(unseen - real) + 1) / 2
    known_owners = min(len(np.unique(sample.owners[rows[:size]])) for rows in (known, fresh))
    error = math.hypot(error_of_mean(nearer, sample.owners[asked]), 0.5 / math.sqrt(known_owners))
    return Score(
        "dcr.share",
        sample.table,
        float(nearer.sum()) / n,
        0.5,
        error,
        n,
        sample.seed,
        "less",
        "The share of synthetic rows that are closer to a row the model was given than to one it wasn't.",
    )


def _ratios(near: I64) -> F64:
    second = near[:, 1].astype(np.float64)
    return np.where(second > 0, near[:, 0] / np.maximum(second, 1.0), 1.0)

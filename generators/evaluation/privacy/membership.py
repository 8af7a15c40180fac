"""Can it be told from the synthetic rows who was among the real ones?

Two attacks on average rows, on as many members as others: the closest synthetic row (Chen et al. 2020,
GAN-Leaks), and how much closer it is than the closest row of other real data (van Breugel et al. 2023,
DOMIAS, with distances as densities). An attacker who knows more, or picks odd rows, does better.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from synthmill.generators.evaluation.auc import placements, rate_at
from synthmill.generators.evaluation.privacy.cells import cells, distances
from synthmill.generators.evaluation.sample import Sample
from synthmill.generators.evaluation.scores import Score
from synthmill.generators.kernels.mix import I64

MOST = 4_000
"""Members, and others, that are asked about."""
LEAST_ROWS = 100
_NEAREST = 5
_FALSE = 0.01
"""False alarms that an attacker who wants to be sure allows."""


def attack(sample: Sample) -> Iterator[Score]:
    """The scores `membership.closest`, `.ratio` and `.sure`. None without unseen rows, or with few."""
    unseen = sample.some(sample.unseen)
    strangers = sample.some(unseen, min(MOST, len(unseen) // 2))
    others = unseen[len(strangers) :]
    members = sample.some(sample.real, len(strangers))
    synthetic = sample.some(sample.synthetic)
    if min(len(members), len(strangers), len(others), len(synthetic)) < LEAST_ROWS or not sample.compared:
        return
    laid = cells(sample)
    asked = np.concatenate((members, strangers))
    labels = np.repeat(np.array([1, 0], np.int64), (len(members), len(strangers)))
    near = distances(laid, asked, synthetic, _NEAREST)
    usual = distances(laid, asked, others, _NEAREST)
    closest = -near[:, 0]
    yield _score(
        sample,
        "closest",
        closest,
        labels,
        sample.owners[asked],
        "How well an attacker who looks for the closest synthetic row tells whose row the model was given: "
        "the "
        "area under the ROC curve, 0.5 for guessing.",
    )
    yield _score(
        sample,
        "ratio",
        (usual[:, 0] << 20) // (near[:, 0] + 1),
        labels,
        sample.owners[asked],
        "How well an attacker does it who has other real rows to compare with: the same area.",
    )
    found = rate_at(closest, labels, _FALSE)
    # Rows of one owner are found together: as many times as much for the area as if they were independent.
    area = placements(closest, labels, sample.owners[asked])
    together = area.standard_error / max(1e-9, replace(area, owners=None).standard_error)
    error = (_FALSE * (1 - _FALSE) * (1 / len(members) + 1 / len(strangers))) ** 0.5 * max(1.0, together)
    yield Score(
        "membership.sure",
        sample.table,
        found,
        _FALSE,
        error,
        len(labels),
        sample.seed,
        "less",
        "The share of the model's rows that the first attacker recognises with one false alarm in a hundred.",
    )


def _score(sample: Sample, name: str, scores: I64, labels: I64, owners: I64, meaning: str) -> Score:
    found = placements(scores, labels, owners)
    return Score(
        f"membership.{name}",
        sample.table,
        found.auc,
        0.5,
        found.standard_error,
        len(labels),
        sample.seed,
        "less",
        meaning,
    )

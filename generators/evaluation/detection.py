"""Synthetic rows against real ones that the model of them hasn't seen, and real ones against real ones."""

from __future__ import annotations

from synthmill.generators.evaluation.sample import Sample
from synthmill.generators.evaluation.scores import Finding, Score
from synthmill.generators.evaluation.two_samples import FOLDS, findings, tell_apart


def detect(sample: Sample) -> tuple[list[Score], list[Finding]]:
    """The score `c2st`, and the columns by which synthetic rows were told from real ones."""
    real, unseen = sample.some(sample.real), sample.some(sample.unseen)
    against = unseen if len(unseen) else real
    found = tell_apart(
        sample.columns, against, sample.some(sample.synthetic), sample.owners, sample.seed, losses=True
    )
    if len(unseen):
        first, second = real, unseen
    else:
        mixed = sample.shuffled(real, "null")
        first = sample.some(mixed, len(mixed) // 2)
        second = mixed[len(first) :]
    null = tell_apart(sample.columns, first, second, sample.owners, sample.seed)
    if found is None:
        return [], []
    reference, error = (null.auc, null.standard_error) if null else (0.5, 0.0)
    whose = "real rows that weren't given to the model" if len(unseen) else "real rows"
    score = Score(
        "c2st",
        sample.table,
        found.auc,
        reference,
        (found.standard_error**2 + error**2) ** 0.5,
        found.n,
        sample.seed,
        "near",
        f"How well boosted trees tell synthetic rows from {whose}: the area under the ROC curve of {FOLDS} "
        "folds, 0.5 if they can't; far below 0.5 where synthetic rows are copies of the very rows.",
    )
    return [score], findings(found, sample.table, "c2st")

"""Evaluations beside scikit-learn, XGBoost and SDMetrics: `python -m benchmarks.evaluation` writes
EVALUATION.md.

Adult, 10,000 real rows, as many synthetic and as many unseen ones, one thread each, CPU seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import machine
from benchmarks.adult import adult
from benchmarks.environments import CONTESTANTS, HERE, executable
from synthmill.generators.evaluation import Report, evaluate

PAGE = HERE / "EVALUATION.md"
TARGET = "salary"
ROWS = 10_000

HEAD = """# Evaluations

Written by `python -m benchmarks.evaluation`; what isn't in here wasn't measured. Adult, 10,000 rows each of
real, synthetic and unseen data; five folds, the same rows for all. *Ours* are scores of one evaluation,
with everything else that a report has; the peers' programs compute what their column says alone. CPU
seconds on one thread, after a first run that loads what is compiled. The machine is shared: ratios are more
reliable than the numbers that they come from.
"""


def made_of(name: str, real: pd.DataFrame, fresh: pd.DataFrame) -> pd.DataFrame:
    """Synthetic rows that are more or less wrong."""
    rng = np.random.default_rng(1)
    if name == "fresh real rows":
        return fresh
    if name == "one column shuffled (salary)":
        return fresh.assign(salary=rng.permutation(fresh["salary"].to_numpy()))
    if name == "a tenth of the rows with shuffled columns":
        mixed = fresh.copy()
        few = rng.random(len(mixed)) < 0.1
        for column in mixed.columns:
            mixed.loc[few, column] = rng.permutation(mixed.loc[few, column].to_numpy())
        return mixed
    return pd.DataFrame({column: rng.permutation(real[column].to_numpy()) for column in real.columns})


CASES = (
    "fresh real rows",
    "a tenth of the rows with shuffled columns",
    "one column shuffled (salary)",
    "independent columns",
)


def ours(real: pd.DataFrame, made: pd.DataFrame, unseen: pd.DataFrame) -> tuple[Report, float]:
    evaluate(real[:2_000], made[:2_000], holdout=unseen[:2_000], targets=[TARGET])
    start = time.process_time()
    report = evaluate(real, made, holdout=unseen, targets=[TARGET])
    return report, time.process_time() - start


def peers(real: pd.DataFrame, made: pd.DataFrame, unseen: pd.DataFrame) -> dict[str, list[float]]:
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in (("real", real), ("made", made), ("unseen", unseen)):
            rows.to_parquet(Path(folder) / f"{name}.parquet")
        one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        ran = subprocess.run(
            [executable("evaluation"), str(CONTESTANTS / "evaluate_peers.py"), folder, TARGET],
            env=os.environ | one_thread,
            stdout=subprocess.PIPE,
            check=True,
        )
    found: dict[str, list[float]] = json.loads(ran.stdout)
    return found


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    data = adult()
    real, unseen, fresh = (data[at * ROWS : (at + 1) * ROWS].reset_index(drop=True) for at in range(3))
    facts = machine.facts()
    run = (
        f"{facts['date']}, commit {facts['commit']}; {facts['processor']}, {facts['system']}; "
        f"load {facts['load']}."
    )
    lines = [
        HEAD,
        run,
        "",
        "| synthetic | what | ours | HistGradientBoosting | XGBoost | SDMetrics |",
        "|---|---|---|---|---|---|",
    ]
    times = []
    for case in CASES:
        made = made_of(case, real, fresh)
        report, seconds = ours(real, made, unseen)
        others = peers(real, made, unseen)
        mine = {one.metric: one for one in report.scores}
        target = mine[f"tstr.{TARGET}"]
        for what, value, prefix in (
            ("C2ST, area", mine["c2st"].value, "c2st"),
            ("TSTR, area", target.value, "tstr"),
            ("TRTR, area", target.reference, "trtr"),
        ):
            cells = [others[f"{prefix} {peer}"][0] for peer in ("HistGradientBoosting", "XGBoost")]
            lines.append(f"| {case} | {what} | {value:.3f} | {cells[0]:.3f} | {cells[1]:.3f} | |")
        for what, metric, name in (
            ("columns alone", "shape.mean", "Column Shapes"),
            ("pairs", "pair.mean", "Column Pair Trends"),
        ):
            lines.append(f"| {case} | {what} | {mine[metric].value:.3f} | | | {others[name][0]:.3f} |")
        times.append(
            [
                seconds,
                *(others[f"c2st {peer}"][1] for peer in ("HistGradientBoosting", "XGBoost")),
                others["Column Shapes"][1],
            ]
        )
    middle = np.median(np.array(times), axis=0)
    ratios = [np.median([one[at] / one[0] for one in times]) for at in range(4)]
    lines += [
        "",
        "| CPU seconds, median | of a whole report of ours | of five folds of HistGradientBoosting | of "
        "XGBoost | of "
        "SDMetrics' QualityReport |",
        "|---|---|---|---|---|",
        f"| seconds | {middle[0]:.1f} | {middle[1]:.1f} | {middle[2]:.1f} | {middle[3]:.1f} |",
        f"| times ours | 1 | {ratios[1]:.1f} | {ratios[2]:.1f} | {ratios[3]:.1f} |",
        "",
    ]
    PAGE.write_text("\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()

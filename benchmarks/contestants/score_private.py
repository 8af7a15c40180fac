"""How close made rows are to real ones: `score_private.py TARGET NUMBERS REAL MADE [MADE ...]` prints a line
of JSON for each file of made rows.

`c2st` is the area under the ROC curve of HistGradientBoostingClassifier (100 rounds, three folds) between
20,000 real and as many made rows, `tstr` that of one which learns TARGET from made rows and is asked about
real ones, `quality` SDMetrics' QualityReport with its two parts. NUMBERS are the numeric columns, separated
by commas.
"""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
from sdmetrics.reports.single_table import QualityReport
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

ROWS = 20_000


def features(frames: list[pd.DataFrame], numbers: list[str]) -> list[pd.DataFrame]:
    """The frames with categories as codes that they share."""
    found = [frame.copy() for frame in frames]
    for name in frames[0].columns:
        if name not in numbers:
            values = pd.Index(pd.concat([frame[name] for frame in frames]).astype(str).unique())
            for frame in found:
                frame[name] = values.get_indexer(frame[name].astype(str)).clip(0, 254)
    return found


def classifier(frame: pd.DataFrame, numbers: list[str]) -> HistGradientBoostingClassifier:
    categories = [name not in numbers for name in frame.columns]
    return HistGradientBoostingClassifier(max_iter=100, categorical_features=categories, random_state=0)


def c2st(real: pd.DataFrame, made: pd.DataFrame, numbers: list[str]) -> float:
    size = min(ROWS, len(real), len(made))
    pair = features([real.sample(size, random_state=0), made.sample(size, random_state=0)], numbers)
    both, label = pd.concat(pair, ignore_index=True), np.repeat([0, 1], size)
    areas = []
    for train, test in StratifiedKFold(3, shuffle=True, random_state=0).split(both, label):
        model = classifier(both, numbers).fit(both.iloc[train], label[train])
        areas.append(roc_auc_score(label[test], model.predict_proba(both.iloc[test])[:, 1]))
    return float(np.mean(areas))


def tstr(real: pd.DataFrame, made: pd.DataFrame, target: str, numbers: list[str]) -> float:
    size = min(ROWS, len(real), len(made))
    asked, learnt = features([real.sample(size, random_state=1), made.sample(size, random_state=1)], numbers)
    value = real[target].astype(str).value_counts().index[-1]
    labels = [
        (frame[target].astype(str) == value).loc[part.index]
        for frame, part in ((real, asked), (made, learnt))
    ]
    asked, learnt = asked.drop(columns=target), learnt.drop(columns=target)
    if labels[1].nunique() < 2:
        return 0.5
    model = classifier(learnt, numbers).fit(learnt, labels[1])
    return float(roc_auc_score(labels[0], model.predict_proba(asked)[:, 1]))


def main() -> None:
    target, numbers, file, *others = sys.argv[1:]
    columns, real = numbers.split(","), pd.read_parquet(file)
    described = {name: {"sdtype": "numerical" if name in columns else "categorical"} for name in real.columns}
    for other in others:
        made = pd.read_parquet(other)[list(real.columns)]
        report = QualityReport()
        report.generate(real, made, {"columns": described}, verbose=False)
        parts = report.get_properties().set_index("Property")["Score"]
        found = {
            "c2st": c2st(real, made, columns),
            "tstr": tstr(real, made, target, columns),
            "quality": float(report.get_score()),
            "shapes": float(parts["Column Shapes"]),
            "pairs": float(parts["Column Pair Trends"]),
        }
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()

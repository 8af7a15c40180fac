"""What others make of a real, a synthetic and an unseen table: `evaluate_peers.py FOLDER TARGET`, JSON on
stdout."""

from __future__ import annotations

import json
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sdmetrics.reports.single_table import QualityReport
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from xgboost import XGBClassifier

warnings.filterwarnings("ignore")
SEED = 0


def main() -> None:
    folder, target = Path(sys.argv[1]), sys.argv[2]
    real, made, unseen = (pd.read_parquet(folder / f"{name}.parquet") for name in ("real", "made", "unseen"))
    found: dict[str, Any] = {}
    both = pd.concat([unseen, made], ignore_index=True)
    for name in both.columns:
        if not pd.api.types.is_numeric_dtype(both[name]):
            both[name] = both[name].astype("category")
    labels = np.repeat([0, 1], [len(unseen), len(made)])
    makers = {
        "HistGradientBoosting": lambda: HistGradientBoostingClassifier(
            max_iter=100, categorical_features="from_dtype", early_stopping=False, random_state=SEED
        ),
        "XGBoost": lambda: XGBClassifier(
            enable_categorical=True, tree_method="hist", n_jobs=1, random_state=SEED
        ),
    }
    for name, make in makers.items():
        start = time.process_time()
        areas = []
        for train, test in StratifiedKFold(5, shuffle=True, random_state=SEED).split(both, labels):
            model = make().fit(both.iloc[train], labels[train])
            areas.append(roc_auc_score(labels[test], model.predict_proba(both.iloc[test])[:, 1]))
        found[f"c2st {name}"] = [float(np.mean(areas)), time.process_time() - start]
        start = time.process_time()
        everything = pd.concat([real, made, unseen], ignore_index=True)
        for column in everything.columns:
            if not pd.api.types.is_numeric_dtype(everything[column]):
                everything[column] = everything[column].astype("category")
        answers = (everything.pop(target) == real[target].max()).to_numpy()
        parts = np.split(np.arange(len(everything)), [len(real), len(real) + len(made)])
        for what, train in (("tstr", parts[1]), ("trtr", parts[0])):
            model = make().fit(everything.iloc[train], answers[train])
            area = roc_auc_score(answers[parts[2]], model.predict_proba(everything.iloc[parts[2]])[:, 1])
            found[f"{what} {name}"] = [float(area), time.process_time() - start]
            start = time.process_time()
    start = time.process_time()
    kinds = {
        name: {"sdtype": "numerical" if pd.api.types.is_numeric_dtype(real[name]) else "categorical"}
        for name in real.columns
    }
    report = QualityReport()
    report.generate(real, made, {"columns": kinds}, verbose=False)
    seconds = time.process_time() - start
    for name, score in report.get_properties().itertuples(index=False):
        found[name] = [float(score), seconds]
    print(json.dumps(found))


if __name__ == "__main__":
    main()

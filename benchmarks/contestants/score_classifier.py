"""How well a boosted classifier tells made rows from real ones.

`score_classifier.py SEED REAL MADE [REAL MADE ...]` prints a line of JSON with 1 - 2 (AUC - 0.5) for each
pair of Parquet files: 1 where it can't tell, 0 where it always can. XGBClassifier as it comes, three folds,
as many rows of each as both have; texts as a column for each value.
"""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
import xgboost
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold


def score(real: pd.DataFrame, made: pd.DataFrame, seed: int) -> float:
    count = min(len(real), len(made))
    chosen = np.random.default_rng(seed)
    parts = [frame.iloc[chosen.permutation(len(frame))[:count]] for frame in (real, made)]
    both = pd.concat(parts, ignore_index=True)
    columns = [
        both[[name]].to_numpy(np.float64)
        if pd.api.types.is_numeric_dtype(both[name])
        else pd.get_dummies(both[name].astype(str)).to_numpy(np.float64)
        for name in both.columns
    ]
    features, label = np.concatenate(columns, axis=1), np.repeat([0, 1], count)
    areas = []
    for train, test in StratifiedKFold(3, shuffle=True, random_state=seed).split(features, label):
        model = xgboost.XGBClassifier(n_jobs=1).fit(features[train], label[train])
        areas.append(roc_auc_score(label[test], model.predict_proba(features[test])[:, 1]))
    return 1.0 - 2.0 * (max(0.5, float(np.mean(areas))) - 0.5)


if __name__ == "__main__":
    seed, files = int(sys.argv[1]), sys.argv[2:]
    pairs = zip(files[::2], files[1::2], strict=True)
    print(json.dumps([score(pd.read_parquet(a), pd.read_parquet(b), seed) for a, b in pairs]))

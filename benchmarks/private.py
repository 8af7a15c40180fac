"""Differentially private fits beside others: `python -m benchmarks.private` writes PRIVATE.md.

Adult, its bounds and domains declared; the scores are those of contestants/score_private.py.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import environments, machine
from benchmarks.adult import adult
from synthmill.generators.learning import fit, fit_options

PAGE = environments.HERE / "PRIVATE.md"
TARGET = "salary"
DELTA = 1e-6
BOUNDS = {
    "age": (17, 90), "fnlwgt": (12_285, 1_490_400), "education-num": (1, 16), "capital-gain": (0, 99_999),
    "capital-loss": (0, 4_356), "hours-per-week": (1, 99),
}  # fmt: skip
NOTHING = "real rows, shuffled"
OURS = {
    "ours, epsilon 1": (1.0, True),
    "ours, epsilon 3": (3.0, True),
    "ours, epsilon 1, nothing declared": (1.0, False),
}
"""Epsilon, and whether bounds and domains are declared."""
PEERS = ("dpmm MST, epsilon 1", "dpmm AIM, epsilon 1", "dpmm PrivBayes, epsilon 1")
TABLE = (
    "| fit | fits | C2ST | TSTR | quality | shapes | pairs | CPU s | model, MB |",
    "|---|---|---|---|---|---|---|---|---|",
)
PEER_SECONDS = 300
METRICS = ("c2st", "tstr", "quality", "shapes", "pairs")

HEAD = """# Differentially private fits

Written by `python -m benchmarks.private`; what isn't in here wasn't measured. Adult, 45,222 rows, all of them
fitted to, one row being the unit, delta 1e-6, bounds and domains declared unless it says otherwise;
20,000 real and 20,000 made rows are compared. *C2ST* is the area under the ROC curve of
HistGradientBoosting (100 rounds, three folds) between them, .5 where it can't tell; *TSTR* that of one which
learns salary from made rows and is asked about real ones; *quality* SDMetrics' QualityReport, *shapes* and
*pairs* its two parts. Medians, and the least and the greatest. CPU seconds of a fit, kernels compiled; peers'
programs with two threads at most, stopped after 300 CPU seconds. The machine is shared.
"""


def declared(rows: pa.Table) -> dict[str, Any]:
    """What is public of Adult: its documentation says the same."""
    bounds = {name: {"min": low, "max": high} for name, (low, high) in BOUNDS.items()}
    domains = {
        name: sorted(set(rows.column(name).to_pylist())) for name in rows.column_names if name not in BOUNDS
    }
    return {"bounds": {"adult": bounds}, "domains": {"adult": domains}}


def ours(rows: pa.Table, epsilon: float, known: dict[str, Any], file: Path) -> tuple[float, int]:
    """Rows of a private fit, in a file; the CPU seconds of the fit, and the bytes of its model."""
    budget = {"epsilon": epsilon, "delta": DELTA, **known}
    start = time.process_time()
    model = fit({"adult": rows}, fit_options({"method": "dp", "privacy": budget}))
    seconds = time.process_time() - start
    pq.write_table(model.sample(rows.num_rows)["adult"], file)
    return seconds, len(model.to_bytes())


def peer(name: str, real: Path, epsilon: float, file: Path) -> float | str:
    """The same of another's; the CPU seconds of its fit, or why there are none."""
    environment, method = name.split()
    program = environments.CONTESTANTS / f"fit_{environment}.py"
    python = environments.executable(environment)

    def capped() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (PEER_SECONDS, PEER_SECONDS))

    ran = subprocess.run(
        [python, str(program), method, str(epsilon), str(DELTA), json.dumps(BOUNDS), str(real), str(file)],
        capture_output=True,
        text=True,
        preexec_fn=capped,
    )
    if ran.returncode < 0:
        return f"not finished after {PEER_SECONDS} CPU s"
    if ran.returncode:
        return f"failed: {ran.stderr.strip().splitlines()[-1][:80]}"
    return float(ran.stdout.split()[-1])


def scores(real: Path, made: Sequence[Path]) -> list[dict[str, float]]:
    python = environments.executable("evaluation")
    program = environments.CONTESTANTS / "score_private.py"
    asked = [python, str(program), TARGET, ",".join(BOUNDS), str(real), *map(str, made)]
    ran = subprocess.run(asked, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in ran.stdout.splitlines()]


def line(name: str, found: Sequence[dict[str, float]], cpu: Sequence[float], size: int | None) -> str:
    def shown(metric: str) -> str:
        values = [one[metric] for one in found]
        middle = f"{statistics.median(values):.3f}"
        return f"{middle} ({min(values):.3f} to {max(values):.3f})" if len(values) > 1 else middle

    cells = " | ".join(shown(metric) for metric in METRICS)
    megabytes = "" if size is None else f"{size / 1e6:.2f}"
    return f"| {name} | {len(found)} | {cells} | {statistics.median(cpu):.1f} | {megabytes} |"


def case_of_ours(name: str, rows: pa.Table, real: Path, fits: int) -> str:
    epsilon, is_declared = OURS[name]
    known = declared(rows) if is_declared else {}
    ours(rows, epsilon, known, real.with_name("first.parquet"))  # What compiles kernels isn't measured.
    files = [real.with_name(f"made-{at}.parquet") for at in range(fits)]
    fitted = [ours(rows, epsilon, known, file) for file in files]
    return line(name, scores(real, files), [one[0] for one in fitted], fitted[0][1])


def case_of_peer(name: str, real: Path) -> str:
    file = real.with_name("peer.parquet")
    found = peer(name.removesuffix(", epsilon 1"), real, 1.0, file)
    if isinstance(found, str):
        return f"| {name} | | {found} | | | | | | |"
    return line(name, scores(real, [file]), [found], None)


def main() -> None:
    cases = [NOTHING, *OURS, *PEERS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.private", description=__doc__)
    parser.add_argument("--fits", type=int, default=5)
    parser.add_argument("--only", metavar="CASE", choices=cases, help="measure this, and keep the others")
    asked = parser.parse_args()
    folder = environments.FOLDER / "private"
    folder.mkdir(parents=True, exist_ok=True)
    rows, real = pa.Table.from_pandas(adult(), preserve_index=False), folder / "real.parquet"
    pq.write_table(rows, real)
    kept = folder / "lines.json"
    lines: dict[str, str] = json.loads(kept.read_text()) if kept.exists() else {}
    for name in cases if asked.only is None else [asked.only]:
        if name in OURS:
            lines[name] = case_of_ours(name, rows, real, asked.fits)
        elif name in PEERS:
            lines[name] = case_of_peer(name, real)
        else:
            lines[name] = line(name, scores(real, [real]), [0.0], None)
        print(lines[name], flush=True)
        kept.write_text(json.dumps(lines))
    facts = machine.facts()
    run = f"{facts['date']}, commit {facts['commit']}; {facts['processor']}; load {facts['load']}.\n"
    PAGE.write_text("\n".join([HEAD, run, *TABLE, *(lines[name] for name in cases if name in lines), ""]))


if __name__ == "__main__":
    main()

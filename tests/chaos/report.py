"""What ran, kept in benchmarks/CHAOS.md: one line per seed, the newest run of each."""

from __future__ import annotations

import fcntl
import re
import subprocess
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from tests.chaos.run import Result
from tests.chaos.scenario import FAULTS

LOG = Path(__file__).resolve().parents[2] / "benchmarks" / "CHAOS.md"
_ROW = re.compile(r"\| (\d+) \|.*\|")
_HEADER = """\
# Chaos

Written by `make chaos`; what isn't in here wasn't run. A seed decides backend, faults, their times and the
jobs; `make chaos SEED=k` plays it again. What is held afterwards is in `tests/chaos/invariants.py`, what each
fault does and may cost in `tests/chaos/faults.py`. A line is the newest run of its seed.

| seed | backend | faults, as they began | seconds | invariants | commit | when |
| ---: | --- | --- | ---: | --- | --- | --- |
"""


def record(result: Result) -> None:
    """Put a run into the log, in place of an older one of the same seed."""
    # Seeds that are played together end at any time.
    with LOG.open("a") as log:
        fcntl.flock(log, fcntl.LOCK_EX)
        rows = _rows()
        rows[result.scenario.seed] = _row(result)
        body = "".join(f"{rows[seed]}\n" for seed in sorted(rows))
        LOG.write_text(f"{_HEADER}{body}\n{_counts(list(rows.values()))}")


def _rows() -> dict[int, str]:
    matches = (_ROW.fullmatch(line) for line in LOG.read_text().splitlines())
    return {int(match[1]): match[0] for match in matches if match}


def _row(result: Result) -> str:
    faults = ", ".join(result.done)
    if result.left_out:
        faults += f" (not possible here: {', '.join(result.left_out)})"
    verdict = "held" if not result.violations else f"**{len(result.violations)} broken**"
    cells = (
        *(str(result.scenario.seed), result.scenario.backend, faults, f"{result.seconds:.0f}", verdict),
        *(_commit(), f"{datetime.now(UTC):%Y-%m-%d %H:%M}"),
    )
    return f"| {' | '.join(cells)} |"


def _counts(rows: list[str]) -> str:
    """How often each fault was done, in runs that held."""
    lines = ["Runs in which each fault was done and every invariant held:", ""]
    for backend, names in FAULTS.items():
        held = [row for row in rows if f"| {backend} |" in row and "| held |" in row]
        done = Counter(name for row in held for name in names if re.search(rf"\b{name}\b", row.split("(")[0]))
        counted = ", ".join(f"{name} {done[name]}" for name in sorted(names))
        lines += [f"- {backend}, {len(held)} runs: {counted}"]
    return "\n".join(lines) + "\n"


def _commit() -> str:
    answer = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        capture_output=True,
        text=True,
        check=False,
        cwd=LOG.parent,
    )
    return answer.stdout.strip() or "-"

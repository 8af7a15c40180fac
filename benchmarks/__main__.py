"""`python -m benchmarks`: measure, and write RESULTS.md, results.json and the plots."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from benchmarks import environments, machine, results
from benchmarks.settings import Settings

SECTIONS = ("writing", "generating", "lineitem", "scale")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}; all if none"
    )
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows that quick contestants make")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--full", action="store_true", help="scale up to 10^8 rows, which needs 14 GB of disk"
    )
    parser.add_argument(
        "--folder", type=Path, help="where files are written meanwhile; a temporary one if left out"
    )
    asked = parser.parse_args()
    if unknown := set(asked.sections) - set(SECTIONS):
        parser.error(f"no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    for name in environments.names():
        environments.executable(name)
    for name in SECTIONS:
        if not asked.sections or name in asked.sections:
            with tempfile.TemporaryDirectory(prefix="benchmarks-", dir=asked.folder) as folder:
                measure(name, Settings(asked.rows, asked.rounds, Path(folder), asked.full))
    subprocess.run([environments.executable("plots"), str(environments.HERE / "plotting.py")], check=True)


def measure(name: str, settings: Settings) -> None:
    """Measure one section, keep what came out, and say it."""
    module = import_module(f"benchmarks.sections.{name}")
    print(f"{module.TITLE}: {settings.rows:,} rows, {settings.rounds} rounds", file=sys.stderr)
    facts = machine.facts()
    groups = module.measure(settings)
    command = f"python -m benchmarks {name} --rows {settings.rows} --rounds {settings.rounds}"
    section = {
        "title": module.TITLE,
        "about": module.ABOUT,
        "command": command + (" --full" if settings.full else ""),
        "facts": facts,
        "engine": machine.engine(),
        "groups": groups,
    }
    results.keep(name, section)
    for group in groups:
        print(f"\n{group['title']}")
        for one in group["entries"]:
            share = f"{one['ratio']:8.3f}" if "ratio" in one else f"{one['rows']:>12,}"
            print(f"  {one['name']:34} {one['ns_per_row']:12,.0f} ns/row {share} {one['peak_mb']:6.0f} MB")


main()

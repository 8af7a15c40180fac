"""How much is measured, and where files are written meanwhile."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.environments import CONTESTANTS, HERE, executable
from benchmarks.machine import tree
from benchmarks.measuring import Contestant

Group = dict[str, Any]
"""`title`, `entries` as `compete` gives them."""

ORDERS, PARTS = 4, 30
"""Lines of an order and of a part, on the average, as in TPC-H."""


@dataclass(frozen=True)
class Settings:
    rows: int
    rounds: int
    folder: Path
    full: bool

    def ours(self, recipe: str, rows: int, out: Path, *options: str) -> list[str]:
        """The command that makes a table of a recipe with the engine that is measured."""
        counts = [f"--rows={recipe}={rows}"]
        if recipe == "lineitem":
            counts += [f"--rows=orders={max(1, rows // ORDERS)}", f"--rows=part={max(1, rows // PARTS)}"]
        script, file = str(CONTESTANTS / "ours.py"), str(HERE / "recipes" / f"{recipe}.yaml")
        return [sys.executable, script, file, *counts, "--table", recipe, "--out", str(out), *options]

    def synthmill(self, name: str, recipe: str, rows: int, out: Path, *options: str) -> Contestant:
        return Contestant(name, self.ours(recipe, rows, out, *options), rows, out, environment=self.engine())

    def engine(self) -> dict[str, str]:
        return {"PYTHONPATH": str(tree())}

    def peer(
        self, name: str, environment: str, script: str, rows: int, out: Path, *options: str
    ) -> Contestant:
        command = [executable(environment), str(CONTESTANTS / f"{script}.py"), *options]
        return Contestant(name, command, rows, out)

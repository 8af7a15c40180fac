"""The strategies of tests/strategies, installed for as long as a test wants them, and parameters for each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from synthmill.generators.contract_checks.strategy import StrategySubject
from tests.plugin_packages import on_the_path

FOLDER = Path(__file__).parent / "strategies"
"""A process that has it on its path has the plugin installed."""

LINES_TEXT = "".join(f"line {number}\n" for number in range(17))
LINES_SHA256 = hashlib.sha256(LINES_TEXT.encode()).hexdigest()

LEDGER: dict[str, Any] = {"entries": 1_234, "accounts": 9, "block_entries": 50}
SURVEY: dict[str, Any] = {"people": 200, "silent": 5}
LINES: dict[str, Any] = {"rows": 300, "file": LINES_SHA256}


@contextmanager
def trial_strategies() -> Iterator[None]:
    """`ledger`, `survey` and `lines` are there."""
    with on_the_path(FOLDER):
        yield


def trial_subjects(folder: Path) -> list[StrategySubject]:
    """Each of them with parameters, and inputs in the folder."""
    path = folder / "lines.txt"
    path.write_text(LINES_TEXT)
    return [
        StrategySubject("ledger", LEDGER),
        StrategySubject("lines", LINES, {LINES_SHA256: path}),
        StrategySubject("survey", SURVEY),
        StrategySubject("survey", {**SURVEY, "pure": False}),
    ]

"""The folders of the product: each is a list that can be read at a glance."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("app", "generators", "migrations", "synthmill", "workers")
MOST = 25
LISTS = {"generators/columns/kinds"}
"""Folders that are a list of plugins of ours, one file for each."""


def test_no_folder_holds_more_than_25_modules() -> None:
    # `synthmill` has links to the others, which rglob doesn't follow.
    modules = [path for folder in PRODUCT for path in (ROOT / folder).rglob("*.py")]
    folders = Counter(path.parent.relative_to(ROOT).as_posix() for path in modules)
    assert {"generators/kernels/compiled", "app/core/jobs", "synthmill/commands/local"} <= set(folders)
    assert {folder: count for folder, count in folders.items() if count > MOST and folder not in LISTS} == {}

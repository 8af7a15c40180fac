"""docs/engine.md: the files and functions that a column passes are there."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = re.findall(
    r"^\| [^|]+ \| `(generators/[\w/]+\.py)` \| ([^|]+) \|$", (ROOT / "docs" / "engine.md").read_text(), re.M
)


def test_a_columns_way_is_told_from_the_request_to_the_file() -> None:
    assert len(ROWS) > 12
    assert ROWS[0][0].endswith("request.py")
    assert ROWS[-1][0].endswith("writer.py")


def test_all_that_it_names_is_there() -> None:
    for path, names in ROWS:
        assert (ROOT / path).is_file(), path
        module = importlib.import_module("synthmill." + path.removesuffix(".py").replace("/", "."))
        for name in re.findall(r"`(\w+)`", names):
            assert hasattr(module, name), f"{path} has no {name}"


def test_every_file_that_the_page_names_is_there() -> None:
    for path in re.findall(r"`((?:generators|tests)/[\w/]+\.py)`", (ROOT / "docs" / "engine.md").read_text()):
        assert (ROOT / path).is_file(), path

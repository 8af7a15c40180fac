"""Packages with plugins, as pip would have installed them, for as long as a test wants them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from synthmill.generators.engine import registry

DICE = """
import pyarrow as pa
from synthmill.plugins import Column, ColumnParameters, Integers, Kind

class DiceParameters(ColumnParameters): pass

def compile_dice(parameters, scope):
    key = scope.key()
    return Column(pa.int64(), lambda rows: Integers((rows.draw(key) % 6 + 1).view("i8")))

KIND = Kind("dice", "Dice", "What a dice shows.", DiceParameters, compile_dice, {})
"""
"""A module with a column kind `dice`."""


def write_package(
    folder: Path, name: str, version: str, entry_points: str, modules: Mapping[str, str]
) -> None:
    """A package's modules, by name, and its metadata, as they lie in site-packages."""
    for module, source in modules.items():
        (folder / f"{module}.py").write_text(source)
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "entry_points.txt").write_text(entry_points)


@contextmanager
def on_the_path(folder: Path) -> Iterator[None]:
    """What is in the folder is installed in this process, and gone afterwards."""
    sys.path.insert(0, str(folder))
    registry.refresh()
    before = set(sys.modules)
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for module in set(sys.modules) - before:
            if str(folder) in str(getattr(sys.modules[module], "__file__", "")):
                del sys.modules[module]
        registry.refresh()

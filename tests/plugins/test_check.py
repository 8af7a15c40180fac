"""`synthmill plugins check` finds what a plugin does wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthmill.generators.contract_checks.run import check_package
from tests.plugin_packages import on_the_path, write_package

KIND = """
import itertools
import numpy as np, pyarrow as pa
from synthmill.plugins import Column, ColumnParameters, Floats, Integers, Kind, WholeField

class BadParameters(ColumnParameters):
    unused = WholeField("Nothing at all.", 1, 9, default=1)

def compile_bad(parameters, scope):
    calls = itertools.count()
    def cells(rows):
        return {cells}
    return Column(pa.int64(), cells)

KIND = Kind("bad", "Bad", "Breaks a promise", BadParameters, compile_bad, {{}})
"""

FORMAT = """
from synthmill.plugins import COMPRESSIONS, Encoded, to_batch

class Bad:
    name, extension, media_type = "bad", ".bad", "text"
    compressions, compresses_inside = ("none", "gzip"), False
    seen = 0
    def codec(self, compression): return "1"
    def prefix(self, table, compression): return b""
    def encode(self, table, cells, compression):
        self.seen += 1
        return Encoded(f"{{self.seen}}".encode())
    def suffix(self, table, compression, blocks): return b""

FORMAT = Bad()
"""

STRATEGY = """
import numpy as np, pyarrow as pa
from synthmill.plugins import ColumnPlan, Integers, Parameters, Plan, TablePlan, WholeField

class BadParameters(Parameters):
    rows = WholeField("How many rows.", 1, 9_000, default=3_000)

class Bad:
    name, title, description, Parameters = "bad", "", "Breaks promises", BadParameters
    def inputs(self, parameters): return ()
    def plan(self, parameters, seed, inputs):
        columns = (ColumnPlan("a", pa.int64(), False, "a"), ColumnPlan("b", pa.int64(), False, "b"))
        return Plan("other", (TablePlan("t", parameters["rows"], 1_000, columns),), None)
    def cells(self, plan, table, start, stop, columns, results):
        rows = np.arange(stop - start)
        return {{"a": Integers(rows), "b": Integers(rows + len(columns or ()))}}

STRATEGY = Bad()
"""


def broken(folder: Path, group: str, attribute: str, source: str) -> set[str]:
    """The promises that a package with one entry `bad` doesn't keep."""
    module = f"bad_{folder.name}"
    entry = f"[synthmill.{group}]\nbad = {module}:{attribute}\n"
    write_package(folder, f"bad-{folder.name}", "1.0", entry, {module: source})
    with on_the_path(folder):
        return {one.promise for one in check_package(f"bad-{folder.name}") if not one.kept}


@pytest.mark.parametrize(
    ("cells", "promises"),
    [
        (
            "Integers(np.full(len(rows), next(calls)))",
            {"cells follow from their row alone"},
        ),
        (
            "Integers(np.arange(len(rows)))",
            {"cells follow from their row alone"},
        ),
        (
            "Integers(np.random.default_rng().integers(0, 9, len(rows)))",
            {"cells follow from their row alone", "a plan made anew gives the same cells"},
        ),
    ],
)
def test_a_column_kinds_faults_are_found(cells: str, promises: set[str], tmp_path: Path) -> None:
    found = broken(tmp_path, "column_kinds", "KIND", KIND.format(cells=cells))
    assert found >= promises | {"it says what it is"}


def test_a_parameter_that_changes_nothing_is_found(tmp_path: Path) -> None:
    source = KIND.format(cells="Integers((rows.draw(scope.key()) % 7).view('i8'))")
    assert broken(tmp_path, "column_kinds", "KIND", source) == {
        "it says what it is",
        "every parameter changes something",
    }


def test_a_formats_faults_are_found(tmp_path: Path) -> None:
    assert broken(tmp_path, "formats", "FORMAT", FORMAT.format()) == {
        f"{promise} ({compression})"
        for compression in ("none", "gzip")
        for promise in (
            "it says what it is",
            "a block has the same bytes wherever its rows lie in memory",
            "blocks made in any order give one file",
            "dictionary columns are written as their values",
        )
    } | {"a compressed block can be unpacked alone (gzip)"}


def test_a_strategys_faults_are_found(tmp_path: Path) -> None:
    assert broken(tmp_path, "strategies", "STRATEGY", STRATEGY.format()) >= {
        "it says what it is",
        "rows have exactly the planned schema",
        "any cut gives the same values",
        "a choice of columns equals the columns of the whole",
        "another seed gives other values",
    }


def test_what_cannot_be_loaded_is_one_broken_promise(tmp_path: Path) -> None:
    assert broken(tmp_path, "formats", "FORMAT", "import nothing_at_all") == {"it can be loaded"}

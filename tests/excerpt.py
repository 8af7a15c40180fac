"""A strategy for tests whose rows are lines of a file. It lists its tables, so that templates can name it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import marshmallow as ma
import pyarrow as pa

from synthmill.app.core.jobs import workers
from synthmill.generators.engine.arrow_cells import cells_of
from synthmill.generators.engine.cells import Cells
from synthmill.generators.engine.inputs import Input, InputPaths
from synthmill.generators.engine.plan import ColumnPlan, Plan, TablePlan
from synthmill.generators.engine.stages import Results
from synthmill.generators.schema.input_field import InputFile
from tests.plugin_packages import on_the_path, write_package

CONTENT = b"".join(b"line %d\n" % number for number in range(1_000))


class ExcerptTable(ma.Schema):
    name = ma.fields.String(required=True)
    rows = ma.fields.Integer(required=True)


class ExcerptParameters(ma.Schema):
    tables = ma.fields.List(ma.fields.Nested(ExcerptTable), required=True)
    file = InputFile("the file")


class Excerpt:
    name = "excerpt"
    title = "Excerpt"
    description = "Lines of a file."
    Parameters = ExcerptParameters

    def inputs(self, parameters: Mapping[str, Any]) -> tuple[Input, ...]:
        return (Input(parameters["file"], "text/plain", "file"),)

    def plan(self, parameters: Mapping[str, Any], seed: int, inputs: InputPaths) -> Plan:
        columns = (ColumnPlan("line", pa.string(), False, "text"),)
        tables = tuple(
            TablePlan(table["name"], table["rows"], 256, columns) for table in parameters["tables"]
        )
        return Plan(self.name, tables, (seed, inputs[parameters["file"]].read_text().splitlines()))

    def cells(
        self,
        plan: Plan,
        table: str,
        start: int,
        stop: int,
        columns: Sequence[str] | None,
        results: Results,
    ) -> Mapping[str, Cells]:
        seed, lines = plan.data
        chosen = [lines[(row * 7 + seed) % len(lines)] for row in range(start, stop)]
        return cells_of(pa.record_batch({"line": chosen}, schema=plan.table(table).schema))


STRATEGY = Excerpt()


@contextmanager
def excerpt_installed(folder: Path) -> Iterator[None]:
    """The strategy can be found, as one of a plugin's, in this process, its workers included."""
    write_package(folder, "excerpt", "1.0", "[synthmill.strategies]\nexcerpt = tests.excerpt:STRATEGY\n", {})
    workers.plugins_here.cache_clear()
    try:
        with on_the_path(folder):
            yield
    finally:
        workers.plugins_here.cache_clear()

"""Everything loaded that a request may need, so that no request waits for it, and none is charged for it."""

from __future__ import annotations

import importlib

from synthmill.generators.columns.kinds_by_name import KINDS
from synthmill.generators.datasets.preview import json_rows, preview
from synthmill.generators.engine.contract import STRATEGIES
from synthmill.generators.engine.pipeline import make_plan
from synthmill.generators.kernels.backend import compile_all
from synthmill.generators.recipes.request import parse
from synthmill.generators.recipes.template import templates

_LATER = (
    "duckdb",
    "synthmill.generators.importing.data",
    "synthmill.generators.importing.ddl",
    "synthmill.generators.importing.json_schema",
    "synthmill.generators.importing.recipe",
)
_ROWS = 200
_USUAL = "retail"


def warm() -> None:
    """Import all modules, and show the first rows of every template."""
    compile_all()
    KINDS.usable()
    STRATEGIES.usable()
    for name in _LATER:
        importlib.import_module(name)
    for name in templates():
        _show(name)


def touch() -> None:
    """Use what nearly every request uses: memory shared with a parent is copied when it is first written to,
    and Python writes to what it reads."""
    _show(_USUAL)


def _show(template: str) -> None:
    recipe = parse({"template": template, "seed": 0, "rows": _ROWS}).recipe
    plan = make_plan(recipe)
    for table, rows in preview(recipe).items():
        json_rows(plan.table(table), rows)

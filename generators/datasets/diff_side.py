"""One of two datasets that are compared: rows from its files where they are there, else from its recipe."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from synthmill.generators.datasets.manifest import FILE_NAME, recipe_of
from synthmill.generators.datasets.reader import can_be_read, read_table
from synthmill.generators.datasets.verify_input import manifest_path, open_manifest
from synthmill.generators.engine.pipeline import make_plan, make_rows
from synthmill.generators.engine.plan import TablePlan
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.engine.staging import run_stages
from synthmill.generators.engine.type_names import type_named
from synthmill.generators.recipes.recipe_file import load_recipe_file
from synthmill.generators.recipes.request import parse


@dataclass(frozen=True, eq=False)
class SideTable:
    schema: pa.Schema
    key: tuple[str, ...]
    batches: Callable[[], Iterator[pa.RecordBatch]]


@dataclass(frozen=True, eq=False)
class Side:
    recipe: Recipe
    tables: Mapping[str, SideTable]


def side_of(given: str | Path | Recipe) -> Side:
    """A dataset by its folder or manifest, or what a recipe makes, by itself or by the file of its request.

    Raises AttestError and ManifestError for a manifest that can't be used, InvalidRequestError for a request
    that is wrong or a recipe that can't be made here, OSError.
    """
    if isinstance(given, Recipe):
        return _made(given)
    path = Path(given)
    if not path.is_dir() and path.name != FILE_NAME:
        return _made(parse(load_recipe_file(path)).recipe)
    manifest = open_manifest(manifest_path(path))
    folder, entries = manifest_path(path).parent, manifest["files"]
    if can_be_read(manifest["output"]["format"]) and all((folder / one["name"]).is_file() for one in entries):
        output = manifest["output"]["format"]
        return Side(recipe_of(manifest), {one["table"]: _read(folder, one, output) for one in entries})
    return _made(recipe_of(manifest))


def _read(folder: Path, entry: Mapping[str, Any], output: str) -> SideTable:
    schema = pa.schema([(one["name"], type_named(one["type"])) for one in entry["columns"]])
    return SideTable(
        schema,
        tuple(entry["primary_key"]),
        lambda: iter(read_table(folder / entry["name"], entry["columns"], output).to_batches()),
    )


def _made(recipe: Recipe) -> Side:
    plan = make_plan(recipe)
    results = run_stages(plan)

    def rows(table: TablePlan) -> Iterator[pa.RecordBatch]:
        for block in range(table.blocks):
            yield make_rows(plan, table.name, *table.block_range(block), None, results)

    return Side(recipe, {one.name: _planned(one, rows) for one in plan.tables})


def _planned(table: TablePlan, rows: Callable[[TablePlan], Iterator[pa.RecordBatch]]) -> SideTable:
    return SideTable(table.schema, tuple(table.primary_key), lambda: rows(table))

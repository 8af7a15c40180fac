"""What a manifest says against what its recipe gives, before any block is made again.

Each function gives the reasons why the manifest is wrong, none where it is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from synthmill.generators.datasets.blocks import file_prefix
from synthmill.generators.datasets.manifest import description
from synthmill.generators.engine.plan import Plan, TablePlan
from synthmill.generators.engine.recipe import Output
from synthmill.generators.engine.stages import Results

Entry = Mapping[str, Any]
"""What a manifest says of a file."""


def wrong_totals(content: Mapping[str, Any], entries: Mapping[str, Entry], plan: Plan) -> Iterator[str]:
    """Of the dataset: other files than the recipe makes, or sums that aren't those of its files."""
    names = [table.name for table in plan.tables]
    if list(entries) != names:
        yield f"has files of {', '.join(entries)}, the recipe makes {', '.join(names)}"
    for total in ("rows", "size"):
        right = sum(entry[total] for entry in entries.values())
        if content.get(total) != right:
            yield f"{total} is {content.get(total)}, its files have {right}"


def wrong_stages(content: Mapping[str, Any], results: Results) -> Iterator[str]:
    recorded, right = content.get("stages", []), results.named()
    if recorded != right:
        yield f"stages are {recorded}, the recipe gives {right}"


def wrong_description(version: int, table: TablePlan, output: Output, entry: Entry) -> Iterator[str]:
    """Of a file: what follows from the plan alone."""
    right = description(table, output)
    if version == 1:
        right["prefix_size"] = len(file_prefix(table, output))
    for key, value in right.items():
        if entry.get(key) != value:
            yield f"{key} of {right['name']} is {entry.get(key)}, the recipe gives {value}"


def has_its_blocks(table: TablePlan, entry: Entry) -> bool:
    """Whether rows and blocks are those of the recipe, so that blocks can be compared one by one."""
    return bool(entry["rows"] == table.rows and entry["block_rows"] == table.block_rows)

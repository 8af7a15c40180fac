"""The page about column kinds, written from the kinds: `python -m tools.docs.columns`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from synthmill.generators.columns.joint_table import NamedJointTableParameters
from synthmill.generators.columns.kind import KINDS, ColumnParameters, Kind
from synthmill.generators.schema.json_schema import object_schema
from synthmill.generators.strategies.tabular.parameters import EXAMPLE, ChildrenOf, TableParameters

__all__ = ["EXAMPLE", "page"]

_HEAD = """# Column kinds

This page is written by `python -m tools.docs.columns`; a test says when it is out of date.

A column of the strategy `tabular` is an object with a `name`, a `kind`, and the parameters of the kind. Every
kind also takes `nulls`, the probability that a cell is null (0 if left out), and `nulls_when`, a
[condition](formulas.md) on the row's other columns: where it is true, the cell is null, too. Kinds marked
PII make values that, if real, would identify a person; plans and manifests say so of each column. What
each kind costs is in [columns-cost.md](columns-cost.md). A further kind is one more file in
`generators/columns/kinds` and a line in `generators/entry_points.txt`, or a [plugin](plugins.md) of your own.
"""


def page() -> str:
    """The whole page, as Markdown."""
    sections = (line for kind in KINDS.usable().values() for line in _section(kind))
    return "\n".join([_HEAD, *_tables(), *_overview(), *sections])


def _tables() -> Iterator[str]:
    yield "## Tables"
    yield ""
    yield "The parameters of `tabular` are `tables`, a list of objects; tables and columns keep their order."
    yield ""
    yield from members(object_schema(TableParameters)["properties"])
    yield ""
    yield "`children_of` is an object:"
    yield ""
    yield from members(object_schema(ChildrenOf)["properties"])
    yield ""
    yield "`joint_tables`, beside `tables`, is a list of objects, for columns of kind `joint` to draw from:"
    yield ""
    yield from members(object_schema(NamedJointTableParameters)["properties"])
    yield ""
    yield "Two related tables, 1 to 4 items an order and 2,500 in all:"
    yield ""
    yield "```json"
    yield json.dumps(EXAMPLE, indent=2)
    yield "```"
    yield ""


def _overview() -> Iterator[str]:
    yield "## Kinds"
    yield ""
    yield "| kind | what its cells are |"
    yield "|---|---|"
    for kind in KINDS.usable().values():
        marked = f"{kind.description} PII." if kind.pii else kind.description
        yield f"| [`{kind.name}`](#{kind.name}) | {marked} |"
    yield ""


def _section(kind: Kind) -> Iterator[str]:
    yield f"## {kind.name}"
    yield ""
    yield kind.description
    yield ""
    own = {
        name: described
        for name, described in object_schema(kind.Parameters)["properties"].items()
        if name not in ColumnParameters().fields
    }
    if own:
        yield from members(own)
        yield ""
        yield from _objects(own)
    yield "```json"
    yield json.dumps({"name": kind.name, "kind": kind.name, **kind.example})
    yield "```"
    yield ""


def members(described_by: dict[str, Any]) -> Iterator[str]:
    """A table of parameters, from the `properties` of their JSON Schema."""
    yield "| parameter | if left out | what it is |"
    yield "|---|---|---|"
    for name, described in described_by.items():
        default = f"`{json.dumps(described['default'])}`" if "default" in described else "required"
        yield f"| `{name}` | {default} | {described['description']}{_choices(described)} |"


def _objects(described_by: dict[str, Any]) -> Iterator[str]:
    """What the objects are made of that parameters are lists of."""
    for name, described in described_by.items():
        of_each = described.get("items", {}).get("properties")
        if of_each and "kind" not in of_each:  # Columns are described above.
            yield f"Each of `{name}` is an object:"
            yield ""
            yield from members(of_each)
            yield ""


def _choices(described: dict[str, Any]) -> str:
    return (
        " One of " + ", ".join(f"`{choice}`" for choice in described["enum"]) + "."
        if "enum" in described
        else ""
    )


if __name__ == "__main__":
    print(page(), end="")

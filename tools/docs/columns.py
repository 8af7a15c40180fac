"""The page about column kinds, written from the kinds: `python -m tools.docs.columns`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from synthmill.generators.columns.joint_tables.table import NamedJointTableParameters
from synthmill.generators.columns.kind import ColumnParameters, Kind
from synthmill.generators.columns.kinds_by_name import KINDS
from synthmill.generators.schema.json_schema import object_schema
from synthmill.generators.strategies.tabular.children_of import ChildrenOf
from synthmill.generators.strategies.tabular.parameters import EXAMPLE, TableParameters

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
    yield from _objects(object_schema(ChildrenOf)["properties"])
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
    """What the objects are made of that parameters are, or are lists of."""
    for name, described in described_by.items():
        own = _members_of(described)
        if own:
            yield f"`{name}` is an object:"
            yield ""
            yield from members(own)
            yield ""
            yield from _objects(own)
        of_each = next((one["items"].get("properties") for one in _ways(described) if "items" in one), None)
        if of_each and "kind" not in of_each:  # Columns are described above.
            yield f"Each of `{name}` is an object:"
            yield ""
            yield from members(of_each)
            yield ""
        alone = next((one["properties"] for one in described.get("anyOf", ()) if "properties" in one), None)
        if alone and "kind" not in alone and "column" not in alone:  # Nor are conditions.
            yield f"`{name}` is an object:"
            yield ""
            yield from members(alone)
            yield ""


def _members_of(described: dict[str, Any]) -> dict[str, Any]:
    """Of an object, or of one that may be left out; columns and conditions are described elsewhere."""
    own: dict[str, Any] = next((one["properties"] for one in _ways(described) if "properties" in one), {})
    return own if all("description" in one for one in own.values()) and "kind" not in own else {}


def _ways(described: dict[str, Any]) -> list[dict[str, Any]]:
    """What a value may be: null, for one, where it may be left out."""
    return [described, *described.get("anyOf", ()), *described.get("oneOf", ())]


def _choices(described: dict[str, Any]) -> str:
    return (
        " One of " + ", ".join(f"`{choice}`" for choice in described["enum"]) + "."
        if "enum" in described
        else ""
    )


if __name__ == "__main__":
    print(page(), end="")

"""Objects: columns within a column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import pyarrow as pa

from synthmill.generators.columns.column_field import InnerColumn
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Rows, Scope
from synthmill.generators.columns.nested.inner import Inner, compile_inner, limited
from synthmill.generators.engine.arrow_cells import to_arrow
from synthmill.generators.engine.cells import Arrow, Cells
from synthmill.generators.schema.fields import Items, refused


class ObjectParameters(ColumnParameters):
    members = Items(
        "What it has, in order: columns of any kind.", InnerColumn("A member.", named=True), most=100
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        names = Counter(member["name"] for member in data["members"])
        if repeated := [name for name, times in names.items() if times > 1]:
            raise refused(
                f"several are called {', '.join(repeated)}", "give each a name of its own", "members"
            )


@dataclass(frozen=True)
class _Cells:
    members: tuple[Inner, ...]
    fields: tuple[pa.Field, ...]

    def __call__(self, rows: Rows) -> Cells:
        made = (to_arrow(member.cells(rows), member.column.type) for member in self.members)
        return Arrow(pa.StructArray.from_arrays(list(made), fields=list(self.fields)))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    members = tuple(
        compile_inner(member, scope, f"member {member['name']}", f"members[{member['name']}]")
        for member in parameters["members"]
    )
    # Where the whole object is null, so are its members in Arrow.
    fields = tuple(pa.field(member.name, member.column.type) for member in members)
    width = sum(len(member.name) + 5 + member.column.width for member in members)
    pii = any(member.column.pii for member in members)
    values = limited(sum(member.column.values for member in members), "members")
    longest = sum(member.column.longest for member in members)
    return Column(pa.struct(fields), _Cells(members, fields), width, pii=pii, values=values, longest=longest)


KIND = Kind(
    name="object",
    title="Object",
    description="Columns within a column: an object in JSON Lines, a struct in Parquet, JSON as text in CSV.",
    Parameters=ObjectParameters,
    compile=_compile,
    example={
        "members": [
            {"name": "width", "kind": "integer", "max": 90},
            {"name": "colour", "kind": "colour"},
        ]
    },
)

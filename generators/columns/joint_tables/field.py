"""Joint tables in parameters: shared under a name, referred to by it, or as they are."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from synthmill.generators.columns.joint_tables.table import JointTableParameters, NamedJointTableParameters
from synthmill.generators.schema.fields import REQUIRED, Items, Name, options, refused
from synthmill.generators.schema.json_schema import field_schema, object_schema
from synthmill.generators.schema.json_values import shown

_NAME = Name("A joint table's name.", examples=["places"])
_TABLE = JointTableParameters()


class JointTableField(ma.fields.Field[Any]):
    """The name of a joint table, or an object with its attributes and rows."""

    def __init__(self, about: str) -> None:
        super().__init__(**options(about, REQUIRED, ["places"]))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, dict):
            return _TABLE.load(value)
        if isinstance(value, str):
            return _NAME.deserialize(value)
        raise refused(
            f"{shown(value)} isn't a joint table", "give its name, or an object with attributes and rows"
        )

    def json_schema(self) -> dict[str, Any]:
        return {"oneOf": [field_schema(_NAME), object_schema(JointTableParameters)]}


class NamedJointTables(Items):
    """The joint tables that a recipe shares. Left out, they are nowhere in what is loaded."""

    def __init__(self) -> None:
        super().__init__(
            "Tables of values that go together, for columns of kind `joint` to draw from by name.",
            ma.fields.Nested(NamedJointTableParameters),
            most=200,
            examples=[
                [
                    {
                        "name": "drugs",
                        "attributes": ["drug", "dose", "share"],
                        "rows": [["paracetamol", 500, 3], ["ibuprofen", 400, 1]],
                        "weight": "share",
                    }
                ]
            ],
        )
        self.required = False

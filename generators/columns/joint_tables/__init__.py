"""Tables of joint values by name: those of a recipe, and those that come with the package, a file each.

A file `NAME.tsv` has a line of attributes, each `name` or `name:type`, and then a line for each row; nothing
between two tabs is null. An attribute called `weight` says how likely a row is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from synthmill.generators.columns.joint_tables.table import TYPES, JointTable, joint_table
from synthmill.generators.columns.kind import ParameterError

_WEIGHT = "weight"


@cache
def built_in() -> tuple[str, ...]:
    """The names of the tables that come with the package."""
    found = (entry.name for entry in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".tsv") for name in found if name.endswith(".tsv")))


@cache
def built_in_table(name: str) -> JointTable:
    """One of those that come with the package."""
    head, *lines = (files(__name__) / f"{name}.tsv").read_text("utf-8").splitlines()
    columns = [field.partition(":")[::2] for field in head.split("\t")]
    types = {name: type_ or TYPES[0] for name, type_ in columns}
    names = list(types)
    rows = [
        [_read(text, types[name]) for name, text in zip(names, line.split("\t"), strict=True)]
        for line in lines
    ]
    weight = _WEIGHT if _WEIGHT in types else None
    return joint_table({"attributes": names, "rows": rows, "weight": weight, "types": types})


def _read(text: str, type_: str) -> Any:
    if not text:
        return None
    match type_:
        case "integer":
            return int(text)
        case "number" | "money":
            return float(text)
        case "boolean":
            return text == "true"
    return text


class JointTables:
    """All that columns of a recipe can draw from by name."""

    def __init__(self, given: Iterable[Mapping[str, Any]]) -> None:
        """From loaded parameters: tables with names."""
        self._given = {one["name"]: one for one in given}
        self._read: dict[str, JointTable] = {}

    def get(self, name: str, parameter: str) -> JointTable:
        """Raises ParameterError, naming the parameter, where there is none of this name."""
        if name in self._given:
            if name not in self._read:
                self._read[name] = joint_table(self._given[name])
            return self._read[name]
        if name in built_in():
            return built_in_table(name)
        raise ParameterError(
            parameter,
            f"there is no joint table {name}",
            f"there are: {', '.join([*self._given, *built_in()])}; or give it here, or in joint_tables",
        )

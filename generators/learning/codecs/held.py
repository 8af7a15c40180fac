"""Columns that hold keys of another table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from synthmill.generators.engine.cells import Cells
from synthmill.generators.kernels.mix import I64
from synthmill.generators.learning.codecs.codec import Drawn
from synthmill.generators.learning.errors import ModelFileError
from synthmill.generators.learning.tensors import Tensors
from synthmill.generators.learning.variables import Variable


@dataclass(frozen=True, eq=False)
class Held:
    """A key of another table's row: of the row whose family it is, or of one of a group that is drawn."""

    kind: ClassVar[str] = "held"
    needs: ClassVar[tuple[str, ...]] = ()
    type: pa.DataType
    nullable: bool
    table: str
    key: str
    """The other table's column."""
    by: int
    """The variable of the other table whose bins are the groups; -1 where all its rows are one."""
    groups: I64
    """By code, without null: the bin."""
    variables: tuple[Variable, ...]
    """The group; none of the key that makes the family."""

    def cells(self, drawn: Drawn) -> Cells:
        raise AssertionError("made of the other table's rows")

    def save(self, tensors: Tensors) -> dict[str, Any]:
        for variable in self.variables:
            variable.save(tensors)
            tensors.put("groups", self.groups)
        return {
            "nullable": self.nullable, "table": self.table, "key": self.key, "by": self.by,
            "drawn": bool(self.variables),
        }  # fmt: skip

    @classmethod
    def load(cls, type_: pa.DataType, header: dict[str, Any], tensors: Tensors) -> Held:
        """Raises ModelFileError."""
        nullable, by = bool(header["nullable"]), header["by"]
        variables: tuple[Variable, ...] = ()
        groups = np.zeros(0, np.int64)
        if header["drawn"]:
            variables = (Variable.load(False, tensors),)
            groups = tensors.get("groups", np.int64, 1)
            if len(groups) + nullable != len(variables[0]):
                raise ModelFileError("the groups of a key don't fit its codes")
        if not isinstance(by, int) or by < -1:
            raise ModelFileError("a key's groups are of no variable")
        return cls(type_, nullable, str(header["table"]), str(header["key"]), by, groups, variables)

"""Names of files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Rows, Scope
from synthmill.generators.columns.pieces import OneOfEach, one_of_each
from synthmill.generators.columns.wordlist import words
from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.cells import Cells, Concat, Dictionary, coded
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.schema.fields import Items, Text

EXTENSIONS = ("pdf", "docx", "xlsx", "csv", "txt", "png", "jpg", "zip", "json", "mp4")


class FileNameParameters(ColumnParameters):
    extensions = Items(
        "What may follow the dot.", Text("An extension."), default=list(EXTENSIONS), examples=[["pdf", "png"]]
    )


@dataclass(frozen=True)
class _Cells:
    names: OneOfEach
    key: int
    extensions: Dictionary

    def __call__(self, rows: Rows) -> Cells:
        chosen = bounded(rows.draw(self.key), len(self.extensions)).view(np.int64)
        return Concat((*self.names.parts(rows), coded(chosen, self.extensions)))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    names = one_of_each(scope, [words("words"), words("words")], "_")
    extensions = Dictionary(strings(["." + extension for extension in parameters["extensions"]]))
    return Column(pa.string(), _Cells(names, scope.key("extension"), extensions), names.width + 5)


KIND = Kind(
    name="file_name",
    title="File name",
    description="A file's name of two words, with an extension.",
    Parameters=FileNameParameters,
    compile=_compile,
    example={"extensions": ["pdf", "docx"]},
)

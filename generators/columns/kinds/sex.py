"""Women and men."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Rows, Scope
from synthmill.generators.columns.wordlist import mean_length
from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.cells import Cells, Dictionary, coded
from synthmill.generators.engine.plan import Packing
from synthmill.generators.kernels.discrete import Discrete, discrete
from synthmill.generators.schema.fields import Choice, Number

_FORMS = {"word": ("female", "male"), "letter": ("F", "M")}


class SexParameters(ColumnParameters):
    female = Number("The share of women.", 0.0, 1.0, default=0.5)
    form = Choice("word: female, male; letter: F, M.", tuple(_FORMS), default="word")


@dataclass(frozen=True)
class _Cells:
    key: int
    law: Discrete
    words: Dictionary

    def __call__(self, rows: Rows) -> Cells:
        return coded(self.law.draw(rows.draw(self.key)), self.words)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    law = discrete([parameters["female"], 1.0 - parameters["female"]])
    words = Dictionary(strings(list(_FORMS[parameters["form"]])))
    width = mean_length(_FORMS[parameters["form"]], [parameters["female"], 1.0 - parameters["female"]])
    return Column(pa.string(), _Cells(scope.key(), law, words), width, packing=Packing.WORDS)


KIND = Kind(
    name="sex",
    title="Sex",
    description="Female or male; a column of names can read it.",
    Parameters=SexParameters,
    compile=_compile,
    example={"female": 0.5, "form": "word"},
)

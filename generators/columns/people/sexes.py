"""Whether each row is of a woman or a man, as another column of the row has it or as it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from synthmill.generators.columns.kind import ParameterError, Rows, Scope
from synthmill.generators.columns.source import Source
from synthmill.generators.engine.arrays import places_in, strings
from synthmill.generators.engine.arrow_cells import to_arrow
from synthmill.generators.engine.cells import DictionaryCells
from synthmill.generators.schema.fields import Name

Places: TypeAlias = npt.NDArray[np.int64]

FEMALE, MALE = 0, 1
WORDS = {"female": FEMALE, "woman": FEMALE, "f": FEMALE, "w": FEMALE, "male": MALE, "man": MALE, "m": MALE}
"""What a column of sexes may say, in small or large letters."""

_KNOWN = strings(list(WORDS))
_MEANING = np.array([*WORDS.values(), -1], np.int64)


def sex_field() -> Name:
    return Name(
        "The row's column that says whose name it is: female, woman, F, W or male, man, M. Where it says "
        "something else or nothing, or is left out: either's, as often.",
        default=None,
        examples=["sex"],
    )


@dataclass(frozen=True)
class Sexes:
    """FEMALE or MALE for each row."""

    key: int
    source: Source

    def __call__(self, rows: Rows) -> Places:
        drawn = (rows.draw(self.key) >> np.uint64(63)).view(np.int64)
        cells = self.source.cells(rows)
        if isinstance(cells, DictionaryCells):
            found = cells.words.made("sexes", _known)[cells.codes]
            if cells.null is not None:
                found = np.where(cells.null, np.int64(-1), found)
        else:
            found = _known(to_arrow(cells, pa.string()))
        return np.where(found < 0, drawn, found)


def _known(words: pa.Array) -> Places:
    return _MEANING[places_in(_KNOWN, pc.ascii_lower(words))]


def sexes(column: str | None, scope: Scope) -> Sexes | None:
    """By the row's column, if there is one. Raises ParameterError for `sex`."""
    if column is None:
        return None
    source = scope.source(column, parameter="sex")
    if source.type != pa.string():
        raise ParameterError(
            "sex", f"{source.column} isn't text", "name a column of kind sex, or of such words"
        )
    return Sexes(scope.key("sex of a row"), source)

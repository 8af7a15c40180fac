"""Names of columns that may be those of another row."""

from __future__ import annotations

from typing import Any

from synthmill.generators import limits
from synthmill.generators.schema.fields import Name


class ColumnName(Name):
    """A column of the row; or, after a link's name and a dot, of the row that the link leads to."""

    pattern = limits.COLUMN_PATTERN

    def __init__(self, about: str, **settings: Any) -> None:
        super().__init__(about, **settings)
        self.longest = 2 * limits.MAX_NAME_LENGTH + 1

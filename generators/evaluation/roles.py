"""What each column is to an evaluation: given, or seen in the real rows."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from synthmill.generators.errors import FieldError, InvalidRequestError, did_you_mean

NUMBER, CATEGORY, TIME, TEXT = "number", "category", "time", "text"
KEY, SUBJECT, PERSONAL, IGNORE = "key", "subject", "personal", "ignore"
ROLES = (KEY, SUBJECT, PERSONAL, CATEGORY, NUMBER, TIME, TEXT, IGNORE)
COMPARED = (NUMBER, CATEGORY, TIME, TEXT)
"""The others say whose rows they are, are replaced on purpose, or say nothing."""

_KEY_NAME = re.compile(r"(^|_|-|\s)(id|key|uuid|guid|code|number|no|nr|row|index)$|[a-z](Id|ID|Key)$", re.I)
_PERSONAL_NAME = re.compile(
    r"(^|_|-|\s|(?<=[a-z]))(e?mail|(first|given|fore|last|family|sur|full|contact|customer|person|display)_?name"
    r"|[fl]name|phone|mobile|fax|telephone)($|_|-|\s|(?=[A-Z0-9]))",
    re.I,
)
_EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
_FEW_ROWS = 20
"""Of which it can't be said that a column's values never repeat."""
_WORDS = 4
"""Of a text on average from which it is prose."""


def find_roles(table: pa.Table, given: Mapping[str, str], field: str) -> dict[str, str]:
    """The role of each column. Raises InvalidRequestError for a role or a column that there isn't."""
    errors = [
        FieldError(f"{field}.{name}", f"there is no such column{did_you_mean(name, table.column_names)}")
        for name in given
        if name not in table.column_names
    ]
    errors += [
        FieldError(f"{field}.{name}", f"unknown role {role!r}{did_you_mean(role, ROLES)}", ", ".join(ROLES))
        for name, role in given.items()
        if role not in ROLES
    ]
    if errors:
        raise InvalidRequestError(errors)
    return {name: given.get(name) or seen_role(name, table.column(name)) for name in table.column_names}


def seen_role(name: str, cells: pa.ChunkedArray) -> str:
    """What the values show."""
    if pt.is_dictionary(cells.type):
        cells = cells.cast(cells.type.value_type)
    kind = cells.type
    if pt.is_boolean(kind):
        return CATEGORY
    if pt.is_temporal(kind) and not pt.is_duration(kind):
        return TIME
    if pt.is_integer(kind):
        return KEY if _KEY_NAME.search(name) and _never_repeats(cells) else NUMBER
    if pt.is_floating(kind) or pt.is_decimal(kind) or pt.is_duration(kind):
        return NUMBER
    if pt.is_string(kind) or pt.is_large_string(kind):
        return PERSONAL if _is_personal(name, cells) else _of_texts(cells)
    return CATEGORY if pt.is_null(kind) else IGNORE


def _is_personal(name: str, cells: pa.ChunkedArray) -> bool:
    """Names, e-mail addresses and telephone numbers: makers of synthetic rows replace them."""
    if _PERSONAL_NAME.search(name):
        return True
    texts = cells.cast(pa.string()).drop_null()
    return len(texts) > 0 and bool(pc.all(pc.match_substring_regex(texts, _EMAIL)).as_py())


def _of_texts(cells: pa.ChunkedArray) -> str:
    texts = cells.cast(pa.string()).drop_null()
    if len(texts) < _FEW_ROWS:
        return CATEGORY
    words = pc.mean(pc.add(pc.count_substring(texts, " "), 1)).as_py()
    if words >= _WORDS and pc.count_distinct(texts).as_py() > len(texts) / 2:
        return TEXT
    return KEY if _never_repeats(cells) else CATEGORY


def _never_repeats(cells: pa.ChunkedArray) -> bool:
    return len(cells) >= _FEW_ROWS and not cells.null_count and pc.count_distinct(cells).as_py() == len(cells)

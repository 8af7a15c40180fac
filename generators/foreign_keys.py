"""Which table's rows belong to rows of another, given or found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from synthmill.generators.errors import FieldError, InvalidRequestError, did_you_mean

Tables = Mapping[str, pa.Table]
Keys = Mapping[str, Mapping[str, str]]
"""Of a table: column to "parent.column", or "parent" where it has one key."""
KeyColumns = Mapping[str, Sequence[str]]
"""Of each table: its columns that are keys, whose values no two rows share."""


@dataclass(frozen=True)
class Relation:
    """Rows of `child` belong to the row of `parent` whose `key` their `column` holds."""

    child: str
    column: str
    parent: str
    key: str

    @property
    def name(self) -> str:
        return f"{self.parent}/{self.child}"


def given_relations(keys: Keys, real: Tables, own: KeyColumns) -> list[Relation]:
    """Raises InvalidRequestError for a table or column that there isn't, and for a parent without one key."""
    found, errors = list[Relation](), list[FieldError]()
    for child, columns in keys.items():
        for column, target in columns.items():
            field = f"keys.{child}.{column}"
            parent, _, key = target.partition(".")
            try:
                _known(child, real, "table", f"keys.{child}")
                _known(column, real[child].column_names, "column", field)
                _known(parent, real, "table", field)
                key = key or _only_key(parent, own[parent], field)
                _known(key, real[parent].column_names, "column", field)
            except InvalidRequestError as error:
                errors += error.errors
            else:
                found.append(Relation(child, column, parent, key))
    if errors:
        raise InvalidRequestError(errors)
    return found


def seen_relations(real: Tables, own: KeyColumns) -> list[Relation]:
    """Columns that are called as a key of another table, and hold its values alone."""
    return [
        Relation(child, column, parent, key)
        for child, table in real.items()
        for column in table.column_names
        for parent, key in _candidates(child, column, own)
        if _holds(table.column(column), real[parent].column(key))
    ]


def _candidates(child: str, column: str, own: KeyColumns) -> Iterator[tuple[str, str]]:
    for parent, keys in own.items():
        if parent == child:
            continue
        for key in keys:
            names = {key} if key.lower() != "id" else set[str]()
            names |= {f"{one}_{key}" for one in (parent, parent.removesuffix("s"))}
            if column.lower() in {name.lower() for name in names}:
                yield parent, key


def _holds(values: pa.ChunkedArray, keys: pa.ChunkedArray) -> bool:
    if values.type != keys.type or values.null_count == len(values):
        return False
    return bool(pc.all(pc.is_in(values.drop_null(), keys.combine_chunks())).as_py())


def _only_key(parent: str, keys: Sequence[str], field: str) -> str:
    if len(keys) != 1:
        raise InvalidRequestError.one(
            field, f"{parent} has {len(keys)} columns that are keys", f"name the one, as {parent}.COLUMN"
        )
    return keys[0]


def _known(name: str, names: Mapping[str, pa.Table] | Sequence[str], what: str, field: str) -> None:
    if name not in names:
        raise InvalidRequestError.one(
            field, f"there is no {what} {name!r}{did_you_mean(name, names)}", f"known: {', '.join(names)}"
        )

"""What is learnt from: the rows of a table that may be, checked before anything is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from synthmill.generators import limits
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.learning.parameters import FEWEST_SUBJECTS
from synthmill.generators.learning.source import Source, source_of
from synthmill.generators.schema.json_values import shown


def read_source(
    name: str, table: pa.Table, given: Mapping[str, str], max_rows: int, warnings: list[str]
) -> Source:
    """The table's rows in canonical order, at most `max_rows` of them. Raises InvalidRequestError."""
    source = whole_source(name, table, given)
    warnings += notes_of(source)
    if source.rows > max_rows:
        limit = np.sort(source.share)[max_rows]
        taken = source.only(source.share < limit)
        warnings.append(
            f"{name}: {taken.rows:,} of {source.rows:,} rows were learnt from, whole subjects by a hash"
        )
        source = taken
    count = source.subject_count if source.rows else 0
    if count < FEWEST_SUBJECTS:
        what = "subjects" if "subject" in given.values() else "rows"
        raise InvalidRequestError.one(
            f"tables[{name}]",
            f"has {count} {what}: a model of so few would be about each",
            f"give at least {FEWEST_SUBJECTS}",
        )
    return source


def whole_source(name: str, table: pa.Table, given: Mapping[str, str]) -> Source:
    """All of the table's rows in canonical order. Raises InvalidRequestError, for names and types alone."""
    of_subject = [column for column, role in given.items() if role == "subject"]
    ignored = {column for column, role in given.items() if role == "ignore"}
    names = table.schema.names
    for column in (*of_subject, *ignored):
        if column not in names:
            raise InvalidRequestError.one(
                f"roles[{name}][{column}]", "there is no such column", f"columns: {', '.join(names)}"
            )
    if len(of_subject) > 1:
        raise InvalidRequestError.one(
            f"roles[{name}]", f"{' and '.join(of_subject)} are subjects", "give one column this role"
        )
    if len(set(names)) < len(names) or len(ignored) == len(names):
        raise InvalidRequestError.one(
            f"tables[{name}]", "its columns have no names of their own, or none is left", "rename them"
        )
    check_names(name, names)
    return source_of(name, table, of_subject[0] if of_subject else None, ignored)


def notes_of(source: Source) -> list[str]:
    """What comes back otherwise than it was given, column by column."""
    return [f"{column.name}: {note}" for column in source.columns.values() for note in column.notes]


def check_names(table: str, columns: Sequence[str]) -> None:
    """Raises InvalidRequestError for names that no file can have."""
    most = limits.MAX_NAME_LENGTH
    if len(table) > most or not limits.NAME_PATTERN.match(table):
        raise InvalidRequestError.one(
            "tables",
            f"{shown(table)} can't be a table's name",
            f"letters, digits and _, not a digit first, at most {most} characters",
        )
    for name in columns:
        if len(name) > most or not limits.HEADER_PATTERN.match(name):
            raise InvalidRequestError.one(
                f"tables[{table}]",
                f"{shown(name)} can't be a column's name",
                f"rename it: 1 to {most} characters, none of them a control character",
            )

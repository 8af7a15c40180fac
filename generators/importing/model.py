"""What is known of tables before they are a recipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from synthmill.generators.limits import MAX_TABLE_ROWS

MAX_BYTES = 16 * 2**20
"""Of a schema: DDL or JSON Schema."""

MAX_DATA_ROWS = 1_000_000
"""Of a data file; further ones aren't looked at."""

_T = TypeVar("_T")


@dataclass
class ColumnFacts:
    name: str
    family: str
    """integer, decimal, float, boolean, date, timestamp, time, interval, text, uuid, json, binary, array,
    address (of the internet), card (a network card's address) or other."""
    sql_type: str | None = None
    """As PostgreSQL writes it."""
    length: int | None = None
    """Most characters, or bytes of a whole number, or digits of a decimal."""
    scale: int = 0
    fixed: bool = False
    """Whether texts have exactly `length` characters."""
    nullable: bool = True
    unique: bool = False
    values: list[Any] | None = None
    """All that it may hold."""
    low: float | None = None
    high: float | None = None
    usual: tuple[float, float] | None = None
    """Limits that its type suggests, where there are no others."""
    parameters: Mapping[str, Any] | None = None
    """Kind and parameters, where data decided them."""


@dataclass
class Reference:
    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]
    """Empty: the other table's primary key."""


@dataclass
class TableFacts:
    name: str
    columns: dict[str, ColumnFacts] = field(default_factory=dict)
    primary_key: tuple[str, ...] = ()
    references: list[Reference] = field(default_factory=list)
    uniques: list[tuple[str, ...]] = field(default_factory=list)
    computed: set[str] = field(default_factory=set)
    """Columns, in small letters, that the database makes of others, so that they are left out."""
    rows: int | None = None
    most_rows: int = MAX_TABLE_ROWS
    """For which its key has values; of tables that have `rows`."""

    def column(self, name: str) -> ColumnFacts | None:
        return found(name, self.columns)


@dataclass
class Imported:
    """Tables, and what could not be taken over."""

    tables: list[TableFacts]
    notes: list[str] = field(default_factory=list)


def found(name: str, named: Mapping[str, _T]) -> _T | None:
    """What has that name; SQL makes no difference of case, unless two names do."""
    if name in named:
        return named[name]
    return next((one for other, one in named.items() if other.lower() == name.lower()), None)


def short(text: str) -> str:
    """The beginning of a statement, in one line."""
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:57]}..."

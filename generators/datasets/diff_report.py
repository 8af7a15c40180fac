"""What two datasets differ in: parameters of their recipes, tables, rows by their keys, cells by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Change:
    """Something of a recipe that isn't the same in both; None where one of them doesn't have it."""

    field: str
    """Its path: `seed`, `parameters.late_payers`, `parameters.tables[orders].rows`."""
    before: Any
    after: Any


@dataclass(frozen=True)
class Counts:
    """Rows of both tables, or of those with one value of the column that they are grouped by."""

    alike: int
    changed: int
    """Rows of the same key of which a column in both tables isn't the same."""
    missing: int
    """Rows of the first dataset whose key the second doesn't have."""
    added: int
    """Rows of the second dataset whose key the first doesn't have."""
    columns: Mapping[str, int] = field(default_factory=dict)
    """By column that isn't the same in some of the changed rows: in how many."""

    @property
    def equal(self) -> bool:
        return not (self.changed or self.missing or self.added)


@dataclass(frozen=True)
class TableDiff:
    """A table that both datasets have."""

    table: str
    key: tuple[str, ...]
    """The columns by which rows are the same row; none where rows go by their places."""
    counts: Counts
    missing_columns: tuple[str, ...] = ()
    """Columns that the second dataset doesn't have."""
    added_columns: tuple[str, ...] = ()
    groups: Mapping[str, Counts] = field(default_factory=dict)
    """The same by the values of a column, where that was asked for: those in which anything differs."""

    @property
    def equal(self) -> bool:
        return self.counts.equal and not (self.missing_columns or self.added_columns)


@dataclass(frozen=True)
class DiffReport:
    """All that two datasets differ in."""

    recipe: tuple[Change, ...]
    tables: tuple[TableDiff, ...]
    missing_tables: tuple[str, ...] = ()
    """Tables that the second dataset doesn't have."""
    added_tables: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        """Whether all rows are the same, whatever the recipes say."""
        return all(one.equal for one in self.tables) and not (self.missing_tables or self.added_tables)

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it; what differs, and not the counts of what doesn't."""
        return {"equal": self.equal, **asdict(self)}


def changes(before: Any, after: Any, path: str = "") -> Iterator[Change]:
    """Where two JSON values aren't the same. Members of lists go by their name or code where all have one."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys((*before, *after)):
            at = f"{path}.{name}" if path else name
            yield from changes(before.get(name), after.get(name), at)
        return
    if isinstance(before, list) and isinstance(after, list):
        first, second = _members(before), _members(after)
        if first is not None and second is not None:
            for name in dict.fromkeys((*first, *second)):
                yield from changes(first.get(name), second.get(name), f"{path}[{name}]")
            return
    if before != after or type(before) is not type(after):
        yield Change(path, before, after)


def _members(values: list[Any]) -> dict[Any, Any] | None:
    """A list's members by name, code or, in lists of one length, place; None where they have no such name."""
    for word in ("name", "code"):
        names = [one.get(word) if isinstance(one, Mapping) else None for one in values]
        if values and all(isinstance(one, str) for one in names) and len(set(names)) == len(names):
            return dict(zip(names, values, strict=True))
    return {} if not values else None

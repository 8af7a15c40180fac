"""Tables to learn together: each one's rows in an order that follows from what they hold, and whose they
are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.foreign_keys import Relation
from synthmill.generators.kernels.learning.trees import I32
from synthmill.generators.kernels.mix import F64, I64, mix
from synthmill.generators.learning.families.kin import Kin, Tables, with_whole_numbers
from synthmill.generators.learning.families.ordering import ordered, times_of, with_times
from synthmill.generators.learning.parameters import FEWEST_SUBJECTS, FitOptions
from synthmill.generators.learning.reading import check_names, notes_of
from synthmill.generators.learning.roles import roles_of
from synthmill.generators.learning.source import Flags, Source, hashes_of, plain, source_of

MOST_ROWS = 100_000
"""Of one family: a family is made as a whole, whichever of its rows are asked for."""


@dataclass(frozen=True, eq=False)
class Part:
    """A table of several."""

    source: Source
    """Without the columns that hold others' keys. Subjects are those of the rows at the root."""
    roles: Mapping[str, str]
    time: str | None
    """The column whose gaps are learnt."""
    whose: I64
    """Of each row of a child, the place of its parent's row, rising; of all others empty."""
    held: Mapping[str, I64]
    """Of each further key, by its column: the places of the other table's rows, -1 for null."""

    def only(self, chosen: Flags, kept: Mapping[str, I64], kin: Kin) -> Part:
        """Some of the rows; `kept` says what place each row of the other tables has now, -1 for none."""
        name = self.source.name
        whose = kept[kin.main[name].parent][self.whose[chosen]] if name in kin.main else self.whose
        targets = {one.column: one.parent for one in kin.others.get(name, ())}
        held = {
            column: np.where(places[chosen] < 0, -1, kept[targets[column]][places[chosen]])
            for column, places in self.held.items()
        }
        return replace(self, source=self.source.only(chosen), whose=whose, held=held)


def read_parts(tables: Tables, kin: Kin, options: FitOptions, warnings: list[str]) -> dict[str, Part]:
    """The rows of all tables that may be learnt from. Raises InvalidRequestError."""
    parts = dict[str, Part]()
    for name in kin.order:
        given = options.roles.get(name, {})
        check_names(name, tables[name].schema.names)
        _check_subject(name, tables[name], given, kin)
        if name in kin.main:
            parts[name] = _child(name, tables[name], given, kin, parts, warnings)
        else:
            subject = next((column for column, role in given.items() if role == "subject"), None)
            source = source_of(name, tables[name], subject, _ignored(given))
            roles = _with_keys(name, roles_of(source, given), given, kin)
            parts[name] = Part(source, roles, None, np.zeros(0, np.int64), {})
        warnings += [f"{name}.{note}" for note in notes_of(parts[name].source)]
    limits = dict[str, float]()
    for name, part in parts.items():
        if part.source.rows > options.max_rows:
            limit, root = float(np.sort(part.source.share)[options.max_rows]), kin.root(name)
            limits[root] = min(limit, limits.get(root, 1.0))
    if limits:
        before = {name: part.source.rows for name, part in parts.items()}
        parts = thinned(parts, kin, lambda name, share: share < limits.get(kin.root(name), 1.0))
        warnings += [
            f"{name}: {part.source.rows:,} of {before[name]:,} rows were learnt from, "
            "whole subjects by a hash"
            for name, part in parts.items()
            if part.source.rows < before[name]
        ]
    for name, part in parts.items():
        _check_subjects(name, part, kin)
    return parts


def thinned(parts: Mapping[str, Part], kin: Kin, chosen: Callable[[str, F64], Flags]) -> dict[str, Part]:
    """Those of some subjects, by table and their shares; a reference to a row that is gone is null."""
    kept, found = dict[str, I64](), dict[str, Part]()
    for name in kin.order:
        rows = chosen(name, parts[name].source.share)
        kept[name] = np.where(rows, np.cumsum(rows) - 1, -1)
        found[name] = parts[name].only(rows, kept, kin)
    return found


def _ignored(given: Mapping[str, str]) -> set[str]:
    return {column for column, role in given.items() if role == "ignore"}


def _child(
    name: str, table: pa.Table, given: Mapping[str, str], kin: Kin, parts: Mapping[str, Part], warnings:
    list[str] ) -> Part:  # fmt: skip
    main = kin.main[name]
    places = _places(table, main, parts)
    if (places < 0).any():
        warnings.append(
            f"{name}: {int((places < 0).sum()):,} rows without a {main.parent} weren't learnt from"
        )
        table, places = table.filter(pa.array(places >= 0)), places[places >= 0]
    if not table.num_rows:
        raise InvalidRequestError.one(
            f"tables[{name}]", f"no row belongs to one of {main.parent}", "leave the table out"
        )
    held = {one.column: _places(table, one, parts) for one in kin.others[name]}
    ignored = {main.column, *held, *_ignored(given)}
    columns = {
        field.name: plain(name, field.name, table.column(field.name))
        for field in table.schema
        if field.name not in ignored
    }
    hashes = np.zeros(table.num_rows, np.uint64)
    for column in columns.values():
        hashes = mix(hashes, hashes_of(column))
    for targets in held.values():
        hashes = mix(hashes, targets.view(np.uint64))
    parent = parts[main.parent].source

    def taken(order: I64) -> Source:
        whose = places[order]
        made = {one: column.taken(order) for one, column in columns.items()}
        return Source(name, made, _from_zero(parent.subjects[whose]), parent.share[whose])

    # Roles, which the order follows from, are counted by subjects, whose rows must stand together.
    source = taken(np.lexsort((hashes, places)))
    roles = with_times(source.columns, roles_of(source, given), given)
    times = times_of(source.columns, roles)
    order = ordered(columns, times, places, hashes)
    longest = int(np.bincount(places).max())
    if longest > MOST_ROWS:
        raise InvalidRequestError.one(
            f"tables[{name}]",
            f"has {longest:,} rows of one {main.parent}: at most {MOST_ROWS:,} are learnt as a family",
            "leave its key out of keys, or fit the table alone",
        )
    return Part(
        taken(order),
        _with_keys(name, roles, given, kin),
        times[0] if times else None,
        places[order],
        {column: targets[order] for column, targets in held.items()},
    )


def _places(table: pa.Table, relation: Relation, parts: Mapping[str, Part]) -> I64:
    """Where the row stands that each row's key is of; -1 for null."""
    cells = with_whole_numbers(table.select([relation.column])).column(0)
    held = plain(relation.child, relation.column, cells)
    keys = parts[relation.parent].source.columns[relation.key]
    found = pc.index_in(held.values, keys.values).fill_null(-1).to_numpy(zero_copy_only=False)
    return np.where(held.known, found.astype(np.int64), -1)


def _from_zero(subjects: I32) -> I32:
    """Rising numbers without gaps."""
    changed = np.concatenate([[False], subjects[1:] != subjects[:-1]])
    return np.cumsum(changed).astype(np.int32)


def _with_keys(name: str, roles: Mapping[str, str], given: Mapping[str, str], kin: Kin) -> dict[str, str]:
    """The roles, where columns that others refer to are keys. Raises InvalidRequestError."""
    found = dict(roles)
    for one in (*kin.main.values(), *(one for others in kin.others.values() for one in others)):
        if one.parent == name:
            role = given.get(one.key, "key")
            if role not in ("key", "subject"):
                raise InvalidRequestError.one(
                    f"roles[{name}][{one.key}]",
                    f"is a {role}, but rows of {one.child} refer to it",
                    "leave it out",
                )
            found[one.key] = role
    return found


def _check_subject(name: str, table: pa.Table, given: Mapping[str, str], kin: Kin) -> None:
    subjects = [column for column, role in given.items() if role == "subject"]
    for column in (*subjects, *_ignored(given)):
        if column not in table.schema.names:
            raise InvalidRequestError.one(
                f"roles[{name}][{column}]",
                "there is no such column",
                f"columns: {', '.join(table.schema.names)}",
            )
    if subjects and name in kin.main:
        raise InvalidRequestError.one(
            f"roles[{name}][{subjects[0]}]",
            f"whose rows they are is said by {kin.main[name].column}",
            f"give {kin.main[name].parent} a subject, if each row of it isn't one",
        )
    if len(subjects) > 1:
        raise InvalidRequestError.one(
            f"roles[{name}]", f"{' and '.join(subjects)} are subjects", "give one column this role"
        )


def _check_subjects(name: str, part: Part, kin: Kin) -> None:
    count = part.source.subject_count
    if count < FEWEST_SUBJECTS:
        root = kin.root(name)
        of_root = "" if root == name else f" of {root}"
        raise InvalidRequestError.one(
            f"tables[{name}]",
            f"has rows of {count} subjects{of_root}: a model of so few would be about each",
            f"give at least {FEWEST_SUBJECTS}, or leave the table and its key out",
        )

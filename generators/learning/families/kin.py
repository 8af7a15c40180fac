"""How tables hang together: whose rows belong to whose, checked before anything is learnt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from synthmill.generators.errors import FieldError, InvalidRequestError
from synthmill.generators.foreign_keys import Keys, Relation, given_relations, seen_relations
from synthmill.generators.learning.source import plain

Tables = Mapping[str, pa.Table]


@dataclass(frozen=True)
class Kin:
    """The tables, parents before children."""

    order: tuple[str, ...]
    main: Mapping[str, Relation]
    """Of a child: whose rows make up families. Tables that aren't here stand by themselves."""
    others: Mapping[str, tuple[Relation, ...]]
    """Of a child: its further keys."""

    def root(self, name: str) -> str:
        """The table of which all rows of this one are descendants, by their families."""
        while name in self.main:
            name = self.main[name].parent
        return name

    @property
    def looked_up(self) -> set[str]:
        """Tables by themselves that rows of others choose from, and that have no families."""
        chosen = {one.parent for others in self.others.values() for one in others}
        return {name for name in chosen - {one.parent for one in self.main.values()} if name not in self.main}


def kin_of(tables: Tables, keys: Keys | None, roles: Mapping[str, Mapping[str, str]]) -> Kin:
    """As given, else as seen by names and values. Raises InvalidRequestError, fields from `keys`.

    Of several keys of a table those of the parent with the most rows make its families: the smallest ones.
    """
    tables = {name: with_whole_numbers(table) for name, table in tables.items()}
    own = {name: _key_columns(table) for name, table in tables.items()}
    if keys is None:
        ignored = {(table, column) for table, one in roles.items() for column in one}
        relations = [one for one in seen_relations(tables, own) if (one.child, one.column) not in ignored]
        relations = _one_each([one for one in relations if not _mutual(one, relations, tables)], tables)
    else:
        relations = given_relations(keys, tables, own)
        _check_roles(relations, roles)
    _check(relations, tables)
    main, others = {}, {}
    for child in sorted(tables):
        mine = [one for one in relations if one.child == child]
        if mine:
            mine.sort(key=lambda one: (-tables[one.parent].num_rows, one.parent, one.column))
            main[child], others[child] = mine[0], tuple(mine[1:])
    return Kin(_ordered(tables, relations), main, others)


def with_whole_numbers(table: pa.Table) -> pa.Table:
    """The table, doubles of which all are whole as whole numbers: DataFrames have those in keys that may be
    null."""
    for at, field in enumerate(table.schema):
        column = table.column(at)
        if pt.is_floating(field.type) and column.null_count < len(column):
            try:
                table = table.set_column(at, field.name, pc.cast(_known(column), pa.int64()))
            except pa.ArrowInvalid:
                continue
    return table


def _known(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """NaN as null."""
    return pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)


def _key_columns(table: pa.Table) -> list[str]:
    """Columns of numbers or texts whose values no two rows share."""
    return [
        field.name
        for field in table.schema
        if (pt.is_integer(field.type) or _is_text(field.type))
        and table.num_rows
        and not table.column(field.name).null_count
        and pc.count_distinct(table.column(field.name)).as_py() == table.num_rows
    ]


def _is_text(type_: pa.DataType) -> bool:
    return bool(pt.is_string(type_) or pt.is_large_string(type_) or pt.is_string_view(type_))


def _mutual(one: Relation, relations: list[Relation], tables: Tables) -> bool:
    """Whether two tables hold one another's keys, and this is the larger or later one as the child's
    parent."""
    back = any(other.child == one.parent and other.parent == one.child for other in relations)
    rank = {name: (-tables[name].num_rows, name) for name in (one.child, one.parent)}
    return back and rank[one.parent] > rank[one.child]


def _one_each(relations: list[Relation], tables: Tables) -> list[Relation]:
    """Of a column that holds keys of several tables only the smallest one's: most of its keys are used."""
    found: dict[tuple[str, str], Relation] = {}
    for one in sorted(relations, key=lambda one: (tables[one.parent].num_rows, one.parent, one.key)):
        found.setdefault((one.child, one.column), one)
    return sorted(found.values(), key=lambda one: (one.child, one.column))


def _check_roles(relations: list[Relation], roles: Mapping[str, Mapping[str, str]]) -> None:
    for one in relations:
        role = roles.get(one.child, {}).get(one.column)
        if role is not None:
            raise InvalidRequestError.one(
                f"roles[{one.child}][{one.column}]",
                f"is a {role}, but keys say that it holds those of {one.parent}",
                "leave it out of either",
            )


def _check(relations: list[Relation], tables: Tables) -> None:
    errors = list[FieldError]()
    for one in relations:
        field = f"keys.{one.child}.{one.column}"
        if one.child == one.parent:
            reason = f"rows of {one.child} belong to rows of the same table"
            errors.append(FieldError(field, reason, "leave this key out: it is then a number or a category"))
            continue
        held = plain(one.child, one.column, tables[one.child].column(one.column))
        keys = plain(one.parent, one.key, tables[one.parent].column(one.key))
        target = f"{one.parent}.{one.key}"
        if held.type != keys.type:
            reason = f"holds {held.type}, and {target} is {keys.type}"
            errors.append(FieldError(field, reason, "give both the same type"))
            continue
        if keys.has_nulls:
            errors.append(FieldError(field, f"{target} is null in some rows", "give each row of it a key"))
        different = len(keys.words[0])
        repeated = int(keys.known.sum()) - different
        if repeated:
            reason = f"{target} has {repeated:,} values that other rows have, too"
            errors.append(FieldError(field, reason, "name a column whose values no two rows share"))
        there = pc.is_in(held.values.filter(pa.array(held.known)), keys.values.filter(pa.array(keys.known)))
        dangling = len(there) - (pc.sum(there).as_py() or 0)
        if dangling:
            reason = f"{dangling:,} of its values aren't in {target}"
            errors.append(FieldError(field, reason, "leave these rows out, or add their parents"))
    if errors:
        raise InvalidRequestError(errors)


def _ordered(tables: Tables, relations: list[Relation]) -> tuple[str, ...]:
    """Parents first, else by name. Raises InvalidRequestError for a circle."""
    left, found = sorted(tables), list[str]()
    while left:
        ready = [
            name for name in left if not any(one.child == name and one.parent in left for one in relations)
        ]
        if not ready:
            circle = [one for one in relations if one.child in left and one.parent in left]
            chain = ", ".join(f"{one.child}.{one.column} -> {one.parent}" for one in circle)
            raise InvalidRequestError.one(
                f"keys.{circle[0].child}.{circle[0].column}",
                f"the keys go round in a circle: {chain}",
                "leave one of them out",
            )
        found.append(ready[0])
        left.remove(ready[0])
    return tuple(found)

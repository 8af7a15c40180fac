"""Tables of a model file, and whether they fit one another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from synthmill.generators.learning.codecs.gap import Gap
from synthmill.generators.learning.codecs.held import Held
from synthmill.generators.learning.codecs.keys import Key
from synthmill.generators.learning.codecs.number import Number
from synthmill.generators.learning.codecs.time import Time
from synthmill.generators.learning.errors import ModelFileError
from synthmill.generators.learning.families.made import LearntTable, variables_of
from synthmill.generators.learning.families.parts import MOST_ROWS
from synthmill.generators.learning.families.walked_table import WalkedTable
from synthmill.generators.learning.families.whole import held_name, rows_name, start_name, total_name
from synthmill.generators.learning.relations.differences import Difference
from synthmill.generators.learning.table_model import TableModel
from synthmill.generators.learning.tensors import Tensors


def load_tables(headers: Sequence[dict[str, Any]], tensors: Tensors) -> tuple[LearntTable, ...]:
    """Parents before children. Raises ModelFileError, and what a header that isn't one raises."""
    found = dict[str, LearntTable]()
    for at, header in enumerate(headers):
        part = tensors.part(at)
        if "parent" in header:
            parents = {name: variables_of(one) for name, one in found.items()}
            table: LearntTable = WalkedTable.load(header, part, parents)
        else:
            table = TableModel.load(header, part)
        if table.name in found:
            raise ModelFileError("two of its tables have one name")
        found[table.name] = table
        if isinstance(table, WalkedTable):
            _check(table, found)
        elif any(isinstance(one.codec, Gap | Held) for one in table.columns):
            raise ModelFileError("rows of nobody belong to somebody")
    if not found:
        raise ModelFileError("it has no tables")
    return tuple(found.values())


def _check(table: WalkedTable, before: dict[str, LearntTable]) -> None:
    """Raises ModelFileError where a table's parents haven't what it needs."""
    parent = before[table.parent]
    rows = _column(parent, rows_name(table.name))
    if not isinstance(rows, Number) or rows.values.low.min() < 0 or rows.values.high.max() > MOST_ROWS:
        raise ModelFileError("the rows of a family can't be counted")
    needed = [total_name(table.name, *table.step_names[at]) for at in _due(table)]
    if table.gap is not None:
        needed.append(start_name(table.name))
    if any(not _is_whole(_column(parent, name)) for name in needed):
        raise ModelFileError("what rows of a family come to isn't a number")
    if table.gap is not None and table.since is not None:
        since = _column(parent, table.since)
        if not (isinstance(since, Gap) or _is_time(since)) or since.type != table.gap.type:
            raise ModelFileError("the times of a family begin nowhere")
    for column in table.columns:
        if isinstance(column.codec, Held):
            _check_held(table, column.name, column.codec, before)


def _due(table: WalkedTable) -> list[int]:
    slots = table.layout.slots
    return [at for at in range(len(slots)) if slots[at, 5] >= 0]


def _check_held(table: WalkedTable, name: str, held: Held, before: dict[str, LearntTable]) -> None:
    other = before.get(held.table)
    key = None if other is None else _column(other, held.key)
    if not isinstance(key, Key) or key.nullable or key.type != held.type or other is table:
        raise ModelFileError("a key is of no other table")
    is_main = name == table.column
    if is_main != (not held.variables) or (is_main and held.table != table.parent):
        raise ModelFileError("a key is of another table than its rows")
    if not is_main:
        assert other is not None
        counts = _column(other, held_name(table.name, name))
        if not _is_whole(counts) or counts.values.low.min() < 0 or held.by >= len(variables_of(other)):
            raise ModelFileError("the groups of a key are of no variable")


def _column(table: LearntTable, name: str) -> Any:
    return next((one.codec for one in table.columns if one.name == name), None)


def _is_time(codec: Any) -> bool:
    return _is_whole(codec) or (isinstance(codec, Difference) and not codec.nullable)


def _is_whole(codec: Any) -> bool:
    return isinstance(codec, Number | Time) and not codec.nullable and getattr(codec, "scale", 0) is not None

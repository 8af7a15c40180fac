"""Values that go together: what a row has of a joint table is one row of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from synthmill.generators.columns.joint_tables.table import JointTable
from synthmill.generators.conformance.checks import Check, exact
from synthmill.generators.conformance.observed import Observed
from synthmill.generators.engine.arrow_cells import to_arrow
from synthmill.generators.engine.plan import Plan
from synthmill.generators.tables.table import tables_of


def check_joint(plan: Plan, table: Mapping[str, Any], observed: Observed) -> Iterator[Check]:
    """Of every column of kind joint, with all columns of the table that read or decide its row."""
    for column in table["columns"]:
        joint = tables_of(plan)[table["name"]].columns[column["name"]].joint
        if column["kind"] != "joint" or joint is None:
            continue
        rows = observed.tables[table["name"]]
        attributes = {
            name: attribute
            for name, attribute in _columns(column, table["columns"], joint.table).items()
            if name in rows.column_names
        }
        if column["name"] not in attributes:
            continue
        known = _rows(joint.table, list(attributes.values()))
        pairs = rows.group_by(list(attributes)).aggregate([([], "count_all")]).to_pylist()
        wrong = sum(
            pair["count_all"] for pair in pairs if not _known(tuple(pair[one] for one in attributes), known)
        )
        declared = f"{', '.join(attributes.values())} of one row of the joint table"
        yield exact(table["name"], column["name"], "follows", declared, f"{wrong:,} rows differ", not wrong)


def _columns(
    column: Mapping[str, Any], columns: list[Mapping[str, Any]], table: JointTable
) -> dict[str, str]:
    """The attribute that each column of the row has."""
    found = {column["name"]: column["attribute"] or next(iter(table.attributes))}
    for agreement in column["where"]:
        if agreement["through"] is None:
            found[agreement["column"]] = agreement["attribute"]
    for other in columns:
        reads = other["kind"] == "attribute" and other["column"] == column["name"]
        if reads and other["through"] is None and other["up_to"] is None:
            found[other["name"]] = other["attribute"]
    return found


def _rows(table: JointTable, attributes: list[str]) -> set[tuple[Any, ...]]:
    every = np.arange(table.rows)
    columns = [table.attributes[name] for name in attributes]
    return set(zip(*(to_arrow(one.at(every), one.type).to_pylist() for one in columns), strict=True))


def _known(values: tuple[Any, ...], known: set[tuple[Any, ...]]) -> bool:
    """Whether they are of one row; nothing is asked of what is null, by chance or because none agrees."""
    if values in known:
        return True
    given = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(given) == len(values):
        return False
    # The column that draws comes first: where it is null, nothing was drawn.
    return values[0] is None or any(all(row[place] == value for place, value in given) for row in known)

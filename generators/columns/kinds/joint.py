"""Values that go together: each row draws a row of a joint table, and other columns read the rest of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np

from synthmill.generators.columns.costs import Costing, usual_cost
from synthmill.generators.columns.joint_tables.field import JointTableField
from synthmill.generators.columns.joint_tables.table import Attribute, JointDraw, JointTable, joint_table
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.source import Source
from synthmill.generators.columns.value_index import ValueIndex
from synthmill.generators.engine.cells import Cells
from synthmill.generators.engine.costs import Cost
from synthmill.generators.engine.plan import Packing
from synthmill.generators.kernels.alias import GroupedAlias, grouped
from synthmill.generators.kernels.mix import I64
from synthmill.generators.schema.fields import Flag, Items, Name, Parameters
from synthmill.generators.schema.json_values import shown


class AgreementParameters(Parameters):
    """An attribute that has to be what stands in a column."""

    attribute = Name("The table's attribute.", examples=["country_code"])
    column = Name("The column.", examples=["country"])
    through = Name(
        "A foreign key or the parents' table, where it is a column of the row that this leads to.",
        default=None,
        examples=["customer_id"],
    )


class JointParameters(ColumnParameters):
    joint_table = JointTableField(
        "What values go together: a table of the recipe's `joint_tables` or one that comes with the package, "
        "by name, or the table itself."
    )
    attribute = Name(
        "The attribute that the cell is; left out: the first. Columns of kind `attribute` read others.",
        default=None,
        examples=["drug"],
    )
    where = Items(
        "Only rows of the table are drawn whose attributes equal these columns.",
        ma.fields.Nested(AgreementParameters),
        fewest=0,
        most=8,
        default=list,
        examples=[[{"attribute": "country_code", "column": "country"}]],
    )
    allow_unmatched = Flag(
        "Whether the columns of `where` may have values for which the table has no row: the cell is null.",
        default=False,
    )


_MOST_COMBINATIONS = 2**62


@dataclass(frozen=True, eq=False)
class _Place:
    """Draws the row of the table: any, or one of those that agree with other columns."""

    key: int
    law: GroupedAlias
    by: tuple[ValueIndex, ...]
    combinations: I64
    """The numbers of combinations of values that have rows, rising: a group of the law each."""

    def __call__(self, rows: Rows) -> I64:
        number = np.zeros(len(rows), np.int64)
        known = np.ones(len(rows), np.bool_)
        for index in self.by:
            codes = index(rows)
            known &= codes < len(index.values)
            number = number * (len(index.values) + 1) + codes
        groups = np.minimum(np.searchsorted(self.combinations, number), len(self.combinations) - 1)
        known &= self.combinations[groups] == number
        return np.where(known, self.law.draw(groups, rows.draw(self.key)), -1)


@dataclass(frozen=True, eq=False)
class _Cells:
    joint: JointDraw
    attribute: Attribute

    def __call__(self, rows: Rows) -> Cells:
        return self.attribute.at(self.joint(rows))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    given = parameters["joint_table"]
    table = (
        scope.joint_table(given, parameter="joint_table") if isinstance(given, str) else joint_table(given)
    )
    attribute = attribute_of(table, parameters["attribute"])
    place, matched = _place(parameters, table, scope)
    joint = JointDraw(table, place.key, place)
    return Column(
        attribute.type,
        _Cells(joint, attribute),
        attribute.width(table.weights),
        nullable=attribute.null is not None or not matched,
        filled=attribute.filled(table.weights),
        packing=Packing.WORDS,
        joint=joint,
        domain=attribute.domain,
    )


def attribute_of(table: JointTable, name: str | None) -> Attribute:
    """Raises ParameterError where the table has none of this name."""
    name = next(iter(table.attributes)) if name is None else name
    if name not in table.attributes:
        raise ParameterError(
            "attribute",
            f"the table has no attribute {name}",
            f"there are: {', '.join(table.attributes)}",
        )
    return table.attributes[name]


def _place(parameters: Mapping[str, Any], table: JointTable, scope: Scope) -> tuple[_Place, bool]:
    """What draws the row, and whether every row is sure to have one."""
    by: list[ValueIndex] = []
    number = [0] * table.rows
    matched = True
    for at, agreement in enumerate(parameters["where"]):
        field = f"where[{at}]"
        source = _source(agreement, scope, field)
        attribute = _comparable(agreement["attribute"], table, source, field)
        values = list(dict.fromkeys(value for value in attribute.held if value is not None))
        if not values:
            raise ParameterError(field, f"{attribute.name} is null in every row", "name another attribute")
        index = ValueIndex(source, tuple(values))
        missing = _missing(source, attribute)
        if missing and not parameters["allow_unmatched"]:
            raise ParameterError(
                field,
                f"{source.column} can be {shown(missing[0])}, for which the table has no row",
                f"give it rows whose {attribute.name} is that, or set allow_unmatched",
            )
        matched = matched and not source.nullable and source.domain is not None and not missing
        codes = {value: code for code, value in enumerate(values)}
        codes[None] = len(values)
        number = [
            one * (len(values) + 1) + codes[held] for one, held in zip(number, attribute.held, strict=True)
        ]
        by.append(index)
    if max(number) > _MOST_COMBINATIONS:
        raise ParameterError("where", "there are too many combinations of values", "name fewer attributes")
    groups: dict[int, list[int]] = {}
    for row, one in enumerate(number):
        groups.setdefault(one, []).append(row)
    combinations = np.array(sorted(groups), np.int64)
    law = grouped([groups[one] for one in sorted(groups)], table.weights)
    # Each value alone has a row, which says nothing of their combinations.
    return _Place(scope.key(), law, tuple(by), combinations), matched and len(by) < 2


def _source(agreement: Mapping[str, Any], scope: Scope, field: str) -> Source:
    try:
        return scope.source(agreement["column"], agreement["through"])
    except ParameterError as error:
        raise ParameterError(f"{field}.{error.parameter}", error.reason, error.fix) from error


def _comparable(name: str, table: JointTable, source: Source, field: str) -> Attribute:
    try:
        attribute = attribute_of(table, name)
    except ParameterError as error:
        raise ParameterError(f"{field}.attribute", error.reason, error.fix) from error
    if attribute.type != source.type:
        raise ParameterError(
            field,
            f"{source.column} is of type {source.type}, and {name} of type {attribute.type}",
            "compare it with its like",
        )
    return attribute


def _missing(source: Source, attribute: Attribute) -> list[Any]:
    """Values that the column can have and no row has; none where it isn't known which it can have."""
    if source.domain is None:
        return []
    known = set(attribute.domain.to_pylist())
    return [value for value in source.domain.to_pylist() if value not in known]


def _cost(parameters: Mapping[str, Any], costing: Costing) -> Cost:
    looked = [costing.column(one["column"], one["through"]) for one in parameters["where"]]
    time = 0.1e-6 + sum(
        0.15e-6 + (cost.time if one["through"] else 0.0)
        for one, cost in zip(parameters["where"], looked, strict=True)
    )
    usual = usual_cost({**parameters, "where": [], "column": None}, costing)
    return Cost(time=time, plan_time=1e-3 + usual.plan_time * 4, plan_size=4_096.0 + usual.plan_size * 3)


_DRUGS = {
    "attributes": ["ward", "drug", "dose", "unit", "share"],
    "rows": [
        ["surgery", "paracetamol", 1000, "mg", 4],
        ["surgery", "ibuprofen", 400, "mg", 3],
        ["cardiology", "bisoprolol", 2.5, "mg", 3],
        ["cardiology", "bisoprolol", 5, "mg", 2],
    ],
    "weight": "share",
}

KIND = Kind(
    name="joint",
    title="Joint values",
    description="Drawn as a row of values that go together; columns of kind `attribute` read the others.",
    Parameters=JointParameters,
    compile=_compile,
    costs=_cost,
    example={
        "joint_table": _DRUGS,
        "attribute": "drug",
        "where": [{"attribute": "ward", "column": "ward"}],
        "allow_unmatched": True,
    },
    check_tables=(
        {
            "name": "cells",
            "rows": 3_000,
            "columns": [
                {"name": "ward", "kind": "categorical", "values": ["surgery", "cardiology", "maternity"]}
            ],
        },
    ),
)

"""What constraints come to for a table: rows that aren't learnt from, roles, relations, and rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow.types as pt

from synthmill.generators.errors import InvalidRequestError, did_you_mean
from synthmill.generators.kernels.mix import I64
from synthmill.generators.learning.codecs.category import Category
from synthmill.generators.learning.codecs.codec import SHARED, subjects_of
from synthmill.generators.learning.constraints.rows import Constraint, field_of, limits_of
from synthmill.generators.learning.days import DAY
from synthmill.generators.learning.relations.differences import Order, can_be_difference
from synthmill.generators.learning.relations.formulas import FormulaOf
from synthmill.generators.learning.relations.found import Relations
from synthmill.generators.learning.relations.quantities import Quantity
from synthmill.generators.learning.rules import Combined, Rule, Within
from synthmill.generators.learning.source import Column, Source
from synthmill.generators.learning.table_model import ColumnModel
from synthmill.generators.learning.variables import UNSEEN

_MOST_COMBINATIONS = 20_000


def refuse_columns(constraints: Sequence[Constraint], columns: Mapping[str, Column]) -> None:
    """Raises InvalidRequestError for a column that isn't there."""
    for at, one in enumerate(constraints):
        named = [
            one.get("column"),
            one.get("low"),
            one.get("high"),
            *one.get("columns", ()),
            *one.get("of", ()),
        ]
        for name in named:
            if name is not None and name not in columns:
                near = did_you_mean(name, columns)
                known = f"columns: {', '.join(columns)}"
                raise InvalidRequestError.one(field_of(at), f"there is no column {name}{near}", known)


def roles_for(constraints: Sequence[Constraint], source: Source, given: Mapping[str, str]) -> dict[str, str]:
    """The roles that constraints need: a unique column is a key, one of some values a category.

    Raises InvalidRequestError where the user has given another, or the type can't be one.
    """
    roles = dict(given)
    for at, one in enumerate(constraints):
        if one["type"] not in ("unique", "one_of"):
            continue
        role, name = {"unique": "key", "one_of": "category"}[one["type"]], one["column"]
        type_ = source.columns[name].type
        if one["type"] == "one_of" and not pt.is_string(type_):
            continue
        if roles.get(name, role) not in (role, "subject"):
            raise InvalidRequestError.one(
                field_of(at), f"{name} has the role {roles[name]}", f"{one['type']} needs the role {role}"
            )
        if role == "key" and not (pt.is_string(type_) or pt.is_integer(type_)):
            fix = "only texts and whole numbers are made anew, each another"
            raise InvalidRequestError.one(field_of(at), f"{name} is of {type_}, which can't be unique", fix)
        roles.setdefault(name, role)
    return roles


def asked_relations(constraints: Sequence[Constraint], found: Relations) -> tuple[Relations, list[Rule]]:
    """The relations that were found, with those that are asked for; and rules for what can't be one.

    An order becomes a difference where it can be one, else a rule. Raises InvalidRequestError for formulas
    that go in a circle.
    """
    quantities, differences = found.quantities, dict(found.differences)
    rules, said = list[Rule](), dict[str, FormulaOf]()
    for at, one in enumerate(constraints):
        if one["type"] != "formula":
            continue
        if one["column"] in said:
            reason = f"{one['column']} has a formula already"
            raise InvalidRequestError.one(field_of(at), reason, "give each column one")
        said[one["column"]] = FormulaOf(one["operator"], tuple(one["of"]))
        if _circular(one["column"], said):
            fix = "say what each column is reckoned from, once"
            raise InvalidRequestError.one(field_of(at), f"{one['column']} would be reckoned from itself", fix)
    # What was found may go another way round: it yields where it is about the same columns.
    about = {*said, *(name for formula in said.values() for name in formula.operands)}
    formulas = {
        name: formula
        for name, formula in found.formulas.items()
        if name not in about and not set(formula.operands) & set(said)
    } | said
    differences = {
        name: order
        for name, order in differences.items()
        if name not in about and not {order.low, order.high} & set(said)
    }
    names = list(quantities)
    for one in constraints:
        if one["type"] != "inequality":
            continue
        order = Order(one["low"], one["high"], one.get("strict", False))
        later = max(order.low, order.high, key=names.index)
        base = order.low if later == order.high else order.high
        differences = {name: other for name, other in differences.items() if name != later}
        free = later not in formulas and base not in formulas and later not in _bases(differences)
        if free and can_be_difference(quantities[later], quantities[base]):
            differences[later] = order
        else:
            rules.append(found.rule(order))
    computed = {*formulas, *differences}
    for at, one in enumerate(constraints):
        if one["type"] in ("positive", "non_negative", "range") and one["column"] in computed:
            rules.append(_within(at, one, quantities[one["column"]]))
    null_with = {name: leader for name, leader in found.null_with.items() if not {name, leader} & computed}
    asked = {(one["low"], one["high"]) for one in constraints if one["type"] == "inequality"}
    orders = [
        order
        for order in found.orders
        if not {order.low, order.high} & computed and (order.low, order.high) not in asked
    ]
    relations = replace(found, formulas=formulas, differences=differences, null_with=null_with, orders=orders)
    return relations, rules


def _bases(differences: Mapping[str, Order]) -> set[str]:
    return {order.low if order.high == name else order.high for name, order in differences.items()}


def _circular(name: str, formulas: Mapping[str, FormulaOf]) -> bool:
    seen, waiting = set[str](), list(formulas[name].operands)
    while waiting:
        one = waiting.pop()
        if one == name:
            return True
        if one in formulas and one not in seen:
            seen.add(one)
            waiting += formulas[one].operands
    return False


def _within(at: int, one: Constraint, quantity: Quantity) -> Within:
    """The limits of a column that is reckoned, in its units."""
    low, high = limits_of(at, one, quantity.column.type)
    type_ = quantity.column.type
    if pt.is_floating(type_):
        if one["type"] == "positive":
            low = float(np.nextafter(0.0, 1.0))
        return Within(one["column"], ((max(low, -1e308), min(high, 1e308)),), True)
    power = 10**type_.scale if pt.is_decimal(type_) else 1
    least = int(np.ceil(max(low * power, -(2.0**62))))
    most = int(np.floor(min(high * power, 2.0**62)))
    step = DAY[type_.unit] if pt.is_timestamp(type_) else 1
    return Within(one["column"], ((1 if one["type"] == "positive" else least, most),), True, step)


def combinations(
    constraints: Sequence[Constraint], columns: Sequence[ColumnModel], codes: Mapping[str, I64], subjects: I64
) -> list[Rule]:
    """The combinations of columns that may be: those that five subjects have. Raises InvalidRequestError."""
    by_name = {one.name: one for one in columns}
    found = list[Rule]()
    for at, one in enumerate(constraints):
        if one["type"] != "fixed_combinations":
            continue
        for name in one["columns"]:
            if not isinstance(by_name[name].codec, Category):
                role = by_name[name].role
                raise InvalidRequestError.one(
                    field_of(at),
                    f"{name} is a {role}, and combinations are of categories",
                    f"role {name}: category",
                )
        matrix = np.stack([codes[name] for name in one["columns"]])
        seen = (matrix != UNSEEN).all(axis=0)
        different, places = np.unique(matrix[:, seen], axis=1, return_inverse=True)
        shared = subjects_of(places.ravel().astype(np.int64), subjects[seen], different.shape[1])
        different = different[:, shared >= SHARED]
        if not 0 < different.shape[1] <= _MOST_COMBINATIONS:
            raise InvalidRequestError.one(
                field_of(at),
                f"{different.shape[1]:,} combinations are of {SHARED} subjects or more",
                f"name columns that have 1 to {_MOST_COMBINATIONS:,} such",
            )
        found.append(Combined(tuple(one["columns"]), tuple(map(tuple, different.T.tolist()))))
    return found

"""Which columns fill a grammar's slots and say its labels: named by the recipe, or by their own names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from synthmill.generators.columns.kind import ParameterError, Scope
from synthmill.generators.columns.source import Source
from synthmill.generators.columns.texts.label import EntryParameters, Label, bound_label, drawn_label
from synthmill.generators.grammars.grammar import Grammar
from synthmill.generators.schema.fields import Items, Name, Parameters


def _column(example: str) -> Name:
    return Name("The column.", examples=[example])


def _through(example: str) -> Name:
    return Name(
        "A foreign key or the parents' table, where it is a column of the row that this leads to.",
        default=None,
        examples=[example],
    )


class LabelParameters(Parameters):
    """A label of the grammar, and the column that says its value."""

    label = Name("The grammar's label.", examples=["sentiment"])
    column = _column("rating")
    through = _through("order_id")
    entries = Items(
        "What each of the column's values means; left out: the column has the label's own values.",
        ma.fields.Nested(EntryParameters),
        fewest=0,
        most=1_000,
        default=list,
        examples=[[{"at": 5, "value": "positive"}]],
    )


class SlotParameters(Parameters):
    """A slot of the grammar, and the column that fills it."""

    slot = Name("The grammar's slot.", examples=["product"])
    column = _column("product_name")
    through = _through("product_id")


def slot_sources(parameters: Mapping[str, Any], grammar: Grammar, scope: Scope) -> dict[str, Source]:
    """The columns that fill slots, by the slots' names."""
    found: dict[str, Source] = {}
    for at, binding in enumerate(parameters["slots"]):
        name, field = binding["slot"], f"slots[{at}]"
        if name not in grammar.slots or name in found:
            reason = f"{name} is filled already" if name in found else f"the grammar has no slot {name}"
            raise ParameterError(f"{field}.slot", reason, f"slots: {', '.join(grammar.slots) or 'none'}")
        found[name] = _source(scope, binding, field)
    for name in grammar.slots:
        if name not in found and scope.has_column(name) and name != parameters["name"]:
            found[name] = scope.source(name, parameter=f"slots[{name}]")
    return found


def bound_labels(parameters: Mapping[str, Any], grammar: Grammar, scope: Scope) -> tuple[Label, ...]:
    """The labels in the grammar's order: named here, else the row's columns of their names, else drawn."""
    found: dict[str, Label] = {}
    for at, binding in enumerate(parameters["labels"]):
        name, field = binding["label"], f"labels[{at}]"
        if name not in grammar.labels or name in found:
            reason = f"{name} is said already" if name in found else f"the grammar has no label {name}"
            raise ParameterError(f"{field}.label", reason, f"labels: {', '.join(grammar.labels) or 'none'}")
        source = _source(scope, binding, field)
        found[name] = bound_label(source, list(grammar.labels[name]), binding["entries"], field)
    for name, values in grammar.labels.items():
        if name in found:
            continue
        if scope.has_column(name) and name != parameters["name"]:
            field = f"labels[{name}]"
            found[name] = bound_label(scope.source(name, parameter=field), list(values), [], field)
        else:
            found[name] = drawn_label(scope.key(f"label {name}"), values)
    return tuple(found[name] for name in grammar.labels)


def _source(scope: Scope, binding: Mapping[str, Any], field: str) -> Source:
    try:
        return scope.source(binding["column"], binding["through"])
    except ParameterError as error:
        raise ParameterError(f"{field}.{error.parameter}", error.reason, error.fix) from error

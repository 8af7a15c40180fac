"""A grammar in parameters: one that comes with the package, by name, or a grammar of the user's own."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from synthmill.generators.columns.mapping_field import Mapping as MappingField
from synthmill.generators.grammars.built_in import grammar_names
from synthmill.generators.grammars.grammar import LONGEST_ALTERNATIVE, GrammarError, grammar_of
from synthmill.generators.schema.fields import (
    REQUIRED,
    Choice,
    Name,
    Number,
    Parameters,
    Text,
    options,
    refused,
)
from synthmill.generators.schema.json_schema import field_schema, object_schema
from synthmill.generators.schema.json_values import shown


class _RuleField(ma.fields.Field[Any]):
    """A rule as it is; `grammar_of` reads it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, list | dict):
            raise refused(f"{shown(value)} is no rule", "give a list of alternatives")
        return value

    def json_schema(self) -> dict[str, Any]:
        alternative = {
            "oneOf": [
                {"type": "string", "maxLength": LONGEST_ALTERNATIVE},
                {
                    "type": "object",
                    "required": ["text"],
                    "properties": {
                        "text": {"type": "string", "maxLength": LONGEST_ALTERNATIVE},
                        "weight": {"type": "number", "exclusiveMinimum": 0},
                    },
                    "additionalProperties": False,
                },
            ]
        }
        many = {"type": "array", "items": alternative, "minItems": 1}
        by_label = {
            "type": "object",
            "additionalProperties": {"type": "object", "additionalProperties": many},
        }
        return {"oneOf": [many, by_label | {"minProperties": 1, "maxProperties": 1}]}


class GrammarParameters(Parameters):
    """A weighted grammar: rules of alternatives, which name other rules and slots in braces."""

    title = Text("What it writes, in a few words.", default=None, examples=["Product review"])
    description = Text("The same in a sentence.", default=None)
    rules = MappingField(
        "Rules by name: each a list of alternatives, which are text or have a text and a weight; or an "
        "object of a label, with a list for each of its values.",
        _RuleField(**options("A rule.", None, ())),
        examples=[{"text": ["{Thing} is [very|rather] good."], "thing": ["this", "that"]}],
    )
    start = Name("The rule that a text begins with; left out: the first.", default=None, examples=["text"])
    labels = MappingField(
        "What a text may be known to be, such as its sentiment: the values, each with how likely it is where "
        "no column says it.",
        MappingField("Values of a label.", Number("How likely it is.", 0.0, 1e15, above=True)),
        default=None,
        examples=[{"sentiment": {"good": 3, "bad": 1}}],
    )
    slots = MappingField(
        "Slots that need not be filled, each with the rule that stands in for it.",
        Name("A rule.", examples=["some_product"]),
        default=None,
        examples=[{"product": "some_product"}],
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        try:
            grammar_of(data)
        except GrammarError as error:
            member, inside, rest = error.field.partition("[")
            where = f"{rest.replace(']', '', 1)}: " if inside else ""
            raise refused(where + error.reason, error.fix, member) from None


class GrammarField(ma.fields.Field[Any]):
    """The name of a grammar that comes with the package, or an object with rules."""

    def __init__(self, about: str) -> None:
        self._name = Choice("A grammar that comes with the package.", grammar_names())
        self._own = GrammarParameters()
        super().__init__(**options(about, REQUIRED, ["product_review"]))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, dict):
            loaded: dict[str, Any] = self._own.load(value)
            return loaded
        if isinstance(value, str):
            return self._name.deserialize(value)
        raise refused(f"{shown(value)} is no grammar", "give the name of one, or an object with rules")

    def json_schema(self) -> dict[str, Any]:
        return {"oneOf": [field_schema(self._name), object_schema(GrammarParameters)]}

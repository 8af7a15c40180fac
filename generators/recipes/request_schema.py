"""What a request to generate may say: its fields, with the limits of each and the words that help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from synthmill.generators import limits
from synthmill.generators.engine.registry import REQUIREMENT
from synthmill.generators.schema.json_values import shown


class WholeNumber(ma.fields.Integer):
    """An integer; unlike marshmallow's own, not a boolean, not text, not 1.0."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ma.ValidationError(f"{shown(value)} isn't a whole number")
        return super()._deserialize(value, attr, data, **kwargs)


class Flag(ma.fields.Boolean):
    """True or false; unlike marshmallow's own, not text and not a number."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ma.ValidationError(f"{shown(value)} is neither true nor false")
        return value


class RowCounts(ma.fields.Field[Any]):
    """A number, or an object with a number per table."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if value == {}:
            raise ma.ValidationError("the object names no table")
        if isinstance(value, dict) or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        raise ma.ValidationError(f"{shown(value)} is neither a whole number nor an object")


class Requirements(ma.fields.Field[list[str]]):
    """Plugins, as `name==version`; those that aren't installed are refused."""

    def __init__(self) -> None:
        super().__init__(
            load_default=list,
            metadata={
                "description": "a list of plugins that must be installed, each as NAME==VERSION;"
                " a recipe names those that it uses by itself",
                "type": "array",
                "items": {"type": "string", "pattern": f"^{REQUIREMENT.pattern}$"},
                "maxItems": limits.MAX_PLUGINS,
            },
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        if not isinstance(value, list) or len(value) > limits.MAX_PLUGINS:
            raise ma.ValidationError(f"{shown(value)} isn't a list of at most {limits.MAX_PLUGINS} plugins")
        for one in value:
            if not isinstance(one, str) or not REQUIREMENT.fullmatch(one):
                raise ma.ValidationError(f"{shown(one)} isn't of the form NAME==VERSION")
        return value


def _name(description: str, **settings: Any) -> ma.fields.String:
    length = ma.validate.Length(1, limits.MAX_NAME_LENGTH, error="isn't {min} to {max} characters long")
    return ma.fields.String(validate=length, metadata={"description": description}, **settings)


def _whole_number(description: str, low: int, high: int) -> WholeNumber:
    within = ma.validate.Range(low, high, error="{input} is outside the limit of {min} to {max}")
    return WholeNumber(validate=within, load_default=None, metadata={"description": description})


class SourceRequest(ma.Schema):
    """Where data comes from, for whatever it is asked; descriptions say what is right."""

    class Meta:
        unknown = ma.RAISE

    strategy = _name("the name of a strategy, unless `template` is given")
    template = _name("the name of a template, unless `strategy` is given")
    parameters = ma.fields.Dict(
        ma.fields.String(),
        ma.fields.Raw(allow_none=True),
        load_default=dict,
        metadata={"description": "an object: the strategy's parameters, or what differs from the template's"},
    )
    seed = _whole_number(
        f"a whole number from 0 to {limits.MAX_SEED}; left out, one is drawn and given back",
        0,
        limits.MAX_SEED,
    )

    plugins = Requirements()

    @ma.validates_schema
    def one_of_both(self, data: Mapping[str, Any], **_: Any) -> None:
        if ("strategy" in data) == ("template" in data):
            both = "both are given" if "strategy" in data else "neither `template` nor `strategy` is given"
            raise ma.ValidationError(both, "template")


class GenerationRequest(SourceRequest):
    """What can be asked for, in-process and of a server."""

    rows = RowCounts(
        load_default=None,
        allow_none=False,
        error_messages={"null": "is null; left out, the sizes are those of the template or the parameters"},
        metadata={
            "description": "a whole number for the template's main table (the others follow), or an object"
            f" with a whole number per table, each from 1 to {limits.MAX_TABLE_ROWS}",
            "oneOf": [
                {"type": "integer", "minimum": 1},
                {
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": {"type": "integer", "minimum": 1},
                },
            ],
        },
    )
    format = _name(
        "the name of a file format: arrow, csv, jsonl or parquet, or one of a plugin", load_default="csv"
    )
    compression = _name("none, gzip or zstd", load_default="none")
    sha256 = Flag(
        load_default=False,
        metadata={
            "description": "true or false: whether the manifest also has the sha256 of each whole file; "
            "it changes no byte of the files, and reads those of several parts once more"
        },
    )
    part_rows = _whole_number(
        f"a whole number from 1 to {limits.MAX_TABLE_ROWS}: rows of a part, rounded up to whole blocks",
        1,
        limits.MAX_TABLE_ROWS,
    )

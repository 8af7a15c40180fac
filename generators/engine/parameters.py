"""A strategy's parameters: checked, and described as JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from synthmill.generators.engine.contract import Strategy
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.schema.json_schema import object_schema
from synthmill.generators.schema.json_values import plain
from synthmill.generators.schema.wording import field_errors


def load_parameters(strategy: Strategy, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters, checked and with defaults filled in; loading what comes out changes nothing.

    Raises InvalidRequestError with a path for each thing wrong, such as `tables[orders].columns[id].step`.
    """
    checked = plain(raw)
    try:
        loaded: dict[str, Any] = strategy.Parameters().load(checked)
    except ma.ValidationError as error:
        raise InvalidRequestError(field_errors(error.messages, checked, "")) from error
    return loaded


def parameters_json_schema(strategy: Strategy) -> dict[str, Any]:
    """JSON Schema (2020-12) of a strategy's parameters, from its marshmallow schema; the caller's to keep."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Parameters of {strategy.name}",
    }
    body: dict[str, Any] = json.loads(json.dumps(object_schema(strategy.Parameters)))
    return {**schema, **body}

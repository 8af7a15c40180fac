"""Fields of requests that say in our words what is wrong with them."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from synthmill.generators import limits
from synthmill.generators.engine.registry import REQUIREMENT
from synthmill.generators.schema.json_values import shown


class Flag(ma.fields.Boolean):
    """True or false; unlike marshmallow's own, not text and not a number."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ma.ValidationError(f"{shown(value)} is neither true nor false")
        return value


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

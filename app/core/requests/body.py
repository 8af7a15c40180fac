"""Bodies of which the library reads a part, and the server the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from synthmill.generators.errors import FieldError, InvalidRequestError
from synthmill.generators.limits import MAX_NAME_LENGTH

_SHOWN_ERRORS = 20


def library_part(body: Mapping[str, Any], own: type[ma.Schema], whole: type[ma.Schema]) -> dict[str, Any]:
    """What of a body is for the library: all but the server's own fields. Raises InvalidRequestError."""
    known = whole().fields
    # The library would list its own fields alone, and not those that the server adds to them.
    unknown = [name for name in body if name not in known]
    if unknown:
        fix = f"known: {', '.join(known)}"
        raise InvalidRequestError(
            FieldError(name[:MAX_NAME_LENGTH], "unknown field", fix) for name in unknown[:_SHOWN_ERRORS]
        )
    return {name: value for name, value in body.items() if name not in own().fields}

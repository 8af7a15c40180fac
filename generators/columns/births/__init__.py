"""First names by decade of birth where a country publishes them, made by `python -m tools.extraction`.

See NOTICE for where they are from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

COUNTED = ("en_US",)
"""The locales that there are counts of births for."""


@cache
def births(locale: str) -> Mapping[str, Any]:
    """Of a locale in COUNTED: `first`, the year that the first decade begins in; and for `female` and `male`
    the `words`, and for each decade the `names`, which are places among them, with their `weights`."""
    found: dict[str, Any] = json.loads((files(__name__) / f"{locale}.json").read_text("utf-8"))
    return found

"""Public holidays and time zones, in files that `python -m tools.extraction` wrote (see NOTICE)."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from synthmill.generators.kernels.mix import I64


@cache
def _file(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((files(__name__) / f"{name}.json").read_text("utf-8"))
    return content


@cache
def countries() -> tuple[str, ...]:
    """Those whose holidays are known."""
    return tuple(_file("holidays"))


@cache
def zones() -> tuple[str, ...]:
    """Time zones, by their IANA names."""
    return tuple(_file("zones"))


def holidays(country: str) -> I64:
    """A country's public holidays of the years 2001 to 2035, as days since 1970, rising."""
    return np.array(_file("holidays")[country], np.int64)


def offsets(zone: str) -> tuple[I64, I64]:
    """When a zone's offset changed, in seconds of UTC, and the seconds it is ahead from then on.

    From 1990 to 2040; the first also holds before, the last after.
    """
    table = np.array(_file("zones")[zone], np.int64)
    return table[:, 0], table[:, 1]

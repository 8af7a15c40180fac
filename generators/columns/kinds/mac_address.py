"""Addresses of network cards that nobody sold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Scope
from synthmill.generators.columns.patterned import pattern_column
from synthmill.generators.schema.fields import Choice


class MacAddressParameters(ColumnParameters):
    separator = Choice("What stands between the pairs of digits.", (":", "-", ""), default=":")


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    # The second digit marks the address as given out locally, and to one receiver.
    pair = "[0-9a-f]{2}"
    first = "[0-9a-f][26ae]"
    return pattern_column(scope, parameters["separator"].join([first, *[pair] * 5]))


KIND = Kind(
    name="mac_address",
    title="MAC address",
    description="A network card's address of those given out locally, which no maker's card has.",
    Parameters=MacAddressParameters,
    compile=_compile,
    example={"separator": ":"},
    pii=True,
)

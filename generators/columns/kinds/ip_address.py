"""Addresses on the internet that belong to nobody, or to a network of one's own."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import marshmallow as ma
import numpy as np
import pyarrow as pa

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Rows, Scope
from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.cells import Cells, Concat, Dictionary, DictionaryCells, Part
from synthmill.generators.kernels.discrete import Discrete, discrete
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import I64, U64
from synthmill.generators.schema.fields import Choice, Items, Text, refused

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_RANGES = {
    ("4", "documentation"): ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"),
    ("4", "private"): ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
    ("6", "documentation"): ("2001:db8::/32",),
    ("6", "private"): ("fd00::/8",),
}
"""RFC 5737, RFC 1918, RFC 3849, RFC 4193."""


class IpAddressParameters(ColumnParameters):
    version = Choice("Of the internet protocol.", ("4", "6"), default="4")
    range = Choice(
        "documentation: of networks reserved for documentation; private: of private networks.",
        ("documentation", "private"),
        default="documentation",
    )
    networks = Items(
        "Networks to choose from instead, in proportion to their size.",
        Text("A network, such as 10.1.0.0/16.", longest=50),
        most=1_000,
        default=None,
        examples=[["10.1.0.0/16"]],
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        for network in data.get("networks") or ():
            try:
                version = str(ipaddress.ip_network(network).version)
            except ValueError as error:
                raise refused(str(error), "write it like 10.1.0.0/16", "networks") from None
            if version != data["version"]:
                raise refused(f"{network} is of version {version}", f"set version to {version}", "networks")


@dataclass(frozen=True, eq=False)
class _Cells:
    """An address is some groups of bits: the network's own, and as many random ones as it leaves free."""

    network_key: int
    law: Discrete
    group_keys: tuple[int, ...]
    bases: I64
    """Of each network, group by group."""
    counts: I64
    """How many values each group can have in each network."""
    words: tuple[Dictionary, ...]
    """What a group's value looks like, for each group."""

    def __call__(self, rows: Rows) -> Cells:
        network = self.law.draw(rows.draw(self.network_key))
        parts: list[Part] = []
        for group, key in enumerate(self.group_keys):
            free: U64 = self.counts[network, group].view(np.uint64)
            value = bounded(rows.draw(key), free).view(np.int64) + self.bases[network, group]
            parts.append(DictionaryCells(value.astype(np.uint32), self.words[group]))
        return Concat(tuple(parts))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    version = parameters["version"]
    given = parameters["networks"] or _RANGES[version, parameters["range"]]
    networks = [ipaddress.ip_network(network) for network in given]
    bits, groups = (8, 4) if version == "4" else (16, 8)
    law = discrete([2.0**network.max_prefixlen / 2.0**network.prefixlen for network in networks])
    bases, counts = (np.array(table, np.int64) for table in _groups(networks, bits, groups))
    written = [str(value) if version == "4" else f"{value:x}" for value in range(2**bits)]
    first, other = (
        Dictionary(strings(written)),
        Dictionary(strings([("." if bits == 8 else ":") + one for one in written])),
    )
    keys = tuple(scope.key(f"group {group}") for group in range(groups))
    words = (first, *[other] * (groups - 1))
    return Column(
        pa.string(), _Cells(scope.key("network"), law, keys, bases, counts, words), groups * bits // 3
    )


def _groups(networks: list[Network], bits: int, groups: int) -> tuple[list[list[int]], list[list[int]]]:
    """For each network the least value of every group and the number of its values.

    A group that is free altogether is never 0 in version 6: so what could be shortened to :: doesn't come.
    """
    bases, counts = [], []
    for network in networks:
        start = int(network.network_address)
        base = [start >> bits * (groups - 1 - group) & 2**bits - 1 for group in range(groups)]
        count = [2 ** min(bits, max(0, bits * (group + 1) - network.prefixlen)) for group in range(groups)]
        whole = [bits == 16 and free == 2**bits for free in count]
        bases.append([value + all_free for value, all_free in zip(base, whole, strict=True)])
        counts.append([free - all_free for free, all_free in zip(count, whole, strict=True)])
    return bases, counts


KIND = Kind(
    name="ip_address",
    title="IP address",
    description="An address on the internet: of the ranges for documentation, private, or of given networks.",
    Parameters=IpAddressParameters,
    compile=_compile,
    example={"version": "4", "range": "private"},
    pii=True,
)

"""The recipe decides every value of a dataset, the output every byte."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from synthmill.generators.engine.domain_rule import DomainRule
from synthmill.generators.engine.inputs import Input

_BYTES_A_CHARACTER = 10.0
"""Of parameters: as Python has them, and compiled."""


def canonical(value: Any) -> bytes:
    """JSON in one form for one meaning: sorted keys, no spaces, UTF-8, no NaN (ValueError)."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


@dataclass(frozen=True)
class Recipe:
    strategy: str
    parameters: Mapping[str, Any]
    """Whole and validated: defaults filled in, rows of every table included, JSON types only."""
    seed: int
    """0 to 2**63 - 1."""
    engine: str
    """The engine version that gives this recipe its values."""
    inputs: tuple[Input, ...] = ()
    """The files that the parameters name: nobody needs to know the strategy in order to find them."""
    plugins: tuple[str, ...] = ()
    """The packages besides Synthmill that give it its values, as `name==version` in alphabetical order."""
    rules: tuple[DomainRule, ...] = ()
    """What is expected of the rows. Rules decide no value."""

    def to_dict(self) -> dict[str, Any]:
        stored = {
            "strategy": self.strategy,
            "parameters": dict(self.parameters),
            "seed": self.seed,
            "engine": self.engine,
        }
        if self.inputs:
            stored["inputs"] = [one.to_dict() for one in self.inputs]
        if self.plugins:
            stored["plugins"] = list(self.plugins)
        if self.rules:
            stored["rules"] = [rule.to_dict() for rule in self.rules]
        return stored

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Recipe:
        inputs = tuple(map(Input.from_dict, stored.get("inputs", ())))
        plugins = tuple(stored.get("plugins", ()))
        rules = tuple(map(DomainRule.from_dict, stored.get("rules", ())))
        return cls(
            stored["strategy"],
            stored["parameters"],
            stored["seed"],
            stored["engine"],
            inputs,
            plugins,
            rules,
        )

    @property
    def memory(self) -> float:
        """Bytes that it takes with what is compiled of its parameters, roughly."""
        return _BYTES_A_CHARACTER * len(canonical(self.to_dict()))

    @property
    def sha256(self) -> str:
        return hashlib.sha256(canonical(self.to_dict())).hexdigest()


@dataclass(frozen=True)
class Output:
    format: str
    """`arrow`, `csv`, `jsonl` or `parquet`."""
    compression: str
    """`none`, `gzip` or `zstd`."""
    codec: str
    """What wrote the bytes, with versions: equal bytes are promised for an equal codec only."""
    sha256: bool = False
    """Whether the manifest also has the sha256 of each whole file. It changes no byte of the files."""

    def to_dict(self) -> dict[str, Any]:
        """As the manifest has it. `sha256` is left out where it is false: outputs of old look as they did."""
        kept = {"format": self.format, "compression": self.compression, "codec": self.codec}
        return kept | ({"sha256": True} if self.sha256 else {})

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Output:
        return cls(stored["format"], stored["compression"], stored["codec"], stored.get("sha256", False))

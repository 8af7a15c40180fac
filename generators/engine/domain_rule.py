"""Domain rules: what people of a trade expect of its data, as a recipe carries it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class DomainRule:
    """A sentence, and the query that shows whether the rows keep to it. It decides no value."""

    name: str
    says: str
    """The sentence, for people."""
    query: str
    """A SELECT over the recipe's tables: a row for each thing checked, and in its first column whether the
    rule holds there. Null is no."""
    at_most: float = 0.0
    """The share of what is checked that may break the rule, from 0 to 1."""

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "says": self.says, "query": self.query, "at_most": self.at_most}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> DomainRule:
        return cls(stored["name"], stored["says"], stored["query"], stored["at_most"])

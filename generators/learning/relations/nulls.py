"""Columns that are null in the same rows: where the first of them is, the others are."""

from __future__ import annotations

from collections.abc import Mapping

from synthmill.generators.learning.codecs.codec import SHARED
from synthmill.generators.learning.relations.quantities import HELD
from synthmill.generators.learning.source import Column


def find_null_with(columns: Mapping[str, Column]) -> dict[str, str]:
    """By column the first one that is null in the same rows, of 99.9 % of those in which either is."""
    masks = {
        name: ~one.known
        for name, one in columns.items()
        if SHARED <= int((~one.known).sum()) < len(one.known)
    }
    found, leaders = dict[str, str](), list[str]()
    for name, mask in masks.items():
        for leader in leaders:
            either = int((mask | masks[leader]).sum())
            if int((mask & masks[leader]).sum()) >= HELD * either:
                found[name] = leader
                break
        else:
            leaders.append(name)
    return found

"""The word lists that come with the package: plain text, an entry a line, fields parted by tabs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from math import ceil

from synthmill.generators.schema.fields import Items, Text


@cache
def entries(name: str) -> tuple[tuple[str, ...], ...]:
    """The fields of every line of a list."""
    text = (files("synthmill.generators.columns") / "words" / f"{name}.txt").read_text("utf-8")
    return tuple(tuple(line.split("\t")) for line in text.splitlines() if line)


def words(name: str) -> tuple[str, ...]:
    """The first field of every line of a list."""
    return tuple(entry[0] for entry in entries(name))


def words_field(about: str) -> Items:
    """A parameter that takes the place of a list."""
    return Items(about, Text("An entry."), default=None)


def mean_length(values: Sequence[object], weights: Sequence[float] | None = None) -> int:
    """Bytes of an entry as text, on average, rounded up; each as often as its weight."""
    lengths = [len(str(value).encode()) for value in values]
    if weights is None:
        return -(-sum(lengths) // len(lengths))
    return ceil(sum(length * weight for length, weight in zip(lengths, weights, strict=True)) / sum(weights))

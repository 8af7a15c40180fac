"""Variables that others say something of: one that another decides, one that is null where another is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from synthmill.generators.kernels.mix import I64
from synthmill.generators.learning.errors import ModelFileError
from synthmill.generators.learning.tensors import Tensors
from synthmill.generators.learning.variables import UNSEEN, Variable


@dataclass(frozen=True, eq=False)
class Lookup:
    """A variable that another decides."""

    by: int
    """The other's place in the list of variables."""
    codes: I64
    """By the other's code, its own."""

    @property
    def nbytes(self) -> int:
        """What its array takes in memory."""
        return self.codes.nbytes

    def save(self, tensors: Tensors) -> None:
        tensors.put("decided", self.codes.astype(np.uint16))

    @classmethod
    def load(cls, tensors: Tensors, by: int, variables: Sequence[Variable], place: int) -> Lookup:
        """Raises ModelFileError."""
        codes = tensors.get("decided", np.uint16, 1).astype(np.int64)
        if len(codes) != len(variables[by]) or (codes >= len(variables[place])).any():
            raise ModelFileError("what one variable decides of another doesn't fit them")
        return cls(by, codes)


def where_there(codes: Sequence[I64], null_with: Mapping[int, int]) -> list[I64]:
    """The codes, UNSEEN for a variable that is null with another where that one is: it learns the rest."""
    return [
        np.where(codes[null_with[place]] == 0, UNSEEN, one) if place in null_with else one
        for place, one in enumerate(codes)
    ]


def after_others(order: Sequence[int], others: Mapping[int, int]) -> list[int]:
    """The order, but that each variable comes after the one, by its place, that it needs."""
    found = list[int]()

    def put(place: int) -> None:
        if place not in found:
            if place in others:
                put(others[place])
            found.append(place)

    for place in order:
        put(place)
    return found

"""Stages: work that must be done before rows can be made, or that isn't pure.

A strategy is asked for one stage after the other (`next_stage`), each time with the results of those before,
so what a stage is may follow from what an earlier one found. A stage is so many units, its unit of work a
range of whole blocks of them. `staging` has what runs them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from synthmill.generators.errors import FieldError, InvalidRequestError

T = TypeVar("T")

MAX_STAGES = 1_000
"""Of one plan: a strategy that asks for more never comes to its rows."""
MAX_RESULT_BYTES = 64 * 2**20
"""What `Stage.max_bytes` may be: results are held in memory, by every worker."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}\Z")


@dataclass(frozen=True)
class Stage:
    """Work to be done before rows can be made, cut into blocks."""

    name: str
    """Different for each stage of a plan; at most 63 of `a-z`, `0-9`, `_` and `-`: rounds are numbered."""
    units: int
    """At least one. What a unit is, is the strategy's own affair: a row, a period, a question."""
    block_units: int
    """Units of every block but the last."""
    pure: bool = True
    """Whether equal arguments of `work` always give equal bytes. If not, `work` is given a context."""
    keep: bool = False
    """Whether each block's bytes are kept as they are, to be read one by one; if not, they are combined."""
    max_bytes: int = 2**20
    """What a block's result may come to, and all of them combined."""

    @property
    def blocks(self) -> int:
        return -(-self.units // self.block_units)

    def block_range(self, block: int) -> tuple[int, int]:
        """First unit of a block and the unit after its last."""
        start = block * self.block_units
        return start, min(start + self.block_units, self.units)

    def to_dict(self) -> dict[str, Any]:
        return dict(vars(self))

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Stage:
        return cls(**stored)


@dataclass(frozen=True)
class StageContext:
    """What work that isn't pure has to do with the world outside."""

    check: Callable[[], None]
    """Raises where the work is to be given up: the job was stopped, the lease is lost. Work that waits for
    something calls it at least once a second."""


@dataclass(frozen=True)
class Combined:
    """What a stage whose blocks are combined gave."""

    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Kept:
    """What a stage whose blocks are kept gave; `read` fetches a block's bytes, from wherever they lie."""

    blocks: int
    sha256: str
    """See `kept_sha256`."""
    read: Callable[[int], bytes]


@dataclass(frozen=True)
class Results:
    """What the stages gave that have been run so far, by name."""

    by_stage: Mapping[str, Combined | Kept] = field(default_factory=dict)
    complete: bool = False
    """Whether there is no further stage."""
    _once: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    def __contains__(self, stage: object) -> bool:
        return stage in self.by_stage

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_stage)

    def __len__(self) -> int:
        return len(self.by_stage)

    def combined(self, stage: str) -> bytes:
        """The combined bytes of a stage. Raises KeyError (not run yet), TypeError (kept)."""
        found = self.by_stage[stage]
        if not isinstance(found, Combined):
            raise TypeError(f"the blocks of stage {stage} are kept; read them with `block`")
        return found.data

    def block(self, stage: str, block: int) -> bytes:
        """One block's bytes of a kept stage. Raises KeyError, IndexError, TypeError (combined)."""
        found = self.by_stage[stage]
        if not isinstance(found, Kept):
            raise TypeError(f"the blocks of stage {stage} are combined; read them with `combined`")
        if not 0 <= block < found.blocks:
            raise IndexError(f"block {block} of stage {stage}, which has {found.blocks}")
        return found.read(block)

    def once(self, purpose: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made once for these results: a decoded table.

        Where there are no results yet it isn't kept: NO_RESULTS is the same for all plans.
        """
        if not self.by_stage:
            return make()
        if purpose not in self._once:
            self._once[purpose] = make()
        found: T = self._once[purpose]
        return found

    def with_(self, stage: Stage, result: Combined | Kept) -> Results:
        """These results and one more."""
        return Results({**self.by_stage, stage.name: result})

    def named(self) -> list[dict[str, str]]:
        """What the manifest says of them: each stage's name and its result's sha256, in the order run."""
        return [{"name": name, "sha256": result.sha256} for name, result in self.by_stage.items()]

    def suffice(self, needs: Sequence[str]) -> bool:
        """Whether rows can be made of a table that needs these stages."""
        return self.complete or all(stage in self.by_stage for stage in needs)


NO_RESULTS = Results()


class WholePassError(InvalidRequestError):
    """A table's rows follow from stages that haven't been run: none of them can be made by itself."""

    def __init__(self, table: str, needs: Sequence[str]) -> None:
        error = FieldError(
            "table",
            f"{table} needs a whole pass: its rows follow from what is found out before ({', '.join(needs)})",
            "generate the dataset, or choose another table",
        )
        super().__init__([error])


def kept_sha256(blocks: Sequence[str]) -> str:
    """The sha256 that stands for a kept stage's result: that of its blocks' sha256, in order, end to end."""
    return hashlib.sha256(b"".join(bytes.fromhex(one) for one in blocks)).hexdigest()


def check_stage(stage: Stage, results: Results) -> None:
    """Raises ValueError for a stage that can't be run after those in `results`."""
    if not _NAME.match(stage.name):
        raise ValueError(f"{stage.name!r} isn't a stage's name: at most 63 of a-z, 0-9, _ and -")
    if stage.name in results:
        raise ValueError(f"stage {stage.name} was run already; number rounds: {stage.name}-2")
    if len(results) >= MAX_STAGES:
        raise ValueError(f"more than {MAX_STAGES} stages: {stage.name} would be one more")
    if stage.units < 1 or stage.block_units < 1:
        raise ValueError(f"stage {stage.name} needs at least one unit, and one in a block")
    if not 0 <= stage.max_bytes <= MAX_RESULT_BYTES:
        raise ValueError(f"stage {stage.name}: max_bytes lies outside 0 to {MAX_RESULT_BYTES}")

"""Running the stages of a plan: the same functions in a notebook and on workers."""

from __future__ import annotations

import hashlib
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from synthmill.generators.engine.contract import STRATEGIES, StagedStrategy
from synthmill.generators.engine.pipeline import next_stage
from synthmill.generators.engine.plan import Plan
from synthmill.generators.engine.stages import (
    NO_RESULTS,
    Combined,
    Kept,
    Results,
    Stage,
    StageContext,
    kept_sha256,
)

KEPT_IN_MEMORY = 16 * 2**20

HERE = StageContext(check=lambda: None)
"""The world as a process sees it that does nothing else."""


class StageResultTooLargeError(ValueError):
    """A block's result, or all of them combined, is larger than the stage allows."""

    def __init__(self, stage: Stage, what: str, size: int) -> None:
        super().__init__(
            f"stage {stage.name}: {what} has {size} bytes, where its max_bytes allows {stage.max_bytes}"
        )


def work_block(
    plan: Plan, stage: Stage, block: int, results: Results = NO_RESULTS, context: StageContext | None = None
) -> bytes:
    """The result of one block of a stage; `results` are those of the stages before it.

    A stage that isn't pure needs a context (ValueError). Raises IndexError for a block that isn't there,
    StageResultTooLargeError, and whatever the strategy's work raises.
    """
    if not 0 <= block < stage.blocks:
        raise IndexError(f"block {block} of stage {stage.name}, which has {stage.blocks}")
    if not stage.pure and context is None:
        raise ValueError(f"stage {stage.name} isn't pure and needs a context")
    start, stop = stage.block_range(block)
    strategy = _staged(plan)
    made = strategy.work(plan, stage, start, stop, results, None if stage.pure else context)
    return _checked(stage, f"the result of block {block}", made)


def combine(plan: Plan, stage: Stage, results: Iterable[bytes]) -> bytes:
    """The results of blocks, or of ranges of them, in order, as one; b"" for none.

    Combining is exactly associative, so it makes no difference where the ranges were cut. Holds one result
    for each level of the tree. Raises StageResultTooLargeError.
    """
    strategy = _staged(plan)

    def both(left: bytes, right: bytes) -> bytes:
        if not left or not right:
            return left or right
        return _checked(stage, "the combined result", strategy.combine(plan, stage, left, right))

    # Like adding one to a binary number: a result of 2 ** level blocks waits for its neighbour.
    waiting: list[bytes | None] = []
    for made in results:
        carried = made
        for level, left in enumerate(waiting):
            if left is None:
                waiting[level] = carried
                break
            carried, waiting[level] = both(left, carried), None
        else:
            waiting.append(carried)
    whole = b""
    for left in waiting:
        if left is not None:
            whole = both(left, whole)
    return whole


def run_stages(
    plan: Plan,
    results: Results = NO_RESULTS,
    *,
    needs: Sequence[str] | None = None,
    admit: Callable[[Stage], None] = lambda stage: None,
    context: StageContext = HERE,
) -> Results:
    """Run, in this process, the stages that come after those in `results`: all, or until `needs` are there.

    `admit` is called with each stage before it runs, and may refuse it by raising. What is kept of
    a stage stays in memory up to `KEPT_IN_MEMORY` bytes, and in a temporary file beyond.
    """
    while needs is None or not results.suffice(needs):
        stage = next_stage(plan, results)
        if stage is None:
            return replace(results, complete=True)
        admit(stage)
        results = run_stage(plan, stage, results, context)
    return results


def run_stage(plan: Plan, stage: Stage, results: Results, context: StageContext = HERE) -> Results:
    """The results with those of one stage more, which is run in this process."""
    made = (work_block(plan, stage, block, results, context) for block in range(stage.blocks))
    return results.with_(stage, kept(made) if stage.keep else Combined(combine(plan, stage, made)))


def kept(made: Iterable[bytes]) -> Kept:
    """The blocks of a stage, in order, kept by this process."""
    blocks = _KeptBlocks()
    digests = []
    for one in made:
        blocks.add(one)
        digests.append(hashlib.sha256(one).hexdigest())
    return Kept(len(digests), kept_sha256(digests), blocks.read)


class _KeptBlocks:
    """Bytes of blocks: in memory as long as they are few, then in a temporary file."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(KEPT_IN_MEMORY)  # noqa: SIM115 - it goes with this object
        weakref.finalize(self, self._file.close)
        self._lock, self._ends = threading.Lock(), [0]

    def add(self, block: bytes) -> None:
        self._file.write(block)
        self._ends.append(self._ends[-1] + len(block))

    def read(self, block: int) -> bytes:
        start, stop = self._ends[block : block + 2]
        with self._lock:
            self._file.seek(start)
            return self._file.read(stop - start)


def _checked(stage: Stage, what: str, made: bytes) -> bytes:
    if len(made) > stage.max_bytes:
        raise StageResultTooLargeError(stage, what, len(made))
    return made


def _staged(plan: Plan) -> StagedStrategy:
    strategy = STRATEGIES.get(plan.strategy)
    if not isinstance(strategy, StagedStrategy):
        raise TypeError(f"strategy {plan.strategy} has no stages")
    return strategy

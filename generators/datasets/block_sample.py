"""Which blocks are made again where not all are."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Mapping


def choose(blocks_of: Mapping[str, int], number: int | None, seed: int) -> dict[str, list[int]]:
    """Blocks by file, in order: `number` of them, at least one of every file if there are enough.

    Every block's place in the queue is a hash of the seed and its name, so the choice is the same on every
    machine, and a greater number takes the same blocks and more.
    """
    if number is None or number >= sum(blocks_of.values()):
        return {name: list(range(count)) for name, count in blocks_of.items()}
    queues = {
        name: heapq.nsmallest(number, ((_rank(seed, name, block), name, block) for block in range(count)))
        for name, count in blocks_of.items()
    }
    heads = sorted(queue[0] for queue in queues.values() if queue)
    others = heapq.merge(*(queue[1:] for queue in queues.values()))
    chosen: dict[str, list[int]] = {name: [] for name in blocks_of}
    for _, name, block in [*heads, *others][:number]:
        chosen[name].append(block)
    return {name: sorted(some) for name, some in chosen.items()}


def _rank(seed: int, name: str, block: int) -> bytes:
    return hashlib.blake2b(f"{seed} {name} {block}".encode(), digest_size=16).digest()

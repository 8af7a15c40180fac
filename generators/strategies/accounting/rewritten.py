"""Which chains of a flow are anomalous: some of those of each cell and way, and of which kind each is.

They are the first of their stretch, so that all chains and documents stay where they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthmill.generators.kernels.mix import I64, key, mix
from synthmill.generators.strategies.accounting.ways.anomalous import variants
from synthmill.generators.strategies.accounting.ways.forms import Drafts
from synthmill.generators.strategies.accounting.ways.routes import Route, chains_key

_MILLION = 1_000_000


@dataclass(frozen=True)
class Rewritten:
    """The rewritten ways of a flow, and how many of its chains go one of them."""

    key: int
    share: int
    """Of the chains of ways that have any, in millionths."""
    hidden: int
    """Of those, how many have no sign but other amounts, in millionths."""
    variants: Sequence[Sequence[int]]
    """For each way places among `routes`: a rewritten way, and after it the same without signs."""
    routes: Sequence[tuple[int, int]]
    """The forms of each, from the first to before the last."""


@dataclass(frozen=True)
class Anomalies:
    """What is asked for of all flows."""

    seed: int
    share: float
    difficulty: float
    kinds: Sequence[str]

    def of(self, flow: str, place: str, ways: Sequence[Route], drafts: Drafts) -> Rewritten | None:
        """Those of a flow, whose forms are added to the drafts; None where there are none. `place` tells
        flows of one name apart."""
        if not self.share:
            return None
        again = chains_key(self.seed, f"{flow} made up")
        chosen, routes = [], list[tuple[int, int]]()
        for own in variants(flow, ways, self.kinds, again):
            chosen.append(list(range(len(routes), len(routes) + len(own), 2)))
            routes += [drafts.add(*one) for one in own]
        if not routes:
            return None
        return Rewritten(
            key(self.seed, "accounting", "anomalies", flow, place),
            round(self.share * _MILLION),
            round(self.difficulty * _MILLION),
            chosen,
            routes,
        )


def split(sizes: I64, ways: Rewritten | None) -> tuple[I64, I64, I64, I64]:
    """Stretches of the chains of each cell and way, of shape (cells, ways): their cell, route, first place in
    the cell, and count. Routes of `ways` are counted on from those of the flow."""
    cell, way = np.nonzero(sizes)
    count = sizes[cell, way]
    if ways is None:
        return cell, way, _starts(cell, count), count
    kinds = np.array([len(one) for one in ways.variants], np.int64)
    # Each cell and way rounds by itself: the same contract isn't anomalous month after month.
    rounding = mix(ways.key, np.arange(len(cell), dtype=np.uint64)) >> np.uint64(44)
    anomalous = (count * ways.share + (rounding.view(np.int64) * _MILLION >> 20)) // _MILLION
    anomalous = np.minimum(np.where(kinds[way] > 0, anomalous, 0), count)
    place = np.repeat(np.arange(len(cell)), anomalous)
    u = mix(ways.key, np.arange(len(place), dtype=np.uint64) + np.uint64(1 << 40))
    first = np.array([one[0] if one else 0 for one in ways.variants], np.int64)
    chosen = first[way[place]] + 2 * ((u >> np.uint64(33)).view(np.int64) % kinds[way[place]])
    chosen += (u & np.uint64(0xFFFFF)).view(np.int64) * _MILLION >> 20 < ways.hidden
    # Those that go the same way are one stretch; what is left of each cell and way comes after them.
    size = len(ways.routes) + 1
    rest = np.arange(len(cell)) * size + size - 1
    codes, counts = np.unique(np.concatenate([place * size + chosen, rest]), return_counts=True)
    of, route = np.divmod(codes, size)
    ordinary = route == size - 1
    counts = np.where(ordinary, (count - anomalous)[of], counts)
    route = np.where(ordinary, way[of], sizes.shape[1] + route)
    kept = counts > 0
    cell, route, count = cell[of][kept], route[kept], counts[kept]
    return cell, route, _starts(cell, count), count


def _starts(cell: I64, count: I64) -> I64:
    """Stretches of a cell follow each other from its first place on."""
    before = np.cumsum(count) - count
    return before - before[np.searchsorted(cell, cell)]

"""Events of a life that come in sessions: one begins by the rate, its events follow one another closely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np

from synthmill.generators.columns.kind import Rows, Scope
from synthmill.generators.columns.nested.chosen_rows import Items
from synthmill.generators.columns.times.life import Bounds, Life
from synthmill.generators.kernels.elementary import log, open_unit
from synthmill.generators.kernels.integers import below, bounded
from synthmill.generators.kernels.mix import I64
from synthmill.generators.schema.fields import Number, Parameters, options
from synthmill.generators.schema.times import Duration, length


class SessionParameters(Parameters):
    size = Number("How many events a session has, on average.", 1.0, 10_000.0, examples=[8])
    pause = Duration(
        "How long it is from an event to the next of its session, on average.",
        default="2m",
        examples=["30s"],
    )


def sessions_field() -> ma.fields.Nested:
    about = "Events come in sessions, which begin as often as the rate says; left out: one by one."
    return ma.fields.Nested(SessionParameters, **options(about, None, [{"size": 8, "pause": "40s"}]))


@dataclass(frozen=True, eq=False)
class Sessions:
    """Compiled by `sessions_of`.

    Siblings are divided into sessions of geometric sizes, and the pauses inside are exponential. One that
    wouldn't end in its parent's life comes so much earlier. Sessions may overlap, as those of two devices do,
    so all of a parent's events are made and put in order.
    """

    life: Life
    table: str
    apart: int
    begins: int
    pauses: int
    """Keys: whether an event begins a session, when that is, how long after the one before another comes."""
    share: float
    """Of events that begin one."""
    pause: int
    """Microseconds."""

    def __call__(self, rows: Rows, parents: Rows, bounds: Bounds, places: I64) -> I64:
        times, starts = parents.once(self, lambda: self._all(parents, bounds))
        found: I64 = times[starts[places] + rows.sibling_index().view(np.int64)]
        return found

    def _all(self, parents: Rows, bounds: Bounds) -> tuple[I64, I64]:
        """The times of all children, parent by parent, and where each parent's begin."""
        counts = parents.child_numbers(self.table)[1]
        items = Items(parents, counts)
        owners = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
        starts = np.cumsum(counts) - counts
        new = below(items.draw(self.apart), self.share)
        new[starts[counts > 0]] = True
        first, session = np.flatnonzero(new), np.cumsum(new) - 1
        of = owners[first]
        u = items.draw(self.begins)[first]
        began = self.life.moments(bounds.first, bounds.last, lambda span: bounded(u, span), of)
        waits = (log(open_unit(items.draw(self.pauses))) * -float(self.pause)).astype(np.int64)
        waits[new] = 0
        passed = np.cumsum(waits)
        passed -= passed[first][session]
        lasts = passed[np.append(first[1:], len(new)) - 1] if len(new) else passed
        earliest = bounds.first[of]
        latest = np.maximum(bounds.last[of] - 1, earliest)
        began = np.maximum(np.minimum(began, latest - lasts), earliest)
        times = np.minimum(began[session] + passed, latest[session])
        return times[np.lexsort((times, owners))], starts


def sessions_of(parameters: Mapping[str, Any], life: Life, scope: Scope) -> Sessions:
    """From loaded SessionParameters."""
    keys = (scope.key("session"), scope.key("begin"), scope.key("pause"))
    return Sessions(life, scope.table, *keys, 1.0 / parameters["size"], length(parameters["pause"]))

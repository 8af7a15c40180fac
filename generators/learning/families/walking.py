"""The trees of a walk: grown from rows, and laid out for the kernel."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from synthmill.generators.kernels.learning.trees import I32, gain_table
from synthmill.generators.kernels.learning.walks import Walk
from synthmill.generators.kernels.mix import I64
from synthmill.generators.learning.chain import Growth, Link, fit_link
from synthmill.generators.learning.codecs.intervals import Values
from synthmill.generators.learning.families.layout import Layout, Rows, learnt_features

_FEWEST_SUBJECTS = 5


def fit_walk(
    layout: Layout, rows: Rows, subjects: I32, growth: Growth, report: Callable[[], None]
) -> tuple[Link, ...]:
    """The trees of all steps; `subjects` are the rows', rising."""
    features, earlier = learnt_features(layout, rows)
    table = gain_table(len(subjects))
    time = len(layout.family) + 2
    links = []
    for at, step in enumerate(layout.steps):
        own = int(layout.slots[at, 2])
        chosen = rows.places > 0 if step.later else np.ones(len(subjects), np.bool_)
        if step.bit >= 0:
            chosen &= (rows.places == 0) | (rows.codes[step.bit] != 1)
        if len(np.unique(subjects[chosen])) < _FEWEST_SUBJECTS:
            chosen = np.ones(len(subjects), np.bool_)
        asked = features[:own, chosen]
        if step.is_gap:
            asked[time : time + len(earlier)] = earlier[:, chosen]
        links.append(
            fit_link(
                step.variable,
                rows.codes[at][chosen],
                asked,
                layout.seen[:own],
                subjects[chosen],
                growth,
                table,
            )
        )
        report()
    return tuple(links)


def laid_out(layout: Layout, links: Sequence[Link], gaps: Values | None) -> Walk:
    """All trees one behind the other."""
    none = np.zeros(0, np.int64)
    leaves, starts, entries, sums = [0], [none], [none], [none]
    classes, members, codes, weights = [0], [none], [none], [none]
    held = counted = 0
    for step, link in zip(layout.steps, links, strict=True):
        leaves.append(leaves[-1] + len(link.starts) - 1)
        starts.append(link.starts[:-1] + held)
        entries.append(link.entries.astype(np.int64))
        held += len(link.entries)
        if link.sums is None:
            sums.append(np.arange(len(link.entries)) - np.repeat(link.starts[:-1], np.diff(link.starts)) + 1)
            classes.append(classes[-1])
            continue
        sums.append(link.sums)
        own, own_sums, own_starts = step.variable.members
        classes.append(classes[-1] + len(own_starts) - 1)
        members.append(own_starts[:-1] + counted)
        codes.append(own)
        weights.append(own_sums)
        counted += len(own)
    return Walk(
        layout.slots,
        layout.features,
        layout.width,
        _begins([len(link.feature) for link in links]),
        np.concatenate([np.zeros(0, np.int32), *(link.feature for link in links)]),
        np.concatenate([np.zeros(0, np.uint64), *(link.mask for link in links)]),
        np.concatenate([np.zeros(0, np.int32), *(link.right for link in links)]),
        np.array(leaves, np.int64),
        np.concatenate([*starts, np.full(1, held, np.int64)]),
        np.concatenate(entries),
        np.concatenate(sums),
        np.array(classes, np.int64),
        np.concatenate([*members, np.full(1, counted, np.int64)]),
        np.concatenate(codes),
        np.concatenate(weights),
        _begins([len(step.variable) for step in layout.steps]),
        np.concatenate([np.zeros(0, np.uint8), *(step.variable.bins for step in layout.steps)]),
        none if gaps is None else gaps.low,
        none if gaps is None else gaps.high,
        layout.marks,
    )


def _begins(lengths: Sequence[int]) -> I64:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(np.array(lengths, np.int64))])

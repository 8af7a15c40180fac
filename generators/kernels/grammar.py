"""Text of a weighted grammar: one alternative chosen after the other, by a hash of the row and a counter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.bitpack import U8
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import I64, U64, mix
from synthmill.generators.kernels.texts import SPARE

ATTEMPTS = 256
"""Times that a text is drawn until its words are enough to tell it from all others."""
AGAIN = 1 << 63
"""Where the keys of further attempts lie, beyond every counter."""
_ROWS = 2_048
"""Expanded together, so that all of it stays in the cache."""
_LENGTH = 32
_SIZE = (1 << _LENGTH) - 1


@dataclass(frozen=True, eq=False)
class GrammarTables:
    """A grammar without a circle, as arrays. Symbol 0 is the start."""

    first: I64
    """For each symbol its first alternative."""
    count: I64
    """How many it has."""
    label: I64
    """The label whose value chooses the alternative; -1 where chance does."""
    limits: I64
    """Where its thresholds begin; -1 where all alternatives are equally likely."""
    words: I64
    """1 for a symbol whose alternatives are different, equally likely, and without further choices."""
    thresholds: U64
    """For each symbol, the least random bits that give the second alternative, the third, and so on."""
    starts: I64
    """For each alternative where its pieces begin, and where the last's end."""
    pieces: I64
    """A symbol; or -1 - t for text t; texts from the number of `texts` on are slots."""
    texts: I64
    """Where each text begins in the blob, shifted left by 32, plus its length."""
    blob: U8
    depth: int
    """Alternatives that can be open at once."""
    most: int
    """Texts and slots of a cell at most."""
    mean: float
    """Bytes of a cell without its slots, on average."""


@Twin
def written(
    grammar: GrammarTables,
    needed: int,
    labels: I64,
    blob: U8,
    slots: I64,
    index: U64,
    keys: U64,
) -> tuple[U8, I64]:
    """Text under each key: its characters, and where each cell begins and the last ends. Behind the last one
    are `SPARE` zeros, which kernels may read.

    `labels` has a row for each label with the number of its value for every key; `slots` a row for each slot
    with places in `blob`, which begins with the grammar's own and ends with `SPARE` zeros.

    `needed`: 0, or how many texts are to differ in their words, of which each is number `index`. Then the
    choices of words are the digits of that number, until these tell `needed` numbers apart: two texts of
    different numbers differ in a word, or in a choice between sentences. A text with too few words is
    drawn again.
    """
    ends, lengths = [np.zeros(1, np.int64)], []
    starts = []
    for start in range(0, len(keys), _ROWS):
        some = slice(start, start + _ROWS)
        places, counts = _expanded(grammar, needed, labels[:, some], slots[:, some], index[some], keys[some])
        sizes = places & _SIZE
        reached = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
        ends.append(ends[-1][-1] + reached[np.cumsum(counts)])
        starts.append(places >> _LENGTH)
        lengths.append(sizes)
    offsets = np.concatenate(ends)
    size, begin = (
        np.concatenate([np.empty(0, np.int64), *lengths]),
        np.concatenate([np.empty(0, np.int64), *starts]),
    )
    taken = np.repeat(begin - (np.cumsum(size) - size), size) + np.arange(int(size.sum()))
    return np.append(blob[taken], np.zeros(SPARE, np.uint8)), offsets


def _expanded(
    g: GrammarTables, needed: int, labels: I64, slots: I64, index: U64, keys: U64
) -> tuple[I64, I64]:
    """The places of all texts of all rows, and how many each row has."""
    places, counts, reached = _attempt(g, needed, labels, slots, index, keys)
    failed = np.flatnonzero(reached < needed)
    for attempt in range(1, ATTEMPTS):
        if not len(failed):
            break
        again = mix(keys[failed], np.full(len(failed), AGAIN + attempt, np.uint64))
        found = _attempt(g, needed, labels[:, failed], slots[:, failed], index[failed], again)
        places[:, failed], counts[failed] = found[0], found[1]
        failed = failed[found[2] < needed]
    kept = np.arange(g.most)[:, None] < counts
    return places.T[kept.T], counts


def told_apart(grammar: GrammarTables, labels: I64, keys: U64) -> U64:
    """How many numbers the words of the text under each key can tell apart, up to 2**40 and more."""
    slots = np.zeros((-int(grammar.pieces.min(initial=0)), len(keys)), np.int64)
    return _attempt(grammar, 1 << 40, labels, slots, keys, keys)[2]


def _attempt(
    g: GrammarTables, needed: int, labels: I64, slots: I64, index: U64, keys: U64
) -> tuple[I64, I64, U64]:
    """All rows at once, a piece of each at a time; and how many numbers each row's words tell apart."""
    rows = len(keys)
    at, end = np.zeros((g.depth, rows), np.int64), np.zeros((g.depth, rows), np.int64)
    level, counts = np.zeros(rows, np.int64), np.zeros(rows, np.int64)
    counter, number, reached = np.zeros(rows, np.uint64), index.copy(), np.ones(rows, np.uint64)
    places = np.zeros((g.most, rows), np.int64)
    active, symbols = np.arange(rows), np.zeros(rows, np.int64)
    level -= 1
    while len(active):
        chosen = _chosen(g, needed, labels, active, symbols, keys, counter, number, reached)
        level[active] += 1
        at[level[active], active], end[level[active], active] = g.starts[chosen], g.starts[chosen + 1]
        active, symbols = _run(g, slots, at, end, level, counts, places, active)
    return places, counts, reached


def _chosen(
    g: GrammarTables,
    needed: int,
    labels: I64,
    active: I64,
    symbols: I64,
    keys: U64,
    counter: U64,
    number: U64,
    reached: U64,
) -> I64:
    """The alternative of each active row's symbol."""
    count, label = g.count[symbols].view(np.uint64), g.label[symbols]
    u = mix(keys[active], counter[active])
    counter[active] += (label < 0).astype(np.uint64)
    choice = bounded(u, count)
    weighted = np.flatnonzero(g.limits[symbols] >= 0)
    if len(weighted):
        limits, alternatives = g.limits[symbols[weighted]], g.count[symbols[weighted]]
        passed = np.zeros(len(weighted), np.uint64)
        for one in range(int(alternatives.max()) - 1):
            # Beyond a symbol's last threshold stands another's, or none.
            there = np.minimum(limits + one, len(g.thresholds) - 1)
            passed += (one < alternatives - 1) & (u[weighted] >= g.thresholds[there])
        choice[weighted] = passed
    digits = np.flatnonzero((g.words[symbols] == 1) & (reached[active] < needed))
    if len(digits):
        row = active[digits]
        choice[digits] = number[row] % count[digits]
        number[row] //= count[digits]
        reached[row] *= count[digits]
    labelled = np.flatnonzero(label >= 0)
    choice[labelled] = labels[label[labelled], active[labelled]].view(np.uint64)
    found: I64 = g.first[symbols] + choice.view(np.int64)
    return found


def _run(
    g: GrammarTables, slots: I64, at: I64, end: I64, level: I64, counts: I64, places: I64, active: I64
) -> tuple[I64, I64]:
    """Write down texts until each row comes to a symbol, or to its end: the rows left, with their symbols."""
    found_rows, found_symbols = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    while len(active):
        depth = level[active]
        here = at[depth, active]
        over = here >= end[depth, active]
        level[active[over]] -= 1
        active = np.concatenate([active[~over], active[over][level[active[over]] >= 0]])
        ready = active[: int((~over).sum())]
        waiting = active[len(ready) :]
        piece = g.pieces[here[~over]]
        at[level[ready], ready] += 1
        symbol = piece >= 0
        found_rows.append(ready[symbol])
        found_symbols.append(piece[symbol])
        writing, text = ready[~symbol], -1 - piece[~symbol]
        own = text < len(g.texts)
        place = np.empty(len(text), np.int64)
        place[own] = g.texts[text[own]]
        place[~own] = slots[text[~own] - len(g.texts), writing[~own]]
        places[counts[writing], writing] = place
        counts[writing] += 1
        active = np.concatenate([writing, waiting])
    return np.concatenate(found_rows), np.concatenate(found_symbols)

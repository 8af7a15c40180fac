"""A chain: each variable by a tree of those before it, so that together they are as the data's were."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.learning.trees import (
    GAIN_UNIT,
    I32,
    Grown,
    descend,
    gain_table,
    grow,
    pick,
    pruned,
)
from synthmill.generators.kernels.mix import I64, U64, mix
from synthmill.generators.learning.codecs.code import rising_sums
from synthmill.generators.learning.errors import ModelFileError
from synthmill.generators.learning.lookup import Lookup
from synthmill.generators.learning.tensors import Tensors
from synthmill.generators.learning.variables import UNSEEN, UNSEEN_CLASS, Variable

U8 = npt.NDArray[np.uint8]
_BITS_PER_NAT = 1.4426950408889634
_NARROW = 256
MAX_NODES = 65_536
"""Of a tree."""


class Growth(NamedTuple):
    """How trees are grown."""

    alpha: float
    """Nats of gain that a split must bring for each class that its node has, but one."""
    least_rows: int
    least_subjects: int
    least_count: int
    """Rows of a class in a leaf below which the class isn't counted there."""
    donors: bool
    """Whether a leaf holds the codes of its rows; else it counts their classes."""


@dataclass(frozen=True, eq=False)
class Link:
    """A variable's tree. Its features are the variables before it in the chain."""

    feature: I32
    mask: U64
    right: I32
    starts: I64
    """Of each leaf: where its entries begin; one more than there are leaves."""
    entries: npt.NDArray[np.uint16]
    """Classes, or codes where leaves hold donors."""
    sums: I64 | None
    """The running sums of the entries' weights within their leaf; None for donors, which weigh the same."""

    @property
    def nbytes(self) -> int:
        """What its arrays take in memory."""
        held = (self.feature, self.mask, self.right, self.starts, self.entries)
        return sum(one.nbytes for one in held) + (0 if self.sums is None else self.sums.nbytes)

    def leaves(self, features: U8, rows: int) -> I32:
        """The leaf of each row, by the bins of the variables before."""
        found = np.zeros(rows, np.int32)
        return (
            descend(self.feature, self.mask, self.right, features, found) if len(self.feature) > 1 else found
        )

    def drawn(self, variable: Variable, features: U8, u: U64) -> tuple[I64, U64]:
        """A code for each row, and what is left of u; `features` are the bins of the variables before."""
        leaves = self.leaves(features, len(u))
        if self.sums is None:
            starts = self.starts[leaves]
            counts = (self.starts[1:] - self.starts[:-1])[leaves].view(np.uint64)
            half, low = np.uint64(32), np.uint64(0xFFFFFFFF)
            chosen = ((u >> half) * counts + (((u & low) * counts) >> half)) >> half
            return self.entries[starts + chosen.view(np.int64)].astype(np.int64), u * counts
        places, left = pick(self.starts, self.sums, leaves, u)
        codes, sums, starts = variable.members
        classes = self.entries[places].astype(np.int32)
        if len(codes) == variable.class_count:
            return codes[classes], left
        chosen_codes, left = pick(starts, sums, classes, left)
        return codes[chosen_codes], left

    def looking_at(self, parents: Sequence[int]) -> Link:
        """The tree with its features, which are numbered among the parents, by their places in the chain."""
        places = np.array([-1, *parents], np.int32)
        return replace(self, feature=places[self.feature + 1])

    def save(self, tensors: Tensors) -> None:
        """The nodes' features in 16 bits, and masks of inner nodes alone."""
        tensors.put("feature", self.feature.astype(np.int16))
        tensors.put("mask", self.mask[self.feature >= 0])
        tensors.put("right", self.right.astype(np.uint32))
        tensors.put("counts", np.diff(self.starts).astype(np.uint32))
        narrow = self.sums is not None or not len(self.entries) or self.entries.max() < _NARROW
        tensors.put("entries", self.entries.astype(np.uint8) if narrow else self.entries)
        if self.sums is not None:
            tensors.put("sums", self.sums.astype(np.uint32))

    @classmethod
    def load(cls, tensors: Tensors, variable: Variable, before: int, donors: bool) -> Link:
        """Raises ModelFileError; a tree that is loaded ends every walk in a leaf."""
        feature = tensors.get("feature", np.int16, 1).astype(np.int32)
        inner, nodes = feature >= 0, np.arange(len(feature))
        right = tensors.get("right", np.uint32).astype(np.int64)
        masks = tensors.get("mask", np.uint64)
        counts = tensors.get("counts", np.uint32, 1).astype(np.int64)
        fits = (
            len(right) == len(feature)
            and (feature < before).all()
            and (feature >= -1).all()
            and len(masks) == inner.sum()
            and not inner[-1]
            and (right[inner] > nodes[inner] + 1).all()
            and (right[inner] < len(feature)).all()
            and (right[~inner] < len(counts)).all()
            and (counts > 0).all()
        )
        if not fits:
            raise ModelFileError("a tree's nodes don't fit one another")
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        mask = np.zeros(len(feature), np.uint64)
        mask[inner] = masks
        most = len(variable) if donors else variable.class_count
        entries = tensors.get_either("entries", np.uint8, np.uint16).astype(np.uint16)
        if len(entries) != starts[-1] or (entries >= most).any():
            raise ModelFileError("the leaves of a tree don't fit its variable")
        sums = None
        if not donors:
            sums = tensors.get("sums", np.uint32).astype(np.int64)
            if len(sums) != len(entries) or not rising_sums(sums, starts):
                raise ModelFileError("the leaves of a tree have weights that aren't")
        return cls(feature, mask, right.astype(np.int32), starts, entries, sums)


@dataclass(frozen=True, eq=False)
class Chain:
    """The trees of some variables, in the order in which they are drawn."""

    order: tuple[int, ...]
    """Places in a list of variables."""
    links: tuple[Link | Lookup, ...]
    null_with: Mapping[int, int] = field(default_factory=dict)
    """By place, another whose code 0, null, makes it null, too; the other is drawn before it."""

    @property
    def lookups(self) -> dict[int, Lookup]:
        """By place, the variables that others decide."""
        pairs = zip(self.order, self.links, strict=True)
        return {place: link for place, link in pairs if isinstance(link, Lookup)}

    @property
    def nbytes(self) -> int:
        """What its trees take in memory."""
        return sum(link.nbytes for link in self.links)

    def drawn(
        self, variables: Sequence[Variable], keys: Sequence[int], rows: U64, wanted: frozenset[int]
    ) -> Mapping[int, tuple[I64, U64]]:
        """For the variables wanted, by place: the codes of some rows, and what is left of their bits."""
        last = max(at for at, place in enumerate(self.order) if place in wanted)
        deciding = {*(link.by for link in self.lookups.values()), *self.null_with.values()}
        features = np.empty((last + 1, len(rows)), np.uint8)
        found, kept = dict[int, tuple[I64, U64]](), dict[int, I64]()
        for at, (place, link) in enumerate(zip(self.order[: last + 1], self.links, strict=False)):
            variable, u = variables[place], mix(keys[place], rows)
            if isinstance(link, Lookup):
                codes, left = link.codes[kept[link.by]], u
            else:
                codes, left = link.drawn(variable, features[:at], u)
            if place in self.null_with:
                codes = np.where(kept[self.null_with[place]] == 0, 0, codes)
            features[at] = variable.bins[codes]
            if place in deciding:
                kept[place] = codes
            if place in wanted:
                found[place] = codes, left
        return found


def fit_chain(
    variables: Sequence[Variable],
    codes: Sequence[I64],
    order: Sequence[int],
    parents: Sequence[Sequence[int]],
    subjects: I32,
    growths: Sequence[Growth],
    report: Callable[[], None],
    lookups: Mapping[int, Lookup] | None = None,
    null_with: Mapping[int, int] | None = None,
) -> Chain:
    """The trees of all variables, but for those that others decide: by place, `lookups`.

    By place in the order: `parents`, the places in it of those that the tree may look at, and `growths`. Who
    decides a variable stands before it, and so does the one that it is null with: its codes are those
    `where_there`.
    """
    lookups = lookups or {}
    table = gain_table(len(subjects))
    features = np.zeros((len(order), len(subjects)), np.uint8)
    links = list[Link | Lookup]()
    for at, place in enumerate(order):
        if place in lookups:
            links.append(lookups[place])
            features[at] = bins_of(variables[place], codes[place])
            report()
            continue
        seen = [variables[order[one]] for one in parents[at]]
        bins = features[list(parents[at])]
        link = fit_link(variables[place], codes[place], bins, seen, subjects, growths[at], table)
        links.append(link.looking_at(parents[at]))
        features[at] = bins_of(variables[place], codes[place])
        report()
    return Chain(tuple(order), tuple(links), null_with or {})


def all_before(count: int) -> list[range]:
    """The parents of a chain: for each place of an order those before it."""
    return [range(at) for at in range(count)]


class Feature(Protocol):
    """What a tree may ask for."""

    @property
    def bin_count(self) -> int: ...

    @property
    def ordered(self) -> bool: ...


def fit_link(
    variable: Variable, codes: I64, features: U8, parents: Sequence[Feature], subjects: I32, growth: Growth,
    table: I64,
) -> Link:  # fmt: skip
    """The tree of a variable; `codes` are its rows', `features` the bins of the `parents`."""
    (link,) = fit_links(variable, codes, features, parents, subjects, growth, [growth.alpha], table)
    return link


def fit_links(
    variable: Variable, codes: I64, features: U8, parents: Sequence[Feature], subjects: I32, growth: Growth,
    alphas: Sequence[float], table: I64,
) -> list[Link]:  # fmt: skip
    """The trees of a variable with each of some rising alphas: one is grown, the others are parts of it."""
    seen = codes != UNSEEN
    target = np.where(seen, variable.classes[np.where(seen, codes, 0)], UNSEEN_CLASS).astype(np.uint8)
    limits = [
        growth.least_rows,
        growth.least_subjects,
        MAX_NODES if len(parents) else 1,
        _price(alphas[0]),
        0,
    ]
    tree = grow(
        np.array([one.bin_count for one in parents], np.int64),
        np.array([one.ordered for one in parents], np.int64),
        table,
        np.array(limits, np.int64),
        features,
        subjects,
        target,
    )
    trees = [tree, *(pruned(tree, _price(alpha)) for alpha in alphas[1:])]
    return [_link(one, variable, codes, target, growth) for one in trees]


def _price(alpha: float) -> int:
    """Of a class, in units of the gain table."""
    return round(alpha * _BITS_PER_NAT * GAIN_UNIT)


def _link(tree: Grown, variable: Variable, codes: I64, target: U8, growth: Growth) -> Link:
    if growth.donors:
        starts, entries = _donors(tree.starts, codes[tree.rows])
        return Link(tree.feature, tree.mask, tree.right, starts, entries, None)
    starts, entries, sums = _counted(tree.starts, target[tree.rows], variable, growth.least_count)
    return Link(tree.feature, tree.mask, tree.right, starts, entries, sums)


def _donors(starts: I64, codes: I64) -> tuple[I64, npt.NDArray[np.uint16]]:
    """The codes of each leaf, rising; where all are protected, one that stands for the first."""
    leaves = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    empty = np.setdiff1d(np.arange(len(starts) - 1), leaves[codes != UNSEEN])
    leaves, codes = leaves[codes != UNSEEN], codes[codes != UNSEEN]
    first = codes.min() if len(codes) else 0
    leaves = np.concatenate([leaves, empty])
    codes = np.concatenate([codes, np.full(len(empty), first, np.int64)])
    order = np.lexsort((codes, leaves))
    counts = np.bincount(leaves, minlength=len(starts) - 1)
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)]), codes[order].astype(np.uint16)


def _counted(
    starts: I64, classes: U8, variable: Variable, least: int
) -> tuple[I64, npt.NDArray[np.uint16], I64]:
    """The classes of each leaf that `least` rows have, and the running sums of their counts; all of the
    table's where a leaf has none."""
    leaves = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    size = UNSEEN_CLASS + 1
    counts = np.bincount(leaves * size + classes, minlength=(len(starts) - 1) * size).reshape(-1, size)
    counts = counts[:, :UNSEEN_CLASS]
    whole = np.bincount(variable.classes, weights=variable.weights, minlength=UNSEEN_CLASS).astype(np.int64)
    there = counts.sum(axis=0) > 0
    counts[counts < least] = 0
    # Of a class that no row has there is no more than that.
    counts[counts.sum(axis=1) == 0] = whole * there if there.any() else whole
    leaf, entries = np.nonzero(counts)
    sums = np.cumsum(counts, axis=1)[leaf, entries]
    begins = np.concatenate([np.zeros(1, np.int64), np.cumsum((counts > 0).sum(axis=1))])
    return begins, entries.astype(np.uint16), sums


def bins_of(variable: Variable, codes: I64) -> U8:
    """The bins of codes; a protected one's is the first, as no row that is drawn has one."""
    return variable.bins[np.where(codes == UNSEEN, 0, codes)]

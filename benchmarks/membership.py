"""What a model's file tells of whose rows it was fitted to: `python -m benchmarks.membership`.

White box, on Adult: rows are ranked by their likelihood under the model's trees, and by how much likelier
they are than under a model of other rows. Printed is the area under the ROC curve of members against rows
that are nobody's of either model: 0.5 is a guess. Codes are made of all rows together, so that models differ
in their trees alone; columns' tables of values hold no value of fewer than five subjects.
"""

from __future__ import annotations

import argparse
import statistics

import numpy as np
import numpy.typing as npt

from benchmarks.learning import adult
from synthmill.generators.kernels.mix import I64
from synthmill.generators.learning.chain import Chain, Growth, all_before, bins_of, fit_chain
from synthmill.generators.learning.codecs.by_kind import encode
from synthmill.generators.learning.roles import roles_of
from synthmill.generators.learning.source import source_of
from synthmill.generators.learning.variables import UNSEEN, Variable

F64 = npt.NDArray[np.float64]
MEMBERS, ASKED = 30_148, 4_000
WAYS = {
    "careful": Growth(1.3, 120, 5, 2, False),
    "alpha 1, leaves of 20, every count": Growth(1.0, 20, 5, 1, False),
    "open": Growth(1.0, 20, 5, 1, True),
}
_PRIOR = 0.5


class Rows:
    """Adult as codes."""

    def __init__(self) -> None:
        source = source_of("adult", adult(), None, set())
        roles, subjects = roles_of(source, {}), source.subjects.astype(np.int64)
        encoded = [encode(column, roles[name], subjects, {}) for name, column in source.columns.items()]
        self.variables: list[Variable] = [one for each in encoded for one in each.codec.variables]
        self.codes: list[I64] = [one for each in encoded for one in each.codes]
        self.count = source.rows

    def fitted(self, rows: I64, growth: Growth) -> Chain:
        order = range(len(self.variables))
        codes = [one[rows] for one in self.codes]
        numbers = np.arange(len(rows), dtype=np.int32)
        growths = [growth] * len(codes)
        return fit_chain(self.variables, codes, order, all_before(len(codes)), numbers, growths, lambda: None)

    def likelihood(self, chain: Chain, rows: I64) -> F64:
        """The logarithm of each row's likelihood, of its classes or, with donors, of its codes."""
        features = np.stack(
            [
                bins_of(variable, codes[rows])
                for variable, codes in zip(self.variables, self.codes, strict=True)
            ]
        )
        total = np.zeros(len(rows))
        for at, (link, variable) in enumerate(zip(chain.links, self.variables, strict=True)):
            codes = self.codes[at][rows]
            seen = codes != UNSEEN
            own = np.where(seen, codes, 0)
            groups = np.arange(len(variable)) if link.sums is None else variable.classes.astype(np.int64)
            size = int(groups.max()) + 1
            prior = np.bincount(groups, weights=variable.weights, minlength=size) / variable.weights.sum()
            weights = np.ones(len(link.entries))
            if link.sums is not None:
                weights = np.diff(link.sums, prepend=0).astype(np.float64)
                weights[link.starts[:-1]] = link.sums[link.starts[:-1]]
            of_entries = (
                np.repeat(np.arange(len(link.starts) - 1), np.diff(link.starts)) * size + link.entries
            )
            cells, places = np.unique(of_entries, return_inverse=True)
            counts = np.bincount(places, weights=weights)
            leaves = link.leaves(np.ascontiguousarray(features[:at]), len(rows)).astype(np.int64)
            wanted = leaves * size + groups[own]
            found = np.searchsorted(cells, wanted).clip(0, len(cells) - 1)
            mine = np.where(cells[found] == wanted, counts[found], 0.0)
            sums = np.bincount(cells // size, weights=counts)[leaves]
            total += np.where(seen, np.log((mine + _PRIOR * prior[groups[own]]) / (sums + _PRIOR)), 0.0)
        return total


def area(members: F64, others: F64) -> float:
    ranks = np.argsort(np.argsort(np.concatenate([members, others])))[: len(members)]
    return float((ranks.sum() - len(members) * (len(members) - 1) / 2) / (len(members) * len(others)))


def attacked(rows: Rows, growth: Growth, seed: int) -> tuple[float, float]:
    """By likelihood, and beside a model of other rows."""
    order = np.random.default_rng(seed).permutation(rows.count)
    members, others, reference = order[:ASKED], order[MEMBERS : MEMBERS + ASKED], order[MEMBERS + ASKED :]
    model = rows.fitted(np.sort(order[:MEMBERS]), growth)
    beside = rows.fitted(np.sort(reference), growth)
    mine, theirs = (rows.likelihood(model, asked) for asked in (members, others))
    less = [rows.likelihood(beside, asked) for asked in (members, others)]
    return area(mine, theirs), area(mine - less[0], theirs - less[1])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.membership", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    asked = parser.parse_args()
    rows = Rows()
    for name, growth in WAYS.items():
        found = [attacked(rows, growth, seed) for seed in range(asked.seeds)]
        means = [statistics.mean(one) for one in zip(*found, strict=True)]
        print(f"{name}: {means[0]:.3f} by likelihood, {means[1]:.3f} beside another model", flush=True)


if __name__ == "__main__":
    main()

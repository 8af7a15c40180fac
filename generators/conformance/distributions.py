"""Declared against observed distributions, column by column, on the fixed sample of each table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from synthmill.generators.conformance.checks import Check, exact, tested
from synthmill.generators.conformance.draws import Draws, nearest
from synthmill.generators.conformance.laws import Law, Shares, law_of
from synthmill.generators.conformance.pvalues import Outcome, chi_law, chi_two, correlation, ks_law, ks_two
from synthmill.generators.datasets.profile.document import units
from synthmill.generators.kernels.mix import F64, I64

FEW = 200
"""Different values up to which text is compared value by value; beyond, by its length."""
_BINS = 20
_OFTEN = 10
"""Rows of each value, on average, from which numbers are counted value by value."""
_MOST_CORRELATED = 24
_FEWEST_ROWS = 200


def check_column(
    table: str,
    column: Mapping[str, Any],
    nullable: bool,
    seen: pa.Array,
    declared: Draws[pa.Array],
    alone: bool = True,
) -> Iterator[Check]:
    """Nulls and distribution of a column; `declared` are the same sample of the recipe under other seeds.

    A column isn't `alone` where a rule of its table has a say in it, too: then its law isn't its kind's.
    """
    name = column["name"]
    yield _nulls(table, column, nullable, seen, declared)
    values, others = seen.drop_null(), declared[0].drop_null()
    if not len(values) or not len(others) or pt.is_nested(seen.type):
        return
    law = law_of(column) if alone else None
    if law is not None:
        yield _with_plot(check_law(table, column, law, values), values, others)
    else:
        outcome = nearest(_compared, values, declared.of(lambda one: one.drop_null()))
        said = tested(table, name, "distribution", outcome, _about(others), _about(values))
        yield _with_plot(said, values, others)


def check_law(table: str, column: Mapping[str, Any], law: Law, values: pa.Array) -> Check:
    """Values, none of them null, against the law of a column."""
    if isinstance(law, Shares):
        return _shares(table, column["name"], law, values)
    outcome = ks_law(natural(values), law.cdf, law.continuous)
    return tested(table, column["name"], "distribution", outcome, column["kind"], _about(values))


def check_fan_out(
    table: str, column: Mapping[str, Any], nullable: bool, seen: pa.Array, declared: Draws[pa.Array]
) -> Iterator[Check]:
    """Nulls, and how often a foreign key's values come: which of them often is the seed's choice."""
    name = column["name"]
    yield _nulls(table, column, nullable, seen, declared)
    found, others = _times(seen), declared.of(_times)
    if not len(found) or not len(others[0]):
        return
    about = [f"{len(one):,} keys, the commonest {int(one.max()):,} times" for one in (others[0], found)]
    yield tested(table, name, "distribution", nearest(ks_two, found, others), *about)


def check_correlations(
    table: str, columns: list[str], seen: pa.Table, declared: Draws[pa.Table]
) -> Iterator[Check]:
    """Rank correlations of numeric columns, pair by pair."""
    numeric = [name for name in columns if is_number(seen.schema.field(name).type)][:_MOST_CORRELATED]
    for first, second in combinations(numeric, 2):
        found = _ranked(seen, first, second)
        others = declared.of(partial(_ranked, first=first, second=second))
        pair = others[0], found
        if min(rows for _, rows in pair) < _FEWEST_ROWS or any(np.isnan(r) for r, _ in pair):
            continue
        said = [f"{r:+.3f}" for r, _ in pair]
        yield tested(table, f"{first}, {second}", "correlation", nearest(_correlated, found, others), *said)


def _correlated(one: tuple[float, int], other: tuple[float, int]) -> Outcome:
    return correlation(one[0], other[0], min(one[1], other[1]))


def is_number(kind: pa.DataType) -> bool:
    return bool(
        pt.is_integer(kind)
        or pt.is_floating(kind)
        or pt.is_decimal(kind)
        or pt.is_date32(kind)
        or pt.is_timestamp(kind)
    )


def natural(values: pa.Array) -> F64:
    """Numbers as doubles: decimals as they are, dates in days, times in microseconds."""
    kind = values.type
    scale = 10.0**kind.scale if pt.is_decimal(kind) else 1.0
    if pt.is_timestamp(kind) and kind.unit != "us":
        values = values.cast(pa.timestamp("us", kind.tz))
    numbers: F64 = units(values).astype(np.float64) / scale
    return numbers


def _nulls(
    table: str, column: Mapping[str, Any], nullable: bool, seen: pa.Array, declared: Draws[pa.Array]
) -> Check:
    said = [f"{one.null_count / max(1, len(one)):.2%}" for one in (declared[0], seen)]
    if not nullable:
        return exact(table, column["name"], "nulls", "none", said[1], not seen.null_count)
    outcome = nearest(chi_two, _null_counts(seen), declared.of(_null_counts))
    return tested(table, column["name"], "nulls", outcome, *said)


def _null_counts(column: pa.Array) -> I64:
    return np.array([column.null_count, len(column) - column.null_count], np.int64)


def _times(keys: pa.Array) -> F64:
    """How often each key comes."""
    counts: F64 = pc.value_counts(keys.drop_null()).field("counts").to_numpy().astype(np.float64)
    return counts


def _shares(table: str, name: str, law: Shares, values: pa.Array) -> Check:
    found = {one["values"]: one["counts"] for one in pc.value_counts(values).to_pylist()}
    known = list(law.shares) + [value for value in found if value not in law.shares]
    counts = np.array([found.get(value, 0) for value in known], np.int64)
    shares = np.array([law.shares.get(value, 0.0) for value in known])
    outcome = chi_law(counts, shares)
    farthest = int(np.abs(counts / counts.sum() - shares).argmax())
    said = [
        f"{known[farthest]}: {share:.2%}" for share in (shares[farthest], counts[farthest] / counts.sum())
    ]
    return tested(table, name, "distribution", outcome, *said)


def _compared(values: pa.Array, others: pa.Array) -> Outcome:
    if is_number(values.type):
        different = pc.count_distinct(values).as_py()
        if different > FEW or different * _OFTEN > len(values):
            return ks_two(natural(values), natural(others))
    if pt.is_string(values.type) and pc.count_distinct(pa.concat_arrays([values, others])).as_py() > FEW:
        values, others = pc.utf8_length(values), pc.utf8_length(others)
    known, counts, more = _tallied(values, others)
    if is_number(values.type) and 2 * np.count_nonzero((counts > 0) & (more > 0)) < len(known):
        return ks_two(natural(values), natural(others))  # which values there are is luck, too
    return chi_two(counts, more)


def _tallied(values: pa.Array, others: pa.Array) -> tuple[list[Any], I64, I64]:
    """The values of both, and how often each comes in either."""
    tallies = [
        {one["values"]: one["counts"] for one in pc.value_counts(array).to_pylist()}
        for array in (values, others)
    ]
    known = list(dict.fromkeys([*tallies[1], *tallies[0]]))
    first, second = (np.array([tally.get(value, 0) for value in known], np.int64) for tally in tallies)
    return known, first, second


def _about(values: pa.Array) -> str:
    """A few words on what a sample is like."""
    if is_number(values.type):
        low, high = (one.as_py() for one in pc.min_max(values).values())
        return f"{low} to {high}"
    if not pt.is_string(values.type):
        return f"{pc.count_distinct(values).as_py():,} values"
    lengths = pc.utf8_length(values)
    return f"{pc.count_distinct(values).as_py():,} values, {pc.mean(lengths).as_py():.1f} characters"


def _with_plot(check: Check, values: pa.Array, others: pa.Array) -> Check:
    """Shares of ranges, or of the commonest values, as declared and as observed."""
    if is_number(values.type) and pc.count_distinct(values).as_py() > _BINS:
        first, second = natural(values), natural(others)
        edges = np.linspace(min(first.min(), second.min()), max(first.max(), second.max()), _BINS + 1)
        shares = [np.histogram(one, edges)[0] / len(one) for one in (second, first)]
        labels = [f"{edge:g}" for edge in edges[:-1]]
    else:
        if pt.is_string(values.type) and pc.count_distinct(values).as_py() > FEW:
            values, others = pc.utf8_length(values), pc.utf8_length(others)
        known, seen, declared = _tallied(values, others)
        order = np.argsort(-(seen + declared), kind="stable")[:_BINS]
        labels = [str(known[at]) for at in order]
        shares = [declared[order] / declared.sum(), seen[order] / seen.sum()]
    check.plot = {"labels": labels, "declared": shares[0].tolist(), "observed": shares[1].tolist()}
    return check


def _ranked(rows: pa.Table, first: str, second: str) -> tuple[float, int]:
    """Spearman's correlation of two columns, and the rows in which neither is null."""
    both = rows.select([first, second]).drop_null().combine_chunks()
    numbers = [natural(both.column(name).combine_chunks()) for name in (first, second)]
    if not len(both) or any(np.ptp(one) == 0 for one in numbers):
        return float("nan"), len(both)
    ranks = [np.unique(one, return_inverse=True)[1] for one in numbers]
    first_places, second_places = (
        (np.cumsum(counts) - counts / 2)[rank] for rank in ranks for counts in (np.bincount(rank),)
    )
    return float(np.corrcoef(first_places, second_places)[0, 1]), len(both)

"""The kernels compute exactly what they say, on every machine."""

from __future__ import annotations

import ast
import bisect
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import synthmill.generators
from synthmill.generators.kernels.alias import alias
from synthmill.generators.kernels.characters import uuid4, uuid_text
from synthmill.generators.kernels.discrete import discrete
from synthmill.generators.kernels.integers import below, bounded, distinct, multiply_divide
from synthmill.generators.kernels.mix import U64, key, mix
from synthmill.generators.kernels.permutation import Permutation, shuffled_by
from synthmill.generators.kernels.zipf import HEAD, zipf

U = st.integers(0, 2**64 - 1)


def u64(*values: int) -> U64:
    return np.array(values, np.uint64)


def splitmix(state: int) -> int:
    """SplitMix64 in Python's own integers."""
    z = state % 2**64
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
    return z ^ (z >> 31)


@given(U, st.lists(U, min_size=1, max_size=20))
def test_mix_is_splitmix64_at_a_position(start: int, index: list[int]) -> None:
    expected = [splitmix(start + i * 0x9E3779B97F4A7C15) for i in index]
    assert mix(start, u64(*index)).tolist() == expected
    assert mix(np.full(len(index), start, np.uint64), u64(*index)).tolist() == expected


def test_mix_of_many_is_mix_of_each() -> None:
    index = np.arange(100_000, dtype=np.uint64)
    assert np.array_equal(mix(5, index)[70_000:70_100], mix(5, index[70_000:70_100]))


def test_keys_are_fixed_and_differ_by_every_part_of_the_place() -> None:
    assert key(0, "t", "c") == 939206715014491155
    places = [(0, "t", "c"), (1, "t", "c"), (0, "tc", ""), (0, "", "tc"), (0, "t", "c", ""), (0, 't","c')]
    assert len({key(*place) for place in places}) == len(places)  # type: ignore[arg-type]


def test_mixed_bits_are_even_and_unrelated_to_neighbours_and_to_other_keys() -> None:
    rows = np.arange(1 << 18, dtype=np.uint64)
    first, second = mix(key(0, "t", "a"), rows), mix(key(0, "t", "b"), rows)
    children = mix(mix(key(0, "t", "a"), rows), np.zeros_like(rows))
    limit = 4.5 / np.sqrt(len(rows))
    for other in (second, np.roll(first, 1), np.roll(first, 256), mix(1, rows), mix(2, rows), children):
        agreement = np.unpackbits((first ^ other).view(np.uint8)).reshape(-1, 64).mean(axis=0)
        assert np.abs(agreement - 0.5).max() < limit
        a, b = ((u >> np.uint64(11)).astype(np.float64) * 2.0**-53 - 0.5 for u in (first, other))
        assert abs((a * b).mean() * 12) < limit


@given(U, st.integers(1, 2**64 - 1))
def test_bounded_is_the_high_half_of_the_product(u: int, count: int) -> None:
    assert bounded(u64(u), count).tolist() == [u * count >> 64]
    assert bounded(u64(u), u64(count)).tolist() == [u * count >> 64]


@given(st.integers(0, 2**34), st.integers(0, 2**34), st.integers(1, 2**34))
def test_multiply_divide_is_exact(a: int, b: int, c: int) -> None:
    if a * b // c <= 2**34:
        assert multiply_divide(u64(a), b, c).tolist() == [a * b // c]
    if a > 0 and 0 < (a * b - 1) // c <= 2**34:
        assert multiply_divide(u64(a), b, c, 1).tolist() == [(a * b - 1) // c]


def test_below_knows_never_and_always() -> None:
    u = u64(0, 2**63, 2**64 - 1)
    assert below(u, 0.0).tolist() == [False] * 3
    assert below(u, 1.0).tolist() == [True] * 3
    assert below(u, 0.5).tolist() == [True, False, False]


@given(st.lists(st.integers(0, 50), max_size=60), st.booleans())
def test_distinct_finds_every_value(values: list[int], sort: bool) -> None:
    values = sorted(values) if sort else values
    different, places = distinct(u64(*values))
    assert different.tolist() == sorted(set(values))
    assert different[places].tolist() == values


@given(
    st.lists(st.floats(0, 1e15, allow_subnormal=False), min_size=1, max_size=40).filter(any),
    st.lists(U, min_size=1, max_size=40),
)
def test_discrete_follows_exact_thresholds(weights: list[float], draws: list[int]) -> None:
    total = sum(map(Fraction, weights))
    reached, thresholds = Fraction(0), []
    for weight in weights[:-1]:
        reached += Fraction(weight)
        thresholds.append(reached * 2**64 // total)
    law = discrete(weights)
    expected = [bisect.bisect_right(thresholds, u) for u in draws]
    assert law.draw(u64(*draws)).tolist() == expected
    assert all(weights[value] > 0 for value in expected)


@given(st.lists(st.integers(0, 10**15), min_size=1, max_size=40).filter(any))
def test_an_alias_table_has_the_weights_exactly(weights: list[int]) -> None:
    law = alias(weights)
    n, found = len(weights), [Fraction(0)] * len(weights)
    for column, (limit, other) in enumerate(zip(law.limits.tolist(), law.others.tolist(), strict=True)):
        own = Fraction(1) if other == column else Fraction(limit, 2**64)
        found[column] += own / n
        found[other] += (1 - own) / n
    for weight, share in zip(weights, found, strict=True):
        assert abs(share - Fraction(weight, sum(weights))) <= Fraction(n, 2**64)
        assert weight or not share


def test_discrete_takes_very_many_very_unequal_values() -> None:
    weights = [1e15, *([1e-9] * 50_000), 1e15]
    drawn = discrete(weights).draw(mix(1, np.arange(10_000, dtype=np.uint64)))
    assert set(np.unique(drawn)) == {0, 50_001}


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 17, 64, 1_000, 65_537])
def test_a_permutation_reaches_everything_once(size: int) -> None:
    shuffled = Permutation(size, 7).apply(np.arange(size, dtype=np.uint64))
    assert np.array_equal(np.sort(shuffled), np.arange(size, dtype=np.uint64))
    if size > 60:
        assert not np.array_equal(shuffled, Permutation(size, 8).apply(np.arange(size, dtype=np.uint64)))


def test_a_permutation_of_ten_thousand_million_needs_no_memory() -> None:
    shuffled = Permutation(10**10, 7).apply(np.arange(10**10 - 1_000, 10**10, dtype=np.uint64))
    assert len(np.unique(shuffled)) == 1_000
    assert shuffled.max() < 10**10
    assert np.corrcoef(shuffled[:-1].astype(float), shuffled[1:].astype(float))[0, 1] < 0.1


@pytest.mark.parametrize(
    ("size", "exponent"), [(3, 1.0), (2_000, 0.5), (50_000, 1.1), (10**6, 1.0), (10**6, 2.5)]
)
def test_zipf_ranks_are_as_common_as_the_law_says(size: int, exponent: float) -> None:
    n = 1 << 18
    rows = np.arange(n, dtype=np.uint64)
    ranks = zipf(size, exponent).draw(mix(11, rows), mix(12, rows))
    assert ranks.max() < size
    law = np.arange(1, size + 1, dtype=np.float64) ** -exponent
    edges = np.unique(np.geomspace(1, size + 1, 40).astype(np.int64)) - 1
    expected = np.add.reduceat(law, edges[:-1]) / law.sum() * n
    seen = np.histogram(ranks.astype(np.int64), edges)[0]
    kept = expected > 5
    chi = ((seen - expected)[kept] ** 2 / expected[kept]).sum()
    assert chi < kept.sum() + 5 * np.sqrt(2 * kept.sum())


def test_zipf_is_even_within_a_piece_and_reaches_the_last_rank() -> None:
    law = zipf(HEAD + 3, 0.01)
    rows = np.arange(1 << 16, dtype=np.uint64)
    ranks = law.draw(mix(1, rows), mix(2, rows))
    assert set(range(HEAD, HEAD + 3)) <= set(ranks.tolist())
    assert zipf(10**10, 0.01).draw(u64(2**64 - 1), u64(2**64 - 1)).tolist() == [10**10 - 1]


def test_uuids_carry_their_version_and_all_their_bits() -> None:
    text = uuid_text(uuid4(u64(0x0123456789ABCDEF, 0), u64(0x0123456789ABCDEF, 2**64 - 1)))
    assert bytes(text[0]).decode() == "01234567-89ab-4def-8123-456789abcdef"
    assert bytes(text[1]).decode() == "00000000-0000-4000-bfff-ffffffffffff"


FORBIDDEN = {
    *("log", "exp", "power", "float_power", "log1p", "expm1", "cbrt", "sin", "cos", "tan", "tanh", "random"),
    *("dot", "matmul", "einsum", "linalg", "inner", "vdot", "log2", "log10", "exp2", "hypot", "fft"),
}


@pytest.mark.parametrize("folder", ["kernels", "columns", "strategies"])
def test_nothing_that_differs_between_processors_is_called(folder: str) -> None:
    for path in (Path(synthmill.generators.__file__).parent / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                called = f"{node.value.id}.{node.attr}"
                assert not (node.value.id in ("np", "math") and node.attr in FORBIDDEN), (
                    f"{path.name}: {called}"
                )
            assert not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)), path.name


@given(st.integers(1, 3_000), st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=5))
def test_each_key_has_a_permutation_of_its_own(size: int, keys: list[int]) -> None:
    every = np.arange(size, dtype=np.uint64)
    for own in keys:
        images = shuffled_by(np.full(size, own, np.uint64), size, every)
        assert np.array_equal(np.sort(images), every)
        assert np.array_equal(images, Permutation(size, own).apply(every))

"""Every compiled kernel gives the same bits as the plain one of its name."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthmill.generators import kernels
from synthmill.generators.kernels import backend
from synthmill.generators.kernels.alias import alias
from synthmill.generators.kernels.backend import Twin, compiled, use
from synthmill.generators.kernels.characters import holds, uuid4
from synthmill.generators.kernels.derived.inversion import density
from synthmill.generators.kernels.discrete import discrete
from synthmill.generators.kernels.elementary import exp, log, normal_quantile, open_unit
from synthmill.generators.kernels.integers import below, bounded
from synthmill.generators.kernels.mix import mix, mix_children
from synthmill.generators.kernels.permutation import Permutation
from synthmill.generators.kernels.processes.bridge import bridged
from synthmill.generators.kernels.relations.one_to_many import one_to_many
from synthmill.generators.kernels.relations.segments import upper_bounds
from synthmill.generators.kernels.sketches import extremes, observed, summed, tallied, text_hashes, word_mix
from synthmill.generators.kernels.texts import phrases, vocabulary
from synthmill.generators.kernels.zipf import zipf
from tests.generators import golden_values

U = st.integers(0, 2**64 - 1)
MANY = mix(1, np.arange(50_000, dtype=np.uint64))
OTHERS = mix(2, np.arange(50_000, dtype=np.uint64))


def same(function: Any, *args: Any) -> None:
    found = []
    for name in ("numpy", "numba"):
        with use(name):
            given_now = [arg.copy() if isinstance(arg, np.ndarray) else arg for arg in args]
            result = function(*given_now)
            found.append(result if isinstance(result, tuple) else (result,))
    for plain, fast in zip(*found, strict=True):
        assert fast.dtype == plain.dtype
        assert fast.shape == plain.shape
        assert fast.tobytes() == plain.tobytes()


def u64(values: list[int]) -> Any:
    return np.array(values, np.uint64)


@given(U, st.lists(st.tuples(U, U), min_size=1))
def test_mix_and_bounded_have_the_same_bits_both_ways(key: int, pairs: list[tuple[int, int]]) -> None:
    first, second = (u64([pair[at] for pair in pairs]) for at in (0, 1))
    same(mix, key, first)
    same(mix, first, second)
    same(bounded, first, max(1, key))
    same(bounded, first, max(1, key % 2**32))
    same(bounded, first, second)
    same(uuid4, first, second)


def test_the_numbers_of_children_have_the_same_bits_both_ways() -> None:
    places = bounded(MANY, 300).view(np.int64)
    same(mix_children, OTHERS[:300].copy(), places, MANY)
    assert np.array_equal(mix_children(OTHERS, places, MANY), mix(OTHERS[places], MANY))


@given(st.lists(st.lists(st.text(max_size=40), min_size=4, max_size=4), min_size=1, max_size=9), U)
def test_phrases_have_the_same_bits_both_ways(forms: list[list[str]], salt: int) -> None:
    reported = [word[form].encode() for form in range(4) for word in forms]
    words = vocabulary(np.frombuffer(b"".join(reported), np.uint8), np.cumsum([0, *map(len, reported)]))
    keys = mix(salt, np.arange(50, dtype=np.uint64))
    same(phrases, words, keys, bounded(keys, 7).view(np.int64) + 1)


@given(st.binary(max_size=90), st.integers(0, 255), st.binary(min_size=4, max_size=4))
def test_what_a_text_holds_is_found_alike_both_ways(text: bytes, below: int, others: bytes) -> None:
    expected = any(byte < below or byte in others for byte in text)
    for name in ("numpy", "numba"):
        with use(name):
            assert holds(below, others, np.frombuffer(text, np.uint8)) == expected


@given(st.lists(st.tuples(U, st.booleans()), min_size=1), st.booleans())
def test_what_profiles_count_is_the_same_both_ways(rows: list[tuple[int, bool]], all_valid: bool) -> None:
    hashes = u64([row[0] for row in rows])
    valid = np.array([] if all_valid else [row[1] for row in rows], np.bool_)
    same(observed, np.zeros(4096, np.uint8), valid, hashes)
    codes = (hashes % np.uint64(7)).astype(np.uint32)
    same(tallied, 7, valid, codes)
    same(word_mix, hashes, hashes[:7] if len(hashes) >= 7 else np.resize(hashes, 7), codes)
    if not len(valid) or valid.any():
        for values in (hashes.view(np.int64), hashes.astype(np.float64) / 3):
            low = (values[valid] if len(valid) else values).min().item()
            with use("numpy"):
                plain = (extremes(valid, values), summed(low, valid, values))
            with use("numba"):
                assert (extremes(valid, values), summed(low, valid, values)) == plain


def test_a_hash_of_zeros_that_comes_again_is_counted_and_ends() -> None:
    zeros = u64([0, 0, 0, 2**63, 2**63])
    same(observed, np.zeros(4096, np.uint8), np.array([], np.bool_), zeros)


@given(st.lists(st.binary(max_size=40)))
def test_hashes_of_texts_have_the_same_bits_both_ways(texts: list[bytes]) -> None:
    offsets = np.cumsum([0, *map(len, texts)]).astype(np.int64)
    same(text_hashes, np.frombuffer(b"".join(texts), np.uint8), offsets)


@given(st.lists(U, min_size=1), st.floats(0, 1))
def test_below_and_open_unit_have_the_same_bits_both_ways(values: list[int], probability: float) -> None:
    same(below, u64(values), probability)
    same(open_unit, u64([*values, 0, 2**64 - 1]))


@given(
    st.lists(st.floats(0, 1e300, exclude_min=True), min_size=1), st.lists(st.floats(-800, 800), min_size=1)
)
def test_log_and_exp_have_the_same_bits_both_ways(positive: list[float], powers: list[float]) -> None:
    same(log, np.array(positive))
    same(exp, np.array([*powers, -745.1, -708.4, -707.0, 709.0, 710.0]))


@given(st.lists(st.floats(2.0**-53, 1 - 2.0**-53), min_size=1))
def test_the_normal_quantile_has_the_same_bits_both_ways(probabilities: list[float]) -> None:
    same(normal_quantile, np.array(probabilities))


def test_elementary_functions_of_many_have_the_same_bits_both_ways() -> None:
    p = open_unit(MANY)
    for function in (log, exp, normal_quantile):
        same(function, p)
    same(exp, (p - 0.5) * 1_500)
    same(normal_quantile, np.concatenate((p * 1e-12, 1 - p * 1e-12, [2.0**-53, 0.075, 0.925])))
    same(log, np.concatenate((p * 1e-310, p * 1e300)))


@pytest.mark.parametrize("weights", [[1.0], [5.0, 3.0, 1.0], [0.0, 1.0, 0.0], [1e15, *[1e-9] * 5_000, 1e15]])
def test_discrete_draws_have_the_same_bits_both_ways(weights: list[float]) -> None:
    law = discrete(weights)
    edges = law.thresholds
    same(law.draw, np.concatenate((MANY, edges, edges - np.uint64(1), u64([0, 2**64 - 1]))))


@pytest.mark.parametrize("weights", [[1], [5, 3, 1], [0, 1, 0], [10**15, *[1] * 5_000, 10**15]])
def test_alias_draws_have_the_same_bits_both_ways(weights: list[int]) -> None:
    same(alias(weights).draw, np.concatenate((MANY, u64([0, 2**64 - 1]))))


@pytest.mark.parametrize("size", [1, 2, 5, 1_000, 65_537, 10**10])
def test_permutations_have_the_same_bits_both_ways(size: int) -> None:
    same(Permutation(size, 2**64 - 3).apply, bounded(MANY, size))


def test_stretches_are_searched_with_the_same_bits_both_ways() -> None:
    values = np.sort(bounded(OTHERS, 900).view(np.int64).reshape(-1, 500), axis=1).ravel()
    first = bounded(MANY, len(values)).view(np.int64)
    last = np.minimum(first // 500 * 500 + 500, first + bounded(OTHERS, 500).view(np.int64))
    targets = bounded(MANY[::-1].copy(), 1_000).view(np.int64) - 50
    same(upper_bounds, values, first, last, targets)
    same(upper_bounds, values[:0], first * 0, first * 0, targets)
    found = upper_bounds(values, first, last, targets)
    for low, high, target, at in zip(
        *(one[:200].tolist() for one in (first, last, targets, found)), strict=True
    ):
        assert at == low + int(np.searchsorted(values[low:high], target, side="right"))


@pytest.mark.parametrize("size", [3, 4_097, 10**6, 10**10])
def test_zipf_draws_have_the_same_bits_both_ways(size: int) -> None:
    for exponent in (0.3, 1.1):
        same(zipf(size, exponent).draw, MANY, OTHERS)


@pytest.mark.parametrize(
    ("parents", "children", "least", "most"),
    [
        (1, 5, 0, 9),
        (1_000, 2_500, 1, 12),
        (1_000, 300, 0, 1),
        (7_777, 7_777 * 3, 3, 3),
        (10**9, 10**9 // 3, 0, 40),
    ],
)
def test_parents_and_children_are_the_same_both_ways(
    parents: int, children: int, least: int, most: int
) -> None:
    relation = one_to_many(parents, children, least, most, [1.0] * (most - least + 1), 5)
    rows = np.arange(min(children, 20_000), dtype=np.uint64)
    same(relation.locate, rows)
    same(relation.locate, rows[::-1].copy())
    same(relation.locate, bounded(MANY[:3_000], children))
    same(relation.counts, np.arange(min(20, -(-parents // 256)), dtype=np.uint64))


@given(st.integers(1, 40), st.integers(1, 90))
def test_bridged_walks_have_the_same_bits_both_ways(walks: int, steps: int) -> None:
    normal = normal_quantile(open_unit(MANY[: walks * steps]))
    ends = normal_quantile(open_unit(OTHERS[: 3 * walks])).reshape(3, walks)
    same(bridged, ends[0], ends[1], np.abs(ends[2]), normal)


@pytest.mark.slow
def test_values_are_the_golden_ones_with_both() -> None:
    golden = json.loads(golden_values.FILE.read_text())
    for name in ("numpy", "numba"):
        with use(name):
            assert golden_values.all_values() == golden


def test_every_kernel_that_is_there_twice_has_the_same_parameters() -> None:
    found = 0
    for module in pkgutil.walk_packages(kernels.__path__, "synthmill.generators.kernels."):
        if ".compile" in module.name:
            continue
        plain = importlib.import_module(module.name)
        for name, value in vars(plain).items():
            if isinstance(value, Twin) and value.plain.__module__ == plain.__name__:
                fast = getattr(
                    importlib.import_module(plain.__name__.replace("kernels", "kernels.compiled")), name
                )
                assert list(inspect.signature(fast).parameters) == list(
                    inspect.signature(value.plain).parameters
                )
                found += 1
    assert found >= 48


def test_few_rows_are_not_worth_loading_numba_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "_rows_so_far", 0)
    assert not compiled(1_000)
    assert not compiled(65_536)
    assert compiled(backend.WORTH_LOADING)
    assert compiled(65_536)
    assert not compiled(1_000)
    with use("numpy"):
        assert not compiled(65_536)
    with use("numba"):
        assert compiled(1)


def test_quantile_tables_have_the_same_bits_both_ways() -> None:
    table = density(lambda z: 2.5 * (exp(z) - 1.0 - z)).quantiles()
    ends = np.array([2.0**-53, 0.25, 0.5, 0.75, 1 - 2.0**-53])
    same(table.at, np.concatenate((open_unit(MANY), open_unit(MANY) * 1e-9, ends)))

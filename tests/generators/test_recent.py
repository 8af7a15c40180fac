"""Caches hold so many bytes, however large what a request makes them hold, and however many requests come."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa

from synthmill.app.core.execution.context import JobContext, _contexts
from synthmill.generators.columns.kinds import correlated
from synthmill.generators.engine import pipeline
from synthmill.generators.engine.pipeline import make_plan, make_recipe
from synthmill.generators.engine.recent import ENTRY_BYTES, Recent
from synthmill.generators.engine.recipe import Output
from synthmill.generators.formats import assembler, page_texts
from synthmill.generators.recipes import format_check

ROOT = Path(__file__).parents[2]
MIB = 2**20
OF_BOUNDED_ENTRIES = {
    "generators/columns/kinds/beta.py": "quantile tables of one size",
    "generators/columns/kinds/gamma.py": "quantile tables of one size",
    "generators/engine/pipeline.py": "schemas of strategies' parameters",
    "generators/formats/page_values.py": "how many cells a block has",
    "generators/formats/text_tables.py": "100,000 days at most, and 4,096 numbers",
    "generators/kernels/elementary.py": "numbers",
    "generators/learning/codecs/personal.py": "a column or three of people",
}
"""Where a cache is bounded by count: what an entry is, whatever is asked for."""


def test_a_cache_is_bounded_by_count_only_where_no_request_sets_the_size_of_an_entry() -> None:
    found = {
        str(path.relative_to(ROOT))
        for folder in ("generators", "app")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"lru_cache\(", path.read_text())
    }
    assert found == OF_BOUNDED_ENTRIES.keys()


def test_large_values_push_out_what_was_used_longest_ago_and_small_ones_count_too() -> None:
    kept: Recent[bytes] = Recent(10_000, len)
    for number in range(30):
        kept.get(number, lambda: b"x" * 1_000)
    assert len(kept) == int(10_000 // (1_000 + ENTRY_BYTES))
    assert kept.get(29, lambda: b"") == b"x" * 1_000
    assert kept.get(0, lambda: b"anew") == b"anew"
    for number in range(1_000):
        kept.get(("empty", number), lambda: b"")
    assert len(kept) <= 10_000 / ENTRY_BYTES
    for number in range(10):
        kept.get(("key", number), lambda: b"", key_bytes=6_000)
    assert len(kept) == 1


def test_plans_and_contexts_of_large_recipes_are_few() -> None:
    words = [f"{number:05}".ljust(90, "x") for number in range(5_000)]
    column = {"name": "c", "kind": "categorical", "values": words}
    tables = {"tables": [{"name": "t", "rows": 10, "columns": [column]}]}
    recipes = [make_recipe("tabular", tables, seed) for seed in range(3)]
    plans = [make_plan(recipe) for recipe in recipes]
    output = Output("csv", "none", "1")
    contexts = [
        JobContext("job", "w", recipe, output, None, plan, False)
        for recipe, plan in zip(recipes, plans, strict=True)
    ]
    assert min(map(_contexts._size, contexts)) > 4 * MIB
    assert pipeline._KEPT._total > 3 * 4 * MIB


def test_texts_types_and_matrices_that_a_recipe_makes_large_are_counted() -> None:
    deep = pa.struct([(f"field {number}", pa.int64()) for number in range(2_000)])
    before = format_check._SAID._total
    format_check._SAID.get(("a format", deep), lambda: "", format_check._BYTES_A_CHARACTER * len(str(deep)))
    assert format_check._SAID._total - before > 300_000
    before = page_texts._CONSTANTS._total
    page_texts._alone(b"x" * 100_000)
    assert page_texts._CONSTANTS._total - before > 100_000
    before = correlated._KEPT._total
    correlated.cholesky([[float(i == j) for j in range(50)] for i in range(50)])
    assert correlated._KEPT._total - before > 2 * 50 * 50 * 32
    assert assembler._CONSTANTS._most == page_texts._CONSTANTS._most == 4 * MIB

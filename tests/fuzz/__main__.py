"""`python -m tests.fuzz {formulas,patterns} -max_total_time=600`: atheris against a parser.

It begins with texts that are right. Needs `pip install atheris` (requirements/fuzz.txt) beside Synthmill
itself. A finding is any error but a refusal, a text that doesn't match its pattern, or anything that takes
more than five seconds.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["synthmill.generators.formulas", "synthmill.generators.patterns"]):
    from synthmill.generators.formulas.formula import Known, typed
    from synthmill.generators.formulas.grammar import FormulaError
    from synthmill.generators.formulas.grammar import parse as parse_formula
    from synthmill.generators.formulas.values import (
        DATE,
        NUMBER,
        TEXT,
        TIME,
        TRUTH,
        WHOLE,
        Value,
        decimal,
        nothing,
    )
    from synthmill.generators.patterns.parser import PatternError
    from synthmill.generators.patterns.parser import parse as parse_pattern
    from synthmill.generators.patterns.tree import Node, OneOf, Repeat, size

from tests.generators.test_formulas import EXPECTED
from tests.generators.worlds import cells

ROWS = 3
TYPES = {
    "i": WHOLE,
    "j": WHOLE,
    "id": WHOLE,
    "x": NUMBER,
    "y": NUMBER,
    "price": decimal(2),
    "name": TEXT,
    "other": TEXT,
    "flag": TRUTH,
    "day": DATE,
    "at": TIME,
    "until": TIME,
}
PATTERNS = [r"[A-Z]{3}-\d{4}", r"(Mr|Mrs)\. [^a-z]{2,9}", r"^a?b*c+(?:d{2,}|e{0,2})$", r"[]a\-\w]+.\s\\"]


def formula(data: bytes) -> None:
    text = data.decode("utf-8", "ignore")
    try:
        tree = parse_formula(text)
        made = typed(tree, _Any())
    except FormulaError:
        return
    value = made.of(lambda name: Value(nothing(TYPES[name], ROWS)), ROWS)
    assert len(value) == ROWS
    assert value.null is None or made.nullable or not value.null.any()


class _Any(dict[str, Known]):
    """Columns of the examples; any other name is a whole number's."""

    def __missing__(self, name: str) -> Known:
        TYPES.setdefault(name, WHOLE)
        return Known(TYPES[name], True)


def may_repeat_nothing(node: Node) -> bool:
    """Whether Python's `re`, which is the judge here, might try empty texts without an end: `(|){91}`."""
    if isinstance(node, Repeat):
        return size(node.item).shortest == 0 or may_repeat_nothing(node.item)
    return not isinstance(node, OneOf) and any(map(may_repeat_nothing, node.items))


def pattern(data: bytes) -> None:
    text = data.decode("utf-8", "ignore")
    try:
        parsed = parse_pattern(text)
    except PatternError:
        return
    measured = size(parsed)
    if text and measured.longest < 60 and not may_repeat_nothing(parsed):
        for made in cells("pattern", ROWS, pattern=text).to_pylist():
            assert measured.shortest <= len(made) <= measured.longest
            assert re.fullmatch(text, made), (text, made)


def main() -> None:
    subject, *options = sys.argv[1:]
    seeds: Any = {"formulas": [text for text, _ in EXPECTED], "patterns": PATTERNS}[subject]
    target = formula if subject == "formulas" else pattern
    with tempfile.TemporaryDirectory() as folder:
        for place, seed in enumerate(seeds):
            (Path(folder) / str(place)).write_text(seed)
            target(seed.encode())
        limits = ["-timeout=5", "-max_len=4100", "-rss_limit_mb=1000"]
        atheris.Setup([sys.argv[0], *limits, *options, folder], target)
        atheris.Fuzz()


main()

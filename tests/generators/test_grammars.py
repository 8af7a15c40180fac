"""Grammars: what an alternative says, what is refused, and what is known of the texts beforehand."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from synthmill.generators.grammars.built_in import built_in_grammar, grammar_names
from synthmill.generators.grammars.grammar import (
    LONGEST_ALTERNATIVE,
    MOST_ALTERNATIVES,
    MOST_RULES,
    GrammarError,
    grammar_of,
)
from synthmill.generators.grammars.syntax import SyntaxRefusedError, formed, parsed
from synthmill.generators.grammars.tables import CompiledGrammar
from synthmill.generators.kernels import backend
from synthmill.generators.kernels.grammar import GrammarTables, written
from synthmill.generators.kernels.mix import mix
from synthmill.generators.kernels.texts import SPARE


def tables_of(rules: dict[str, Any], **more: Any) -> GrammarTables:
    return CompiledGrammar(grammar_of({"rules": rules, **more}), ()).tables


def texts(tables: GrammarTables, rows: int, needed: int = 0, labels: Any = None, salt: int = 1) -> list[str]:
    numbers = np.arange(rows, dtype=np.uint64)
    labels = np.zeros((0, rows), np.int64) if labels is None else labels
    blob = np.append(tables.blob, np.zeros(SPARE, np.uint8))
    slots = np.zeros((0, rows), np.int64)
    found, offsets = written(tables, needed, labels, blob, slots, numbers, mix(salt, numbers))
    return [found[a:b].tobytes().decode() for a, b in pairwise(offsets)]


def every(*alternatives: str, **rules: list[str]) -> set[str]:
    return set(texts(tables_of({"text": list(alternatives), **rules}), 500))


def test_brackets_choose_and_braces_name() -> None:
    assert every("[a|b[c|]] {x}", x=["1", "2"]) == {f"{a} {b}" for a in ("a", "b", "bc") for b in "12"}
    assert every(r"\[a\|b\] \{x\} \\") == {r"[a|b] {x} \\".replace("\\\\", "\\")}


def test_forms_stand_where_a_sentence_needs_them() -> None:
    assert every("{Fruit}. {a fruit}. {A fruit}.", fruit=["apple"]) == {"Apple. an apple. An apple."}
    # The inner one's article, the outer one's capital.
    assert every("{Two}", two=["{a fruit}"], fruit=["[pear|egg]"]) == {"A pear", "An egg"}


@pytest.mark.parametrize(
    ("word", "article"),
    [
        *(
            (word, "a")
            for word in ("lamp", "union", "European", "user", "one", "USB cable", "urologist", "house")
        ),
        *(
            (word, "an")
            for word in ("apple", "hour", "umbrella", "LCD", "honest", "unimportant", "8", "MRI scan")
        ),
    ],
)
def test_articles_follow_the_sound(word: str, article: str) -> None:
    assert formed(word, "article") == f"{article} {word}"


@pytest.mark.parametrize("text", ["a ] b", "{x", "[a|b", "}", "{1a}", "{a  b}", "[" * 7 + "]" * 7])
def test_an_alternative_that_cannot_be_read_is_refused_with_a_fix(text: str) -> None:
    with pytest.raises(SyntaxRefusedError) as refusal:
        parsed(text)
    assert refusal.value.fix


LABELS = {"mood": {"good": 1, "bad": 1}}


@pytest.mark.parametrize(
    ("document", "field", "reason"),
    [
        ({"rules": {"a": ["{b}"]}}, "slots", "nothing fills the slot b"),
        ({"rules": {"a": ["{b}"], "b": ["x", "[{c}|y]"], "c": ["{A}"]}}, "rules[a]", "a -> b -> c -> a"),
        ({"rules": {"a": ["{b}"]}, "slots": {"b": "a"}}, "rules[a]", "a -> a"),
        ({"rules": {"a": []}}, "rules[a]", "has no alternatives"),
        ({"rules": {"a": "x"}}, "rules[a]", "neither a list"),
        ({"rules": {"a": ["x", {"text": "y", "weight": 0}]}}, "rules[a][1]", "is no alternative"),
        ({"rules": {"a": ["x", {"text": "y", "wieght": 2}]}}, "rules[a][1]", "is no alternative"),
        ({"rules": {"a": ["x", "{"]}}, "rules[a][1]", "never closed"),
        ({"rules": {"a": ["x" * (LONGEST_ALTERNATIVE + 1)]}}, "rules[a][0]", "characters"),
        ({"rules": {f"a{n}": ["x"] for n in range(MOST_RULES + 1)}}, "rules", "has 2,001"),
        ({"rules": {"a": ["x"] * (MOST_ALTERNATIVES + 1)}}, "rules", "50,001 alternatives"),
        ({"rules": {"a": ["x"]}, "start": "b"}, "start", "there is no rule b"),
        ({"rules": {"a": {"mood": {"good": ["x"]}}}}, "rules[a]", "there is no label 'mood'"),
        ({"rules": {"a": {"mood": {"good": ["x"]}}}, "labels": LABELS}, "rules[a]", "says nothing for bad"),
        ({"rules": {"a": ["x"]}, "slots": {"b": "a"}}, "slots", "no rule has a slot b"),
        ({"rules": {"a": ["{B}"], "b": ["x", ""]}}, "rules[b]", "may say nothing"),
        (
            {"rules": {f"a{n}": [f"[{{a{n + 1}}}|x]"] for n in range(120)} | {"a120": ["x"]}},
            "rules[a104]",
            "more than 16",
        ),
        (
            {"rules": {f"a{n}": [f"{{a{n + 1}}}{{a{n + 1}}}", "x"] for n in range(12)} | {"a12": ["x", "y"]}},
            "rules",
            "pieces",
        ),
    ],
)
def test_a_grammar_that_cannot_be_is_refused_where_it_is_wrong(
    document: dict[str, Any], field: str, reason: str
) -> None:
    with pytest.raises(GrammarError) as refusal:
        CompiledGrammar(grammar_of(document), ())
    assert refusal.value.field == field
    assert reason in refusal.value.reason
    assert refusal.value.fix


def test_alternatives_are_as_common_as_their_weights_and_brackets_even() -> None:
    tables = tables_of({"text": [{"text": "[a|b]", "weight": 3}, "c", {"text": "d", "weight": 0.5}]})
    found = texts(tables, 18_000)
    shares = {letter: found.count(letter) / 18_000 for letter in "abcd"}
    wanted = {"a": 1 / 3, "b": 1 / 3, "c": 2 / 9, "d": 1 / 9}
    assert all(abs(shares[letter] - share) < 0.012 for letter, share in wanted.items())


def test_what_is_foretold_of_the_texts_holds() -> None:
    rules = {"text": ["{x} {x}", {"text": "{y}", "weight": 2}], "x": ["a", "bcd"], "y": ["[é|ef|] {x}", "gh"]}
    compiled = CompiledGrammar(grammar_of({"rules": rules}), ())
    found = texts(compiled.tables, 20_000)
    sizes = [len(text.encode()) for text in found]
    assert (compiled.texts(), compiled.longest({}), compiled.depth) == (11, max(sizes), 3)
    assert abs(compiled.mean({}) - sum(sizes) / 20_000) < 0.05
    assert len(set(found)) == 11


WORDS = [f"{a}{b}" for a in "bcdfg" for b in ("an", "or", "est")]
DISTINCT: dict[str, Any] = {
    "text": ["{Word}.", "{Word} {word} {end}", "[So |]{word} {word} {word} {word}!"],
    "word": WORDS,
    "end": {"mood": {"good": ["{word}", "fine"], "bad": ["{word} {word}"]}},
}


def test_texts_that_are_to_differ_do() -> None:
    labels = (np.arange(5_000) % 2)[None, :]
    tables = tables_of(DISTINCT, labels=LABELS)
    assert len(set(texts(tables, 5_000, labels=labels))) < 4_000
    assert len(set(texts(tables, 5_000, needed=5_000, labels=labels))) == 5_000


@pytest.mark.parametrize("needed", [0, 3_000])
def test_both_kernels_write_the_same_bytes(needed: int) -> None:
    # The second is far longer than the mean: its memory has to grow.
    uneven = {"text": [{"text": "x", "weight": 1e6}, "{y}"], "y": ["z" * 3_000, "y"]}
    for tables, labels in (
        (tables_of(DISTINCT, labels=LABELS), (np.arange(3_000) // 7 % 2)[None, :]),
        (tables_of({"text": ["{t}" * 40], "t": ["[|a]" * 30 + "b" * 900]}), None),
        (tables_of(uneven), None),
    ):
        found = []
        for name in ("numpy", "numba"):
            with backend.use(name):
                found.append(texts(tables, 3_000, needed, labels))
        assert found[0] == found[1]


@pytest.mark.parametrize("name", grammar_names())
def test_a_grammar_of_the_package_is_varied_and_well_written(name: str) -> None:
    grammar = built_in_grammar(name)
    assert grammar.title and grammar.description.endswith(".")
    compiled = CompiledGrammar(grammar, ())
    assert compiled.texts() > 10**9
    rows = 1_500
    labels = np.zeros((len(grammar.labels), rows), np.int64)
    for place, values in enumerate(grammar.labels.values()):
        labels[place] = np.arange(rows) // 7**place % len(values)
    for text in texts(compiled.tables, rows, labels=labels):
        assert text == " ".join(text.split()), text
        assert not set("{}[]|") & set(text), text
        assert " ." not in text and ".." not in text and ",." not in text and "?," not in text, text
        assert text[0].isupper() or text[0].isdigit(), text
        sentences = text.rstrip(".!?").replace("! ", ". ").replace("? ", ". ").split(". ")
        assert len(set(sentences)) == len(sentences), text


@pytest.mark.parametrize("name", grammar_names())
def test_labels_of_the_package_s_grammars_decide_what_is_said(name: str) -> None:
    """No text that one value of a label allows is one of another value."""
    grammar = built_in_grammar(name)
    tables = CompiledGrammar(grammar, ()).tables
    for place, values in enumerate(grammar.labels.values()):
        said: dict[str, int] = {}
        for value in range(len(values)):
            labels = np.zeros((len(grammar.labels), 300), np.int64)
            labels[place] = value
            for text in texts(tables, 300, labels=labels, salt=value):
                assert said.setdefault(text, value) == value, text

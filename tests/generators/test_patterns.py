"""Patterns say which texts there are, and one that asks too much is refused at once."""

from __future__ import annotations

import re
import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.patterns.parser import PatternError, parse
from synthmill.generators.patterns.tree import size
from tests.generators.fit import assert_shares
from tests.generators.worlds import cells
from tests.waiting import calls_of


@pytest.mark.parametrize(
    "pattern",
    [
        r"[A-Z]{3}-\d{4}",
        r"^INV-20\d\d/[0-9A-F]{8}$",
        r"(Mr|Mrs|Dr)\. [A-Z][a-z]{2,9}",
        r"a?b*c+d{2,}e{0,2}",
        r"((ab|c){1,3}-)*x",
        r"[^a-z0-9]{5}",
        r"\w\s\S\D\W.",
        r"[]a-]{4}[\]\\^-]{3}",
        r"äöü[à-ü]€",
        r"(?:a|b|)(c|)",
        r"a{0}b",
        r"price: \$\d+\.\d{2}\$",
    ],
)
def test_texts_match_their_pattern_and_have_the_length_that_was_computed(pattern: str) -> None:
    measured = size(parse(pattern))
    for text in cells("pattern", 2_000, pattern=pattern).to_pylist():
        assert re.fullmatch(pattern, text), text
        assert measured.shortest <= len(text) <= measured.longest


def test_characters_repetitions_and_branches_are_equally_likely() -> None:
    made = cells("pattern", 40_000, pattern="[abc]").to_pylist()
    assert_shares(Counter(made), dict.fromkeys("abc", 1))
    made = cells("pattern", 40_000, pattern="a{2,5}").to_pylist()
    assert_shares(Counter(map(len, made)), dict.fromkeys(range(2, 6), 1))
    made = cells("pattern", 40_000, pattern="a|b|cd{3}").to_pylist()
    assert_shares(Counter(made), {"a": 1, "b": 1, "cddd": 1})
    made = cells("pattern", 40_000, pattern="[A-Z]{4}").to_pylist()
    for place in range(4):
        assert_shares(Counter(text[place] for text in made), dict.fromkeys("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1))
    assert len(set(made)) > 36_000


ATTACKS = [
    "(" * 1_000,
    "(" * 500 + ")" * 500,
    "[" * 1_000,
    "a" * 1_001,
    "a{1000}{1000}",
    "((a{1000}){1000}){1000}",
    "(((((a{9}){9}){9}){9}){9}){9}",
    "((a*)*)*" * 100,
    "((((a+)+)+)+)+",
    "(a|a|a|a){999}" * 60,
    "(){1000}" * 100,
    "((){1000}){1000}",
    "a{99999999999999999999}",
    "a{5,2}",
    "a{-1}",
    "a{1,2",
    "[z-a]",
    r"[\s-Z]",
    r"[!-\s]",
    r"[\d-z]",
    "[\x00-\uffff]",
    "[ -\U0010ffff]",
    "[^ -~]",
    "[]",
    "[a",
    "a**",
    "a+?",
    "a++",
    "*a",
    "a)",
    "(?=a)",
    "(?!a)",
    "(?<=a)b",
    "(?P<n>a)",
    "(?i)a",
    "(?#x)",
    r"(a)\1",
    r"\bword\b",
    r"\p{L}",
    r"\x41",
    r"\u0041",
    "a^b",
    "a$b",
    "\\",
    "\n",
    "a\x00b",
    "{3}",
    "}",
    "(a|b" * 200,
    "|" * 999,
    "(|" * 20 + ")" * 20,
]


@pytest.mark.parametrize("pattern", ATTACKS, ids=range(len(ATTACKS)))
def test_attacks_are_refused_or_harmless_after_few_steps(pattern: str) -> None:
    harmless = {"|" * 999, "(|" * 20 + ")" * 20}

    def attack() -> None:
        try:
            parse(pattern)
            assert pattern in harmless
        except PatternError as error:
            assert error.reason

    began = time.process_time()
    assert calls_of(attack) < 50_000
    assert time.process_time() - began < 5


@pytest.mark.parametrize("times", ["100000000", "3,100000", "2001", "5,4"])
def test_numbers_that_are_too_large_are_told_as_such(times: str) -> None:
    with pytest.raises(PatternError, match=r"at character 6: \d+ to \d+ times") as refusal:
        parse(f"[a-z]{{{times}}}")
    assert refusal.value.fix == "give rising numbers up to 1000"


def test_a_refusal_says_where_and_what_would_be_right() -> None:
    with pytest.raises(InvalidRequestError) as refusal:
        cells("pattern", 10, pattern=r"^ab(?=c)")
    (error,) = refusal.value.errors
    assert error.field == "tables[t].columns[c].pattern"
    assert error.reason.startswith("at character 5: ")
    assert error.fix


@pytest.mark.filterwarnings("ignore:Possible :FutureWarning")
@given(st.text(alphabet="ab01(){}[]|?*+.^$\\-,d ", max_size=40))
@settings(max_examples=300)
def test_what_is_understood_means_what_python_means_by_it(pattern: str) -> None:
    try:
        measured = size(parse(pattern))
    except PatternError:
        return
    if not pattern or measured.longest > 200:
        return
    for text in cells("pattern", 20, pattern=pattern).to_pylist():
        assert measured.shortest <= len(text) <= measured.longest
        assert re.fullmatch(pattern, text)

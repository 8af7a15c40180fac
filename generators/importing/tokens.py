"""Words, quoted names, texts and marks of a statement, each with its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_TOKEN = re.compile(
    r"(?P<space>\s+|--[^\n]*|/\*.*?(?:\*/|\Z))|[A-Za-z_\u0080-\uffff][\w$#@]*|[@#][\w$#@]+|\d+(?:\.\d+)?|(?P<quote>['\"`\[])|.",
    re.DOTALL,
)
_CLOSING = {"'": "'", '"': '"', "`": "`", "[": "]"}
MOST_STRAY = 20
"""Quotes without an end, after which such a quote is taken for a mark like any other."""


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """In capitals, if it is a word without quotes."""
        return self.text.upper()

    @property
    def name(self) -> str:
        """As a name, without quotes."""
        first = self.text[0]
        if first in _CLOSING and len(self.text) > 1:
            last = _CLOSING[first]
            return self.text[1:-1].replace(last * 2, last)
        return self.text


def tokens(text: str, slashed: bool) -> list[Token]:
    """All that means something; `slashed` says whether a backslash in a text makes a quote mean itself."""
    found, at, stray = list[Token](), 0, dict.fromkeys(_CLOSING, 0)
    while at < len(text):
        match = _TOKEN.match(text, at)
        assert match is not None, "every character is a token, or part of one"
        end, quote = match.end(), match["quote"]
        if quote and stray[quote] < MOST_STRAY:
            closing = closing_quote(text, at, _CLOSING[quote], slashed and quote in "'\"")
            stray[quote] += closing < 0
            end = end if closing < 0 else closing + 1
        if match["space"] is None:
            found.append(Token(text[at:end], at, end))
        at = end
    return found


def closing_quote(text: str, place: int, quote: str, slashed: bool) -> int:
    """Where the quoted text that begins at `place` ends, in which two quotes are one; -1 where it doesn't."""
    at = place + 1
    while True:
        end = text.find(quote, at)
        if end < 0:
            return -1
        stop = text.find("\\", at, end) if slashed else -1
        if stop >= 0:
            at = stop + 2
        elif text.startswith(quote, end + 1):
            at = end + 2
        else:
            return end


def group_end(found: Sequence[Token], at: int) -> int:
    """The place behind the parenthesis that closes the one at this place; the end where none does."""
    depth = 0
    for place in range(at, len(found)):
        depth += (found[place].text == "(") - (found[place].text == ")")
        if depth == 0:
            return place + 1
    return len(found)


def split_at_commas(found: Sequence[Token]) -> list[Sequence[Token]]:
    """What stands between commas that are in no parentheses."""
    pieces, depth, start = list[Sequence[Token]](), 0, 0
    for place, token in enumerate(found):
        depth += (token.text == "(") - (token.text == ")")
        if token.text == "," and depth == 0:
            pieces.append(found[start:place])
            start = place + 1
    pieces.append(found[start:])
    return [piece for piece in pieces if piece]

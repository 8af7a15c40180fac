"""Masks: what a patterned text looks like, its digits as 9, its letters as A and a, all else itself."""

from __future__ import annotations

import string
from collections.abc import Iterable

LETTERS = {"9": string.digits, "A": string.ascii_uppercase, "a": string.ascii_lowercase}
"""What may stand where a mask has one of these."""
_TABLE = str.maketrans(
    {
        **dict.fromkeys(string.digits, "9"),
        **dict.fromkeys(string.ascii_uppercase, "A"),
        **dict.fromkeys(string.ascii_lowercase, "a"),
    }
)


def masks_of(texts: Iterable[str]) -> list[str]:
    return [text.translate(_TABLE) for text in texts]


def needs_digits(capacity: int, total: int) -> int:
    """How many digits more it takes until there are as many texts as rows."""
    more = 0
    while capacity * 10**more < total:
        more += 1
    return more

"""What one alternative of a grammar says: `{Opening} It is [very|rather] {quality}.`

{name}      what the rule, or the slot, of that name gives
{Name}      the same, with a capital letter at its start
{a name}    the same, behind `a` or `an`; {A name} behind `A` or `An`
[x|y|]      one of these, equally likely; nothing at all may be one of them
\\{ \\[ \\|    the signs themselves, and so for all six
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

DEEPEST = 6
"""Brackets within brackets."""
_SIGNS = tuple("{}[]|\\")
FORMS = ("", "capital", "article", "capital article")
_NAME = re.compile(r"(?:([aA]) )?([A-Za-z_][A-Za-z0-9_]*)\Z")
_AN = re.compile(r"(?:[aeio]|u(?!ni(?![nm])|na?nim|s[aeiu]|ti|k|r[aeo])|hour|honest|honou?r|heir)", re.I)
_A = re.compile(r"(?:eu|ew|one\b|once|ouija)", re.I)
_AN_LETTERS = re.compile(r"[AEFHILMNORSX](?:[A-Z0-9]|\b)|8|11\b|18\b")
_A_LETTERS = re.compile(r"[BCDGJKPQTUVWYZ](?:[A-Z0-9]|\b)")


class SyntaxRefusedError(ValueError):
    """Why an alternative can't be read, and what would be right."""

    def __init__(self, reason: str, fix: str) -> None:
        self.reason, self.fix = reason, fix
        super().__init__(reason)


@dataclass(frozen=True)
class Reference:
    """To a rule or a slot."""

    name: str
    form: str
    """One of FORMS."""


@dataclass(frozen=True)
class Choice:
    """Alternatives inside of one, equally likely."""

    alternatives: tuple[Alternative, ...]


Piece: TypeAlias = str | Reference | Choice
Alternative: TypeAlias = tuple[Piece, ...]


def parsed(text: str) -> Alternative:
    """The pieces of an alternative. Raises SyntaxRefusedError."""
    pieces, end = _pieces(text, 0, 0)
    if end < len(text):
        before = text[: end + 1][-40:]
        raise SyntaxRefusedError(f"a ] has no [ before it: {before}", "write \\] for a bracket")
    return pieces


def _pieces(text: str, at: int, depth: int) -> tuple[Alternative, int]:
    """Up to the end, or to the bracket or bar that ends what is inside brackets."""
    pieces: list[Piece] = []
    plain: list[str] = []

    def keep(piece: Piece) -> None:
        if plain:
            pieces.append("".join(plain))
            plain.clear()
        pieces.append(piece)

    while at < len(text):
        mark = text[at]
        if mark == "\\" and text[at + 1 : at + 2] in _SIGNS:
            plain.append(text[at + 1])
            at += 2
        elif mark == "{":
            end = text.find("}", at)
            if end < 0:
                raise SyntaxRefusedError(f"a {{ is never closed: {text[at:][:40]}", "close it with }")
            keep(_reference(text[at + 1 : end]))
            at = end + 1
        elif mark == "}":
            before = text[: at + 1][-40:]
            raise SyntaxRefusedError(f"a }} has no {{ before it: {before}", "write \\} for a brace")
        elif mark == "[":
            choice, at = _choice(text, at, depth + 1)
            keep(choice)
        elif mark == "]" or (mark == "|" and depth):
            break
        else:
            plain.append(mark)
            at += 1
    if plain:
        pieces.append("".join(plain))
    return tuple(pieces), at


def _choice(text: str, start: int, depth: int) -> tuple[Choice, int]:
    if depth > DEEPEST:
        raise SyntaxRefusedError(f"brackets are more than {DEEPEST} deep", "make rules of the inner ones")
    alternatives: list[Alternative] = []
    at = start
    while at == start or text[at] == "|":
        pieces, at = _pieces(text, at + 1, depth)
        alternatives.append(pieces)
        if at >= len(text):
            raise SyntaxRefusedError(f"a [ is never closed: {text[start:][:40]}", "close it with ]")
    return Choice(tuple(alternatives)), at + 1


def _reference(inside: str) -> Reference:
    found = _NAME.match(inside)
    if not found:
        raise SyntaxRefusedError(
            f"{{{inside[:40]}}} names no rule or slot", "write {name}, {Name}, {a name} or {A name}"
        )
    article, name = found.groups()
    if article:
        return Reference(name, "article" if article == "a" else "capital article")
    capital = name[:1].isupper()
    return Reference(name[:1].lower() + name[1:] if capital else name, "capital" if capital else "")


def formed(text: str, form: str) -> str:
    """Text at whose start a reference of some form stands."""
    if not text or not form:
        return text
    if form == "capital":
        return text[:1].upper() + text[1:]
    article = "an " if _takes_an(text) else "a "
    return (article.capitalize() if form == "capital article" else article) + text


def _takes_an(text: str) -> bool:
    """By sound where spelling shows it: an hour, a union, a European, an LCD, a USB."""
    if _A_LETTERS.match(text) or _A.match(text):
        return False
    return bool(_AN_LETTERS.match(text) or _AN.match(text))

"""A grammar's rules as numbered symbols, each in every form in which it stands somewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from synthmill.generators.grammars.grammar import Grammar, GrammarError, LabelRule, Rule
from synthmill.generators.grammars.syntax import Alternative, Choice, Reference, formed

MOST_SYMBOLS = 50_000


@dataclass(frozen=True)
class Slot:
    name: str
    form: str


Piece: TypeAlias = str | Slot | int
"""Text, a slot, or the number of a symbol."""


@dataclass(eq=False)
class Symbol:
    alternatives: list[tuple[Piece, ...]]
    weights: tuple[float, ...]
    label: int = -1
    """The number of the label that chooses among them, if one does."""


def numbered(grammar: Grammar, filled: frozenset[str]) -> list[Symbol]:
    """The symbols that can be reached, the first one what a text begins with.

    Raises GrammarError where there are too many, or one may say nothing where something is needed.
    """
    symbols = _Symbols(grammar, filled)
    symbols.of(grammar.start, "")
    return symbols.found


def inner_first(symbols: list[Symbol]) -> list[int]:
    """The numbers of all symbols that can be reached, each behind those it leads to."""
    order, seen = list[int](), set[int]()
    waiting = [(0, False)]
    while waiting:
        number, finished = waiting.pop()
        if finished:
            order.append(number)
        elif number not in seen:
            seen.add(number)
            waiting.append((number, True))
            inner = (one for pieces in symbols[number].alternatives for one in pieces)
            waiting.extend((one, False) for one in inner if isinstance(one, int) and one not in seen)
    return order


class _Symbols:
    def __init__(self, grammar: Grammar, filled: frozenset[str]) -> None:
        self.grammar, self._filled = grammar, filled
        self._labels = {name: place for place, name in enumerate(grammar.labels)}
        self.found: list[Symbol] = []
        self._known: dict[tuple[object, ...], int] = {}

    def of(self, name: str, form: str) -> int:
        """The symbol for a rule, in a form."""
        key = (name, form)
        if key not in self._known:
            number = self._new(key)
            rule = self.grammar.rules[name]
            if isinstance(rule, LabelRule):
                values = self.grammar.labels[rule.label]
                inner = [
                    (self._plain(f"{name}[{value}]", one, form),)
                    for value, one in zip(values, rule.rules, strict=True)
                ]
                self.found[number] = Symbol(list(inner), tuple(values.values()), self._labels[rule.label])
            else:
                self._fill(number, name, rule, form)
        return self._known[key]

    def _plain(self, name: str, rule: Rule, form: str) -> int:
        number = self._new((name, form))
        self._fill(number, name, rule, form)
        return number

    def _fill(self, number: int, name: str, rule: Rule, form: str) -> None:
        alternatives = [self._pieces(name, pieces, form) for pieces in rule.alternatives]
        self.found[number] = Symbol(alternatives, rule.weights)

    def _new(self, key: tuple[object, ...]) -> int:
        number = len(self.found)
        if number >= MOST_SYMBOLS:
            raise GrammarError(
                "rules",
                f"have more than {MOST_SYMBOLS:,} choices in all",
                "write fewer, or fewer forms of them",
            )
        self._known[key] = number
        self.found.append(Symbol([()], (1.0,)))
        return number

    def _pieces(self, name: str, given: Alternative, form: str) -> tuple[Piece, ...]:
        """Those of an alternative, the first in the form; what is chosen among one alternative is put in."""
        found: list[Piece] = []
        if form and not given:
            raise GrammarError(
                f"rules[{name}]",
                f"may say nothing, and stands where it needs {_WANTED[form]}",
                "write it so that something stands there in any case",
            )
        for place, piece in enumerate(given):
            here = form if place == 0 else ""
            if isinstance(piece, str):
                _append(found, formed(piece, here))
                continue
            for one in self._inlined(self._reached(name, piece, here)):
                _append(found, one)
        return tuple(found)

    def _reached(self, name: str, piece: Reference | Choice, form: str) -> Piece:
        if isinstance(piece, Choice):
            # Identity tells brackets apart: two that look the same choose for themselves anyway.
            key = (id(piece), form)
            if key not in self._known:
                number = self._new(key)
                rule = Rule(piece.alternatives, (1.0,) * len(piece.alternatives))
                self._fill(number, name, rule, form)
            return self._known[key]
        form = _joined(piece.form, form)
        if piece.name in self.grammar.rules:
            return self.of(piece.name, form)
        if piece.name in self._filled:
            return Slot(piece.name, form)
        return self.of(self.grammar.defaults[piece.name], form)

    def _inlined(self, piece: Piece) -> tuple[Piece, ...]:
        if isinstance(piece, int):
            symbol = self.found[piece]
            if symbol.label < 0 and len(symbol.alternatives) == 1:
                return symbol.alternatives[0]
        return (piece,)


_WANTED = {
    "capital": "a capital letter",
    "article": "an article",
    "capital article": "an article",
}


def _joined(inner: str, outer: str) -> str:
    """The form of a reference within one of another form: the article of the inner one, the outer capital."""
    if inner and outer == "capital":
        return "capital article" if inner == "article" else inner
    return inner or outer


def _append(pieces: list[Piece], piece: Piece) -> None:
    if isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
        pieces[-1] += piece
    elif piece != "":
        pieces.append(piece)

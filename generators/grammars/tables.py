"""A grammar as the arrays that kernels run, and what can be known of its texts beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np

from synthmill.generators.grammars.grammar import Grammar, GrammarError, LabelRule, Rule
from synthmill.generators.grammars.syntax import Alternative, Choice, Reference, formed
from synthmill.generators.kernels.discrete import discrete
from synthmill.generators.kernels.grammar import GrammarTables
from synthmill.generators.kernels.mix import I64

MOST_SYMBOLS = 50_000
MOST_PIECES = 2_000
"""Texts and slots of one text of a grammar."""
LONGEST_TEXT = 100_000
"""Bytes, slots included."""


@dataclass(frozen=True)
class _Slot:
    name: str
    form: str


_Piece: TypeAlias = str | _Slot | int
"""Text, a slot, or the number of a symbol."""


@dataclass(eq=False)
class _Symbol:
    alternatives: list[tuple[_Piece, ...]]
    weights: tuple[float, ...]
    label: int = -1


class CompiledGrammar:
    """A grammar of which some slots are filled; for the others their rules stand."""

    def __init__(self, grammar: Grammar, filled: Iterable[str]) -> None:
        """Raises GrammarError where a slot is neither filled nor has a rule, or where it is too large."""
        self.grammar, self._filled = grammar, frozenset(filled)
        self._labels = {name: place for place, name in enumerate(grammar.labels)}
        self._symbols: list[_Symbol] = []
        self._known: dict[tuple[object, ...], int] = {}
        for slot in grammar.slots:
            if slot not in self._filled and slot not in grammar.defaults:
                raise GrammarError(
                    "slots",
                    f"nothing fills the slot {slot}",
                    f"name the column that does, or give a rule called {slot}",
                )
        self._symbol_of(grammar.start, "")
        self._order = self._inner_first()
        if self.most > MOST_PIECES:
            raise GrammarError(
                "rules", f"make texts of up to {self.most:,} pieces", f"let there be {MOST_PIECES:,} at most"
            )

    @cached_property
    def slots(self) -> tuple[tuple[str, str], ...]:
        """The filled slots, each with every form in which it stands somewhere."""
        found = dict.fromkeys(
            (piece.name, piece.form)
            for symbol in self._symbols
            for pieces in symbol.alternatives
            for piece in pieces
            if isinstance(piece, _Slot)
        )
        return tuple(found)

    @cached_property
    def tables(self) -> GrammarTables:
        texts: dict[str, int] = {}
        for symbol in self._symbols:
            for pieces in symbol.alternatives:
                for piece in pieces:
                    if isinstance(piece, str):
                        texts.setdefault(piece, len(texts))
        slots = {_Slot(*slot): -1 - len(texts) - place for place, slot in enumerate(self.slots)}
        starts, flat, first, limits = [0], list[int](), list[int](), list[int]()
        thresholds = [np.empty(0, np.uint64)]
        for symbol in self._symbols:
            first.append(len(starts) - 1)
            even = symbol.label >= 0 or len(set(symbol.weights)) == 1
            limits.append(-1 if even else sum(map(len, thresholds)))
            if not even:
                thresholds.append(discrete(symbol.weights).thresholds)
            for pieces in symbol.alternatives:
                for piece in pieces:
                    if isinstance(piece, str):
                        flat.append(-1 - texts[piece])
                    else:
                        flat.append(slots[piece] if isinstance(piece, _Slot) else piece)
                starts.append(len(flat))
        encoded = [text.encode() for text in texts]
        bounds = np.cumsum([0, *map(len, encoded)]).astype(np.int64)
        return GrammarTables(
            first=_numbers(first),
            count=_numbers(len(symbol.alternatives) for symbol in self._symbols),
            label=_numbers(symbol.label for symbol in self._symbols),
            limits=_numbers(limits),
            words=_numbers(int(_is_words(symbol)) for symbol in self._symbols),
            thresholds=np.concatenate(thresholds),
            starts=_numbers(starts),
            pieces=_numbers(flat),
            texts=(bounds[:-1] << 32) | np.diff(bounds),
            blob=np.frombuffer(b"".join(encoded), np.uint8),
            depth=self.depth,
            most=max(1, self.most),
            mean=self.mean({}),
        )

    @cached_property
    def depth(self) -> int:
        """Alternatives that can be open at once."""
        found: dict[int, int] = {}
        for number in self._order:
            symbol = self._symbols[number]
            found[number] = 1 + max(
                (
                    found[piece]
                    for pieces in symbol.alternatives
                    for piece in pieces
                    if isinstance(piece, int)
                ),
                default=0,
            )
        return found[0]

    @cached_property
    def most(self) -> int:
        """Texts and slots of a text, at most."""
        return round(self._worked_out(lambda piece: 1.0, maximum=True))

    def longest(self, slots: Mapping[str, float]) -> int:
        """Bytes of a text at most, where slots are at most so long."""
        return round(self._worked_out(lambda piece: _length(piece, slots), maximum=True))

    def mean(self, slots: Mapping[str, float]) -> float:
        """Bytes of a text on average, where slots have so many on average."""
        return self._worked_out(lambda piece: _length(piece, slots), maximum=False)

    def pieces(self) -> float:
        """Choices, texts and slots of a text on average."""
        return self._worked_out(lambda piece: 1.0, maximum=False, each=1.0)

    def texts(self) -> int:
        """Ways to write a text, slots aside: a text that can be written in two ways counts twice."""
        found: dict[int, int] = {}
        for number in self._order:
            total = 0
            for pieces in self._symbols[number].alternatives:
                ways = 1
                for piece in pieces:
                    ways *= found[piece] if isinstance(piece, int) else 1
                total += ways
            found[number] = total
        return found[0]

    def _worked_out(self, of: object, *, maximum: bool, each: float = 0.0) -> float:
        """A measure of a text, from that of its pieces: at most, or on average."""
        assert callable(of)
        found: dict[int, float] = {}
        for number in self._order:
            symbol = self._symbols[number]
            sums = [
                sum(found[piece] if isinstance(piece, int) else of(piece) for piece in pieces)
                for pieces in symbol.alternatives
            ]
            weights = symbol.weights
            mean = sum(one * weight for one, weight in zip(sums, weights, strict=True)) / sum(weights)
            found[number] = each + (max(sums) if maximum else mean)
        return float(found[0])

    def _symbol_of(self, name: str, form: str) -> int:
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
                self._symbols[number] = _Symbol(list(inner), tuple(values.values()), self._labels[rule.label])
            else:
                self._fill(number, name, rule, form)
        return self._known[key]

    def _plain(self, name: str, rule: Rule, form: str) -> int:
        number = self._new((name, form))
        self._fill(number, name, rule, form)
        return number

    def _fill(self, number: int, name: str, rule: Rule, form: str) -> None:
        alternatives = [self._pieces(name, pieces, form) for pieces in rule.alternatives]
        self._symbols[number] = _Symbol(alternatives, rule.weights)

    def _new(self, key: tuple[object, ...]) -> int:
        number = len(self._symbols)
        if number >= MOST_SYMBOLS:
            raise GrammarError(
                "rules",
                f"have more than {MOST_SYMBOLS:,} choices in all",
                "write fewer, or fewer forms of them",
            )
        self._known[key] = number
        self._symbols.append(_Symbol([()], (1.0,)))
        return number

    def _pieces(self, name: str, given: Alternative, form: str) -> tuple[_Piece, ...]:
        """Those of an alternative, the first in the form; what is chosen among one alternative is put in."""
        found: list[_Piece] = []
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

    def _reached(self, name: str, piece: Reference | Choice, form: str) -> _Piece:
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
            return self._symbol_of(piece.name, form)
        if piece.name in self._filled:
            return _Slot(piece.name, form)
        return self._symbol_of(self.grammar.defaults[piece.name], form)

    def _inlined(self, piece: _Piece) -> tuple[_Piece, ...]:
        if isinstance(piece, int):
            symbol = self._symbols[piece]
            if symbol.label < 0 and len(symbol.alternatives) == 1:
                return symbol.alternatives[0]
        return (piece,)

    def _inner_first(self) -> list[int]:
        """All symbols that can be reached, each behind those it leads to."""
        order, seen = list[int](), set[int]()
        waiting = [(0, False)]
        while waiting:
            number, finished = waiting.pop()
            if finished:
                order.append(number)
            elif number not in seen:
                seen.add(number)
                waiting.append((number, True))
                inner = (one for pieces in self._symbols[number].alternatives for one in pieces)
                waiting.extend((one, False) for one in inner if isinstance(one, int) and one not in seen)
        return order


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


def _append(pieces: list[_Piece], piece: _Piece) -> None:
    if isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
        pieces[-1] += piece
    elif piece != "":
        pieces.append(piece)


def _is_words(symbol: _Symbol) -> bool:
    closed = all(not isinstance(piece, int) for pieces in symbol.alternatives for piece in pieces)
    even = symbol.label < 0 and len(set(symbol.weights)) == 1
    return closed and even and len(set(symbol.alternatives)) == len(symbol.alternatives) > 1


def _length(piece: str | _Slot, slots: Mapping[str, float]) -> float:
    if isinstance(piece, str):
        return float(len(piece.encode()))
    article = 3 if "article" in piece.form else 0
    return slots.get(piece.name, 0.0) + article


def _numbers(values: Iterable[int] | Sequence[int]) -> I64:
    return np.array(list(values), np.int64)

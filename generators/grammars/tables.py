"""A grammar as the arrays that kernels run, and what can be known of its texts beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np

from synthmill.generators.grammars.grammar import Grammar, GrammarError
from synthmill.generators.grammars.symbols import Slot, Symbol, inner_first, numbered
from synthmill.generators.kernels.discrete import discrete
from synthmill.generators.kernels.grammar import GrammarTables
from synthmill.generators.kernels.mix import I64

MOST_PIECES = 2_000
"""Texts and slots of one text of a grammar."""
LONGEST_TEXT = 100_000
"""Bytes, slots included."""


class CompiledGrammar:
    """A grammar of which some slots are filled; for the others their rules stand."""

    def __init__(self, grammar: Grammar, filled: Iterable[str]) -> None:
        """Raises GrammarError where a slot is neither filled nor has a rule, or where it is too large."""
        self.grammar, filled = grammar, frozenset(filled)
        for slot in grammar.slots:
            if slot not in filled and slot not in grammar.defaults:
                raise GrammarError(
                    "slots",
                    f"nothing fills the slot {slot}",
                    f"name the column that does, or give a rule called {slot}",
                )
        self._symbols = numbered(grammar, filled)
        self._order = inner_first(self._symbols)
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
            if isinstance(piece, Slot)
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
        slots = {Slot(*slot): -1 - len(texts) - place for place, slot in enumerate(self.slots)}
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
                        flat.append(slots[piece] if isinstance(piece, Slot) else piece)
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


def _is_words(symbol: Symbol) -> bool:
    closed = all(not isinstance(piece, int) for pieces in symbol.alternatives for piece in pieces)
    even = symbol.label < 0 and len(set(symbol.weights)) == 1
    return closed and even and len(set(symbol.alternatives)) == len(symbol.alternatives) > 1


def _length(piece: str | Slot, slots: Mapping[str, float]) -> float:
    if isinstance(piece, str):
        return float(len(piece.encode()))
    article = 3 if "article" in piece.form else 0
    return slots.get(piece.name, 0.0) + article


def _numbers(values: Iterable[int] | Sequence[int]) -> I64:
    return np.array(list(values), np.int64)

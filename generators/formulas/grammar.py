"""From a formula's text to its tree.

    formula  = or
    or       = and { "or" and }
    and      = not { "and" not }
    not      = "not" not | compared
    compared = joined [ ("=" | "==" | "!=" | "<" | "<=" | ">" | ">=") joined ]
    joined   = sum { "&" sum }
    sum      = product { ("+" | "-") product }
    product  = sign { ("*" | "/" | "//" | "%") sign }
    sign     = "-" sign | power
    power    = atom [ "^" sign ]
    atom     = number | text | "true" | "false" | "null" | [ link "." ] column | "(" formula ")"
             | function "(" [ formula { "," formula } ] ")"

Limits on length, depth and size are checked while reading, so that no text takes long to be refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from synthmill.generators.errors import GrammarError

MAX_LENGTH = 4_000
MAX_DEPTH = 40
MAX_NODES = 300
_MAX_DIGITS = 18

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?)
      | (?P<text>'[^']*'|"[^"]*")
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?)
      | (?P<sign>==|!=|<=|>=|//|[-+*/%^&=<>(),])""",
    re.VERBOSE,
)
_COMPARED = ("=", "==", "!=", "<", "<=", ">", ">=")


class FormulaError(GrammarError):
    """A formula can't be understood, or asks for what doesn't go together."""

    def __init__(self, at: int, reason: str, fix: str = "") -> None:
        super().__init__(f"at character {at + 1}: {reason}", fix)


@dataclass(frozen=True)
class Literal:
    at: int
    value: int | float | str | bool | None


@dataclass(frozen=True)
class Name:
    at: int
    name: str


@dataclass(frozen=True)
class Call:
    """A function or an operator with what it is applied to."""

    at: int
    function: str
    arguments: tuple[Node, ...]


Node: TypeAlias = Literal | Name | Call


@dataclass(frozen=True)
class _Token:
    at: int
    kind: str
    text: str


def parse(text: str) -> Node:
    """The formula's tree. Raises FormulaError."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(MAX_LENGTH, f"there are {len(text)} characters", f"use at most {MAX_LENGTH}")
    parser = _Parser(_tokens(text), len(text))
    node = parser.either(0)
    if parser.peek():
        raise parser.error(f"{parser.peek()!r} isn't expected here", "is an operator or a comma missing?")
    return node


def names(node: Node) -> tuple[str, ...]:
    """The columns that a formula looks at, each once, in order."""
    return tuple(dict.fromkeys(looked(node)))


def looked(node: Node) -> tuple[str, ...]:
    """The same, in order, each as often as it is named."""
    found: list[str] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Name):
            found.append(one.name)
        elif isinstance(one, Call):
            waiting += reversed(one.arguments)
    return tuple(found)


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            what = "text has no closing quote" if text[at] in "'\"" else f"{text[at]!r} has no meaning"
            raise FormulaError(at, what, "see the grammar in the documentation of formulas")
        if match.lastgroup != "space":
            found.append(_Token(at, str(match.lastgroup), match.group()))
        at = match.end()
    return found


class _Parser:
    def __init__(self, tokens: list[_Token], end: int) -> None:
        self.tokens = tokens
        self.end = end
        self.next = 0
        self.nodes = 0

    @property
    def at(self) -> int:
        return self.tokens[self.next].at if self.next < len(self.tokens) else self.end

    def error(self, reason: str, fix: str = "") -> FormulaError:
        return FormulaError(self.at, reason, fix)

    def peek(self) -> str:
        if self.next == len(self.tokens) or self.tokens[self.next].kind == "text":
            return "" if self.next == len(self.tokens) else "text"
        return self.tokens[self.next].text

    def accept(self, *signs: str) -> str:
        """The next token if it is one of these, else nothing."""
        if self.next < len(self.tokens) and self.tokens[self.next].kind in ("sign", "name"):
            text = self.tokens[self.next].text
            if text in signs:
                self.next += 1
                return text
        return ""

    def expect(self, sign: str) -> None:
        if not self.accept(sign):
            raise self.error(f"{sign} is missing", f"put a {sign} here")

    def call(self, at: int, function: str, *arguments: Node) -> Call:
        self.count()
        return Call(at, function, arguments)

    def count(self) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self.error(f"there are more than {MAX_NODES} operations and values", "use several columns")

    def either(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise self.error(f"nested more than {MAX_DEPTH} deep", "use several columns")
        left = self.both(depth)
        while (at := self.at, self.accept("or"))[1]:
            left = self.call(at, "or", left, self.both(depth))
        return left

    def both(self, depth: int) -> Node:
        left = self.negated(depth)
        while (at := self.at, self.accept("and"))[1]:
            left = self.call(at, "and", left, self.negated(depth))
        return left

    def negated(self, depth: int) -> Node:
        at = self.at
        if self.accept("not"):
            return self.call(at, "not", self.deeper(depth, self.negated))
        left = self.joined(depth)
        at = self.at
        if sign := self.accept(*_COMPARED):
            left = self.call(at, "=" if sign == "==" else sign, left, self.joined(depth))
            if self.peek() in _COMPARED:
                raise self.error("comparisons can't be chained", "write a < b and b < c")
        return left

    def joined(self, depth: int) -> Node:
        left = self.sum(depth)
        while (at := self.at, self.accept("&"))[1]:
            left = self.call(at, "&", left, self.sum(depth))
        return left

    def sum(self, depth: int) -> Node:
        left = self.product(depth)
        while True:
            at = self.at
            if not (sign := self.accept("+", "-")):
                return left
            left = self.call(at, sign, left, self.product(depth))

    def product(self, depth: int) -> Node:
        left = self.sign(depth)
        while True:
            at = self.at
            if not (sign := self.accept("*", "//", "/", "%")):
                return left
            left = self.call(at, sign, left, self.sign(depth))

    def sign(self, depth: int) -> Node:
        at = self.at
        if self.accept("-"):
            return self.call(at, "- a", self.deeper(depth, self.sign))
        base = self.atom(depth)
        at = self.at
        if self.accept("^"):
            return self.call(at, "^", base, self.deeper(depth, self.sign))
        return base

    def deeper(self, depth: int, rule: object) -> Node:
        if depth >= MAX_DEPTH:
            raise self.error(f"nested more than {MAX_DEPTH} deep", "use several columns")
        assert callable(rule)
        node: Node = rule(depth + 1)
        return node

    def atom(self, depth: int) -> Node:
        self.count()
        if self.next == len(self.tokens):
            raise self.error("the formula ends too soon", "add a value")
        token = self.tokens[self.next]
        self.next += 1
        if token.kind == "number":
            return Literal(token.at, _number(token))
        if token.kind == "text":
            return Literal(token.at, token.text[1:-1])
        if token.kind == "name":
            return self.named(token, depth)
        if token.text == "(":
            inner = self.either(depth + 1)
            self.expect(")")
            return inner
        self.next -= 1
        raise self.error(f"a value is missing before {token.text!r}", "put a column, number or text here")

    def named(self, token: _Token, depth: int) -> Node:
        constants = {"true": True, "false": False, "null": None}
        if token.text in constants:
            return Literal(token.at, constants[token.text])
        if token.text in ("and", "or", "not"):
            self.next -= 1
            raise self.error(f"a value is missing before {token.text}", "put a condition here")
        if not self.accept("("):
            return Name(token.at, token.text)
        arguments: list[Node] = []
        while not self.accept(")"):
            if arguments:
                self.expect(",")
            arguments.append(self.either(depth + 1))
        return self.call(token.at, token.text, *arguments)


def _number(token: _Token) -> int | float:
    if token.text.isdigit():
        if len(token.text) > _MAX_DIGITS:
            raise FormulaError(token.at, f"more than {_MAX_DIGITS} digits", "write it like 1e20")
        return int(token.text)
    value = float(token.text)
    if value > 1e300:
        raise FormulaError(token.at, "the number is beyond 1e300", "use a smaller one")
    return value

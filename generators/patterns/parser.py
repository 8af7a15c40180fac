"""From a pattern's text to its tree, in one pass without going back.

Understood: characters, `.` (any printable one of ASCII), classes such as `[a-z0-9_]` and `[^aeiou]`, `\\d`,
`\\w`, `\\s`, groups, `|`, `?`, `{3}`, `{2,5}`, and `*` and `+`, which stop at 8. A `^` in front and a `$` at
the end do no harm. All else (references back, looking around, lazy repetition) is refused.
"""

from __future__ import annotations

import re
import string

from synthmill.generators.errors import GrammarError
from synthmill.generators.patterns.tree import Branches, Node, OneOf, Repeat, Sequence, size
from synthmill.generators.schema.json_values import shown

MAX_LENGTH = 1_000
"""Of a pattern, and of the longest text that it stands for."""
MAX_DEPTH = 20
_MAX_PLACES = 4_000
_MAX_CHARACTERS = 1_000
"""In one class."""
_UNBOUNDED = 8
"""Where `*`, `+` and `{2,}` stop, counted from their least."""

_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
_CLASSES = {
    "d": string.digits,
    "w": string.ascii_letters + string.digits + "_",
    "s": " ",
    "D": "".join(c for c in _PRINTABLE if not c.isdigit()),
    "W": "".join(c for c in _PRINTABLE if not (c.isalnum() or c == "_")),
    "S": _PRINTABLE[1:],
}
_BRACES = re.compile(r"\{([0-9]+)(?:,([0-9]*))?\}")
_SPECIAL = set("()[]{}|?*+.^$\\")


class PatternError(GrammarError):
    """A pattern can't be understood, or stands for texts that are too long."""


def parse(text: str) -> Node:
    """The pattern's tree. Raises PatternError."""
    if len(text) > MAX_LENGTH:
        raise PatternError(f"has {len(text)} characters", f"use at most {MAX_LENGTH}")
    parser = _Parser(text)
    node = parser.branches(0)
    if parser.at < len(parser.text):
        raise parser.error("there is a ) without its (")
    measured = size(node)
    if measured.longest > MAX_LENGTH or measured.places > _MAX_PLACES:
        raise PatternError(
            f"its texts can have {measured.longest} characters in {measured.places} places",
            f"repeat less: at most {MAX_LENGTH} characters in {_MAX_PLACES} places",
        )
    return node


class _Parser:
    def __init__(self, text: str) -> None:
        # Anchors say no more than is so anyway.
        self.shift = int(text.startswith("^"))
        self.text = text[self.shift :]
        if self.text.endswith("$") and (len(self.text) - len(self.text[:-1].rstrip("\\"))) % 2:
            self.text = self.text[:-1]
        self.at = 0

    def error(
        self, reason: str, fix: str = "write a \\ before a character that stands for itself"
    ) -> PatternError:
        return PatternError(f"at character {self.at + self.shift + 1}: {reason}", fix)

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self) -> str:
        character = self.peek()
        if not character:
            raise self.error("the pattern ends too soon")
        self.at += 1
        return character

    def branches(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise self.error(f"groups are more than {MAX_DEPTH} deep", "nest less")
        found = [self.sequence(depth)]
        while self.peek() == "|":
            self.at += 1
            found.append(self.sequence(depth))
        return found[0] if len(found) == 1 else Branches(tuple(found))

    def sequence(self, depth: int) -> Node:
        items = []
        while self.peek() not in ("", "|", ")"):
            items.append(self.repeated(self.atom(depth)))
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def atom(self, depth: int) -> Node:
        character = self.take()
        if character == "(":
            return self.group(depth)
        if character == "[":
            return OneOf(self.character_class())
        if character == "\\":
            return OneOf(self.escaped())
        if character == ".":
            return OneOf(_PRINTABLE)
        if character in _SPECIAL:
            self.at -= 1
            raise self.error(f"{character} has no meaning here")
        self.check(character)
        return OneOf(character)

    def group(self, depth: int) -> Node:
        if self.peek() == "?":
            if self.text[self.at : self.at + 2] != "?:":
                raise self.error("no group can begin with (? but (?:", "leave out what begins with (?")
            self.at += 2
        inner = self.branches(depth + 1)
        if self.peek() != ")":
            raise self.error("a ( has no )")
        self.at += 1
        return inner

    def escaped(self) -> str:
        character = self.take()
        if character in _CLASSES:
            return _CLASSES[character]
        if character.isalnum():
            self.at -= 1
            raise self.error(f"\\{character} isn't understood", "use \\d, \\w, \\s or a class such as [a-z]")
        self.check(character)
        return character

    def character_class(self) -> str:
        negated = self.peek() == "^"
        self.at += negated
        found: dict[str, None] = {}
        while self.peek() != "]" or not found:
            members = self.class_members()
            found |= dict.fromkeys(members)
            if len(found) > _MAX_CHARACTERS:
                raise self.error(f"a class has more than {_MAX_CHARACTERS} characters", "narrow it")
        self.at += 1
        if not negated:
            return "".join(found)
        rest = "".join(character for character in _PRINTABLE if character not in found)
        if not rest:
            raise self.error("the class leaves nothing of ASCII", "leave some character in")
        return rest

    def class_members(self) -> str:
        begins = self.at
        first = self.class_character()
        if self.peek() != "-" or self.text[self.at + 1 : self.at + 2] in ("]", ""):
            return first
        self.at += 1
        ends = self.at
        last = self.class_character()
        if any(self.text[at] == "\\" and self.text[at + 1] in _CLASSES for at in (begins, ends)):
            raise self.error("a range goes from one character to another", "write \\- for a - itself")
        if ord(last) < ord(first):
            raise self.error("the range goes nowhere", "write the lesser character first: a-z")
        if ord(last) - ord(first) > _MAX_CHARACTERS:
            raise self.error(f"a range has more than {_MAX_CHARACTERS} characters", "narrow it")
        members = "".join(map(chr, range(ord(first), ord(last) + 1)))
        for character in members:
            self.check(character)
        return members

    def class_character(self) -> str:
        character = self.take()
        if character == "\\":
            return self.escaped()
        self.check(character)
        return character

    def check(self, character: str) -> None:
        if not character.isprintable():
            raise self.error(f"{character!r} can't be printed", "leave it out")

    def repeated(self, item: Node) -> Node:
        limits = self.quantifier()
        if limits is None:
            return item
        if self.peek() in ("?", "*", "+", "{") and self.peek():
            raise self.error("a repetition is repeated", "put it into a group")
        return item if limits == (1, 1) else Repeat(item, *limits)

    def quantifier(self) -> tuple[int, int] | None:
        simple = {"?": (0, 1), "*": (0, _UNBOUNDED), "+": (1, _UNBOUNDED)}.get(self.peek())
        if simple:
            self.at += 1
            return simple
        if self.peek() != "{":
            return None
        found = _BRACES.match(self.text, self.at)
        if found is None:
            raise self.error("a { isn't followed by numbers and }", "write {3} or {2,5}")
        low, most = int(found[1]), found[2]
        high = low if most is None else int(most) if most else low + _UNBOUNDED
        if high < low or high > MAX_LENGTH:
            # The numbers may be as long as the pattern.
            raise self.error(
                f"{shown(low)} to {shown(high)} times", f"give rising numbers up to {MAX_LENGTH}"
            )
        self.at = found.end()
        return low, high

"""An SQL script taken apart into its statements, by the rules of the programs that run such scripts.

Quotes, comments, psql's and SQL*Plus's own commands, the data behind COPY, MySQL's DELIMITER, T-SQL's GO and
Oracle's / are known here, and nothing of what a statement says: one that nobody can read ends where it ends.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from synthmill.generators.importing.tokens import MOST_STRAY, closing_quote

_ANY_CASE = re.IGNORECASE | re.MULTILINE
_BATCH = re.compile(r"[ \t]*GO([ \t]+\d+)?[ \t]*;?[ \t]*(--[^\n]*)?\r?$", _ANY_CASE)
_SLASH = re.compile(r"[ \t]*/[ \t]*\r?$", re.MULTILINE)
_DELIMITER = re.compile(r"[ \t]*DELIMITER[ \t]+(\S{1,16})[^\n]*$", _ANY_CASE)
_COMMAND = re.compile(r"[ \t]*\\[A-Za-z!?.][^\n]*$", re.MULTILINE)
_LINE_ALONE = re.compile(r"[ \t]*((REM|REMARK|PROMPT|SOURCE)\b|@)[^\n]*$", _ANY_CASE)
_SETTING = re.compile(
    r"[ \t]*((SET|WHENEVER|SPOOL|DEFINE|CONNECT|ACCEPT|COLUMN)[ \t]+[^\n;]*|EXIT[ \t]*)\r?$", _ANY_CASE
)
"""Lines of SQL*Plus and T-SQL that need no semicolon."""
_BEGINNING = re.compile(
    r"[ \t]*(CREATE\s+(\w+\s+){0,3}?"
    r"(TABLE|INDEX|VIEW|TYPE|DOMAIN|SCHEMA|SEQUENCE|PROC|PROCEDURE|FUNCTION|TRIGGER)\b"
    r"|ALTER\s+TABLE\b|INSERT\s+INTO\b|DROP\s+TABLE\b|EXEC(UTE)?\s+(\w+\.)?sp_"
    r"|IF\s+OBJECT_ID\b|IF\s+(NOT\s+)?EXISTS\s*\(\s*SELECT\b)",
    re.IGNORECASE,
)
"""What begins a statement where a line does, even if the one before it has no end."""
_TABLE = re.compile(r"^CREATE\s+TABLE\b", _ANY_CASE)
_ROUTINE = re.compile(
    r"(CREATE|ALTER)\s+(OR\s+(REPLACE|ALTER)\s+)?((DEFINER\s*=\s*\S+|EDITIONABLE|NONEDITIONABLE)\s+)*"
    r"(PROC|PROCEDURE|FUNCTION|TRIGGER|PACKAGE|EVENT|TYPE\s+BODY)\b",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"(DECLARE|BEGIN)\b", re.IGNORECASE)
"""Of Oracle: a program without a name."""
_BEGIN = re.compile(r"\bBEGIN\b", re.IGNORECASE)
_END = re.compile(r"\bEND(\s+(?!IF\b|LOOP\b|CASE\b|WHILE\b|REPEAT\b)\w+)?\s*\Z", re.IGNORECASE)
_COPY = re.compile(r"(\\?COPY)\b[^;]*\bFROM\s+P?STDIN\b", re.IGNORECASE)
_END_OF_DATA = re.compile(r"^\\\.[ \t]*\r?$", re.MULTILINE)
_DOLLAR = re.compile(r"\$([A-Za-z_]\w*)?\$")
_CONTROL = re.compile(r"(IF|BEGIN|ELSE|END|SET|USE|DROP|PRINT|CREATE\s+SCHEMA)\b", re.IGNORECASE)
_TABLE_INSIDE = re.compile(r"\b(CREATE|ALTER)\s+TABLE\b", re.IGNORECASE)
_HIDING = re.compile(r"'[^']*('|\Z)|\"[^\"]*(\"|\Z)|--[^\n]*|/\*.*?(\*/|\Z)", re.DOTALL)
BACKSLASH = ("mysql", "bigquery", "snowflake")
"""Dialects in whose texts a backslash makes the next character mean itself."""
_NO_DOLLARS = ("mysql", "tsql", "oracle")


@dataclass(frozen=True)
class Statement:
    text: str
    """Without its end, and without comments in front of it."""
    line: int
    """Of the script, counted from 1."""


def statements(text: str, dialect: str) -> list[Statement]:
    """All statements, and all lines that are commands of a program, in their order."""
    return [inner for one in _Script(text, dialect).split() for inner in _uncovered(one)]


def _uncovered(statement: Statement) -> Iterator[Statement]:
    """`IF ... CREATE TABLE` as two: what is made under a condition is made."""
    text = statement.text
    if _CONTROL.match(text):
        blank = _HIDING.sub(lambda found: " " * len(found[0]), text)
        inside = _TABLE_INSIDE.search(blank)
        if inside is not None:
            start = inside.start()
            yield Statement(text[:start].rstrip(), statement.line)
            yield Statement(text[start:], statement.line + text.count("\n", 0, start))
            return
    yield statement


class _Script:
    """Reads a script once, from its beginning to its end."""

    def __init__(self, text: str, dialect: str) -> None:
        self.text, self.dialect = text, dialect
        self.begin: int | None = None
        """Where the statement begins that has no end yet."""
        self.is_program = False
        self.has_block = False
        """Whether a program has a BEGIN so far, which an END belongs to."""
        self.delimiter = ";"
        self.after_delimiter = -1
        self.counted, self.line = 0, 1
        self.stray = dict.fromkeys("'\"`[", 0)
        self.last_dollars = {found[0]: found.start() for found in _DOLLAR.finditer(text)}
        self.last_comment, self.last_data = text.rfind("*/"), text.rfind("\n\\.") + 1
        self.last_end = _last_end(text, dialect)
        quotes = r"'\"`" + (r"\[" if dialect in ("tsql", "sqlite") else "")
        self.spot = re.compile(rf"[{quotes}$;\n]|--|/\*" + ("|#" if dialect == "mysql" else ""))

    def split(self) -> Iterator[Statement]:
        at, size = 0, len(self.text)
        while at < size:
            if at == 0 or self.text[at - 1] == "\n":
                after = yield from self._line(at)
                if after > at:
                    at = after
                    continue
            at = yield from self._step(at)
        yield from self._end(size)

    def _line(self, at: int) -> Generator[Statement, None, int]:
        """The place behind a line that means something as a whole; its own place for any other."""
        text, found = self.text, None
        if (found := _BATCH.match(text, at)) or (self._may_end() and (found := _SLASH.match(text, at))):
            yield from self._end(at)
        elif found := _DELIMITER.match(text, at):
            yield from self._end(at)
            self.delimiter, self.after_delimiter = found[1], -1
        elif found := _COMMAND.match(text, at):
            yield from self._end(at)
            yield Statement(found[0].strip(), self._line_of(at))
            return self._behind_data(found[0].strip(), found.end())
        elif self.begin is None and (found := self._alone(at)):
            yield Statement(found[0].strip(), self._line_of(at))
        elif self.begin is not None and self._may_be_cut(at) and _BEGINNING.match(text, at):
            yield from self._end(at)
        return at if found is None else found.end() + 1

    def _may_end(self) -> bool:
        return self.begin is None or self.is_program or self.dialect == "oracle"

    def _may_be_cut(self, at: int) -> bool:
        """Whether a statement can begin there within another: in a program only where it isn't indented."""
        return not self.is_program or (at > self.last_end and not self.text[at].isspace())

    def _alone(self, at: int) -> re.Match[str] | None:
        found = _LINE_ALONE.match(self.text, at)
        if found is None and self.dialect in ("oracle", "tsql"):
            found = _SETTING.match(self.text, at)
        return found

    def _step(self, at: int) -> Generator[Statement, None, int]:
        """Go on to the next character that means something, and behind what it begins."""
        text = self.text
        found = self.spot.search(text, at)
        place = len(text) if found is None else found.start()
        end = self._delimiter_from(at)
        self._begin(at, min(place, end))
        if self.is_program and not self.has_block:
            self.has_block = _BEGIN.search(text, at, place) is not None
        if end <= place:
            yield from self._end(end)
            return end + len(self.delimiter)
        if found is None:
            return place
        mark = found[0]
        if mark in ("--", "#"):
            stop = text.find("\n", place)
            return len(text) if stop < 0 else stop
        if mark == "/*":
            return text.find("*/", place + 2) + 2 if place + 2 <= self.last_comment else place + 2
        if mark == ";":
            return (yield from self._semicolon(place))
        if mark != "\n" and self.begin is None:
            self._begin(place, place + 1)
        return self._quoted(mark, place) if mark != "\n" else place + 1

    def _delimiter_from(self, at: int) -> int:
        """Where the next delimiter is, if it isn't the usual one."""
        if self.delimiter == ";":
            return len(self.text) + 1
        if self.after_delimiter < at:
            found = self.text.find(self.delimiter, at)
            self.after_delimiter = found if found >= 0 else len(self.text) + 1
        return self.after_delimiter

    def _begin(self, at: int, stop: int) -> None:
        if self.begin is not None:
            return
        gap = self.text[at:stop]
        if gap and not gap.isspace():
            self.begin = at + len(gap) - len(gap.lstrip())
            self.is_program = bool(
                _ROUTINE.match(self.text, self.begin)
                or (self.dialect == "oracle" and _BLOCK.match(self.text, self.begin))
            )

    def _semicolon(self, place: int) -> Generator[Statement, None, int]:
        if self.delimiter != ";" or (self.is_program and (place < self.last_end or self._is_inside(place))):
            return place + 1
        begin = self.begin
        head = "" if begin is None else self.text[begin : min(place, begin + 10_000)]
        yield from self._end(place)
        return self._behind_data(head, place + 1)

    def _is_inside(self, place: int) -> bool:
        """Whether the semicolon is within a program's BEGIN and END."""
        return self.has_block and not _END.search(self.text, max(0, place - 200), place)

    def _behind_data(self, head: str, at: int) -> int:
        """Behind the rows that follow on `COPY ... FROM stdin`."""
        found = _END_OF_DATA.search(self.text, at) if at < self.last_data and _COPY.match(head) else None
        return at if found is None else found.end()

    def _quoted(self, mark: str, place: int) -> int:
        """Behind the end of what is quoted; behind the quote alone where it has no end."""
        text = self.text
        if mark == "$":
            found = _DOLLAR.match(text, place)
            known = found is not None and self.dialect not in _NO_DOLLARS and "$" not in self.delimiter
            if found is None or not known or self.last_dollars[found[0]] <= place:
                return place + 1
            if place and (text[place - 1].isalnum() or text[place - 1] == "_"):
                return found.end()
            return text.find(found[0], found.end()) + len(found[0])
        if self.stray[mark] >= MOST_STRAY:
            return place + 1
        slashed = mark in "'\"" and (self.dialect in BACKSLASH or self._is_escaped(place))
        end = closing_quote(text, place, "]" if mark == "[" else mark, slashed)
        # A text that declares a table at the beginning of a line is none: a quote before it is one too many.
        if end < 0 or (mark != "[" and _TABLE.search(text, place, end)):
            self.stray[mark] += end < 0
            return place + 1
        return end + 1

    def _is_escaped(self, place: int) -> bool:
        """Whether the quote there belongs to PostgreSQL's E'...'."""
        before = self.text[max(0, place - 2) : place]
        return before[-1:] in ("E", "e") and not (before[:-1].isalnum() or before[:-1] == "_")

    def _end(self, at: int) -> Iterator[Statement]:
        """The statement that ends there, if there is one."""
        if self.begin is not None:
            statement = self.text[self.begin : at].strip()
            if statement:
                yield Statement(statement, self._line_of(self.begin))
        self.begin, self.is_program, self.has_block = None, False, False

    def _line_of(self, at: int) -> int:
        self.line += self.text.count("\n", self.counted, at)
        self.counted = max(self.counted, at)
        return self.line


def _last_end(text: str, dialect: str) -> int:
    """Where the last line is that ends a program, in dialects with programs that only such a line ends."""
    lines = {"tsql": _BATCH, "oracle": _SLASH}.get(dialect)
    places = (
        [] if lines is None else [one.start() for one in lines.finditer(text) if _is_line(text, one.start())]
    )
    return places[-1] if places else -1


def _is_line(text: str, at: int) -> bool:
    return at == 0 or text[at - 1] == "\n"

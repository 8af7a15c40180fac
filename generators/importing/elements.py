"""CREATE TABLE and ALTER TABLE that sqlglot can't read as a whole: their columns and constraints one by one.

What one of them says is put in the plainest words, without options of storage, and tried again. What still
can't be read costs itself alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from sqlglot import exp

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.importing.tokens import Token, group_end, split_at_commas, tokens
from synthmill.generators.limits import MAX_COLUMNS

Parse = Callable[[str], exp.Expr | None]
"""A statement as sqlglot reads it, or None."""

MAX_ELEMENTS = 3 * MAX_COLUMNS
_HEAD = re.compile(r"CREATE\s+(\w+\s+){0,4}?TABLE\s+(?P<exists>IF\s+NOT\s+EXISTS\s+)?", re.IGNORECASE)
_ALTER = re.compile(r"ALTER\s+TABLE\s+(ONLY\s+|IF\s+EXISTS\s+)*", re.IGNORECASE)
_ADDED = re.compile(r"(ADD\s+)?(COLUMN\s+)?(IF\s+NOT\s+EXISTS\s+)?", re.IGNORECASE)
_ADDING = (exp.Schema, exp.AddConstraint, exp.ColumnDef)
_SOUND = (exp.CheckColumnConstraint, exp.Check, exp.IndexColumnConstraint, exp.LikeProperty)
_CONSTRAINTS = ("PRIMARY", "UNIQUE", "FOREIGN", "CHECK")
_INDEXES = ("INDEX", "KEY", "FULLTEXT", "SPATIAL", "INVERTED", "FAMILY")
_OTHERS = ("LIKE", "EXCLUDE", "PERIOD", "SUPPLEMENTAL", "CONSTRAINT")
_AFTER_TYPE = {
    *(
        "NOT",
        "NULL",
        "PRIMARY",
        "UNIQUE",
        "REFERENCES",
        "CHECK",
        "DEFAULT",
        "CONSTRAINT",
        "GENERATED",
        "IDENTITY",
    ),
    *(
        "COLLATE",
        "AS",
        "COMMENT",
        "ON",
        "KEY",
        "AUTO_INCREMENT",
        "AUTOINCREMENT",
        "CHARSET",
        "ENCODE",
        "SPARSE",
    ),
    *("ROWGUIDCOL", "VISIBLE", "INVISIBLE", "STORAGE", "COMPRESSION", "SRID", "ENABLE", "DISABLE", "USING"),
    *("MASKED", "ENCRYPTED", "FILESTREAM", "DEFERRABLE", "INITIALLY", "PERSISTED", "VIRTUAL", "STORED"),
    *("COLUMN_FORMAT", "OPTIONS", "DISTKEY", "SORTKEY"),
}
"""What ends a column's type."""


def elements(text: str, slashed: bool, parse: Parse, lost: list[str]) -> exp.Expr | None:
    """The statement, made of what can be read; elements that can't are added to `lost`. None for no table."""
    head, alter = _HEAD.match(text), _ALTER.match(text)
    start = head or alter
    if start is None:
        return None
    found = tokens(text[start.end() :], slashed)
    reader = _Elements(text[start.end() :], parse, lost)
    opening = next((at for at, one in enumerate(found) if one.text == "("), len(found))
    if head is not None:
        name = found[:opening]
        if opening == len(found) or not name or any(one.text != "." for one in name[1::2]):
            return None
        end = group_end(found, opening)
        marks = [one.text for one in found[opening:end]]
        if marks.count("(") != marks.count(")"):
            return None
        inside = found[opening + 1 : end - 1]
        schema = exp.Schema(this=_table(name[-1]), expressions=reader.read(split_at_commas(inside)))
        return exp.Create(this=schema, kind="TABLE", exists=bool(head["exists"]))
    adding = next((at for at, one in enumerate(found) if one.word in ("ADD", "ALTER", "DROP")), len(found))
    name = [one for one in found[:adding] if one.word not in ("WITH", "CHECK", "NOCHECK")]
    if adding == len(found) or found[adding].word != "ADD" or not name:
        return None
    added = found[adding + 1 :]
    if added and added[0].text == "(":
        added = added[1 : group_end(added, 0) - 1]
    pieces = [piece[_words(_ADDED, piece) :] for piece in split_at_commas(added)]
    schema = exp.Schema(expressions=reader.read([piece for piece in pieces if piece]))
    return exp.Alter(this=_table(name[-1]), kind="TABLE", actions=[schema])


def is_sound(statement: exp.Expr) -> bool:
    """Whether sqlglot has read the elements as what they are: it makes columns of what it doesn't know."""
    if isinstance(statement, exp.Alter):
        added = [one for one in statement.args.get("actions") or () if isinstance(one, _ADDING)]
        return all(is_sound(one) if not isinstance(one, exp.ColumnDef) else _is_sound(one) for one in added)
    return all(map(_is_sound, statement.expressions))


def _is_sound(element: exp.Expr) -> bool:
    if isinstance(element, exp.ColumnDef):
        kind = element.args.get("kind")
        own = kind is None or not isinstance(kind, exp.DataType) or kind.this == exp.DType.USERDEFINED
        return not (own and element.name.upper() in (*_CONSTRAINTS, *_INDEXES, *_OTHERS))
    if isinstance(element, exp.Constraint):
        return bool(element.expressions) and all(map(_is_sound, element.expressions))
    if isinstance(element, exp.UniqueColumnConstraint):
        return isinstance(element.this, exp.Schema)
    if isinstance(element, exp.PrimaryKey | exp.ForeignKey):
        return bool(element.expressions)
    return isinstance(element, _SOUND)


def _table(name: Token) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name.name, quoted=True))


def _are_columns(piece: Sequence[Token]) -> bool:
    """Whether parentheses follow on a few words, and what is in them isn't a length."""
    at = next((at for at, one in enumerate(piece[:5]) if one.text == "("), None)
    return at is not None and at + 1 < len(piece) and not piece[at + 1].text.isdigit()


def _words(pattern: re.Pattern[str], piece: Sequence[Token]) -> int:
    """How many tokens the pattern takes away at the beginning of a piece."""
    words = " ".join(one.text for one in piece[:8]) + " "
    found = pattern.match(words)
    return len(found[0].split()) if found else 0


class _Elements:
    def __init__(self, text: str, parse: Parse, lost: list[str]) -> None:
        self.text, self.parse, self.lost = text, parse, lost

    def read(self, pieces: Sequence[Sequence[Token]]) -> list[exp.Expr]:
        if len(pieces) > MAX_ELEMENTS:
            raise InvalidRequestError.one(
                "content",
                f"a table has {len(pieces):,} columns and constraints, and at most {MAX_ELEMENTS:,} are read",
                "give those that you need",
            )
        found = list[exp.Expr]()
        for piece in pieces:
            source = self.text[piece[0].start : piece[-1].end]
            read = self._parsed(source) or self._plainer(piece)
            if read is None:
                self.lost.append(source)
            else:
                found += read
        return found

    def _parsed(self, source: str) -> list[exp.Expr] | None:
        """What sqlglot reads in one element."""
        tree = self.parse(f"CREATE TABLE t ({source})")
        schema = tree.this if isinstance(tree, exp.Create) else None
        known = isinstance(schema, exp.Schema) and schema.expressions and is_sound(schema)
        return list(schema.expressions) if known and schema is not None else None

    def _plainer(self, piece: Sequence[Token]) -> list[exp.Expr] | None:
        """The same as far as it concerns values."""
        if piece[0].word == "CONSTRAINT" and len(piece) > 2:
            piece = piece[1:] if piece[1].word in _CONSTRAINTS else piece[2:]
        first, second = piece[0].word, piece[1].word if len(piece) > 1 else ""
        if first in _CONSTRAINTS:
            return self._constraint(first, piece)
        if first in _INDEXES and (second in _INDEXES or _are_columns(piece)):
            return []
        if first == "DEFAULT":
            return []
        if first in _OTHERS:
            return None
        return self._column(piece)

    def _constraint(self, first: str, piece: Sequence[Token]) -> list[exp.Expr] | None:
        opening = next((at for at, one in enumerate(piece) if one.text == "("), len(piece))
        after = group_end(piece, opening) if opening < len(piece) else len(piece)
        inside = piece[opening + 1 : after - 1]
        if first == "CHECK":
            return self._parsed(f"CHECK ({self._source(inside)})")
        columns = self._names(inside)
        if columns is None:
            return None
        if first != "FOREIGN":
            return self._parsed(f"{'PRIMARY KEY' if first == 'PRIMARY' else first} ({columns})")
        reference = self._reference(piece[after:])
        return self._parsed(f"FOREIGN KEY ({columns}) {reference}") if reference else None

    def _names(self, inside: Sequence[Token]) -> str | None:
        """Columns of a key, without the order and the length that an index has them in."""
        columns = split_at_commas(inside)
        for one in columns:
            is_call = len(one) > 2 and one[1].text == "(" and not one[2].text.isdigit()
            if one[0].text == "(" or is_call:
                return None
        return ", ".join(one[0].text for one in columns) or None

    def _reference(self, piece: Sequence[Token]) -> str:
        """`REFERENCES` with a table, and with columns where they are named."""
        at = next((at for at, one in enumerate(piece) if one.word == "REFERENCES"), len(piece))
        name = at + 1
        while name + 2 < len(piece) and piece[name + 1].text == ".":
            name += 2
        if name >= len(piece):
            return ""
        there = f"REFERENCES {piece[name].text}"
        if name + 1 < len(piece) and piece[name + 1].text == "(":
            columns = self._names(piece[name + 2 : group_end(piece, name + 1) - 1])
            return f"{there} ({columns})" if columns else there
        return there

    def _column(self, piece: Sequence[Token]) -> list[exp.Expr] | None:
        name, end, depth = piece[0], 1, 0
        if not (name.text[0].isalpha() or name.text[0] in '_"`['):
            return None
        while end < len(piece) and (depth or piece[end].word not in _AFTER_TYPE):
            depth += (piece[end].text == "(") - (piece[end].text == ")")
            end += 1
        kind = self._source(piece[1:end])
        read = self._parsed(f"x {kind}") if kind else None
        given = read[0].args.get("kind") if read else None
        if given is None and kind:
            given = exp.Var(this=" ".join(kind.split()))
        said = list(self._said(piece[end:]))
        return [exp.ColumnDef(this=exp.to_identifier(name.name, quoted=True), kind=given, constraints=said)]

    def _said(self, rest: Sequence[Token]) -> list[exp.Expr]:
        """What is said of a column behind its type, as far as it concerns values."""
        said, at = list[exp.Expr](), 0
        while at < len(rest):
            word, after = rest[at].word, rest[at + 1].word if at + 1 < len(rest) else ""
            constraint = ""
            if word == "NOT" and after == "NULL":
                constraint = "NOT NULL"
            elif word in ("PRIMARY", "UNIQUE"):
                constraint = "PRIMARY KEY" if word == "PRIMARY" else "UNIQUE"
            elif word == "REFERENCES":
                constraint = self._reference(rest[at:])
            elif word == "CHECK" and after == "(":
                constraint = f"CHECK ({self._source(rest[at + 2 : group_end(rest, at + 1) - 1])})"
            elif word == "AS" and after != "IDENTITY":
                end = group_end(rest, at + 1) if after == "(" else len(rest)
                computed = exp.ComputedColumnConstraint(this=exp.Var(this=self._source(rest[at + 1 : end])))
                said.append(exp.ColumnConstraint(kind=computed))
            if constraint:
                read = self._parsed(f"x INT {constraint}")
                if read is None:
                    self.lost.append(constraint)
                else:
                    said += read[0].args.get("constraints") or []
            at = group_end(rest, at) if rest[at].text == "(" else at + 1
        return said

    def _source(self, piece: Sequence[Token]) -> str:
        return self.text[piece[0].start : piece[-1].end] if piece else ""

"""SQL DDL in any dialect that sqlglot reads, as facts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.importing.declarations import Declarations
from synthmill.generators.importing.elements import Parse, elements, is_sound
from synthmill.generators.importing.model import MAX_BYTES, Imported, short
from synthmill.generators.importing.quiet import quiet
from synthmill.generators.importing.script import BACKSLASH, Statement, statements
from synthmill.generators.importing.settling import settle

DIALECTS = ("postgres", "mysql", "sqlite", "tsql", "oracle", "snowflake", "bigquery", "duckdb", "redshift")
_TRIED = ("postgres", "mysql", "sqlite", "tsql")
_EVIDENCE = {
    "tsql": r"^\s*GO\s*;?\s*$|\[dbo\]|\bIDENTITY\s*\(\s*\d|\bNVARCHAR\b|\b(NON)?CLUSTERED\b|\bOBJECT_ID\b",
    "mysql": r"\bENGINE\s*=|\bAUTO_INCREMENT\b|^\s*DELIMITER\s|^[^'\n]*`\w+`",
    "oracle": r"\bN?VARCHAR2\b|\bNUMBER\s*\(|^\s*(PROMPT|REM|WHENEVER)\b",
    "sqlite": r"^\s*PRAGMA\b|\bAUTOINCREMENT\b|\bWITHOUT\s+ROWID\b|\bsqlite_",
    "postgres": r"^\s*\\\w|\$\$|\bFROM\s+stdin\b|\bpg_catalog\b|\b(BIG)?SERIAL\b|::",
}
"""What only one dialect writes, looked for in this order."""
_MODIFIERS = (
    "OR|REPLACE|GLOBAL|LOCAL|TEMP|TEMPORARY|UNLOGGED|FOREIGN|EXTERNAL|VIRTUAL|TRANSIENT|COLUMN|PRIVATE|UNIQUE|"
    "CLUSTERED|NONCLUSTERED|BITMAP|FULLTEXT|SPATIAL|SET|MULTISET|VOLATILE"
)
_DECLARING = re.compile(
    rf"(CREATE\s+(({_MODIFIERS})\s+)*(TABLE|TYPE(?!\s+BODY)|DOMAIN|INDEX)|ALTER\s+(TABLE|TYPE|DOMAIN))\b",
    re.IGNORECASE,
)
"""Statements that say something of columns."""
_WITHOUT_VALUES = re.compile(
    r"CREATE\s+((?!UNIQUE\b)\w+\s+)*INDEX\b|ALTER\s+TABLE\b.*\b(OWNER\s+TO|ROW\s+LEVEL|(NO)?CHECK\s+CONSTRAINT"
    r"|(EN|DIS)ABLE|REPLICA|CLUSTER\s+ON|SET\s+(STATISTICS|STORAGE)|ATTACH)\b"
    r"|ALTER\s+(TYPE|DOMAIN)\b.*\bOWNER\s+TO\b",
    re.IGNORECASE | re.DOTALL,
)
"""Those among them that say nothing of what is in the columns."""
_OF_A_SESSION = re.compile(
    r"(SET|USE|BEGIN|START|COMMIT|END|DROP|PRAGMA|LOCK|UNLOCK|SELECT\s+pg_catalog\.|EXIT|SPOOL|WHENEVER|DEFINE"
    r"|COLUMN|ACCEPT|CONNECT|PRINT)\b",
    re.IGNORECASE,
)
"""Statements whose loss loses nothing."""
_KNOWN = re.compile(
    r"(?P<verb>CREATE|ALTER)\s+((OR|REPLACE|MATERIALIZED|FORCE|EDITIONABLE|DEFINER\s*=\s*\S+)\s+)*(?P<what>\w+)|\\\S+|@\S*"
    r"|(COPY|INSERT|UPDATE|DELETE|MERGE|SELECT|WITH|GRANT|REVOKE|COMMENT|ANALYZE|VACUUM|EXEC|EXECUTE|CALL|DO|IF|DECLARE"
    r"|TRUNCATE|REFRESH|RAISERROR|THROW|REM|REMARK|PROMPT|SOURCE|RENAME|EXPLAIN)\b",
    re.IGNORECASE,
)
_MOST_DEPTH = 100
_MOST_NOTES = 200
_MOST_KINDS = 10
_MOST_UNREAD = 1_000
_COMPARED = 100
"""Statements by which dialects are compared."""
_BRACKETS = re.compile(r"[()\[\]]")
_MANY_DIMENSIONS = re.compile(r"(\[\d*\]\s*){33}")
_UNREADABLE = (
    SqlglotError,
    RecursionError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
)
"""What sqlglot raises for statements that it can't read."""


@dataclass
class _Read:
    """A statement that says something of columns, and what sqlglot and we have made of it."""

    statement: Statement
    trees: list[exp.Expr]
    lost: list[str] = field(default_factory=list)
    """Columns and constraints that can't be read."""


def read_ddl(text: str, dialect: str | None = None) -> Imported:
    """The tables that CREATE TABLE and ALTER TABLE statements declare; what can't be read is a note.

    Without a dialect, the one is taken that reads most: PostgreSQL's, MySQL's, SQLite's and SQL Server's are
    tried, those first that something in the text speaks for, and Oracle's where something does. Raises
    InvalidRequestError for text that is too long or declares no table, and for what contradicts itself.
    """
    if len(text) > MAX_BYTES or len(text.encode(errors="replace")) > MAX_BYTES:
        raise InvalidRequestError.one("content", f"longer than {MAX_BYTES} bytes", "give the DDL alone")
    if dialect is not None and dialect not in DIALECTS:
        raise InvalidRequestError.one(
            "dialect", f"unknown dialect {dialect!r}", f"one of: {', '.join(DIALECTS)}"
        )
    text = text.removeprefix("\ufeff")
    declared, others = Declarations(), list[Statement]()
    with quiet():
        for found in _best(text, (dialect,) if dialect else _likely(text)):
            if isinstance(found, Statement):
                others.append(found)
            else:
                _declare(found, declared)
    _note_others(others, declared.notes)
    declared.leave_out_empty()
    if not declared.tables:
        reason = "; ".join(["declares no table", *declared.notes[:1]])
        raise InvalidRequestError.one("content", reason, "give CREATE TABLE statements, and their dialect")
    imported = Imported(list(declared.tables.values()), declared.notes)
    settle(imported, declared.enums)
    if len(imported.notes) > _MOST_NOTES:
        imported.notes[_MOST_NOTES:] = [f"and {len(imported.notes) - _MOST_NOTES:,} more notes of this kind"]
    return imported


def _likely(text: str) -> tuple[str, ...]:
    """The dialects to try, those first that something speaks for."""
    begin = text[:1_000_000]
    flags = re.IGNORECASE | re.MULTILINE
    spoken_for = [dialect for dialect, evidence in _EVIDENCE.items() if re.search(evidence, begin, flags)]
    return tuple(dict.fromkeys([*spoken_for, *_TRIED]))


def _best(text: str, dialects: tuple[str, ...]) -> Iterator[_Read | Statement]:
    """All statements, those that say something of columns read in the dialect that reads most of the first.

    Raises InvalidRequestError where so many can't be read that the text is something else.
    """
    chosen, sample, fewest = dialects[0], list[_Read](), _COMPARED + 1
    for dialect in dialects:
        declaring = (one for one in statements(text, dialect) if _DECLARING.match(one.text))
        read = [_whole(one, dialect) for one in islice(declaring, _COMPARED)]
        failed = sum(not one.trees for one in read)
        if failed < fewest:
            chosen, sample, fewest = dialect, read, failed
        if not failed:
            break
    before, unread = iter(sample), 0
    for statement in statements(text, chosen):
        if not _DECLARING.match(statement.text):
            yield statement
            continue
        found = next(before, None) or _whole(statement, chosen)
        if not found.trees:
            tree = elements(statement.text, chosen in BACKSLASH, _parser(chosen), found.lost)
            found.trees = [] if tree is None else [tree]
            unread += tree is None
        if unread > _MOST_UNREAD:
            raise InvalidRequestError.one(
                "content",
                f"more than {_MOST_UNREAD:,} statements can't be read in the dialect {chosen}",
                "name another dialect, or give the CREATE TABLE statements alone",
            )
        yield found


def _whole(statement: Statement, dialect: str) -> _Read:
    """The statement as sqlglot reads it as a whole."""
    tree = _parser(dialect)(statement.text)
    known = isinstance(tree, exp.Create | exp.Alter)
    declares = tree.this if isinstance(tree, exp.Create) and tree.kind == "TABLE" else tree
    sound = known and (not isinstance(declares, exp.Schema | exp.Alter) or is_sound(declares))
    return _Read(statement, [tree] if sound and tree is not None else [])


def _parser(dialect: str) -> Parse:
    def parse(text: str) -> exp.Expr | None:
        if _is_deep(text):
            return None
        try:
            return sqlglot.parse_one(text, read=dialect)
        except _UNREADABLE:
            return None

    return parse


def _is_deep(text: str) -> bool:
    """Whether so many parentheses are inside one another that reading them might have no end."""
    if _MANY_DIMENSIONS.search(text):
        return True
    depth = 0
    for mark in _BRACKETS.findall(text):
        depth += 1 if mark in "([" else -1
        if depth > _MOST_DEPTH:
            return True
    return False


def _declare(found: _Read, declared: Declarations) -> None:
    text, line = found.statement.text, found.statement.line
    if not found.trees and not _WITHOUT_VALUES.match(text):
        declared.notes.append(f"line {line}: {short(text)} can't be read and was passed over")
    for tree in found.trees:
        try:
            declared.read(tree)
        except InvalidRequestError:
            raise
        except _UNREADABLE:
            # sqlglot has made something of it that looks like no statement it knows.
            declared.notes.append(f"line {line}: {short(text)} can't be read and was passed over")
    for lost in found.lost:
        of = found.trees[0].find(exp.Table) if found.trees else None
        declared.notes.append(
            f"{of.name if of else 'line ' + str(line)}: {short(lost)} can't be read, in line {line}"
        )


def _note_others(others: Sequence[Statement], notes: list[str]) -> None:
    """One note of all statements that are passed over as they are, and one of each that nobody knows."""
    lines = dict[str, list[int]]()
    for one in others:
        if _OF_A_SESSION.match(one.text):
            continue
        known = _KNOWN.match(one.text)
        if known:
            kind = f"{known['verb']} {known['what']}" if known["verb"] else known[0]
            lines.setdefault(kind if kind[0] in "\\@" else kind.upper(), []).append(one.line)
        else:
            notes.append(f"line {one.line}: {short(one.text)} can't be read and was passed over")
    kinds = [
        f"{kind} in line {at[0]}" + (f" and {len(at) - 1} more" if at[1:] else "")
        for kind, at in lines.items()
    ]
    if kinds:
        more = [f"and {len(kinds) - _MOST_KINDS} more kinds"] if len(kinds) > _MOST_KINDS else []
        notes.append(
            f"passed over, as no column is declared there: {', '.join([*kinds[:_MOST_KINDS], *more])}"
        )

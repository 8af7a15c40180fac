"""Types of SQL as families that a recipe has kinds for, and as PostgreSQL writes them."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from synthmill.generators.importing.model import ColumnFacts

_T = exp.DataType.Type

_INTEGERS = {
    _T.TINYINT: 1, _T.UTINYINT: 1, _T.SMALLINT: 2, _T.USMALLINT: 4, _T.MEDIUMINT: 4,
    _T.UMEDIUMINT: 4, _T.INT: 4, _T.UINT: 8, _T.BIGINT: 8, _T.UBIGINT: 8, _T.SERIAL: 4, _T.SMALLSERIAL: 2,
    _T.BIGSERIAL: 8, _T.YEAR: 2, _T.INT128: 8,
}  # fmt: skip
"""Bytes of the signed type that holds the values that are made."""

_POSTGRES = {1: "SMALLINT", 2: "SMALLINT", 4: "INTEGER", 8: "BIGINT"}

_FAMILIES = {
    "float": {_T.FLOAT, _T.DOUBLE, _T.UDOUBLE},
    "boolean": {_T.BOOLEAN},
    "date": {_T.DATE, _T.DATE32},
    "timestamp": {
        _T.TIMESTAMP, _T.TIMESTAMPTZ, _T.TIMESTAMPLTZ, _T.TIMESTAMPNTZ, _T.DATETIME, _T.DATETIME2,
        _T.SMALLDATETIME,
    },
    "time": {_T.TIME, _T.TIMETZ},
    "uuid": {_T.UUID},
    "json": {_T.JSON, _T.JSONB, _T.VARIANT, _T.OBJECT},
    "binary": {
        _T.BINARY, _T.VARBINARY, _T.BLOB, _T.TINYBLOB, _T.MEDIUMBLOB, _T.LONGBLOB, _T.IMAGE, _T.ROWVERSION,
    },
    "array": {_T.ARRAY},
    "text": {
        _T.CHAR, _T.NCHAR, _T.VARCHAR, _T.NVARCHAR, _T.TEXT, _T.TINYTEXT, _T.MEDIUMTEXT, _T.LONGTEXT, _T.NAME,
        _T.BPCHAR,
    },
    "decimal": {_T.DECIMAL, _T.MONEY, _T.SMALLMONEY, _T.BIGDECIMAL, _T.UDECIMAL},
}  # fmt: skip

_POSTGRES_NAMES = {
    "float": "DOUBLE PRECISION", "boolean": "BOOLEAN", "date": "DATE", "time": "TIME", "uuid": "UUID",
    "json": "JSONB", "binary": "BYTEA",
}  # fmt: skip

_NAMED = {
    "INET": "address", "CIDR": "address", "MACADDR": "card", "INTERVAL": "interval",
}  # fmt: skip
"""Types with a family of their own, which are written like this."""

_YEARS = (1950, 2030)
"""Of those that a YEAR can be, 1901 to 2155."""


def facts_of(name: str, declared: Any) -> ColumnFacts:
    """A column of the type that sqlglot has read, or of text where there is none.

    Types that a recipe has nothing for are of the family `other`, written as they were.
    """
    if isinstance(declared, exp.ObjectIdentifier) and declared.name.upper() == "OID":
        return ColumnFacts(name, "integer", "OID", 4)
    if not isinstance(declared, exp.DataType):
        return ColumnFacts(name, "other", declared.sql()) if declared else ColumnFacts(name, "text", "TEXT")
    kind = declared.this
    numbers = [int(one.name) for one in declared.expressions if one.name.isdigit()]
    type_name = _type_name(declared)
    if type_name in _NAMED:
        return ColumnFacts(name, _NAMED[type_name], type_name)
    special = _listed(name, declared) or _whole(name, kind, numbers) or _texts(name, kind, type_name)
    return special or _usual(name, declared, numbers, type_name)


def _listed(name: str, declared: exp.DataType) -> ColumnFacts | None:
    values = [one.name for one in declared.expressions]
    if declared.this == _T.ENUM or declared.this == _T.ENUM8:
        longest = max(map(len, values), default=1)
        return ColumnFacts(name, "text", f"VARCHAR({longest})", longest, values=values)
    return ColumnFacts(name, "text", "TEXT", values=values) if declared.this == _T.SET else None


def _whole(name: str, kind: Any, numbers: list[int]) -> ColumnFacts | None:
    """Whole numbers, and truth values that are written as such."""
    if kind in (_T.TINYINT, _T.UTINYINT) and numbers == [1]:
        return ColumnFacts(name, "boolean", "BOOLEAN")
    if kind == _T.BIT:
        return _bits(name, numbers)
    size = _INTEGERS.get(kind)
    if size is None:
        return None
    return ColumnFacts(name, "integer", _POSTGRES[size], size, usual=_YEARS if kind == _T.YEAR else None)


def _texts(name: str, kind: Any, type_name: str) -> ColumnFacts | None:
    """Types of PostgreSQL's that sqlglot takes for somebody's own."""
    if kind != _T.USERDEFINED:
        return None
    if type_name == "CHAR":
        return ColumnFacts(name, "text", "CHAR(1)", 1, fixed=True)  # "char", which is written in quotes.
    return ColumnFacts(name, "text", "TEXT") if type_name == "CITEXT" else None


def _usual(name: str, declared: exp.DataType, numbers: list[int], type_name: str) -> ColumnFacts:
    kind = declared.this
    family = next((family for family, kinds in _FAMILIES.items() if kind in kinds), "other")
    facts = ColumnFacts(name, family, _POSTGRES_NAMES.get(family))
    if family == "decimal":
        _decimal(facts, kind, numbers)
    elif family == "text":
        _text(facts, kind, numbers)
    elif family == "timestamp":
        zoned = kind in (_T.TIMESTAMPTZ, _T.TIMESTAMPLTZ)
        facts.sql_type = "TIMESTAMPTZ" if zoned else "TIMESTAMP"
    elif family == "float" and kind == _T.FLOAT:
        facts.sql_type = "REAL"
    elif family == "array":
        facts.sql_type = declared.sql("postgres")
    elif family == "other":
        facts.sql_type = type_name
    return facts


def _type_name(declared: exp.DataType) -> str:
    """A type's name alone, without the schema that it is in."""
    if isinstance(declared.this, exp.Interval):
        return "INTERVAL"
    own = declared.args.get("kind")
    if own is None:
        return str(declared.this.value).upper()
    name = own.name if isinstance(own, exp.Expr) else str(own)
    return name.upper() if name.upper() in (*_NAMED, "CHAR", "CITEXT") else name


def _bits(name: str, numbers: list[int]) -> ColumnFacts:
    """SQL Server's truth values, MySQL's whole numbers of so many bits."""
    if not numbers or numbers[0] <= 1:
        return ColumnFacts(name, "boolean", "BOOLEAN")
    bits = min(numbers[0], 63)
    size = next(size for size in (2, 4, 8) if bits < 8 * size)
    return ColumnFacts(name, "integer", _POSTGRES[size], size, usual=(0, 2**bits - 1))


def _decimal(facts: ColumnFacts, kind: Any, numbers: list[int]) -> None:
    if kind in (_T.MONEY, _T.SMALLMONEY):
        numbers = [19, 4]
    facts.length = numbers[0] if numbers else 18
    facts.scale = numbers[1] if len(numbers) > 1 else 0 if numbers else 2
    facts.sql_type = f"NUMERIC({facts.length}, {facts.scale})" if numbers else "NUMERIC"


def _text(facts: ColumnFacts, kind: Any, numbers: list[int]) -> None:
    facts.fixed = kind in (_T.CHAR, _T.NCHAR, _T.BPCHAR)
    facts.length = numbers[0] if numbers else 1 if facts.fixed else None
    facts.sql_type = "TEXT"
    if facts.length is not None:
        facts.sql_type = f"{'CHAR' if facts.fixed else 'VARCHAR'}({facts.length})"

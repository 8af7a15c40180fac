"""Types of SQL as families that a recipe has kinds for, and as PostgreSQL spells them."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from generators.importing.model import ColumnFacts

_T = exp.DataType.Type

_INTEGERS = {
    _T.BIT: 1, _T.TINYINT: 1, _T.UTINYINT: 1, _T.SMALLINT: 2, _T.USMALLINT: 4, _T.MEDIUMINT: 4,
    _T.UMEDIUMINT: 4, _T.INT: 4, _T.UINT: 8, _T.BIGINT: 8, _T.UBIGINT: 8, _T.SERIAL: 4, _T.SMALLSERIAL: 2,
    _T.BIGSERIAL: 8, _T.YEAR: 2,
}  # fmt: skip
"""Bytes of the signed type that holds the values that are made."""

_POSTGRES = {1: "SMALLINT", 2: "SMALLINT", 4: "INTEGER", 8: "BIGINT"}

_FAMILIES = {
    "float": {_T.FLOAT, _T.DOUBLE},
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
    "decimal": {_T.DECIMAL, _T.MONEY, _T.SMALLMONEY, _T.BIGDECIMAL},
}  # fmt: skip

_SPELT = {
    "float": "DOUBLE PRECISION", "boolean": "BOOLEAN", "date": "DATE", "time": "TIME", "uuid": "UUID",
    "json": "JSONB", "binary": "BYTEA",
}  # fmt: skip


def facts_of(name: str, told: Any) -> ColumnFacts:
    """A column of the type that sqlglot has read, or of text where there is none."""
    if not isinstance(told, exp.DataType):
        return ColumnFacts(name, "text", "TEXT")
    kind = told.this
    numbers = [int(one.name) for one in told.expressions if one.name.isdigit()]
    if kind == _T.ENUM or kind == _T.ENUM8:
        values = [one.name for one in told.expressions]
        longest = max(map(len, values), default=1)
        return ColumnFacts(name, "text", f"VARCHAR({longest})", longest, values=values)
    if kind == _T.SET:
        return ColumnFacts(name, "text", "TEXT", values=[one.name for one in told.expressions])
    if kind in _INTEGERS:
        size = _INTEGERS[kind]
        return ColumnFacts(name, "integer", _POSTGRES[size], size)
    family = next((family for family, kinds in _FAMILIES.items() if kind in kinds), "other")
    facts = ColumnFacts(name, family, _SPELT.get(family))
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
        facts.sql_type = told.sql("postgres")
    elif family == "other":
        facts.sql_type = str(told.args.get("kind") or told.sql("postgres")).strip('"').rpartition(".")[2]
    return facts


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

"""Personal details: nobody's, made by the column kinds; a row's e-mail address is made of its names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import pyarrow as pa

from synthmill.generators.columns.column_field import ColumnField
from synthmill.generators.columns.guesses import text_guess
from synthmill.generators.columns.locales import LOCALES
from synthmill.generators.columns.people.names import USUAL_LOCALE
from synthmill.generators.engine.cells import Cells, masked
from synthmill.generators.kernels.mix import I64, key
from synthmill.generators.learning.codecs.codec import Drawn, Encoded, presence
from synthmill.generators.learning.errors import ModelFileError
from synthmill.generators.learning.source import Column
from synthmill.generators.learning.tensors import Tensors
from synthmill.generators.learning.variables import Variable
from synthmill.generators.limits import MAX_SEED, MAX_TABLE_ROWS
from synthmill.generators.tables.planning import compile_tables
from synthmill.generators.tables.rows import TableRows
from synthmill.generators.tables.table import Table

KINDS = ("email", "first_name", "last_name", "name", "phone", "city")
"""Column kinds that stand for personal details."""
_SAMPLE = 200
_KEPT = 64


@dataclass(frozen=True, eq=False)
class Personal:
    """A name, an address or a number of nobody."""

    kind: ClassVar[str] = "personal"
    needs: ClassVar[tuple[str, ...]] = ()
    type: pa.DataType
    nullable: bool
    of: str
    """The column kind."""
    names: tuple[str, ...]
    """Of an e-mail address: the kinds of names, columns of the same table, that it is made of."""
    numbered: bool
    """Of an e-mail address: whether it has the row's number, so that no two are equal."""
    locale: str
    """Whose names, numbers and cities."""
    variable: Variable

    @property
    def variables(self) -> tuple[Variable, ...]:
        return (self.variable,)

    def cells(self, drawn: Drawn) -> Cells:
        seed, table, _ = drawn.place
        # Of the table, not of the column: so a name is the same here and in the address that is made of it.
        made = TableRows(_compiled(self.of, self.names, self.numbered, self.locale, seed, table), drawn.rows)
        found = made.cells(self.of)
        return masked(found, drawn.codes[0] == 0) if self.nullable else found

    def save(self, tensors: Tensors) -> dict[str, Any]:
        self.variable.save(tensors)
        # Only where it isn't the usual one: models of before there were others had none.
        own = {} if self.locale == USUAL_LOCALE else {"locale": self.locale}
        return {
            "nullable": self.nullable, "of": self.of, "names": list(self.names),
            "numbered": self.numbered, **own,
        }  # fmt: skip

    @classmethod
    def load(cls, type_: pa.DataType, header: dict[str, Any], tensors: Tensors) -> Personal:
        """Raises ModelFileError."""
        of, names = header["of"], tuple(header["names"])
        if of not in KINDS or not set(names) <= {"first_name", "last_name", "name"} or type_ != pa.string():
            raise ModelFileError("a personal detail is of a kind that this version doesn't know")
        locale = header.get("locale", USUAL_LOCALE)
        if locale not in LOCALES:
            raise ModelFileError("a personal detail is of a locale that this version doesn't know")
        variable = Variable.load(False, tensors)
        return cls(type_, bool(header["nullable"]), of, names, bool(header["numbered"]), locale, variable)


def personal_kind(column: Column) -> str:
    """The column kind that stands for a column's values, by its name, else by what they look like."""
    guessed = text_guess(column.name, None)
    if guessed is not None and guessed["kind"] in KINDS:
        return str(guessed["kind"])
    sample = column.words[0].slice(0, _SAMPLE).to_pylist()
    if sample and all("@" in one for one in sample):
        return "email"
    digits = sum(letter.isdigit() for one in sample for letter in one)
    return "phone" if 2 * digits > sum(map(len, sample)) else "name"


def encode_personal(column: Column, subjects: I64, kinds: Mapping[str, str], locale: str) -> Encoded:
    """`kinds` are those of the table's personal columns, by the columns' names."""
    variable, codes = presence(column.known, subjects)
    nullable = len(variable) > 1 or not bool(column.known.any())
    of = personal_kind(column)
    there = set(kinds.values())
    names: tuple[str, ...] = ()
    if of == "email":
        names = tuple(one for one in ("first_name", "last_name") if one in there)
        names = names or tuple(there & {"name"})
        if not names and locale != USUAL_LOCALE:
            # An address's own names are the usual locale's.
            names = ("first_name", "last_name")
    words, _ = column.words
    numbered = of == "email" and len(words) == int(column.known.sum())
    return Encoded(Personal(column.type, nullable, of, names, numbered, locale, variable), (codes,))


@lru_cache(maxsize=_KEPT)
def _compiled(of: str, names: tuple[str, ...], numbered: bool, locale: str, seed: int, table: str) -> Table:
    local = {} if locale == USUAL_LOCALE else {"locale": locale}
    columns: list[dict[str, Any]] = [{"name": one, "kind": one, **local} for one in names]
    parameters = {"columns": list(names) or None, "numbered": numbered} if of == "email" else local
    columns.append({"name": of, "kind": of, **parameters})
    loaded = [ColumnField().deserialize(column) for column in columns]
    own = {
        "name": "rows",
        "rows": MAX_TABLE_ROWS,
        "columns": loaded,
        "children_of": None,
        "orderings": (),
        "unique_keys": (),
        "primary_key": (),
    }
    return compile_tables({"tables": [own]}, key(seed, "personal", table) % MAX_SEED)["rows"]

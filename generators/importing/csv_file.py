"""CSV files and their variants: what separates the cells, and which texts mean null."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.importing.encoding import encoding_of
from synthmill.generators.importing.model import MAX_DATA_ROWS
from synthmill.generators.limits import MAX_COLUMNS
from synthmill.generators.schema.json_values import shown

_SAMPLE_BYTES = 2**20
_BLOCK_BYTES = 2**24
_OTHERS = {";": "semicolons", "\t": "tabs", "|": "bars"}
"""What separates cells where it isn't a comma."""
_LEADING_ZERO = "^0[0-9]+$"
_WHOLE, _LARGE = "^[-+]?[0-9]+$", "^[-+]?[0-9]{19,}$"
_MOST_DIGITS = 20
"""A whole number, and one that may not fit into 64 bits: as a double it would lose its last digits."""
NULLS = ("NA", "N/A", "n/a", "#N/A", "NULL", "null", "NaN", "nan", "None", "<NA>", r"\N")
"""What programs write where there is nothing; people write it, too, and mean something."""
_FAMILIES = {
    "numbers": r"^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$|^[-+]?[iI]nf$",
    "dates": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?"
    r"(Z|[-+][0-9]{2}(:?[0-9]{2})?)?)?$",
    "times": "^[0-9]{2}:[0-9]{2}(:[0-9]{2})?$",
    "truth values": "^([tT]rue|[fF]alse|TRUE|FALSE)$",
}
"""Values that aren't text, of one family in a column: evidence that NA among them is none."""


@dataclass(frozen=True)
class CsvOptions:
    """How a file is to be read where it isn't as most are."""

    encoding: str | None = None
    nulls: Sequence[str] | None = None
    """Texts that are null without quotes, in every column; None: those of `NULLS`, beside values that aren't
    text. An empty cell is null anyway."""


USUAL = CsvOptions()


@dataclass(frozen=True)
class _File:
    source: Path | BinaryIO
    encoding: str
    delimiter: str

    def read(
        self, columns: Iterable[str] = (), nulls: Iterable[str] = (), quoted: bool = False, **convert: Any
    ) -> pa.csv.CSVStreamingReader:
        """Some columns, or all; `quoted` says whether a text in quotes can be null, too."""
        return pa.csv.open_csv(
            _stream(self.source),
            pa.csv.ReadOptions(block_size=_BLOCK_BYTES, encoding=self.encoding),
            pa.csv.ParseOptions(delimiter=self.delimiter),
            pa.csv.ConvertOptions(
                strings_can_be_null=True,
                quoted_strings_can_be_null=quoted,
                null_values=["", *nulls],
                include_columns=list(columns),
                **convert,
            ),
        )


def csv_rows(
    source: Path | BinaryIO, options: CsvOptions, notes: list[str], most: int = MAX_DATA_ROWS
) -> tuple[pa.Table, bool]:
    """The first rows, at most `most`, and whether they are all for certain. Codes such as 00501 stay text, as
    their zeros mean something, and so does NA among texts; what is taken for null is added to the notes.

    Raises InvalidRequestError for a header that names a column twice or too many, and as pyarrow does.
    """
    file = _opened(source, options.encoding, notes)
    names = file.read().schema.names
    refuse_columns(names)
    tokens = NULLS if options.nulls is None else tuple(options.nulls)
    codes, unclear, large = _looked_through(file, names, tokens, most)
    codes |= _beyond(file, [name for name in large if name not in codes], tokens, most, notes)
    known = _not_texts(file, [name for name in unclear if name not in codes], tokens, most)
    texts = [name for name in names if name in codes or (name in unclear and name not in known)]
    _note_nulls(unclear, known, options.nulls is not None, notes)
    taken = dict[str, pa.ChunkedArray]()
    for columns, nulls, quoted, types in (
        (texts, options.nulls or (), False, dict.fromkeys(texts, pa.string())),
        ([name for name in names if name not in texts], tokens, True, {}),
    ):
        if columns:
            rows = first_rows(file.read(columns, nulls, quoted, column_types=types), most=most)
            taken |= dict(zip(columns, rows.columns, strict=True))
    table = pa.table({name: taken[name] for name in names})
    return table, table.num_rows < most


def first_rows(batches: Any, schema: pa.Schema | None = None, most: int = MAX_DATA_ROWS) -> pa.Table:
    """As many rows as are looked at."""
    taken, count = list[pa.RecordBatch](), 0
    for batch in batches:
        taken.append(batch.slice(0, most - count))
        count += len(taken[-1])
        if count >= most:
            break
    return pa.Table.from_batches(taken, schema or batches.schema)


def refuse_columns(names: Sequence[str]) -> None:
    """Raises InvalidRequestError where several columns have one name, or there are too many."""
    if len(names) > MAX_COLUMNS:
        raise InvalidRequestError.one(
            "content",
            f"has {len(names):,} columns",
            f"a table has at most {MAX_COLUMNS:,}; give those you need",
        )
    if repeated := [name for name, times in Counter(names).items() if times > 1]:
        raise InvalidRequestError.one(
            "content",
            f"several columns are called {', '.join(map(shown, repeated[:10]))}",
            "give each column a name of its own in the header",
        )


def _opened(source: Path | BinaryIO, encoding: str | None, notes: list[str]) -> _File:
    sample = _stream(source).read(_SAMPLE_BYTES)
    found = encoding_of(sample, encoding, notes, len(sample) < _SAMPLE_BYTES)
    text = sample.decode(found, "replace").removeprefix("\ufeff")
    lines = text.splitlines()
    if len(sample) == _SAMPLE_BYTES:
        lines = lines[:-1]  # It may be cut off.
        if not lines:
            raise InvalidRequestError.one(
                "content", f"has a first line of more than {_SAMPLE_BYTES:,} bytes", "give a csv file"
            )
    delimiter = _delimiter([line for line in lines if line][:1_000])
    if delimiter != ",":
        notes.append(f"cells are separated by {_OTHERS[delimiter]}")
    if lines and lines[0].count(delimiter) >= MAX_COLUMNS:
        # Before a reader is made, which takes memory for every column.
        refuse_columns(next(csv.reader(lines[:1], delimiter=delimiter)))
    return _File(source, found, delimiter)


def _stream(source: Path | BinaryIO) -> Any:
    if isinstance(source, Path):
        return pa.input_stream(source, compression="detect")
    source.seek(0)
    return pa.PythonFile(source, "r")


def _delimiter(lines: Sequence[str]) -> str:
    """A comma, unless the header has none and all first lines have as many cells by another."""
    if not lines or "," in lines[0]:
        return ","
    for delimiter in _OTHERS:
        if delimiter in lines[0]:
            rows = [row for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter) if row]
            if len(rows[0]) > 1 and len({len(row) for row in rows}) == 1:
                return delimiter
    return ","


def _batches(
    file: _File, columns: Sequence[str], most: int, nulls: Iterable[str] = ()
) -> Iterator[pa.RecordBatch]:
    """The first rows, with every cell as text."""
    rows = 0
    for batch in file.read(columns, nulls, column_types=dict.fromkeys(columns, pa.string())):
        yield batch
        rows += len(batch)
        if rows >= most:
            return


def _looked_through(
    file: _File, names: Sequence[str], tokens: Sequence[str], most: int
) -> tuple[set[str], dict[str, set[str]], set[str]]:
    """The columns with digits behind a zero, which they would lose as numbers; those with texts that may
    mean null, an empty one in quotes included, with these texts; and those with whole numbers of many digits.
    """
    codes, unclear, wanted = set[str](), dict[str, set[str]](), pa.array(["", *tokens])
    large = set[str]()
    for batch in _batches(file, names, most):
        for name in names:
            cells = batch[name]
            if name not in codes and pc.any(pc.match_substring_regex(cells, _LEADING_ZERO)).as_py():
                codes.add(name)
            found = cells.filter(pc.is_in(cells, wanted))
            if len(found):
                unclear.setdefault(name, set()).update(pc.unique(found).to_pylist())
            if name not in large and pc.any(pc.match_substring_regex(cells, _LARGE)).as_py():
                large.add(name)
    return codes, unclear, large


def _beyond(
    file: _File, columns: Sequence[str], tokens: Sequence[str], most: int, notes: list[str]
) -> set[str]:
    """Those columns that are whole numbers all, of which some don't fit into 64 bits."""
    whole, beyond = set(columns), set[str]()
    for batch in _batches(file, columns, most, tokens) if columns else ():
        for name in columns:
            cells = batch[name].drop_null()
            if not pc.all(pc.match_substring_regex(cells, _WHOLE)).as_py():
                whole.discard(name)
            elif any(
                len(one) > _MOST_DIGITS or not -(2**63) <= int(one) < 2**63
                for one in cells.filter(pc.match_substring_regex(cells, _LARGE)).to_pylist()
            ):
                beyond.add(name)
    notes += [
        f"{name}: whole numbers of more than 64 bits are kept as texts"
        for name in columns
        if name in whole & beyond
    ]
    return whole & beyond


def _not_texts(file: _File, columns: Sequence[str], tokens: Sequence[str], most: int) -> set[str]:
    """Those columns whose other values, all of them, are numbers, or dates, or truth values."""
    left = {name: list(_FAMILIES.values()) for name in columns}
    seen = set[str]()
    for batch in _batches(file, columns, most, tokens) if columns else ():
        for name in columns:
            cells = batch[name].drop_null()
            cells = cells.filter(pc.not_equal(cells, ""))
            if len(cells):
                seen.add(name)
                left[name] = [
                    one for one in left[name] if pc.all(pc.match_substring_regex(cells, one)).as_py()
                ]
    return {name for name in seen if left[name]}


def _note_nulls(unclear: dict[str, set[str]], known: set[str], chosen: bool, notes: list[str]) -> None:
    for name, found in unclear.items():
        tokens = " and ".join(sorted(found - {""}))
        if tokens and (name in known or chosen):
            notes.append(f"{name}: {tokens} is taken for null")
        elif tokens:
            notes.append(
                f"{name}: {tokens} is kept as text, as it stands among texts; `nulls` (--null) makes it null"
            )

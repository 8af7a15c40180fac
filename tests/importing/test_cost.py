"""Small inputs that would cost much are read or refused at once, whatever they are made of."""

from __future__ import annotations

import io
import resource
import time

import pytest

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.importing.data import read_data
from synthmill.generators.importing.ddl import read_ddl
from synthmill.generators.importing.recipe import recipe_yaml, request_for

SIZE = 128 * 1024
"""Characters: as many as a server takes."""
SECONDS = 10


def filled(text: str) -> str:
    return text * (SIZE // len(text))


SCRIPTS: dict[str, tuple[str, str | None]] = {
    "5,000 tables": ("".join(f"CREATE TABLE t{i} (x int);" for i in range(5_000)), "more than 200 tables"),
    "12,000 columns": (
        f"CREATE TABLE a ({','.join(f'c{i} int' for i in range(12_000))})",
        "more than 1000 columns",
    ),
    "10,000 columns that can't be read": (f"CREATE TABLE a (x int{filled(', y zz yy xx')})", "at most 3,000"),
    "6,000 statements that can't be read": (filled("CREATE TABLE a (x int;"), "more than 1,000 statements"),
    "200 tables": ("".join(f"CREATE TABLE t{i} (x int PRIMARY KEY);" for i in range(200)), None),
    "a chain of 200 tables": (
        "".join(f"CREATE TABLE t{i} (id int PRIMARY KEY, a int REFERENCES t{i + 1});" for i in range(200)),
        None,
    ),
    "12,000 unique keys": (f"CREATE TABLE a (x int{filled(', UNIQUE (x)')})", None),
    "lists of 300 dimensions": (f"CREATE TABLE a (x int{'[]' * 300})", None),
    "lists of 60,000 dimensions": (f"CREATE TABLE a (x int{filled('[]')})", None),
    "parentheses 60,000 deep": (f"CREATE TABLE a (x int CHECK ({filled('(')}1))", "declares no table"),
    "10,000 conditions": (f"CREATE TABLE a (x int CHECK (x > 1{filled(' OR x > 1')}))", None),
    "30,000 negations": (f"CREATE TABLE a (x int CHECK ({filled('NOT ')}x))", None),
    "quotes alone": ("'" * SIZE, "declares no table"),
    "dollars alone": (filled("$a$"), "declares no table"),
    "comments without an end": (filled("/* "), "declares no table"),
    "COPY without rows": (filled("COPY a FROM stdin;"), "declares no table"),
    "lines of GO": (filled("GO\n"), "declares no table"),
    "delimiters": (filled("DELIMITER x\n"), "declares no table"),
    "unfinished tables": (filled("CREATE TABLE a ("), "declares no table"),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_read_or_refused_soon(name: str) -> None:
    text, refused = SCRIPTS[name]
    start = time.process_time()
    if refused is None:
        recipe_yaml(request_for(read_ddl(text)))
    else:
        with pytest.raises(InvalidRequestError, match=refused):
            read_ddl(text)
    assert time.process_time() - start < SECONDS


CSV: dict[str, tuple[str, str]] = {
    "an empty line": ("\n", "can't be read as csv"),
    "empty lines": ("\r\n\r\n\n", "can't be read as csv"),
    "a header of nothing": (",\n", "several columns are called"),
    "131,000 commas": ("," * 131_000 + "\n1\n", "has 131,001 columns"),
    "131,000 commas in a row": ("a,b\n1,2\n" + "," * 131_000 + "\n", "can't be read as csv"),
    "131,000 semicolons": ((";" * 131_000 + "\n") * 2, "has 131,001 columns"),
    "1,001 names": (",".join(f"c{i}" for i in range(1_001)) + "\n1\n", "has 1,001 columns"),
    "a line without an end": ("x" * 2**20 + "x", "more than 1,048,576 bytes"),
}


@pytest.mark.parametrize("name", CSV)
def test_csv_is_refused_before_it_costs_memory(name: str) -> None:
    text, refused = CSV[name]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    with pytest.raises(InvalidRequestError, match=refused):
        read_data(io.BytesIO(text.encode()), "t", "csv")
    assert time.process_time() - start < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024


def test_as_many_columns_as_a_table_may_have_are_read() -> None:
    text = "\n".join([",".join(f"c{i}" for i in range(1_000)), ",".join("1" * 1_000)])
    [table] = read_data(io.BytesIO(text.encode()), "t", "csv").tables
    assert len(table.columns) == 1_000

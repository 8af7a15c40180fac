"""Scripts of SQL Server: batches, keys with an order, computed columns."""

from __future__ import annotations

import pytest

from synthmill.generators.importing.ddl import read_ddl
from synthmill.generators.importing.recipe import request_for


@pytest.mark.parametrize("dialect", [None, "tsql"])
@pytest.mark.parametrize("go", ["GO", "go", "  Go  ", "GO 3", "GO -- next", "GO;"])
def test_every_batch_is_read(go: str, dialect: str | None) -> None:
    script = f"\n{go}\n".join(f"CREATE TABLE [dbo].[t{i}] ([x] int)" for i in range(9))
    assert [table.name for table in read_ddl(script, dialect).tables] == [f"t{i}" for i in range(9)]


@pytest.mark.parametrize(
    "before",
    [
        "IF OBJECT_ID('dbo.t', 'U') IS NOT NULL DROP TABLE dbo.t",
        "IF OBJECT_ID(N'[dbo].[t]') IS NOT NULL\n    DROP TABLE [dbo].[t];",
        "IF EXISTS (SELECT * FROM sys.tables WHERE name = 't;')\nBEGIN\n    DROP TABLE t\nEND",
        "DROP TABLE IF EXISTS dbo.t",
        "IF NOT EXISTS (SELECT 1 FROM sys.tables WHERE name = 't')\nBEGIN",
        "SET ANSI_NULLS ON",
        "USE [master]",
        "PRINT 'CREATE TABLE no (x int)'",
        "EXEC sp_rename 'a', 'b'",
        "DECLARE @x int = 1",
    ],
)
def test_a_table_is_read_whatever_stands_in_front_of_it(before: str) -> None:
    [table] = read_ddl(f"{before}\nCREATE TABLE dbo.t (Id int NOT NULL PRIMARY KEY)", "tsql").tables
    assert (table.name, table.primary_key) == ("t", ("Id",))


@pytest.mark.parametrize(
    "key",
    [
        "PRIMARY KEY CLUSTERED (Id ASC)",
        "PRIMARY KEY NONCLUSTERED ([Id] DESC)",
        "CONSTRAINT [P] PRIMARY KEY CLUSTERED ([Id] ASC) WITH (PAD_INDEX = OFF, FILLFACTOR = 90) ON [B]",
        "CONSTRAINT PK_t PRIMARY KEY (Id) ON [fast]",
        'CONSTRAINT "PK_t" PRIMARY KEY  CLUSTERED \n(\n"Id"\n)',
    ],
)
@pytest.mark.parametrize("alter", [False, True])
def test_a_key_is_kept_with_all_that_is_said_of_its_storage(key: str, alter: bool) -> None:
    script = (
        f"CREATE TABLE t (Id int NOT NULL, x int)\nGO\nALTER TABLE [dbo].[t] WITH CHECK ADD {key}"
        if alter
        else f"CREATE TABLE t (Id int NOT NULL, x int, {key}) ON [PRIMARY]"
    )
    found = read_ddl(script)
    assert found.tables[0].primary_key == ("Id",)
    assert found.notes == []


def test_unique_and_foreign_keys_are_kept_as_well() -> None:
    found = read_ddl(
        "CREATE TABLE a (x int NOT NULL PRIMARY KEY CLUSTERED, y int, UNIQUE NONCLUSTERED (y ASC))\nGO\n"
        "CREATE TABLE b (x int, INDEX i NONCLUSTERED (x))\nGO\n"
        "ALTER TABLE b WITH NOCHECK ADD CONSTRAINT f FOREIGN KEY(x) REFERENCES [dbo].[a] ([x])\nGO\n"
        "ALTER TABLE b ADD CONSTRAINT d DEFAULT ((0)) FOR x\nGO\n"
        "CREATE UNIQUE NONCLUSTERED INDEX u ON b (x ASC) WITH (FILLFACTOR = 90)",
        "tsql",
    )
    a, b = found.tables
    assert (a.primary_key, a.uniques) == (("x",), [("y",)])
    assert (list(b.columns), b.uniques, b.references[0].table) == (["x"], [("x",)], "a")
    assert found.notes == []


@pytest.mark.parametrize(
    ("column", "dialect"),
    [
        ("T AS (A*2)", None),
        ("T AS (A*2) PERSISTED NOT NULL", "tsql"),
        ("T AS A * 2", "tsql"),
        ("T AS (dateadd(day, A, getdate()))", "tsql"),
        ("T int GENERATED ALWAYS AS (A*2) STORED", "postgres"),
        ("T int AS (A*2) VIRTUAL", "mysql"),
        ("T int GENERATED ALWAYS AS (A*2) VIRTUAL", "oracle"),
        ("T AS (A*2)", "oracle"),
    ],
)
def test_a_computed_column_is_left_out_and_that_is_said(column: str, dialect: str | None) -> None:
    found = read_ddl(f"CREATE TABLE a (A int PRIMARY KEY, {column}, B int, UNIQUE (T))", dialect)
    [table] = found.tables
    assert (list(table.columns), table.uniques) == (["A", "B"], [])
    assert [note.split(",")[0] for note in found.notes] == ["a: T is computed"]
    request_for(found)

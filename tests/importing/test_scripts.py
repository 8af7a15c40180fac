"""Whole scripts, in the shape that programs write: every table is there, and the rest costs a note."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from synthmill.generators.importing.ddl import read_ddl
from synthmill.generators.importing.model import Imported
from synthmill.generators.importing.recipe import request_for

FOLDER = Path(__file__).parent / "scripts"

EXPECTED: dict[str, tuple[dict[str, tuple[int, tuple[str, ...], int]], list[str]]] = {
    "cockroach": (
        {"users": (5, ("city", "id"), 0), "rides": (4, ("id",), 1)},
        ["line 22: BACKUP INTO", "line 23: ALTER TABLE public.rides CONFIGURE ZONE"],
    ),
    "dbms_metadata": (
        {"CUSTOMERS": (3, ("ID",), 0), "ORDERS": (3, ("ID",), 1)},
        ["NAME_UPPER is computed", "SUPPLEMENTAL LOG DATA", "PHOTO becomes TEXT"],
    ),
    "mysql_client": (
        {"people": (3, ("no",), 0), "salaries": (4, ("no", "from_date"), 1)},
        ["line 31: flush", "SOURCE in line 6 and 1 more", "CREATE FUNCTION in line 14", r"\. in line 32"],
    ),
    "mysqldump": (
        {"doctor": (4, ("doctor_id",), 0), "visit": (5, ("visit_id",), 1), "bill": (2, ("visit_id",), 1)},
        ["minutes is computed", "INSERT in line 16", "CREATE PROCEDURE in line 33"],
    ),
    "osql": (
        {
            "Clients": (2, ("ClientID",), 0),
            "Orders": (4, ("OrderID",), 1),
            "Lines": (3, ("OrderID", "LineNumber"), 0),
            "Notes": (3, ("Id",), 1),
        },
        ["IF in line 5 and 4 more", "OrderDate < CURRENT_TIMESTAMP()"],
    ),
    "pg_dump": (
        {"airports": (4, ("code",), 0), "flights": (5, ("flight_id",), 2)},
        [
            "COPY in line 53 and 1 more",
            "CREATE FUNCTION in line 19",
            r"\restrict in line 5",
            "bit varying(5)",
        ],
    ),
    "psql": (
        {"authors": (3, ("id",), 0), "books": (4, ("isbn",), 1), "rare_books": (5, (), 0)},
        [r"\set in line 1 and 1 more", "DO in line 7", r"\copy in line 30", "EXCLUDE USING gist"],
    ),
    "sqlite_dump": (
        {"tracks": (4, ("id",), 0), "plays": (3, ("track", "at"), 1), "ratings": (2, (), 1)},
        ["seconds is computed", "CREATE VIRTUAL TABLE search", "CREATE TRIGGER in line 20"],
    ),
    "sqlplus": (
        {"regions": (2, ("region_id",), 0), "people": (4, ("person_id",), 1), "notes": (3, (), 1)},
        ["REM in line 1 and 3 more", "PROMPT in line 9 and 1 more", "CREATE PROCEDURE in line 51"],
    ),
    "ssms": (
        {"Items": (6, ("Id",), 0), "Moves": (4, ("Item", "No"), 1)},
        ["Total is computed", "CREATE TYPE [dbo].[Name]", "CREATE PROCEDURE in line 54"],
    ),
}
"""By script: columns, primary key and foreign keys of each table; and what the notes say."""


@cache
def imported(name: str) -> Imported:
    return read_ddl((FOLDER / f"{name}.sql").read_text("utf-8"))


@pytest.mark.parametrize("name", EXPECTED)
def test_every_table_is_there_with_its_columns_and_keys(name: str) -> None:
    assert {
        table.name: (len(table.columns), table.primary_key, len(table.references))
        for table in imported(name).tables
    } == EXPECTED[name][0]


@pytest.mark.parametrize("name", EXPECTED)
def test_what_is_passed_over_is_a_note(name: str) -> None:
    notes = "\n".join(imported(name).notes)
    for said in EXPECTED[name][1]:
        assert said in notes


@pytest.mark.parametrize("name", EXPECTED)
def test_a_recipe_can_be_made_of_it(name: str) -> None:
    request = request_for(read_ddl((FOLDER / f"{name}.sql").read_text("utf-8")), 50)
    assert len(request["parameters"]["tables"]) == len(EXPECTED[name][0])


@pytest.mark.parametrize("name", EXPECTED)
@pytest.mark.parametrize("change", ["lines of Windows", "a mark in front"])
def test_how_the_script_was_saved_makes_no_difference(name: str, change: str) -> None:
    text = (FOLDER / f"{name}.sql").read_text("utf-8")
    changed = text.replace("\n", "\r\n") if change == "lines of Windows" else f"\ufeff{text}"
    assert [table.name for table in read_ddl(changed).tables] == [
        table.name for table in imported(name).tables
    ]


BEFORE, AFTER = "CREATE TABLE a (x int PRIMARY KEY);\n", "\nCREATE TABLE b (y int REFERENCES a);"
UNREADABLE = {
    "rows of COPY": "COPY a (x) FROM stdin;\n1;'\n$$\n\\.",
    "rows of COPY without a line's end of their own": "COPY a FROM STDIN WITH (FORMAT csv);\n\\.",
    "rows of COPY that look like tables": "COPY a (x) FROM stdin;\nCREATE TABLE lost (x int);\n\\.",
    "psql": "\\set x 'it''s\n\\connect - me\n\\i other.sql\n\\gset",
    "psql inside a statement": "SELECT 'a' AS x\n\\gset",
    "a function in dollars": "CREATE FUNCTION f() RETURNS int AS $f$ it's; $$ $f$ LANGUAGE sql;",
    "a function in quotes": "CREATE FUNCTION f() RETURNS int AS 'select 1; select ''a''' LANGUAGE sql;",
    "a function of the standard": "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;",
    "REM": "REM it's\nREMARK don't",
    "PROMPT": "PROMPT it's (fun",
    "a slash": "CREATE PROCEDURE p AS\nBEGIN\n  NULL;\nEND;\n/",
    "source": "source it's.sql\n\\. other.sql",
    "DELIMITER": "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT ';'; END//\nDELIMITER ;",
    "DELIMITER of dollars": "DELIMITER $$\nCREATE PROCEDURE p() BEGIN SELECT 1; END $$\nDELIMITER ;",
    "DELIMITER that is never put back": "DELIMITER ;;\nCREATE TRIGGER t BEFORE INSERT ON a SET x = 1;;",
    "GO": "GO\nPRINT 'it''s'\nGO 5",
    "a quote too many": "SELECT 'it's;",
    "a comment without an end": "SELECT 1; /* forgotten",
    "a parenthesis too many": "CREATE TABLE lost (x int, (y int);",
    "nested too deep": f"CREATE TABLE lost (x {'(' * 5_000};",
    "no SQL at all": "Dear reader; this isn't SQL.\n;;;",
    "a trigger": "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = 1; DELETE FROM a; END;",
    "a type of somebody's own": "CREATE TYPE pair AS (x int, y int);",
    "a statement that ends nowhere": "ALTER SYSTEM SET x = 1",
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_no_table_is_lost_for_a_statement_that_cannot_be_read(what: str) -> None:
    found = read_ddl(BEFORE + UNREADABLE[what] + AFTER)
    assert [table.name for table in found.tables] == ["a", "b"]
    assert found.tables[1].references[0].table == "a"
    assert found.notes or what == "GO"


def test_a_note_has_the_line_and_the_beginning_of_what_cannot_be_read() -> None:
    found = read_ddl(f"{BEFORE}-- a comment\n\nCREATE DOMAIN d AS int\n  CHECK (value > 0);{AFTER}")
    assert found.notes == [
        "line 4: CREATE DOMAIN d AS int CHECK (value > 0) can't be read and was passed over"
    ]


COLUMNS = {
    "bit varying(5)": ("x", "x becomes TEXT, instead of bit varying(5)"),
    "int FOO BAR NOT NULL": ("x", "x becomes TEXT, instead of int FOO BAR"),
    "geometry(Point, 4326) NOT NULL": ("x", "x becomes TEXT"),
    "int[]" + "[]" * 300: ("x", "x becomes TEXT"),
    "int CHECK (x ~~~ !)": ("x", "CHECK (x ~~~ !) can't be read"),
}


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_column_that_cannot_be_read_costs_itself_alone(kind: str) -> None:
    name, said = COLUMNS[kind]
    found = read_ddl(f"CREATE TABLE a (id int PRIMARY KEY, {name} {kind}, z int NOT NULL REFERENCES a (id))")
    [table] = found.tables
    assert list(table.columns) == ["id", "x", "z"]
    assert (table.primary_key, len(table.references), table.columns["z"].nullable) == (("id",), 1, False)
    assert any(said in note for note in found.notes), found.notes
    request_for(found)


def test_what_is_said_of_a_column_whose_type_cannot_be_read_is_kept() -> None:
    found = read_ddl(
        "CREATE TABLE a (x blah blah NOT NULL UNIQUE, y foo bar(3) PRIMARY KEY CHECK (y IN ('a','b')))"
    )
    [table] = found.tables
    assert (table.columns["x"].nullable, table.columns["x"].unique, table.primary_key) == (
        False,
        True,
        ("y",),
    )
    assert table.columns["y"].values == ["a", "b"]


def test_columns_of_other_tables_are_taken_over() -> None:
    found = read_ddl(
        "CREATE TABLE a (x int, y text); CREATE TABLE b (z int) INHERITS (a);"
        "CREATE TABLE c (LIKE a INCLUDING ALL, w int); CREATE TABLE d (CHECK (x > 0)) INHERITS (a)",
        "postgres",
    )
    assert [list(table.columns) for table in found.tables] == [
        ["x", "y"], ["x", "y", "z"], ["x", "y", "w"], ["x", "y"],
    ]  # fmt: skip

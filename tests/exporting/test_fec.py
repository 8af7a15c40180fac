"""Files of entries for the tax office of France, held against the rules that its own checker has.

The rules are those of arrêté A47 A-1 and of Test-Compta-Demat: fields in order, one separator, dates that are
some and lie in the year, amounts with a comma, one side alone, and debits that are the credits.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest

from synthmill.generators.engine.pipeline import make_recipe
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.exporting.fec import FIELDS, fec
from synthmill.generators.exporting.pcg import PCG
from synthmill.generators.recipes.template import get_template, resolve
from synthmill.generators.strategies.accounting.chart import ACCOUNTS

MANDATORY = [*FIELDS[:6], *FIELDS[8:13], "ValidDate"]


def recipe(rows: int = 2_500) -> Recipe:
    return make_recipe("accounting", resolve(get_template("books"), {}, rows), 2)


def problems(name: str, text: str) -> list[str]:
    """What the tax office would find fault with."""
    found = []
    if not re.fullmatch(r"[0-9]{9}FEC[0-9]{8}\.txt", name):
        found.append(f"the name {name}")
    head, *lines = text.split("\r\n")
    if lines.pop() != "":
        found.append("the last line has no end")
    if head.split("\t") != list(FIELDS):
        found.append("the fields")
    end = date.fromisoformat(f"{name[-12:-8]}-{name[-8:-6]}-{name[-6:-4]}")
    sums: dict[str, Decimal] = defaultdict(Decimal)
    last, numbers = "", defaultdict(list)
    for at, line in enumerate(lines):
        values = line.split("\t")
        if len(values) != len(FIELDS) or "|" in line:
            found.append(f"line {at}: {len(values)} fields, or a pipe")
            continue
        row = dict(zip(FIELDS, values, strict=True))
        found += [f"line {at}: {field} is empty" for field in MANDATORY if not row[field]]
        if not re.match(r"[0-9]{3}", row["CompteNum"]):
            found.append(f"line {at}: account {row['CompteNum']}")
        for field in ("EcritureDate", "PieceDate", "ValidDate", "DateLet"):
            if row[field] and date.fromisoformat(row[field]) is None:
                found.append(f"line {at}: {field}")
        if not end.replace(year=end.year - 1) < date.fromisoformat(row["EcritureDate"]) <= end:
            found.append(f"line {at}: {row['EcritureDate']} isn't in the year")
        if row["EcritureDate"] < last:
            found.append(f"line {at}: out of order")
        last = row["EcritureDate"]
        if not all(re.fullmatch(r"[0-9]+,[0-9]{2}", row[side]) for side in ("Debit", "Credit")):
            found.append(f"line {at}: amounts {row['Debit']} and {row['Credit']}")
        debit, credit = (Decimal(row[side].replace(",", ".")) for side in ("Debit", "Credit"))
        if (debit == 0) == (credit == 0):
            found.append(f"line {at}: {debit} and {credit}")
        sums[row["EcritureNum"]] += debit - credit
        if row["EcritureNum"] not in numbers[row["JournalCode"]][-1:]:
            numbers[row["JournalCode"]].append(row["EcritureNum"])
    found += [f"{number} doesn't balance" for number, value in sums.items() if value]
    for journal, of in numbers.items():
        counted = [int(one[2:]) for one in of]
        if counted != list(range(counted[0], counted[0] + len(counted))):
            found.append(f"numbers of {journal}")
    return found


def test_the_files_of_each_year_pass_the_checks_of_the_tax_office() -> None:
    files = {name: "".join(lines) for name, lines in fec(recipe())}
    assert list(files) == ["000003000FEC20231231.txt", "000003000FEC20241231.txt"]
    for name, text in files.items():
        assert problems(name, text) == []


def test_a_year_begins_with_what_the_one_before_left_and_closes_no_income() -> None:
    first, second = ("".join(lines).split("\r\n")[1:-1] for _, lines in fec(recipe()))
    opening = [line.split("\t") for line in second if line.startswith("AN\t")]
    assert second[: len(opening)] == ["\t".join(line) for line in opening]
    assert not any(line[4][0] in "67" for line in opening)
    balances: dict[str, Decimal] = defaultdict(Decimal)
    for line in first:
        values = line.split("\t")
        balances[values[4]] += Decimal(values[11].replace(",", ".")) - Decimal(values[12].replace(",", "."))
    result = sum(value for account, value in balances.items() if account[0] in "67")
    expected = {account: value for account, value in balances.items() if account[0] not in "67"}
    expected["110000"] += result
    found = {
        one[4]: Decimal(one[11].replace(",", ".")) - Decimal(one[12].replace(",", ".")) for one in opening
    }
    assert found == {account: value for account, value in expected.items() if value}


def test_a_file_that_was_tampered_with_is_found_out() -> None:
    name, lines = next(iter(fec(recipe())))
    text = "".join(lines)
    line = text.split("\r\n")[9]
    fields = line.split("\t")
    for at, value in ((3, "20250101"), (4, "AB"), (11, "12.5"), (12, fields[11]), (10, ""), (2, "SA77")):
        bent = "\t".join([*fields[:at], value, *fields[at + 1 :]])
        assert bent == line or problems(name, text.replace(line, bent, 1)), FIELDS[at]


def test_every_account_has_a_number_of_the_french_chart_of_its_own() -> None:
    assert set(PCG) == {one.number for one in ACCOUNTS}
    assert len(set(PCG.values())) == len(PCG)
    for one in ACCOUNTS:
        assert (str(PCG[one.number])[0] in "67") == (not one.on_balance_sheet), one


def test_what_are_no_french_books_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="makes no books"):
        next(fec(make_recipe("market", {"end": "2024-01-01T00:00:40Z"}, 0)))
    parameters = {"companies": [{"code": "A1", "name": "A", "country": "DE"}]}
    with pytest.raises(InvalidRequestError, match="none of them is French"):
        next(fec(make_recipe("accounting", parameters, 0)))

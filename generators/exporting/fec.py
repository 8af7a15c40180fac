"""Books as the tax office of France wants them: a file of entries for each company and fiscal year (FEC).

Article A47 A-1 of the livre des procédures fiscales: 18 fields in a fixed order, tabs between them, entries
in the order of their dates, opening balances first, and no entry that closes the accounts of income.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa

from synthmill.generators.engine.pipeline import make_plan, make_rows
from synthmill.generators.engine.plan import Plan
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.engine.stages import Results
from synthmill.generators.engine.staging import run_stages
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.exporting.pcg import PCG

FIELDS = (
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
)
JOURNALS = {
    "AN": "A nouveaux",
    "SA": "Operations diverses",
    "AF": "Amortissements",
    "PR": "Paie",
    "WL": "Sorties de stock",
    "WE": "Entrees de stock",
    "DR": "Ventes",
    "DG": "Avoirs clients",
    "DZ": "Encaissements clients",
    "KR": "Achats",
    "KZ": "Reglements fournisseurs",
    "SB": "Extournes",
    "ZP": "Banque",
    "VS": "Declarations de TVA",
    "VP": "Paiements de TVA",
    "IC": "Operations intragroupe",
    "IP": "Reglements intragroupe",
    "RV": "Ecarts de conversion",
    "IT": "Impot sur les benefices",
    "TP": "Paiements de l'impot",
}
MOST_ENTRIES = 5_000_000
"""Documents that are sorted in memory."""


def fec(recipe: Recipe) -> Iterator[tuple[str, Iterator[str]]]:
    """The name and the lines of each file, of French companies alone.

    Raises InvalidRequestError for a recipe of another strategy, of no French company, of too many documents.
    """
    if recipe.strategy != "accounting":
        raise InvalidRequestError.one(
            "strategy", f"{recipe.strategy} makes no books", "give a dataset of accounting"
        )
    plan = make_plan(recipe)
    if plan.table("journal_entries").rows > MOST_ENTRIES:
        raise InvalidRequestError.one(
            "tables", "too many documents for one file", f"at most {MOST_ENTRIES:,}"
        )
    results = run_stages(plan)
    tables = {table.name: _rows(plan, table.name, results) for table in plan.tables}
    french = [one for one in tables["companies"] if one["country"] == "FR"]
    if not french:
        raise InvalidRequestError.one("companies", "none of them is French", "give one the country FR")
    names = {one["gl_account"]: one["name"] for one in tables["chart_of_accounts"]}
    partners = {
        one[key]: one["name"]
        for table, key in (("customers", "customer_id"), ("vendors", "vendor_id"))
        for one in tables[table]
    }
    for at, company in enumerate(french):
        code = company["company_code"]
        entries = [
            one
            for one in (*tables["journal_entries"], *tables.get("closing_entries", ()))
            if one["company_code"] == code
        ]
        lines = [
            one
            for one in (*tables["journal_lines"], *tables.get("closing_lines", ()))
            if one["company_code"] == code
        ]
        of_entry: dict[int, list[Mapping[str, Any]]] = {}
        for line in lines:
            of_entry.setdefault(line["document_id"], []).append(line)
        for year in sorted({one["fiscal_year"] for one in entries}):
            within = sorted(
                (
                    one
                    for one in entries
                    if one["fiscal_year"] == year and any(map(_is_something, of_entry[one["document_id"]]))
                ),
                key=lambda one: (one["posting_date"], one["document_type"], one["document_number"]),
            )
            opening = [
                one
                for one in tables["trial_balance"]
                if one["company_code"] == code
                and one["fiscal_year"] == year
                and one["fiscal_period"]
                == min(
                    row["fiscal_period"]
                    for row in tables["trial_balance"]
                    if row["company_code"] == code and row["fiscal_year"] == year
                )
                and one["opening_balance"]
            ]
            siren = code.zfill(9) if code.isdigit() else f"{at + 1:09d}"
            yield (
                f"{siren}FEC{_last_day(within):%Y%m%d}.txt",
                _file(within, of_entry, opening, names, partners),
            )


def _is_something(line: Mapping[str, Any]) -> bool:
    """Not a line of nothing: a month without any tax of one kind, or without a difference of exchange."""
    return bool(line["debit"] != line["credit"])


def _rows(plan: Plan, name: str, results: Results) -> list[dict[str, Any]]:
    table = plan.table(name)
    blocks = [
        make_rows(plan, name, *table.block_range(block), None, results) for block in range(table.blocks)
    ]
    found: list[dict[str, Any]] = pa.Table.from_batches(blocks, table.schema).to_pylist()
    return found


def _last_day(entries: list[dict[str, Any]]) -> Any:
    """The end of the last month with entries: that of the fiscal year, or of the books."""
    last = entries[-1]["posting_date"]
    after = last.replace(day=28)
    while after.month == last.month:
        last, after = after, after.fromordinal(after.toordinal() + 1)
    return last


def _file(
    entries: list[dict[str, Any]],
    lines: Mapping[int, list[Mapping[str, Any]]],
    opening: list[dict[str, Any]],
    names: Mapping[int, str],
    partners: Mapping[str, str],
) -> Iterator[str]:
    yield "\t".join(FIELDS) + "\r\n"
    first = entries[0]["posting_date"].replace(day=1) if entries else None
    # Without documents of nothing, which aren't written, numbers would have gaps.
    numbers: dict[str, int] = {}
    for one in opening:
        amount = one["opening_balance"]
        yield _line(
            ("AN", JOURNALS["AN"], "AN1", _day(first)),
            (*_account(one["gl_account"], names), "", ""),
            ("AN", _day(first), "Reprise des soldes"),
            (max(amount, Decimal(0)), max(-amount, Decimal(0))),
            ("", "", _day(first)),
        )
    for entry in entries:
        type_, text = entry["document_type"], entry["header_text"].replace("|", "/").replace("\t", " ")
        reference = entry.get("reference") or f"{type_}{entry['document_number']}"
        numbers[type_] = numbers.get(type_, entry["document_number"] - 1) + 1
        dated = entry.get("document_date") or entry["posting_date"]
        valid = entry.get("entry_date") or entry["posting_date"]
        for line in lines[entry["document_id"]]:
            if not _is_something(line):
                continue
            partner = line.get("customer_id") or line.get("vendor_id") or ""
            cleared = line.get("clearing_document_id")
            yield _line(
                (type_, JOURNALS[type_], f"{type_}{numbers[type_]}", _day(entry["posting_date"])),
                (*_account(line["gl_account"], names), partner, partners.get(partner, "")),
                (reference, _day(dated), text),
                (line["debit"], line["credit"]),
                (str(cleared) if cleared else "", _day(line.get("clearing_date")), _day(valid)),
            )


def _account(number: int, names: Mapping[int, str]) -> tuple[str, str]:
    return str(PCG[number]), names[number]


def _line(
    journal: tuple[str, ...],
    account: tuple[str, ...],
    piece: tuple[str, ...],
    amounts: tuple[Decimal, Decimal],
    rest: tuple[str, ...],
) -> str:
    money = [f"{amount:.2f}".replace(".", ",") for amount in amounts]
    return "\t".join((*journal, *account, *piece, *money, *rest, "", "")) + "\r\n"


def _day(day: Any) -> str:
    return f"{day:%Y%m%d}" if day is not None else ""

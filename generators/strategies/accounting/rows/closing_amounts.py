"""What is posted when a month is closed, from what all its documents come to.

Output tax less input tax is owed to the tax office, and paid on the tenth of the next month. What
affiliated companies owe each other is in the group's currency: it is revalued at the month's rate, and the
difference is a gain or a loss of exchange. At a quarter's end income tax is set aside on the result of the
year so far, and paid in the month after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthmill.generators.kernels.mix import I64
from synthmill.generators.strategies.accounting.chart import (
    ACCOUNTS,
    AFFILIATED_PAYABLES,
    AFFILIATED_RECEIVABLES,
    BANK,
    EXCHANGE_GAINS,
    INCOME_TAX,
    TAX_OWED,
    account,
)
from synthmill.generators.strategies.accounting.documents import PAR, Journal

_OUTPUT, _INPUT, _OWED = account(2100), account(1160), account(2110)
_OF_INCOME = np.array([not one.on_balance_sheet for one in ACCOUNTS])
_TEN_THOUSAND = 10_000


@dataclass(frozen=True)
class Kind:
    type: str
    text: str
    accounts: tuple[int, ...]
    """Of its lines. A gain of exchange that is none is a loss."""
    after: int | None = None
    """Days after the first of the month, if that is worked; None: the month's last working day."""


TAX_STATEMENT, TAX_PAYMENT, REVALUATION, PROVISION, PROVISION_PAYMENT = range(5)
KINDS = (
    Kind("VS", "VAT statement", (_OUTPUT, _INPUT, _OWED)),
    Kind("VP", "VAT paid to the tax office", (_OWED, BANK), 9),
    Kind(
        "RV",
        "Revaluation of affiliated balances",
        (AFFILIATED_RECEIVABLES, AFFILIATED_PAYABLES, EXCHANGE_GAINS),
    ),
    Kind("IT", "Income tax of the year so far", (INCOME_TAX, TAX_OWED)),
    Kind("TP", "Income tax paid", (TAX_OWED, BANK), 14),
)
"""In the order of the constants above."""


@dataclass(frozen=True, eq=False)
class Posted:
    """Closing documents' lines, of shape (lines,) each."""

    document: I64
    number: I64
    """Within the document, from 0."""
    company: I64
    month: I64
    account: I64
    amount: I64
    """Debits are positive."""
    group: I64


def closing_documents(journal: Journal) -> tuple[I64, I64, I64]:
    """The kind, company and month of each."""
    companies, periods = journal.world.companies, journal.fiscal[1]
    currency = journal.world.group_currency
    found: list[tuple[int, int, int]] = []
    for at, company in enumerate(companies):
        for month in range(journal.world.months):
            quarter, last = (periods[at, one] % 3 == 0 for one in (month, max(month - 1, 0)))
            kinds: Sequence[tuple[int, bool]] = (
                (TAX_PAYMENT, bool(company.country.tax) and month > 0),
                (PROVISION_PAYMENT, bool(last) and month > 0),
                (TAX_STATEMENT, bool(company.country.tax)),
                (REVALUATION, len(companies) > 1 and company.country.currency != currency),
                (PROVISION, bool(quarter)),
            )
            found += [(kind, at, month) for kind, there in kinds if there]
    if not found:
        none = np.zeros(0, np.int64)
        return none, none, none
    kind, company_of, month_of = (np.array(one, np.int64) for one in zip(*found, strict=True))
    return kind, company_of, month_of


def closing_amounts(journal: Journal, sums: I64) -> tuple[I64, ...]:
    """By kind: what each line has, by company and month, of shape (lines, companies, months)."""
    movement = sums[..., 0] - sums[..., 1]
    output, paid = -movement[..., _OUTPUT], movement[..., _INPUT]
    owed = output - paid
    revalued = [
        _revalued(movement[..., of], sums[..., 2][..., of], journal.rates)
        for of in (AFFILIATED_RECEIVABLES, AFFILIATED_PAYABLES)
    ]
    gain = revalued[0] + revalued[1]
    set_aside = _provisions(journal, gain - movement[..., _OF_INCOME].sum(axis=-1))
    last_owed, last_aside = _of_last_month(owed), _of_last_month(set_aside)
    return (
        np.stack([output, -paid, -owed]),
        np.stack([last_owed, -last_owed]),
        np.stack([*revalued, -gain]),
        np.stack([set_aside, -set_aside]),
        np.stack([last_aside, -last_aside]),
    )


def _of_last_month(values: I64) -> I64:
    return np.concatenate([np.zeros_like(values[:, :1]), values[:, :-1]], axis=1)


def _revalued(movement: I64, group: I64, rates: I64) -> I64:
    """What each month adds so that balances are those in the group's currency at the month's rate."""
    balance = (np.cumsum(group, axis=1) * PAR + rates // 2) // rates
    return np.diff(balance - np.cumsum(movement, axis=1), axis=1, prepend=0)


def _provisions(journal: Journal, result: I64) -> I64:
    """Income tax that each quarter's last month sets aside: on the year's profit so far, none on a loss."""
    years, periods = journal.fiscal
    found = np.zeros_like(result)
    for at, company in enumerate(journal.world.companies):
        reached = aside = 0
        for month in range(result.shape[1]):
            if month and years[at, month] != years[at, month - 1]:
                reached = aside = 0
            reached += int(result[at, month])
            if periods[at, month] % 3 == 0:
                due = max(0, reached) * company.country.income_tax // _TEN_THOUSAND
                found[at, month], aside = due - aside, due
    return found

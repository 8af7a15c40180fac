"""The items of financial statements: which accounts each adds up, and with which sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from synthmill.generators.kernels.mix import I64
from synthmill.generators.strategies.accounting.chart import ACCOUNTS

_NUMBERS = np.array([one.number for one in ACCOUNTS], np.int64)
_INCOME = (4_000, 7_999)
_OWED = np.isin(_NUMBERS, (1150, 2050))
_EARNED = _OWED | np.isin(_NUMBERS, (4150, 6740))


class Of(IntEnum):
    """What is added up of an account."""

    MOVEMENT = 0
    """Of the month, without opening balances."""
    CLOSING = 1
    """The balance after the month."""
    OPENING = 2
    """The balance before it, or that with which the books begin."""


@dataclass(frozen=True)
class Item:
    name: str
    of: Of
    accounts: I64
    """1, -1 or 0 for each account: what its debits less credits count."""

    @property
    def affiliated(self) -> I64:
        """The same of accounts that affiliated companies have in common alone: of what they owe, or of what
        they earn in a month, as their years may begin in different months."""
        return np.where(_EARNED if self.of == Of.MOVEMENT else _OWED, self.accounts, 0)


def _item(name: str, of: Of, sign: int, *ranges: tuple[int, int], but: Sequence[int] = ()) -> Item:
    chosen = np.zeros(len(ACCOUNTS), np.bool_)
    for first, last in ranges:
        chosen |= (first <= _NUMBERS) & (last >= _NUMBERS)
    return Item(name, of, np.where(chosen & ~np.isin(_NUMBERS, but), sign, 0).astype(np.int64))


def _one(number: int) -> tuple[int, int]:
    return number, number


def _balance(name: str, sign: int, *ranges: tuple[int, int], but: Sequence[int] = ()) -> Item:
    return _item(name, Of.CLOSING, sign, *ranges, but=but)


def _earned(name: str, *ranges: tuple[int, int], but: Sequence[int] = ()) -> Item:
    """Credits less debits of a month: costs are less than nothing."""
    return _item(name, Of.MOVEMENT, -1, *ranges, but=but)


_OPERATING = ((1_100, 1_499), (1_900, 1_999), (2_000, 2_499), (2_700, 2_999))
_INVESTED, _FINANCED = ((1_500, 1_799),), ((2_500, 2_699), (3_000, 3_999))

BALANCE_SHEET = (
    _balance("cash", 1, (1_000, 1_099)),
    _balance("trade receivables", 1, (1_100, 1_129), _one(1190)),
    _balance("receivables from affiliated companies", 1, _one(1150)),
    _balance("other receivables", 1, _one(1130), (1_160, 1_189)),
    _balance("inventories", 1, (1_200, 1_299)),
    _balance("prepaid expenses and deposits", 1, (1_300, 1_499)),
    _balance("fixed assets", 1, (1_500, 1_799)),
    _balance("deferred tax assets", 1, (1_900, 1_999)),
    _balance("total assets", 1, (1_000, 1_999)),
    _balance("trade payables", -1, (2_000, 2_049), (2_900, 2_949)),
    _balance("payables to affiliated companies", -1, _one(2050)),
    _balance("tax and social security", -1, (2_100, 2_199)),
    _balance("accrued liabilities and deferred revenue", -1, (2_200, 2_399)),
    _balance("provisions", -1, (2_400, 2_499), (2_700, 2_799)),
    _balance("loans", -1, (2_500, 2_699)),
    _balance("deferred tax liabilities", -1, (2_800, 2_899)),
    _balance("suspense", -1, (2_950, 2_999)),
    _balance("total liabilities", -1, (2_000, 2_999)),
    _balance("share capital and reserves", -1, (3_000, 3_199), (3_300, 3_999)),
    _balance("retained earnings", -1, _one(3200)),
    _balance("result of the year", -1, _INCOME),
    _balance("total equity", -1, (3_000, 7_999)),
    _balance("total liabilities and equity", -1, (2_000, 7_999)),
)
INCOME_STATEMENT = (
    _earned("product sales", (4_000, 4_099)),
    _earned("service revenue", (4_100, 4_149)),
    _earned("revenue from affiliated companies", _one(4150)),
    _earned("freight charged", (4_200, 4_299)),
    _earned("discounts and returns", (4_300, 4_399)),
    _earned("cost of goods sold", (5_000, 5_999)),
    _earned("gross profit", (4_000, 4_899), (5_000, 5_999)),
    _earned("other operating income", (4_900, 4_999)),
    _earned("personnel expenses", (6_000, 6_099)),
    _earned("services of affiliated companies", _one(6740)),
    _earned("depreciation", (6_400, 6_499)),
    _earned("other operating expenses", (6_100, 6_999), but=[*range(6_400, 6_500), 6740]),
    _earned("operating result", (4_000, 6_999)),
    _earned("interest", (7_000, 7_199)),
    _earned("disposals of assets", (7_200, 7_399)),
    _earned("exchange differences", (7_400, 7_899)),
    _earned("result before income tax", (4_000, 7_899)),
    _earned("income tax", (7_900, 7_999)),
    _earned("net result", _INCOME),
)
CASH_FLOW = (
    _earned("net result", _INCOME),
    _earned("depreciation", _one(1590)),
    _earned("change in receivables", (1_100, 1_199)),
    _earned("change in inventories", (1_200, 1_299)),
    _earned("change in prepaid expenses and others", (1_300, 1_499), (1_900, 1_999)),
    _earned("change in payables", (2_000, 2_099), (2_900, 2_999)),
    _earned("change in tax and social security", (2_100, 2_199)),
    _earned("change in accruals and provisions", (2_200, 2_499), (2_700, 2_899)),
    _earned("cash flow from operating activities", *_OPERATING, _one(1590), _INCOME),
    _earned("cash flow from investing activities", *_INVESTED, but=[1590]),
    _earned("cash flow from financing activities", *_FINANCED),
    _item("net change in cash", Of.MOVEMENT, 1, (1_000, 1_099)),
    _item("cash at the beginning", Of.OPENING, 1, (1_000, 1_099)),
    _item("cash at the end", Of.CLOSING, 1, (1_000, 1_099)),
)
"""The indirect method: the result, and what moved on all other accounts."""
STATEMENTS = {"balance_sheet": BALANCE_SHEET, "income_statement": INCOME_STATEMENT, "cash_flow": CASH_FLOW}

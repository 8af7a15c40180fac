"""The chart of accounts: about a hundred, numbered as system 0's canonical chart is.

1xxx are assets, 2xxx liabilities, 3xxx equity, 4xxx revenue, 5xxx cost of sales, 6xxx operating expenses,
7xxx what is earned and paid besides.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Account:
    number: int
    name: str

    @property
    def type(self) -> str:
        if self.number in _INCOME:
            return "revenue"
        return {1: "asset", 2: "liability", 3: "equity", 4: "revenue"}.get(self.number // 1_000, "expense")

    @property
    def on_balance_sheet(self) -> bool:
        return self.number < 4_000

    @property
    def normal_side(self) -> str:
        return "debit" if self.type in ("asset", "expense") and self.number not in _CONTRA else "credit"


_INCOME = {7000, 7200, 7400}
_CONTRA = {1590, 1190}
"""Assets that lessen others."""

_NAMES = {
    1000: "Bank current account",
    1010: "Bank payroll account",
    1020: "Petty cash",
    1100: "Trade receivables",
    1130: "Employee advances",
    1150: "Receivables from affiliated companies",
    1160: "Input VAT",
    1170: "VAT refund claims",
    1180: "Other receivables",
    1190: "Allowance for doubtful accounts",
    1200: "Merchandise inventory",
    1210: "Raw materials",
    1220: "Goods in transit",
    1300: "Prepaid expenses",
    1310: "Prepaid insurance",
    1320: "Prepaid rent",
    1400: "Deposits paid",
    1500: "Land and buildings",
    1510: "Machinery and equipment",
    1520: "Vehicles",
    1530: "Computer hardware",
    1540: "Office furniture",
    1550: "Leasehold improvements",
    1560: "Assets under construction",
    1590: "Accumulated depreciation",
    1600: "Software licences",
    1610: "Patents and trademarks",
    1700: "Investments in affiliated companies",
    1710: "Long-term loans granted",
    1900: "Deferred tax assets",
    2000: "Trade payables",
    2010: "Employee expense claims payable",
    2050: "Payables to affiliated companies",
    2100: "Output VAT",
    2110: "VAT payable to the tax office",
    2120: "Wage tax payable",
    2130: "Social security payable",
    2140: "Net wages payable",
    2150: "Corporate income tax payable",
    2200: "Accrued liabilities",
    2210: "Accrued bonuses",
    2220: "Accrued holiday pay",
    2300: "Customer deposits",
    2310: "Deferred revenue",
    2400: "Provisions for warranties",
    2410: "Provisions for legal costs",
    2500: "Bank overdraft",
    2510: "Current portion of long-term debt",
    2600: "Long-term bank loans",
    2610: "Lease liabilities",
    2700: "Pension provisions",
    2800: "Deferred tax liabilities",
    2900: "Goods received, invoice outstanding",
    2950: "Suspense account",
    3000: "Share capital",
    3100: "Capital reserves",
    3200: "Retained earnings",
    3300: "Currency translation reserve",
    4000: "Product sales, line A",
    4010: "Product sales, line B",
    4020: "Product sales, line C",
    4030: "Product sales, line D",
    4100: "Service revenue",
    4150: "Revenue from affiliated companies",
    4200: "Freight charged to customers",
    4300: "Sales discounts granted",
    4310: "Sales returns and allowances",
    4900: "Other operating income",
    5000: "Cost of goods sold",
    5100: "Purchase price variances",
    5110: "Inventory adjustments",
    5200: "Inbound freight",
    5300: "Purchase discounts received",
    6000: "Wages and salaries",
    6010: "Employer's social security",
    6020: "Bonuses",
    6030: "Training",
    6040: "Recruitment",
    6100: "Rent",
    6110: "Electricity and heating",
    6120: "Cleaning and security",
    6130: "Repairs and maintenance",
    6140: "Property insurance",
    6200: "Software subscriptions",
    6210: "Telephone and internet",
    6220: "Hosting and data centres",
    6300: "Office supplies",
    6310: "Postage and courier",
    6320: "Books and periodicals",
    6400: "Depreciation",
    6500: "Travel: transport",
    6510: "Travel: accommodation",
    6520: "Entertainment of customers",
    6530: "Vehicle costs",
    6540: "Vehicle leasing",
    6600: "Advertising",
    6610: "Trade fairs",
    6620: "Sales commissions",
    6700: "Legal fees",
    6710: "Audit and tax advice",
    6720: "Consultants",
    6730: "Temporary staff",
    6740: "Services of affiliated companies",
    6800: "Bad debts",
    6810: "Membership fees",
    6820: "Licences and royalties",
    6900: "Bank charges",
    6910: "Sundry expenses",
    7000: "Interest income",
    7100: "Interest expense",
    7200: "Gains on disposal of assets",
    7300: "Losses on disposal of assets",
    7400: "Foreign exchange gains",
    7410: "Foreign exchange losses",
    7900: "Corporate income tax",
}

ACCOUNTS = tuple(Account(number, name) for number, name in _NAMES.items())
"""Rising by number. Elsewhere an account is its place here."""

_PLACES = {account.number: place for place, account in enumerate(ACCOUNTS)}


def account(number: int) -> int:
    """The place of an account of this number."""
    return _PLACES[number]


RECEIVABLES, PAYABLES = account(1100), account(2000)
"""The control accounts: each of their lines has a customer, or a vendor."""
RECEIVED = account(2900)
BANK = account(1000)
INVENTORY = account(1200)
RETAINED_EARNINGS = account(3200)
AFFILIATED_RECEIVABLES, AFFILIATED_PAYABLES = account(1150), account(2050)
AFFILIATED_REVENUE, AFFILIATED_SERVICES = account(4150), account(6740)
EXCHANGE_GAINS, EXCHANGE_LOSSES = account(7400), account(7410)
INCOME_TAX, TAX_OWED = account(7900), account(2150)

REVENUE = tuple(map(account, (4000, 4010, 4020, 4030)))
"""By material."""
BOUGHT_SERVICES = tuple(
    account(number)
    for number, weight in (
        (6130, 9), (6110, 5), (6120, 6), (6200, 6), (6210, 5), (6220, 4), (6300, 12), (6310, 9), (6320, 2),
        (6030, 3), (6040, 2), (6530, 6), (6600, 8), (6610, 2), (6620, 4), (6700, 3), (6710, 2), (6720, 6),
        (6730, 5), (6810, 1), (6820, 2), (5200, 10),
    )
    for _ in range(weight)
)  # fmt: skip
"""What vendors of services are paid for, each as often as it is."""
RECURRING = tuple(
    account(number)
    for number, weight in (
        (6100, 4),
        (6140, 3),
        (6200, 8),
        (6210, 4),
        (6540, 6),
        (6120, 3),
        (6820, 2),
        (6220, 3),
    )
    for _ in range(weight)
)
ACCRUED = tuple(map(account, (6110, 6720, 6700, 6710, 6620, 6130, 6600, 6730)))
CLAIMED = tuple(
    account(number)
    for number, weight in ((6500, 6), (6510, 4), (6520, 3), (6300, 2), (6320, 1), (6530, 2))
    for _ in range(weight)
)
"""What employees claim back."""
ALLOCATED = tuple(map(account, (6100, 6220)))
"""What is shared out among cost centres."""

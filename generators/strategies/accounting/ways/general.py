"""Documents of the general ledger that are a chain by themselves, by how many lines they have."""

from __future__ import annotations

from synthmill.generators.kernels.ledger.postings import Law, Term
from synthmill.generators.strategies.accounting.chart import ALLOCATED, BANK, account
from synthmill.generators.strategies.accounting.ways.forms import (
    CLAIMS,
    CREDIT,
    DEBIT,
    Deal,
    Draft,
    Line,
    Type,
)
from synthmill.generators.strategies.accounting.ways.routes import Route, chains_key, item_lines

CENTRES = 8
"""Cost centres of each company."""
_MANY = 100
"""Lines from which one sender is enough."""

LINE_SHARES = {
    (2,): 60.68,
    (3,): 5.77,
    (4,): 16.63,
    (5,): 3.06,
    (6,): 3.32,
    (7,): 1.13,
    (8,): 1.88,
    (9,): 0.42,
    (10, 12, 14, 16, 18, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96): 6.33,
    (100, 120, 150, 200, 260, 340, 500, 800): 0.76,
    (1_000, 1_200, 1_600, 2_400): 0.02,
}
"""Per cent of all documents by their number of lines, as published of 155 companies' books (364 million
entries); of a range the numbers that documents of this module have."""
LARGEST = 10
"""From so many lines on they are ranges."""


_TWO_LINES: tuple[tuple[int, int, str, str, Type], ...] = (
    (6900, 1000, "bank_charges", "automated", Type.ZP),
    (6900, 1000, "bank_charges", "automated", Type.ZP),
    (1000, 7000, "interest_earned", "automated", Type.ZP),
    (7100, 1000, "interest_paid", "automated", Type.ZP),
    (6310, 1000, "card_payment", "manual", Type.ZP),
    (6500, 1000, "card_payment", "manual", Type.ZP),
    (6530, 1000, "card_payment", "manual", Type.ZP),
    (6300, 1000, "card_payment", "manual", Type.ZP),
    (5110, 1200, "stock_count", "adjustment", Type.SA),
    (1000, 4900, "other_income", "manual", Type.ZP),
    (6910, 1000, "card_payment", "manual", Type.ZP),
)


def general(seed: int, lines: int) -> list[Route]:
    """Ways to have so many lines: with two all kinds of documents, with up to nine claims of employees, with
    more costs that are shared out among cost centres."""
    if lines == 2:
        return [_two_lines(seed, *one) for one in _TWO_LINES]
    if lines < LARGEST:
        return (
            [_claim(seed, lines), _receipt(seed, lines)]
            if lines % 2
            else [_cards(seed, lines), _cards(seed, lines), _claim(seed, lines)]
        )
    return [_allocation(seed, lines, sender) for sender in range(len(ALLOCATED) if lines < _MANY else 1)]


def _two_lines(seed: int, debit: int, credit: int, label: str, source: str, type_: Type) -> Route:
    centre = 1 if debit >= 6_000 and debit < 7_000 else 0
    lines = (
        Line(account(debit), DEBIT, Term.NET, 0, centre=centre, text=label.replace("_", " ")),
        Line(account(credit), CREDIT, Term.BEFORE_TAX, text=label.replace("_", " ")),
    )
    draft = Draft(type_, label, "R2R", source, lines, lag=1)
    return Deal(chains_key(seed, f"{label} {debit}"), Law.AMOUNTS + 3), (draft,)


def _claim(seed: int, lines: int) -> Route:
    """What an employee has spent, paid back in one sum."""
    made = item_lines([(-1 - CLAIMS, DEBIT)], Term.NET, range(lines - 1), "expense claim", centre=1)
    made.append(Line(BANK, CREDIT, Term.BEFORE_TAX, text="expense claim"))
    draft = Draft(Type.SA, "expense_claim", "H2R", "manual", tuple(made), lag=6)
    return Deal(chains_key(seed, f"claims of {lines}"), Law.AMOUNTS + 3, lines - 1), (draft,)


def _receipt(seed: int, lines: int) -> Route:
    """A sum received for several things."""
    made = [Line(BANK, DEBIT, Term.BEFORE_TAX, text="other income")]
    made += item_lines([(account(4900), CREDIT)], Term.NET, range(lines - 1), "other income")
    draft = Draft(Type.ZP, "other_income", "R2R", "manual", tuple(made), lag=1)
    return Deal(chains_key(seed, f"receipts of {lines}"), Law.AMOUNTS + 3, lines - 1), (draft,)


def _cards(seed: int, lines: int) -> Route:
    """Card payments of a statement, each taken from the bank account by itself."""
    sides = [(-1 - CLAIMS, DEBIT), (BANK, CREDIT)]
    made = item_lines(sides, Term.PAIR, range(lines // 2), "card payment", centre=1)
    draft = Draft(Type.ZP, "card_statement", "R2R", "manual", tuple(made), lag=3)
    return Deal(chains_key(seed, f"cards of {lines}"), Law.AMOUNTS + 3), (draft,)


def _allocation(seed: int, lines: int, sender: int) -> Route:
    """A cost centre's costs, shared out: each receiver is debited, the sender credited."""
    of, others = ALLOCATED[sender], CENTRES - 1
    made = []
    for pair in range(lines // 2):
        receiver = (sender + 1 + pair % others) % CENTRES
        made.append(Line(of, DEBIT, Term.PAIR, pair, centre=-1 - receiver, text="cost allocation"))
        made.append(Line(of, CREDIT, Term.PAIR, pair, centre=-1 - sender % CENTRES, text="cost allocation"))
    draft = Draft(Type.SA, "allocation", "R2R", "automated", tuple(made), entered=1)
    return Deal(chains_key(seed, f"allocation {lines} {sender}"), Law.AMOUNTS + 1), (draft,)

"""Named anomalies: the flow whose chains each rewrites, how, and what it is.

An anomalous chain is posted like any other: books balance with it, and open items are the control accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from synthmill.generators.kernels.ledger.postings import Term
from synthmill.generators.strategies.accounting.money import (
    HUNDREDS,
    MOVED_POINT,
    NO_POINT,
    OUTLIERS,
    THRESHOLD,
    TINY,
)
from synthmill.generators.strategies.accounting.ways.forms import Favoured, Hours
from synthmill.generators.strategies.accounting.ways.rewrites import (
    Rewrite,
    all_of,
    automated,
    by_hand,
    dealt,
    drafted,
    law,
    reposted,
    turned,
    with_term,
)
from synthmill.generators.strategies.accounting.ways.routes import Route

VARIANTS = 6
"""Kinds that a way has at most: each way has others."""


@dataclass(frozen=True)
class Kind:
    """A named kind of anomaly."""

    family: str
    """fraud, error, process, statistical or relational."""
    severity: int
    """From 1 to 3."""
    scheme: str
    flow: str
    rewrite: Rewrite


def _inflated(percent: int) -> Rewrite:
    return dealt(lambda deal: deal.variance > 0, variance=percent * 100)


_RARE = 6
"""A kind is rare where fewer than one of so many ways can have it."""
_ALL = frozenset(Term) - {Term.LITERAL}
_PARTS = frozenset((Term.FIRST_PART, Term.SECOND_PART))
_DISCOUNTED = frozenset((Term.GROSS_LESS_DISCOUNT, Term.DISCOUNT_NET, Term.DISCOUNT_TAX))
_VARIED = _ALL - {Term.NET, Term.COST, Term.PAIR, Term.RETURN_NET, Term.RETURN_COST, Term.FREIGHT}
_DEPEND = {
    "key": _ALL,
    "law": _ALL,
    "lot": _ALL,
    "variance": _VARIED - {Term.RETURN_TAX, Term.RETURN_GROSS},
    "tax": _VARIED - {Term.VARIANCE, Term.BEFORE_TAX},
    "discount": _DISCOUNTED,
    "part": _PARTS,
}
"""The terms of lines that a field of a deal decides."""
_SERVICE, _GOODS, _SALE = "service_invoice", "vendor_invoice", "customer_invoice"
_PAID, _RECEIVED = "vendor_payment", "customer_payment"

KINDS: dict[str, Kind] = {
    # Somebody means to gain by it.
    "capitalised_expense": Kind("fraud", 3, "statement", "services", reposted(_SERVICE, 1510)),
    "personal_expense": Kind(
        "fraud",
        2,
        "reimbursement",
        "services",
        all_of(reposted(_SERVICE, 6520), drafted(_SERVICE, by_hand, self_approved=True)),
    ),
    "fictitious_vendor": Kind(
        "fraud",
        3,
        "billing",
        "services",
        all_of(
            law(HUNDREDS),
            drafted(None, partner=Favoured.LAST),
            drafted(_SERVICE, by_hand, self_approved=True),
        ),
    ),
    "inflated_price": Kind("fraud", 3, "kickback", "purchases", _inflated(18)),
    "split_purchase": Kind(
        "fraud", 2, "structuring", "services", all_of(law(THRESHOLD), drafted(None, partner=Favoured.FIRST))
    ),
    "unapproved_payment": Kind(
        "fraud", 3, "disbursement", "general", drafted("card_payment", by_hand, self_approved=True)
    ),
    "fictitious_sale": Kind(
        "fraud", 3, "statement", "sales", drafted(_SALE, source="manual", entered=12, self_approved=True)
    ),
    "premature_revenue": Kind("fraud", 3, "statement", "sales", drafted(_SALE, lag=0, earlier=-25)),
    "misdirected_payment": Kind(
        "fraud", 3, "disbursement", "purchases", drafted(_PAID, partner=Favoured.NEXT)
    ),
    "excessive_discount": Kind(
        "fraud",
        2,
        "kickback",
        "sales",
        all_of(with_term(Term.DISCOUNT_NET), dealt(discount=900)),
    ),
    "lapping": Kind("fraud", 3, "skimming", "sales", all_of(with_term(Term.FIRST_PART), dealt(part=200))),
    "concealed_income": Kind("fraud", 3, "skimming", "general", reposted("other_income", 2950)),
    "inflated_claim": Kind("fraud", 2, "reimbursement", "claims", law(THRESHOLD)),
    "cookie_jar_accrual": Kind(
        "fraud",
        3,
        "statement",
        "accruals",
        all_of(law(OUTLIERS), drafted("accrual", by_hand, self_approved=True)),
    ),
    # Somebody slipped.
    "missing_decimal_point": Kind("error", 3, "amount", "services", law(NO_POINT)),
    "lost_digits": Kind("error", 2, "amount", "services", law(MOVED_POINT)),
    "wrong_account": Kind("error", 2, "account", "services", reposted(_SERVICE, 1300)),
    "wrong_tax_rate": Kind("error", 2, "tax", "purchases", dealt(lambda deal: deal.tax > 0, tax=700)),
    "wrong_tax_on_sale": Kind("error", 2, "tax", "sales", dealt(lambda deal: deal.tax > 0, tax=700)),
    "wrong_vendor": Kind("error", 2, "partner", "services", drafted(_SERVICE, partner=Favoured.NEXT)),
    "wrong_customer": Kind("error", 2, "partner", "sales", drafted(_SALE, partner=Favoured.NEXT)),
    "wrong_unit": Kind("error", 3, "quantity", "purchases", dealt(lot=lambda deal: deal.lot * 4)),
    "reversal_on_the_wrong_side": Kind("error", 3, "account", "accruals", turned("reversal")),
    "wrong_year_of_the_document": Kind("error", 1, "date", "purchases", drafted(_GOODS, earlier=365)),
    "count_on_the_wrong_side": Kind("error", 2, "account", "general", turned("stock_count")),
    "accrual_as_prepayment": Kind("error", 2, "account", "accruals", reposted("accrual", 1300)),
    # Somebody went another way than is laid down.
    "self_approved_entry": Kind(
        "process", 2, "approval", "accruals", drafted("accrual", by_hand, self_approved=True)
    ),
    "self_approved_claim": Kind(
        "process", 2, "approval", "claims", drafted("expense_claim", by_hand, self_approved=True)
    ),
    "missing_approval": Kind(
        "process", 2, "approval", "services", drafted(_SERVICE, by_hand, unapproved=True)
    ),
    "unapproved_credit_note": Kind(
        "process", 3, "approval", "sales", drafted("credit_note", unapproved=True)
    ),
    "late_entry": Kind("process", 1, "timing", "services", drafted(_SERVICE, entered=18)),
    "backdated_accrual": Kind("process", 3, "timing", "accruals", drafted("accrual", entered=24)),
    "stale_invoice": Kind("process", 1, "timing", "services", drafted(_SERVICE, earlier=120)),
    "manual_override": Kind("process", 2, "bypass", "purchases", drafted(_GOODS, automated, source="manual")),
    "manual_payment": Kind("process", 3, "bypass", "purchases", drafted(_PAID, automated, source="manual")),
    "unusual_user": Kind("process", 2, "access", "services", drafted(_SERVICE, by_hand, outsider=True)),
    "night_entry": Kind("process", 1, "timing", "general", drafted("card_payment", hours=Hours.NIGHT)),
    "weekend_entry": Kind("process", 1, "timing", "services", drafted(_SERVICE, hours=Hours.WEEKEND)),
    "suspense_posting": Kind("process", 1, "clearing", "general", reposted("card_payment", 2950)),
    "vague_text": Kind("process", 1, "documentation", "services", drafted(_SERVICE, label="vague")),
    "late_allocation": Kind("process", 1, "timing", "allocations", drafted("allocation", entered=15)),
    "allocation_by_hand": Kind("process", 2, "bypass", "allocations", drafted("allocation", source="manual")),
    # Nothing is wrong by itself, and it stands out.
    "round_amount": Kind("statistical", 1, "digits", "services", law(HUNDREDS)),
    "just_below_threshold": Kind("statistical", 2, "digits", "general", law(THRESHOLD)),
    "outlying_amount": Kind("statistical", 2, "size", "general", law(OUTLIERS)),
    "tiny_amount": Kind("statistical", 1, "size", "general", law(TINY)),
    "outlying_price": Kind(
        "statistical", 2, "price", "purchases", dealt(lambda deal: deal.variance < 0, variance=-1_500)
    ),
    "round_accrual": Kind("statistical", 1, "digits", "accruals", law(HUNDREDS)),
    "outlying_allocation": Kind("statistical", 2, "size", "allocations", law(OUTLIERS)),
    # What goes together doesn't.
    "favoured_vendor": Kind(
        "relational",
        2,
        "concentration",
        "purchases",
        all_of(
            drafted(None, partner=Favoured.LAST),
            drafted(_GOODS, automated, source="manual", hours=Hours.NIGHT),
        ),
    ),
    "favoured_customer": Kind(
        "relational",
        1,
        "concentration",
        "sales",
        all_of(
            drafted(None, partner=Favoured.LAST),
            drafted(_SALE, automated, source="manual", hours=Hours.WEEKEND),
        ),
    ),
    "paid_for_another": Kind(
        "relational", 2, "third party", "sales", drafted(_RECEIVED, partner=Favoured.NEXT)
    ),
    "unusual_pair_of_accounts": Kind("relational", 2, "accounts", "contracts", reposted("contract", 7300)),
    "clerk_of_one_vendor": Kind(
        "relational",
        2,
        "concentration",
        "services",
        all_of(drafted(None, partner=Favoured.FIRST), drafted(_SERVICE, by_hand, outsider=True)),
    ),
    "income_against_expense": Kind("relational", 2, "accounts", "general", reposted("bank_charges", 4900)),
}


def variants(flow: str, ways: Sequence[Route], kinds: Sequence[str], again: int) -> list[list[Route]]:
    """For each way its rewritten ways: of up to VARIANTS kinds, each with its signs, and after that without
    any. Without, a chain comes to other amounts of the same law (its key is `again`), and no more.

    A way on which a kind depends that few ways can have has no other kinds.
    """
    able = {name: kind.rewrite for name, kind in KINDS.items() if name in kinds and kind.flow == flow}
    made = {name: [rewrite(way) for way in ways] for name, rewrite in able.items()}
    rare = [name for name, found in made.items() if sum(map(bool, found)) * _RARE < len(ways)]
    chosen = []
    for at, way in enumerate(ways):
        here = [name for name, found in made.items() if found[at] is not None]
        here = [name for name in here if name in rare] or here
        begin = at * VARIANTS % max(1, len(here))
        hidden = replace(way[0], key=again), way[1]
        chosen.append(
            [
                _labelled(name, one, way)
                for name in (here[begin:] + here[:begin])[:VARIANTS]
                for one in (made[name][at] or way, hidden)
            ]
        )
    return chosen


def _labelled(name: str, made: Route, before: Route) -> Route:
    deal, drafts = made
    moved = {
        one
        for field, terms in _DEPEND.items()
        if getattr(deal, field) != getattr(before[0], field)
        for one in terms
    }
    return deal, tuple(
        replace(draft, anomaly=name, altered=draft != old or any(line.term in moved for line in draft.lines))
        for draft, old in zip(drafts, before[1], strict=True)
    )

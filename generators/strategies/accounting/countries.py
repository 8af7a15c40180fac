"""What books follow from a country: its tax on sales, its currency, its formats and its working days."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Country:
    name: str
    currency: str
    locale: str
    """Of its companies, customers and vendors."""
    tax: int
    """The usual tax on sales between businesses, in hundredths of a per cent; 0: there is none."""
    sales_taxed: int
    """Hundredths of a per cent of sales that bear it; the others are exports or exempt."""
    tax_code: str
    wage_tax: int
    """Of gross pay, in hundredths of a per cent, roughly what is kept back of a middling wage."""
    employee_share: int
    """Social security that is kept back."""
    employer_share: int
    """Social security that comes on top."""
    income_tax: int
    """On companies' profits, in hundredths of a per cent, with what states and towns add."""


COUNTRIES = {
    # Sales between businesses for resale are exempt from sales tax.
    "US": Country("United States", "USD", "en_US", 0, 0, "I0", 1_500, 765, 765, 2_580),
    "DE": Country("Germany", "EUR", "de_DE", 1_900, 8_200, "V19", 1_800, 2_000, 2_000, 3_000),
    "FR": Country("France", "EUR", "fr_FR", 2_000, 8_400, "V20", 900, 2_200, 4_200, 2_500),
}
"""Taxes of 2024: § 12 (1) UStG, art. 278 CGI. Shares of wages are rounded, about those of a middling wage.
Income tax: the combined rates of 2024 of the OECD's table, Germany's rounded."""

GROUP_RATES = {"USD": 1_000_000, "EUR": 1_080_000}
"""US dollars for a unit, in millionths, about as in 2024."""

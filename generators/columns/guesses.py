"""What a column holds, by its name: an e-mail address in `contact_email`, a first name in `fname`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Guess:
    pattern: re.Pattern[str]
    parameters: Mapping[str, Any]
    length: int
    """Characters that no value of it is longer than."""


def _guess(pattern: str, length: int, **parameters: Any) -> Guess:
    return Guess(re.compile(rf"(^|_)({pattern})($|_)", re.IGNORECASE), parameters, length)


_COUNTRIES = ["US", "DE", "GB", "FR", "IT", "ES", "NL", "PL", "SE", "BR", "IN", "JP"]

TEXTS = (
    _guess("e?mail|email_?address", 80, kind="email", numbered=True),
    _guess("(first|given|fore)_?name|fname|c_first|vorname|prenom", 30, kind="first_name"),
    _guess("(last|family|sur)_?name|lname|c_last|nachname|familienname|apellidos?", 30, kind="last_name"),
    _guess("(full|contact|customer|person|display)_?name", 60, kind="name"),
    _guess("phone|phone_?number|mobile|fax|telephone|telefon|telefonnummer|handy|telefono", 24, kind="phone"),
    _guess("country_?code|iso", 2, kind="categorical", values=_COUNTRIES),
    _guess("city|town|stadt|wohnort|ville|ciudad", 60, kind="city"),
    _guess("uuid|guid", 36, kind="uuid"),
    _guess(
        "currency|currency_?code",
        3,
        kind="categorical",
        values=["EUR", "USD", "GBP", "JPY"],
        weights=[4, 4, 1, 1],
    ),
    _guess("gender|sex", 1, kind="categorical", values=["f", "m", "x"], weights=[49, 49, 2]),
    _guess(
        "status|state", 8, kind="categorical", values=["active", "inactive", "pending"], weights=[7, 2, 1]
    ),
    _guess("(product|item|part)_?name", 60, kind="product_name"),
)
"""The first that fits the name and the length is taken."""

NUMBERS: tuple[tuple[re.Pattern[str], float, float], ...] = tuple(
    (re.compile(rf"(^|_)({pattern})($|_)", re.IGNORECASE), low, high)
    for pattern, low, high in (
        ("year|release_?year", 1990, 2025),
        ("age", 18, 90),
        ("quantity|qty|ol_quantity", 1, 20),
        ("rating|stars", 1, 5),
        ("percent|pct|discount|rate", 0, 1),
        ("latitude|lat", -90, 90),
        ("longitude|lng|lon", -180, 180),
        ("month", 1, 12),
        ("day", 1, 28),
    )
)
"""Ranges by name."""


def text_guess(name: str, length: int | None) -> Mapping[str, Any] | None:
    """A kind for a column of texts of at most so many characters."""
    snake_case = snake(name)
    for guess in TEXTS:
        if guess.pattern.search(snake_case) and (length is None or length >= guess.length):
            return guess.parameters
    return None


def number_guess(name: str) -> tuple[float, float] | None:
    snake_case = snake(name)
    return next(((low, high) for pattern, low, high in NUMBERS if pattern.search(snake_case)), None)


def snake(name: str) -> str:
    """`customerId` and `CustomerID` as `customer_id`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()

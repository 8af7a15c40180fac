"""Check digits that a country's account numbers have within an IBAN, where the bank's code is all zeros.

Sources: the national parts of the SWIFT registry of IBAN structures. Belgium and Portugal have remainders by
97 (ISO 7064), France its clé RIB, Spain its dígitos de control; Finland has Luhn's digit, and so has Norway
in account numbers that begin with 0000.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from synthmill.generators.kernels.mix import I64

_SPAIN = (1, 2, 4, 8, 5, 10, 9, 7, 3, 6)


def _digits(number: I64, count: int) -> list[I64]:
    return [number // np.int64(10 ** (count - 1 - place)) % np.int64(10) for place in range(count)]


def _weighted(number: I64, weights: Sequence[int]) -> I64:
    total = np.zeros(len(number), np.int64)
    for digit, weight in zip(_digits(number, len(weights)), weights, strict=True):
        total += digit * np.int64(weight)
    return total


def _belgium(number: I64) -> I64:
    rest = number % 97
    return number * 100 + np.where(rest == 0, np.int64(97), rest)


def _spain(number: I64) -> I64:
    """Two digits before the account: of the bank's code, which is 0, and of the account."""
    check = 11 - _weighted(number, _SPAIN) % 11
    return np.where(check == 10, np.int64(1), check % 11) * np.int64(10**10) + number


def _luhn(count: int) -> Callable[[I64], I64]:
    """Of so many digits, with one more behind them."""

    def number_of(number: I64) -> I64:
        total = np.zeros(len(number), np.int64)
        for place, digit in enumerate(reversed(_digits(number, count))):
            doubled = digit * 2 if place % 2 == 0 else digit
            total += doubled // 10 + doubled % 10
        return number * 10 + (10 - total % 10) % 10

    return number_of


def _france(number: I64) -> I64:
    return number * 100 + 97 - number * 3 % 97


def _portugal(number: I64) -> I64:
    return number * 100 + 98 - number * 100 % 97


CHECKED: dict[str, tuple[int, Callable[[I64], I64]]] = {
    "BE": (7, _belgium),
    "ES": (10, _spain),
    "FI": (7, _luhn(7)),
    "FR": (11, _france),
    "NO": (6, _luhn(6)),
    "PT": (11, _portugal),
}
"""By country: how many digits are free, and what stands behind the bank's code, by these."""

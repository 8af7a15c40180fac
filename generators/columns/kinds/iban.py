"""Account numbers (ISO 13616) with right check digits, at banks that don't exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.account_checks import CHECKED
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Rows, Scope
from synthmill.generators.engine.cells import Cells, Concat, Digits, Part
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import I64
from synthmill.generators.schema.fields import Choice

_ACCOUNTS = {
    "AT": ("00000", 11),
    "BE": ("000", 9),
    "CH": ("00000", 12),
    "DE": ("00000000", 10),
    "DK": ("0000", 10),
    "ES": ("00000000", 12),
    "FI": ("000000", 8),
    "FR": ("0000000000", 13),
    "GB": ("XXXX000000", 8),
    "IE": ("XXXX000000", 8),
    "IT": ("X0000000000", 12),
    "LU": ("000", 13),
    "NL": ("XXXX", 10),
    "NO": ("0000", 7),
    "PL": ("00000000", 16),
    "PT": ("00000000", 13),
    "SE": ("000", 17),
}
"""By country: a bank's code that was given to none, and the digits that follow it."""


class IbanParameters(ColumnParameters):
    country = Choice("Of the account.", tuple(_ACCOUNTS), default="DE")
    form = Choice(
        "electronic: without spaces; printed: in groups of four.",
        ("electronic", "printed"),
        default="electronic",
    )


@dataclass(frozen=True)
class _Cells:
    key: int
    country: str
    bank: str
    digits: int
    printed: bool

    def __call__(self, rows: Rows) -> Cells:
        free, number_of = CHECKED.get(self.country, (self.digits, None))
        account = bounded(rows.draw(self.key), 10**free).view(np.int64)
        if number_of is not None:
            account = number_of(account)
        check = self._check(account)
        parts: list[Part] = [self.country.encode(), Digits(check, 2)]
        if not self.printed:
            return Concat((*parts, self.bank.encode(), Digits(account, self.digits)))
        for start in range(0, len(self.bank) + self.digits, 4):
            parts += [b" ", *self._group(account, start, min(start + 4, len(self.bank) + self.digits))]
        return Concat(tuple(parts))

    def _group(self, account: I64, start: int, stop: int) -> list[Part]:
        """Characters start to stop - 1 of bank and account."""
        bank, length = self.bank[start:stop], len(self.bank)
        parts: list[Part] = [bank.encode()] if bank else []
        first, last = max(start, length) - length, stop - length
        if last > first:
            shown = account // np.int64(10 ** (self.digits - last)) % np.int64(10 ** (last - first))
            parts.append(Digits(shown, last - first))
        return parts

    def _check(self, account: I64) -> I64:
        """98 less the remainder by 97 of bank, account, country and 00, letters being 10 to 35."""
        bank = int("".join(str(int(letter, 36)) for letter in self.bank))
        country = int("".join(str(int(letter, 36)) for letter in self.country) + "00")
        constant = (bank * 10 ** (self.digits + 6) + country) % 97
        return np.int64(98) - (account % np.int64(97) * np.int64(10**6 % 97) + np.int64(constant)) % np.int64(
            97
        )


def _length(characters: int, form: str) -> int:
    return characters + (characters - 1) // 4 if form == "printed" else characters


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    country = parameters["country"]
    bank, digits = _ACCOUNTS[country]
    cells = _Cells(scope.key(), country, bank, digits, parameters["form"] == "printed")
    return Column(pa.string(), cells, _length(len(bank) + digits + 4, parameters["form"]))


KIND = Kind(
    name="iban",
    title="IBAN",
    description="An account's number with right check digits, whose bank's code was given to no bank.",
    Parameters=IbanParameters,
    compile=_compile,
    example={"country": "DE"},
    pii=True,
)

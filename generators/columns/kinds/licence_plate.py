"""Number plates of cars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Scope
from synthmill.generators.columns.patterned import pattern_column
from synthmill.generators.schema.fields import Choice

_PATTERNS = {
    "AT": r"(W|G|L|S|I|K) [1-9]\d{3}[A-Z]{2}",
    "BE": r"[1-2]-[A-Z]{3}-\d{3}",
    "CA": r"[A-Z]{4} \d{3}",
    "CH": r"(ZH|BE|GE|VD|AG|SG|LU|TI|VS|BS) [1-9]\d{4,5}",
    "DE": r"(B|HH|M|K|F|S|D|DO|E|L|HB|DD|H|N|DU|BO|W|BI|BN|MS) [A-Z]{1,2} [1-9]\d{2,3}",
    "ES": r"\d{4} [B-DF-HJ-NP-TV-Z]{3}",
    "FR": r"[A-HJ-NP-TV-Z]{2}-\d{3}-[A-HJ-NP-TV-Z]{2}",
    "GB": r"[A-HJ-PR-Y]{2}(0[2-9]|1\d|2[0-4]|5[1-9]|6\d|7[0-4]) [A-HJ-PR-Z]{3}",
    "IT": r"[A-HJ-NPR-TV-Z]{2} \d{3}[A-HJ-NPR-TV-Z]{2}",
    "NL": r"[B-DF-HJ-NP-TV-Z]{2}-\d{3}-[B-DF-HJ-NP-TV-Z]",
    "PL": r"(WA|KR|GD|PO|WR|LU|SZ|BI)[A-Z0-9]{5}",
    "PT": r"[A-Z]{2}-\d{2}-[A-Z]{2}",
    "SE": r"[A-HJ-PR-UW-Z]{3} \d{2}[A-HJ-NPR-UW-Z0-9]",
    "US": r"[1-9][A-Z]{3}\d{3}",
}


class LicencePlateParameters(ColumnParameters):
    country = Choice("In whose form.", tuple(_PATTERNS), default="US")


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    return pattern_column(scope, _PATTERNS[parameters["country"]])


KIND = Kind(
    name="licence_plate",
    title="Licence plate",
    description="A car's number plate in the form of a country (in the US: of California).",
    Parameters=LicencePlateParameters,
    compile=_compile,
    example={"country": "DE"},
    pii=True,
)

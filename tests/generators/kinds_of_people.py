"""Parameters of the kinds of people and places, and for each another value; see `worlds.KINDS`."""

from __future__ import annotations

from typing import Any

SEASONS = {"weekdays": [1, 1, 1, 1, 1, 0, 0], "months": [1] * 11 + [3], "holidays": "DE"}
BUSINESS = [0] * 9 + [1] * 8 + [0] * 7

KINDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "address": (
        {"locale": "de_DE", "part": "full"},
        {"locale": "fr_FR", "part": "postcode", "city": "town"},
    ),
    "company": ({"locale": "de_DE"}, {"locale": "ja_JP"}),
    "duration": (
        {"min": "1m", "max": "2d", "unit": "minute", "form": "number"},
        {"min": "2m", "max": "3d", "unit": "second", "form": "iso"},
    ),
    "sex": ({"female": 0.6, "form": "letter"}, {"female": 0.3, "form": "word"}),
    "job": ({"locale": "en_US"}, {"locale": "fr_FR"}),
}

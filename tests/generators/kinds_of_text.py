"""Parameters of the kinds of text, and for each parameter another value; see `worlds.KINDS`."""

from __future__ import annotations

from typing import Any

WORDS = [f"{first}{last}" for first in ("ba", "ke", "lo", "mu") for last in ("n", "r", "st", "l", "m")]
GRAMMAR = {
    "rules": {
        "text": [
            "{Word} {mood}, said {who}[ to {a word}|].",
            {"text": "{A word} {word} {word}.", "weight": 3},
        ],
        "word": WORDS,
        "mood": {"temper": {"good": ["sings {word}", "smiles {word}"], "bad": ["shouts {word}"]}},
    },
    "labels": {"temper": {"good": 1, "bad": 2}},
    "slots": {"who": "word"},
}

KINDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "card_number": ({"brand": "visa", "form": "digits"}, {"brand": "amex", "form": "grouped"}),
    "colour": ({"form": "hex"}, {"form": "rgb"}),
    "file_name": ({}, {"extensions": ["pdf"]}),
    "hash": ({"algorithm": "md5"}, {"algorithm": "sha1"}),
    "iban": ({"country": "DE", "form": "electronic"}, {"country": "GB", "form": "printed"}),
    "ip_address": (
        {"version": "4", "range": "private"},
        {"version": "6", "range": "documentation", "networks": ["10.1.0.0/17", "192.0.2.0/30"]},
    ),
    "licence_plate": ({"country": "DE"}, {"country": "GB"}),
    "mac_address": ({"separator": ":"}, {"separator": "-"}),
    "pattern": ({"pattern": r"[A-Z]{2,3}-(\d{4}|x+)?y"}, {"pattern": r"[A-Z]{3}-\d{4}"}),
    "sentences": (
        {
            "grammar": GRAMMAR,
            "slots": [{"slot": "who", "column": "first"}],
            "labels": [
                {
                    "label": "temper",
                    "column": "sort",
                    "entries": [{"at": "a", "value": "good"}, {"at": "b", "value": "bad"}],
                }
            ],
        },
        {
            "grammar": {**GRAMMAR, "start": "mood", "slots": None},
            "slots": [{"slot": "who", "column": "last", "through": "folk"}],
            "labels": [],
            "distinct": True,
        },
    ),
    "url": ({}, {"domains": ["shop.example.com"], "depth": 3, "secure": False}),
    "user_agent": ({"device": "any"}, {"device": "mobile"}),
    "username": ({"separator": "_"}, {"separator": ".", "columns": ["first", "last"]}),
    "uuid7": (
        {"start": "2023-01-01T00:00:00Z", "end": "2024-01-01T00:00:00Z"},
        {"column": "at", "start": "2023-02-01T00:00:00Z", "end": "2024-02-01T00:00:00Z"},
    ),
}

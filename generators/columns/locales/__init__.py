"""What people and places are called by locale, in files made by `python -m tools.extraction` (see NOTICE)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from synthmill.generators.schema.fields import Choice

LOCALES = (
    "cs_CZ",
    "da_DK",
    "de_AT",
    "de_CH",
    "de_DE",
    "en_GB",
    "en_IN",
    "en_US",
    "es_ES",
    "es_MX",
    "fi_FI",
    "fr_FR",
    "it_IT",
    "ja_JP",
    "ko_KR",
    "nl_NL",
    "no_NO",
    "pl_PL",
    "pt_BR",
    "pt_PT",
    "sv_SE",
    "tr_TR",
    "zh_CN",
)


@cache
def locale_data(locale: str) -> Mapping[str, Any]:
    """All that is known of a locale; the caller's to read."""
    data: dict[str, Any] = json.loads((files(__name__) / f"{locale}.json").read_text("utf-8"))
    return data


def locale_field(about: str, default: str | None = "en_US") -> Choice:
    return Choice(about, LOCALES, default=default)

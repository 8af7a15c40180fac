"""Formulas and patterns in parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from synthmill.generators.errors import GrammarError
from synthmill.generators.formulas import grammar
from synthmill.generators.patterns import parser
from synthmill.generators.schema.fields import REQUIRED, Text, refused


class _Parsed(Text):
    """Text that is read to see whether it is of its language."""

    def __init__(self, about: str, parse: Callable[[str], object], longest: int, **more: Any) -> None:
        self.parse = parse
        super().__init__(about, longest=longest, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            self.parse(text)
        except GrammarError as error:
            raise refused(error.reason, error.fix) from None
        return text


def formula_field(about: str, example: str, default: Any = REQUIRED) -> Text:
    return _Parsed(about, grammar.parse, grammar.MAX_LENGTH, default=default, examples=[example])


def pattern_field(about: str, example: str) -> Text:
    return _Parsed(about, parser.parse, parser.MAX_LENGTH, examples=[example])

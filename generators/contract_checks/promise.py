"""A promise, kept, broken or meant for others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from synthmill.generators.errors import FieldError, InvalidRequestError


class BrokenPromiseError(AssertionError):
    """Something doesn't do what all of its group do; the message says what was seen instead."""


class DoesNotApplyError(Exception):
    """There is nothing that the promise would be about; the message says what is lacking."""


def promise(kept: bool, otherwise: str) -> None:
    """Raise BrokenPromiseError, saying what was seen, unless the promise is kept."""
    if not kept:
        raise BrokenPromiseError(otherwise)


def applies(does: bool, otherwise: str) -> None:
    """Raise DoesNotApplyError, saying why, unless the promise applies."""
    if not does:
        raise DoesNotApplyError(otherwise)


def refusal(what: str, attempt: Callable[[], Any]) -> tuple[FieldError, ...]:
    """What an attempt is refused for; BrokenPromiseError where it isn't."""
    try:
        attempt()
    except InvalidRequestError as error:
        return error.errors
    raise BrokenPromiseError(f"{what} isn't refused")

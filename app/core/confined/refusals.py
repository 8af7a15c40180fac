"""Refusals as messages: what a confined process refuses is refused by us in the same words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from synthmill.app.core.errors import LimitExceededError
from synthmill.generators.errors import FieldError, InvalidRequestError, UnknownNameError

_TOO_DEEP = FieldError("request", "is nested too deep to be read", "put fewer things inside one another")


@contextmanager
def refusals(said: list[dict[str, Any]]) -> Iterator[None]:
    """Take what is refused inside as a message."""
    try:
        yield
    except LimitExceededError as error:
        said.append({"refused": "limit", "errors": _as_json(error.errors)})
    except (InvalidRequestError, UnknownNameError) as error:
        said.append({"refused": "invalid", "errors": _as_json(error.errors)})
    except RecursionError:
        said.append({"refused": "invalid", "errors": _as_json([_TOO_DEEP])})


def _as_json(errors: Any) -> list[list[str]]:
    return [[one.field, one.reason, one.fix] for one in errors]


def raise_refusal(message: Mapping[str, Any]) -> None:
    """Raise what a message says was refused; nothing where it says nothing of the kind."""
    kind = message.get("refused")
    if kind == "limit":
        field, reason, fix = message["errors"][0]
        raise LimitExceededError(field, reason, fix)
    if kind == "invalid":
        raise InvalidRequestError(FieldError(*one) for one in message["errors"])

"""What sqlglot doesn't understand is said in the notes of an import, so it needn't be logged as well."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_importing = ContextVar("_importing", default=False)
# Of this thread alone: another one's use of sqlglot is none of our business.
logging.getLogger("sqlglot").addFilter(lambda _: not _importing.get())


@contextmanager
def quiet() -> Iterator[None]:
    """sqlglot's warnings aren't logged inside."""
    before = _importing.set(True)
    try:
        yield
    finally:
        _importing.reset(before)

"""File formats, found by discovery: a module here that has a `FORMAT` is one."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from synthmill.generators.errors import UnknownNameError
from synthmill.generators.formats.contract import Block, Encoded, Format

__all__ = ["Block", "Encoded", "Format", "codec", "formats", "get_format"]


@cache
def formats() -> Mapping[str, Format]:
    """All formats by name, in alphabetical order."""
    modules = (importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__))
    found: list[Format] = [module.FORMAT for module in modules if hasattr(module, "FORMAT")]
    return MappingProxyType({fmt.name: fmt for fmt in sorted(found, key=lambda fmt: fmt.name)})


def get_format(name: str) -> Format:
    """The format of this name. Raises UnknownNameError."""
    try:
        return formats()[name]
    except KeyError:
        raise UnknownNameError("format", name, formats()) from None


def codec(name: str, compression: str) -> str:
    """What goes into `Output.codec`. Raises UnknownNameError for a format or compression we don't have."""
    fmt = get_format(name)
    if compression not in fmt.compressions:
        raise UnknownNameError(f"compression of {name}", compression, fmt.compressions)
    return fmt.codec(compression)

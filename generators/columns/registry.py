"""The column kinds by name: the modules of `kinds`, found by the name KIND that each exposes."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from synthmill.generators.columns.kind import Kind
from synthmill.generators.errors import UnknownNameError


@cache
def kinds() -> Mapping[str, Kind]:
    """All column kinds by name, in alphabetical order."""
    package = importlib.import_module("synthmill.generators.columns.kinds")
    modules = (
        importlib.import_module(f"{package.__name__}.{found.name}")
        for found in pkgutil.iter_modules(package.__path__)
    )
    found = {module.KIND.name: module.KIND for module in modules if hasattr(module, "KIND")}
    return MappingProxyType(dict(sorted(found.items())))


def get_kind(name: str) -> Kind:
    """The column kind of this name. Raises UnknownNameError."""
    try:
        return kinds()[name]
    except KeyError:
        raise UnknownNameError("column kind", name, kinds()) from None

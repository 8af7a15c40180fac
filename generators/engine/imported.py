"""Which version of a plugin's package this process has imported: its values are those of that one."""

from __future__ import annotations

import sys
from importlib import metadata
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synthmill.generators.engine.registry import Package

_modules: dict[str, tuple[ModuleType, Package]] = {}
"""The modules of plugins that this process has imported, and which version of which package they are of."""

RESTART = "start this process again (in a notebook: restart the session)"


def note_modules(target: str, package: Package) -> None:
    """Note of which package the modules are that importing `module:attribute` has brought, also in vain."""
    top = target.partition(":")[0].partition(".")[0]
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == top and (name not in _modules or _modules[name][0] is not module):
            _modules[name] = module, package


def other_version(package: Package) -> str:
    """Why this process can't use a package as the version that it is known by, if it can't.

    Python imports a module once, and metadata are read once: after `pip install` of another version either
    may be of the one before. A recipe that named the other would promise values that it doesn't give.
    """
    for name, (module, of) in _modules.items():
        if of.name == package.name and of != package and sys.modules.get(name) is module:
            return f"this process has begun with {of.requirement}, and {package.requirement} is installed now"
    try:
        version = metadata.version(package.name)
    except metadata.PackageNotFoundError:
        return ""  # What is gone can't be imported either.
    if version != package.version:
        return f"this process has begun with {package.requirement}, and version {version} is installed now"
    return ""

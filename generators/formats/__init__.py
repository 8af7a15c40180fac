"""File formats, one module each, and what they share."""

from __future__ import annotations

from collections.abc import Mapping

from synthmill.generators.engine.registry import OWN, Registry
from synthmill.generators.errors import UnknownNameError
from synthmill.generators.formats.contract import Block, Encoded, Format

__all__ = ["FORMATS", "Block", "Encoded", "Format", "codec", "formats", "get_format"]


def _problem(found: object) -> str:
    """Why something can't be a format, or nothing."""
    needed = (
        "name", "extension", "media_type", "compressions", "compresses_inside",
        "codec", "prefix", "encode", "suffix",
    )  # fmt: skip
    missing = [name for name in needed if not hasattr(found, name)]
    return f"a format needs {', '.join(missing)}" if missing else ""


FORMATS: Registry[Format] = Registry("formats", "format", _problem)


def formats() -> Mapping[str, Format]:
    """All formats that can be used, by name, in alphabetical order."""
    return FORMATS.usable()


def get_format(name: str) -> Format:
    """The format of this name. Raises UnknownNameError, and PluginError for one that can't be used."""
    return FORMATS.get(name)


def codec(name: str, compression: str) -> str:
    """What goes into `Output.codec`: what the format says, after package and version where it is a plugin's.

    Raises UnknownNameError for a format or compression we don't have.
    """
    entry = FORMATS.entry(name)
    fmt = FORMATS.load(entry)
    if compression not in fmt.compressions:
        raise UnknownNameError(f"compression of {name}", compression, fmt.compressions)
    own = fmt.codec(compression)
    return own if entry.package == OWN else f"{entry.package.requirement} {own}"

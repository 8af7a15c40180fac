"""File formats, one module each, and what they share."""

from __future__ import annotations

from synthmill.generators.engine.recipe import Output
from synthmill.generators.engine.registry import OWN, Registry
from synthmill.generators.errors import UnknownNameError
from synthmill.generators.formats.contract import Block, Encoded, Format

__all__ = ["FORMATS", "Block", "Encoded", "Format", "codec", "file_name", "media_type"]


def _problem(found: object) -> str:
    """Why something can't be a format, or nothing."""
    needed = (
        "name", "extension", "media_type", "compressions", "compresses_inside",
        "codec", "prefix", "encode", "suffix",
    )  # fmt: skip
    missing = [name for name in needed if not hasattr(found, name)]
    return f"a format needs {', '.join(missing)}" if missing else ""


_EXTENSIONS = {"none": "", "gzip": ".gz", "zstd": ".zst"}
_MEDIA_TYPES = {"gzip": "application/gzip", "zstd": "application/zstd"}

FORMATS: Registry[Format] = Registry("formats", "format", _problem)


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


def file_name(table: str, output: Output) -> str:
    """`orders.csv`, `orders.jsonl.gz`, `orders.csv.zst`; Parquet compresses inside: `orders.parquet`."""
    fmt = FORMATS.get(output.format)
    inside = fmt.compresses_inside
    return f"{table}.{fmt.extension}{'' if inside else _EXTENSIONS[output.compression]}"


def media_type(output: Output) -> str:
    """The media type of the output's files."""
    fmt = FORMATS.get(output.format)
    if fmt.compresses_inside:
        return fmt.media_type
    return _MEDIA_TYPES.get(output.compression, fmt.media_type)

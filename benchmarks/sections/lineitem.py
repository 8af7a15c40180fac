"""A table like TPC-H's lineitem beside the fastest generator of TPC-H."""

from __future__ import annotations

from benchmarks.environments import executable
from benchmarks.measuring import Contestant, compete
from benchmarks.settings import Group, Settings

TITLE = "Lineitem"
ABOUT = """`tpchgen-cli` (Rust) makes TPC-H's lineitem; Synthmill a table of the same 16 columns with one
to seven lines of an order, prices by part and dates by order. It isn't a like-for-like contest: tpchgen
keeps to dbgen's streams of numbers, and Synthmill's times are longer than dbgen's days. tpchgen counts as
a whole process with one thread, less what it costs for next to no rows; Synthmill warm, as elsewhere:
both without start-up."""

ROWS_OF_SCALE_1 = 6_001_215
TINY_SCALE = 0.0001
TYPES = {
    "CSV": ("csv", "none", ()),
    "Parquet, uncompressed": ("parquet", "none", ("--compression", "UNCOMPRESSED")),
    "Parquet, zstd 1": ("parquet", "zstd", ("--compression", "ZSTD(1)")),
}


def measure(settings: Settings) -> list[Group]:
    return [
        {"title": title, "entries": compete(_contestants(settings, *kind), settings.rounds)}
        for title, kind in TYPES.items()
    ]


def _contestants(
    settings: Settings, kind: str, compression: str, options: tuple[str, ...]
) -> list[Contestant]:
    out = settings.folder / f"lineitem.{kind}"
    program = executable("tpchgen", "tpchgen-cli")

    def tpchgen(scale: float) -> list[str]:
        fixed = ["--tables", "lineitem", "--num-threads", "1", "--quiet", "--overwrite", "--no-progress"]
        where = ["--output-dir", str(settings.folder), "--scale-factor", str(scale)]
        return [program, kind, *options, *fixed, *where]

    scale = max(0.01, round(settings.rows / ROWS_OF_SCALE_1, 2))
    return [
        settings.synthmill(
            "Synthmill", "lineitem", settings.rows, out, "--format", kind, "--compression", compression
        ),
        Contestant("tpchgen-cli", tpchgen(scale), round(scale * ROWS_OF_SCALE_1), out, tpchgen(TINY_SCALE)),
    ]

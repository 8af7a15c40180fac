"""Synthmill makes and writes what others only write."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.measuring import Contestant, compete, run
from benchmarks.settings import Group, Settings

TITLE = "Writing"
ABOUT = """The customers table of ten columns. Synthmill generates, encodes and writes it; the others
only write it, from a table that lies ready in their own memory when the clock starts. One thread each.
Ready tables have timestamps without a zone, which libraries write fastest; one row of the table shows
what the zone costs pyarrow. *Same layout* is pyarrow given, column by column, the encodings, codecs,
statistics and row groups of Synthmill's file. `with hashes` also makes the manifest: BLAKE3 of every
block, and the profile."""

FORMATS = {"csv": ("csv", "none"), "jsonl": ("jsonl", "none")}


def measure(settings: Settings) -> list[Group]:
    ready = settings.folder / "ready.arrow"
    out = {kind: settings.folder / f"out.{kind}" for kind in ("csv", "jsonl", "parquet")}
    rows = settings.rows

    def ours(name: str, kind: str, compression: str = "none") -> Contestant:
        return settings.synthmill(
            name, "customers", rows, out[kind], "--format", kind, "--compression", compression
        )

    def peer(library: str, kind: str, *options: str, name: str = "") -> Contestant:
        given = (library, str(ready), str(out[kind]), "--format", kind, *options)
        return settings.peer(name or library, "tables", "write_table", rows, out[kind], *given)

    def like(compression: str) -> str:
        file = settings.folder / f"like-{compression}.parquet"
        given = ("--format", "parquet", "--compression", compression)
        run(replace(settings.synthmill("like", "customers", rows, file, *given), out=None))
        return str(file)

    run(replace(settings.synthmill("ready", "customers", rows, ready, "--what", "ready"), out=None))
    hashed = settings.synthmill("Synthmill with hashes", "customers", rows, out["csv"], "--what", "dataset")
    files = [ours("Synthmill", "parquet", compression) for compression in ("none", "zstd")]
    groups = {
        "CSV": [
            ours("Synthmill", "csv"),
            peer("pyarrow", "csv"),
            peer("polars", "csv"),
            peer("duckdb", "csv"),
            peer("pandas", "csv"),
            peer("pyarrow", "csv", "--zone", name="pyarrow, timestamps in UTC"),
            hashed,
        ],
        "JSON Lines": [
            ours("Synthmill", "jsonl"),
            peer("polars", "jsonl"),
            peer("duckdb", "jsonl"),
            peer("pandas", "jsonl"),
        ],
        "Parquet, uncompressed": [
            files[0],
            peer("pyarrow", "parquet", "--like", like("none"), name="pyarrow, same layout"),
            *(peer(one, "parquet", "--compression", "none") for one in ("pyarrow", "polars", "duckdb")),
        ],
        "Parquet, zstd": [
            files[1],
            peer("pyarrow", "parquet", "--like", like("zstd"), name="pyarrow, same layout"),
            *(peer(one, "parquet", "--compression", "zstd") for one in ("pyarrow", "polars", "duckdb")),
        ],
        "Parquet, Synthmill's zstd against defaults": [
            files[1],
            *(
                peer(one, "parquet", name=f"{one}, default")
                for one in ("pyarrow", "polars", "duckdb", "pandas")
            ),
        ],
    }
    return [{"title": title, "entries": compete(some, settings.rounds)} for title, some in groups.items()]

"""What a seed means: on which backend, which faults and when, which jobs. The same for ever."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

Backend = Literal["folder+sqlite", "s3+postgres"]

EVERYWHERE = (
    "kill_worker",
    "term_worker",
    "freeze_worker",
    "kill_interactive",
    "kill_web",
    "term_web",
    "freeze_web",
    "kill_supervisor",
    "kill_everything",
    "kill_valkey",
    "restart_valkey",
    "freeze_valkey",
    "flush_redis",
    "kill_redis_clients",
    "silent_redis",
    "clock_off",
    "messages_twice",
    "memory_error",
    "segmentation_fault",
    "new_engine",
)
ON_FOLDER = ("full_disk", "disk_guard")
ON_SERVERS = (
    "kill_postgres",
    "restart_postgres",
    "freeze_postgres",
    "s3_500",
    "s3_slowdown",
    "s3_timeout",
    "s3_drop",
    "s3_late",
    "kill_seaweedfs",
    "freeze_seaweedfs",
)
FAULTS: dict[Backend, tuple[str, ...]] = {
    "folder+sqlite": EVERYWHERE + ON_FOLDER,
    "s3+postgres": EVERYWHERE + ON_SERVERS,
}
FAULTS_A_RUN = 5
FIRST_SECONDS, LAST_SECONDS = 0.5, 14.0
"""When the faults of a run begin, after its jobs were first asked for."""

End = Literal["completed", "cancelled", "failed"]


@dataclass(frozen=True)
class Order:
    """A job to ask for, and what its owner does with it."""

    key: int
    """Whose: workspaces are numbered."""
    request: dict[str, Any]
    verb: Literal["nothing", "pause", "stop"] = "nothing"
    end: End = "completed"
    """How it has to end. A job to be stopped may complete before."""
    watched: Literal["", "websocket", "grpc"] = ""
    """How, if at all."""
    rows_of_data: int = 0
    """For a model that is to be fitted: rows of `data_to_learn`, which its owner sends first."""


@dataclass(frozen=True)
class Scenario:
    seed: int
    backend: Backend
    faults: tuple[tuple[float, str], ...]
    """Seconds after the jobs, and the fault's name, in order."""
    orders: tuple[Order, ...]

    @property
    def names(self) -> list[str]:
        return [name for _, name in self.faults]


def scenario(seed: int) -> Scenario:
    """Even seeds have a folder and SQLite, odd ones SeaweedFS and PostgreSQL.

    Faults are dealt from a shuffled deck, so each comes as often as any other of its backend: 12 seeds have
    every fault at least once, 40 at least twice.
    """
    backend: Backend = "s3+postgres" if seed % 2 else "folder+sqlite"
    chance = random.Random(f"chaos {seed}")
    first = seed // 2 * FAULTS_A_RUN
    names = list(itertools.islice(_deck(backend), first, first + FAULTS_A_RUN))
    times = sorted(chance.uniform(FIRST_SECONDS, LAST_SECONDS) for _ in names)
    return Scenario(seed, backend, tuple(zip(times, names, strict=True)), tuple(_orders(chance, names)))


def _deck(backend: Backend) -> Iterator[str]:
    chance = random.Random(f"deck {backend}")
    while True:
        yield from chance.sample(FAULTS[backend], len(FAULTS[backend]))


def _orders(chance: random.Random, faults: list[str]) -> Iterator[Order]:
    yield Order(0, _slow(1, rows=262_144, part_rows=16_384), watched="websocket")
    yield Order(1, _slow(2, rows=524_288, part_rows=65_536, pause_ms=40), watched="grpc")
    yield Order(0, _retail(3, 120_000, "parquet", "zstd"))
    yield Order(1, _retail(4, 150_000, "jsonl", "gzip"), verb=chance.choice(["nothing", "pause"]))
    yield Order(2, _slow(5, rows=131_072, part_rows=8_192), verb="pause", watched="websocket")
    yield Order(2, _slow(6, rows=262_144, part_rows=8_192), verb="stop", end="cancelled", watched="grpc")
    yield Order(1, _staged("slow_ledger", 9, entries=6_400, block_entries=100), watched="websocket")
    yield Order(2, _staged("slow_survey", 10, people=600, pure=False), watched="websocket")
    yield Order(0, _fit("open"), watched="websocket", rows_of_data=40_000)
    if "memory_error" in faults:
        yield Order(0, _slow(7, poison="memory"))
        yield Order(2, _slow(8, poison="memory_always"), end="failed")
    if "segmentation_fault" in faults:
        yield Order(1, _slow(9, poison="segfault"))


def _fit(privacy: str) -> dict[str, Any]:
    """The upload is named when its owner has sent it."""
    return {"tables": {"people": {"format": "csv"}}, "parameters": {"privacy": privacy}}


def data_to_learn(rows: int) -> bytes:
    """A CSV file whose columns hang together."""
    lines = ["number,age,income,city,owner,score"]
    for row in range(rows):
        age = 18 + row * 7_919 % 60
        income = age * 1_000 + row * 104_729 % 9_000
        city = ("Bern", "Genf", "Chur", "Biel")[(age // 15 + row * 31 % 2) % 4]
        lines.append(f"{row},{age},{income},{city},{income > 45_000},{row * 15_485_863 % 1_000 / 8}")
    return "\n".join(lines).encode()


def _slow(seed: int, rows: int = 98_304, part_rows: int = 16_384, **parameters: Any) -> dict[str, Any]:
    parameters = {"rows": rows, "pause_ms": 80, "poison_row": rows // 2, **parameters}
    return {
        "strategy": "chaos",
        "parameters": parameters,
        "seed": seed,
        "part_rows": part_rows,
        "format": "csv",
    }


def _staged(strategy: str, seed: int, **parameters: Any) -> dict[str, Any]:
    """64 blocks of a stage, or rounds of 38, 15, 6 ... blocks, at a tenth of a second each."""
    return {
        "strategy": strategy,
        "parameters": parameters,
        "seed": seed,
        "part_rows": 1_024,
        "format": "csv",
    }


def _retail(seed: int, rows: int, form: str, compression: str) -> dict[str, Any]:
    return {
        "template": "retail",
        "rows": rows,
        "seed": seed,
        "part_rows": 1,
        "format": form,
        "compression": compression,
    }

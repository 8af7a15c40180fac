"""What the gRPC process of a stack does: many calls at once, many rows for one reader, silent readers.

    python -m benchmarks.grpc_calls calls      200 clients that ask for a job, 50 times each, all at once
    python -m benchmarks.grpc_calls rows       1,000,000 order items to one reader
    python -m benchmarks.grpc_calls silent     100 readers of 1,000,000 rows that take the first piece only

Each starts a private stack (SQLite, a folder) and prints facts about the machine and what it saw.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import grpc
import psutil
from grpc_health.v1 import health_pb2, health_pb2_grpc

from benchmarks.machine import facts
from synthmill.proto import jobs_pb2 as pb
from synthmill.proto.jobs_pb2_grpc import JobServiceStub
from tests.stack.stack import Stack, running_stack

CLIENTS, CALLS = 200, 50
SILENT, SILENT_SECONDS = 100, 60.0
ROWS = 1_000_000
REQUEST = json.dumps({"template": "retail", "rows": ROWS, "seed": 7})


class Server:
    """The gRPC process of a stack, and a client's way to it."""

    def __init__(self, stack: Stack) -> None:
        self.address: str = stack.connection["grpc"]
        self.key = [("x-api-key", stack.api_key)]
        self.process = psutil.Process(stack.wait_for("grpc", 1)[0])

    @contextmanager
    def jobs(self) -> Iterator[JobServiceStub]:
        with grpc.insecure_channel(self.address, [("grpc.use_local_subchannel_pool", 1)]) as channel:
            yield JobServiceStub(channel)

    def wait(self) -> None:
        with grpc.insecure_channel(self.address) as channel:
            health = health_pb2_grpc.HealthStub(channel)
            while health.Check(health_pb2.HealthCheckRequest(), wait_for_ready=True).status != 1:
                time.sleep(0.1)

    def cpu_seconds(self) -> float:
        """Of the process and those that make rows for it."""
        family = [self.process, *self.process.children(recursive=True)]
        return sum(sum(one.cpu_times()[:2]) for one in family)

    def bytes(self) -> int:
        memory: int = self.process.memory_info().rss
        return memory


def calls(server: Server) -> None:
    with server.jobs() as jobs:
        job = jobs.Submit(pb.SubmitRequest(request_json=REQUEST), metadata=server.key).id

    def ask(_: int) -> list[float]:
        seconds = []
        with server.jobs() as jobs:
            for _call in range(CALLS):
                began = time.monotonic()
                jobs.Get(pb.GetRequest(job_id=job), metadata=server.key, timeout=60)
                seconds.append(time.monotonic() - began)
        return seconds

    cpu, began = server.cpu_seconds(), time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as pool:
        seconds = [one for some in pool.map(ask, range(CLIENTS)) for one in some]
    took = time.monotonic() - began
    cuts = statistics.quantiles(seconds, n=100)
    print(
        f"{CLIENTS} clients at once, {len(seconds):,} calls, none refused: p50 {1000 * cuts[49]:.0f} ms,",
        end=" ",
    )
    print(f"p99 {1000 * cuts[98]:.0f} ms, {len(seconds) / took:,.0f} a second,", end=" ")
    print(f"{1e6 * (server.cpu_seconds() - cpu) / len(seconds):.0f} us of the server's CPU a call")


def rows(server: Server) -> None:
    wanted = pb.RowsRequest(request_json=REQUEST, table="order_items")
    with server.jobs() as jobs:
        cpu, began = server.cpu_seconds(), time.monotonic()
        made = sum(piece.rows for piece in jobs.Rows(wanted, metadata=server.key))
        took, spent = time.monotonic() - began, server.cpu_seconds() - cpu
    print(f"{made:,} rows to one reader: {took:.1f} s, {spent:.2f} CPU s of the server,", end=" ")
    print(f"{made / spent:,.0f} rows per CPU second")


def silent(server: Server) -> None:
    wanted = pb.RowsRequest(request_json=REQUEST, table="order_items")
    before = server.bytes()
    with server.jobs() as jobs:
        held = [jobs.Rows(wanted, metadata=server.key) for _ in range(SILENT)]
        for one in held:
            next(one)
        began = server.bytes()
        time.sleep(SILENT_SECONDS)
        after = server.bytes()
        for one in held:
            one.cancel()
    print(f"{SILENT} readers that took one piece: {(began - before) / 2**20:+.0f} MiB when all had,", end=" ")
    print(f"{(after - began) / 2**20:+.0f} MiB in the {SILENT_SECONDS:.0f} s after")


BENCHES: dict[str, Callable[[Server], None]] = {"calls": calls, "rows": rows, "silent": silent}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("bench", choices=BENCHES)
    bench = parser.parse_args().bench
    print(facts())
    with (
        tempfile.TemporaryDirectory() as folder,
        running_stack(Path(folder) / "data", grpc=True) as stack,
    ):
        server = Server(stack)
        server.wait()
        BENCHES[bench](server)


if __name__ == "__main__":
    main()

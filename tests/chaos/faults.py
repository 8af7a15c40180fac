"""One function per fault: it does it, waits where it lasts, and puts it right again.

What a fault may cost is in `COSTS`: parts whose worker was lost, and parts that were given back.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import psutil
import redis

from synthmill.app.core.execution.slot import MOST_PARTS
from tests.chaos.world import LEASE_SECONDS, WORKERS, World, freeze, kill

PAST_LEASE = LEASE_SECONDS * 1.6
OUTAGE_SECONDS = 5.0
HANDS = (WORKERS + 1) * MOST_PARTS
"""Parts in hand at once at most: of each process that makes parts."""
DRAIN_SECONDS = 10.0

Fault = Callable[[World, random.Random], str | None]
"""Answers what is wrong with how the product took it, if something is."""


@dataclass(frozen=True)
class Cost:
    losses: int = 0
    """Parts whose lease was lost."""
    returned: float = 0
    """Parts given back by a worker that went on, or left in order."""


def kill_worker(world: World, chance: random.Random) -> None:
    _kill_one(world, chance, "worker")


def kill_interactive(world: World, chance: random.Random) -> None:
    _kill_one(world, chance, "interactive")


def kill_web(world: World, chance: random.Random) -> None:
    """Whatever answers clients."""
    _kill_one(world, chance, "web")
    _kill_one(world, chance, "grpc")


def term_worker(world: World, chance: random.Random) -> str | None:
    return _drain(world, "worker")


def term_web(world: World, chance: random.Random) -> str | None:
    return _drain(world, "web") or _drain(world, "grpc")


def freeze_worker(world: World, chance: random.Random) -> None:
    freeze(_processes(world, "worker")[:1], PAST_LEASE)


def freeze_web(world: World, chance: random.Random) -> None:
    freeze(_processes(world, "web") + _processes(world, "grpc"), OUTAGE_SECONDS)


def kill_supervisor(world: World, chance: random.Random) -> None:
    supervisor, *rest = world.stack.processes()
    kill([supervisor])
    # The web process answers what it has begun before it goes, and has the port until then.
    psutil.wait_procs(rest, timeout=DRAIN_SECONDS)
    world.start_stack()


def kill_everything(world: World, chance: random.Random) -> None:
    kill(world.everything())
    world.start_again()


def kill_valkey(world: World, chance: random.Random) -> None:
    _end_server(world, "valkey", signal.SIGKILL)


def restart_valkey(world: World, chance: random.Random) -> None:
    _end_server(world, "valkey", signal.SIGTERM)


def freeze_valkey(world: World, chance: random.Random) -> None:
    _freeze_server(world, "valkey")


def kill_seaweedfs(world: World, chance: random.Random) -> None:
    _end_server(world, "seaweedfs", signal.SIGKILL)


def freeze_seaweedfs(world: World, chance: random.Random) -> None:
    _freeze_server(world, "seaweedfs")


def flush_redis(world: World, chance: random.Random) -> None:
    with suppress(redis.RedisError), world.redis() as connection:
        connection.flushall()


def kill_redis_clients(world: World, chance: random.Random) -> None:
    for kind in ("normal", "pubsub"):
        with suppress(redis.RedisError), world.redis() as connection:
            connection.execute_command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")


def silent_redis(world: World, chance: random.Random) -> None:
    assert world.redis_proxy is not None
    world.redis_proxy.go_silent()
    time.sleep(OUTAGE_SECONDS)
    world.redis_proxy.speak()


def kill_postgres(world: World, chance: random.Random) -> None:
    assert world.postgres is not None
    root = psutil.Process(world.postgres.process.pid)
    kill([root, *root.children(recursive=True)])
    world.postgres.process.wait()
    world.start_postgres()


def restart_postgres(world: World, chance: random.Random) -> None:
    assert world.postgres is not None
    world.postgres.stop()
    world.start_postgres()


def freeze_postgres(world: World, chance: random.Random) -> None:
    assert world.postgres is not None
    root = psutil.Process(world.postgres.process.pid)
    freeze([root, *root.children(recursive=True)], PAST_LEASE)


def s3_500(world: World, chance: random.Random) -> None:
    _fail_s3(world, "500")


def s3_slowdown(world: World, chance: random.Random) -> None:
    _fail_s3(world, "slowdown")


def s3_timeout(world: World, chance: random.Random) -> None:
    _fail_s3(world, "timeout")


def s3_drop(world: World, chance: random.Random) -> None:
    _fail_s3(world, "drop")


def s3_late(world: World, chance: random.Random) -> None:
    _fail_s3(world, "late")


def full_disk(world: World, chance: random.Random) -> None:
    """Not a byte is left, for database, objects and broker alike."""
    _fill(world, 0)


def disk_guard(world: World, chance: random.Random) -> None:
    """Less is left than SYNTHMILL_MIN_FREE_BYTES asks for."""
    _fill(world, 32 << 20)


def clock_off(world: World, chance: random.Random) -> None:
    _replace_worker(world, {"clock": chance.choice([-3600, 3600])})


def new_engine(world: World, chance: random.Random) -> None:
    """A deploy: one worker is of another engine version for some seconds, the others not yet."""
    _replace_worker(world, {"engine": "chaos"})
    time.sleep(OUTAGE_SECONDS)
    # The deploy is taken back: whichever has the new version is started again, with the old one.
    for taken in world.orders.glob("worker-*.json"):
        if "engine" in json.loads(taken.read_text()):
            with suppress(ProcessLookupError):
                os.kill(int(taken.stem.removeprefix("worker-")), signal.SIGKILL)


def messages_twice(world: World, chance: random.Random) -> None:
    """So from the start: see sabotage/sitecustomize.py."""


def memory_error(world: World, chance: random.Random) -> None:
    """In two jobs of their own: see scenario.py."""


def segmentation_fault(world: World, chance: random.Random) -> None:
    """In a job of its own: see scenario.py."""


COSTS: dict[str, Cost] = {
    "kill_worker": Cost(losses=MOST_PARTS, returned=MOST_PARTS),
    "kill_interactive": Cost(losses=MOST_PARTS, returned=MOST_PARTS),
    "term_worker": Cost(losses=MOST_PARTS, returned=MOST_PARTS),
    "freeze_worker": Cost(losses=MOST_PARTS, returned=MOST_PARTS),
    "kill_supervisor": Cost(losses=HANDS, returned=HANDS),
    "kill_everything": Cost(losses=HANDS, returned=HANDS),
    "kill_postgres": Cost(losses=HANDS, returned=HANDS),
    "restart_postgres": Cost(losses=HANDS, returned=HANDS),
    "freeze_postgres": Cost(),
    "clock_off": Cost(losses=MOST_PARTS, returned=float("inf")),
    "new_engine": Cost(losses=2 * MOST_PARTS, returned=2 * MOST_PARTS),
    "segmentation_fault": Cost(losses=MOST_PARTS, returned=MOST_PARTS),
    **{
        name: Cost(returned=float("inf"))
        for name in (
            *("s3_500", "s3_slowdown", "s3_timeout", "s3_drop", "s3_late"),
            *("kill_seaweedfs", "freeze_seaweedfs", "disk_guard"),
        )
    },
    "full_disk": Cost(losses=HANDS * 3, returned=float("inf")),
}
"""Faults that aren't here cost no part. Of a dead worker's hand the part in work is lost, where it is known,
and the others are returned. Storage that fails returns a part as often as it is tried; a clock
that is off makes an S3 server refuse every signature."""


def _processes(world: World, kind: str) -> list[psutil.Process]:
    found = []
    for pid in world.pids(kind):
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            found += [process, *process.children(recursive=True)]
    return found


def _kill_one(world: World, chance: random.Random, kind: str) -> None:
    pids = world.pids(kind)
    if pids:
        kill([psutil.Process(chance.choice(pids))])


def _drain(world: World, kind: str) -> str | None:
    """SIGTERM: it has to be gone within ten seconds, or longer as there is more to do than processors."""
    seconds = DRAIN_SECONDS * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    processes = _processes(world, kind)[:1]
    for process in processes:
        process.terminate()
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return f"{kind} was still there {seconds:.0f} s after SIGTERM" if alive else None


def _end_server(world: World, name: str, number: signal.Signals) -> None:
    process = world.server(name)
    if process is not None:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)
        time.sleep(1)
        world.start_server_again(name)


def _freeze_server(world: World, name: str) -> None:
    process = world.server(name)
    freeze([process] if process is not None else [], OUTAGE_SECONDS)


def _fail_s3(world: World, mode: str) -> None:
    assert world.s3_proxy is not None
    world.s3_proxy.fail(mode)  # type: ignore[arg-type]
    time.sleep(OUTAGE_SECONDS)
    world.s3_proxy.heal()
    world.note(f"S3 failed {world.s3_proxy.hits} requests so far")


def _fill(world: World, left: int) -> None:
    ballast = world.data / "ballast"
    try:
        with ballast.open("wb") as file:
            while (free := _free(world)) > left:
                try:
                    os.posix_fallocate(
                        file.fileno(), os.fstat(file.fileno()).st_size, max(4096, (free - left) // 2)
                    )
                except OSError:
                    break
        time.sleep(OUTAGE_SECONDS)
    finally:
        ballast.unlink(missing_ok=True)


def _free(world: World) -> int:
    status = os.statvfs(world.data)
    return status.f_bavail * status.f_frsize


def _replace_worker(world: World, orders: dict[str, object]) -> None:
    """Kill a worker; the one that is started for it does as these orders say."""
    draft = world.orders / "next-worker.draft"
    draft.write_text(json.dumps(orders))
    draft.rename(world.orders / "next-worker.json")
    processes = _processes(world, "worker")[:1]
    kill(processes)
    end = time.monotonic() + 20
    while (world.orders / "next-worker.json").exists() and time.monotonic() < end:
        time.sleep(0.1)

"""One run: a stack, its users, its faults, and the verdict."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

import synthmill
from synthmill.app.core.db import models
from synthmill.app.core.errors import CoreError
from synthmill.app.core.jobs.state import ENDED
from synthmill.generators.engine import registry
from synthmill.generators.importing.table_file import read_table_file
from synthmill.generators.learning import fit, fit_options
from tests.chaos import faults
from tests.chaos.invariants import Allowed, Expected, leftovers, violations
from tests.chaos.load import Owner, make_keys
from tests.chaos.scenario import ON_FOLDER, Order, Scenario, data_to_learn
from tests.chaos.world import PLUGINS, World

END_SECONDS = 480.0
REST_SECONDS = 20.0
DISK_BYTES = 1 << 30
WORKSPACES = 3
_LOOK_SECONDS = 0.3


@dataclass
class Result:
    scenario: Scenario
    seconds: float
    done: list[str]
    """The faults, in the order in which they began, with when."""
    violations: list[str]
    left_out: list[str] = field(default_factory=list)
    """Faults that this machine can't have."""


def run(scenario: Scenario, folder: Path, mounts: bool) -> Result:
    """Play a scenario in an empty folder. `mounts`: file systems of our own can be made here."""
    _know_strategies()
    began = time.monotonic()
    left_out = [name for name in scenario.names if name in ON_FOLDER and not mounts]
    world = World(scenario, folder)
    with _small_disk(world, mounts and bool(set(ON_FOLDER) & set(scenario.names))):
        try:
            done, found = _play(world, left_out)
        finally:
            world.stop()
    return Result(scenario, time.monotonic() - began, done, found, left_out)


def _play(world: World, left_out: Sequence[str]) -> tuple[list[str], list[str]]:
    scenario = world.scenario
    expectations = [expected_files(order) for order in scenario.orders]
    world.start()
    with world.services() as services:
        tokens = make_keys(services, WORKSPACES)
    owners = [
        Owner(
            world.ports,
            tokens[order.key],
            order,
            f"order-{number}",
            random.Random(f"{scenario.seed} {number}"),
        )
        for number, order in enumerate(scenario.orders)
    ]
    for owner in owners:
        owner.send_data()
    done: list[str] = []
    found: list[str] = []
    acting = [threading.Thread(target=_act, args=(owner,), daemon=True) for owner in owners]
    keeper = DoneParts(world)
    began = time.monotonic()
    breaking = [
        threading.Thread(target=_break, args=(world, name, began + when, done, found), daemon=True)
        for when, name in scenario.faults
        if name not in left_out
    ]
    for thread in (*acting, *breaking):
        thread.start()
    for thread in (*breaking, *acting):
        thread.join(END_SECONDS)
    world.let_go_on()
    found += [complaint for owner in owners for complaint in owner.complaints]
    found += _wait_for_the_end(world, owners)
    keeper.close()
    found += keeper.found
    jobs = [
        Expected(owner.job_id, ends_of(owner.order), files, owner.seen, expected_model(owner.order))
        for owner, files in zip(owners, expectations, strict=True)
        if owner.job_id
    ]
    with world.services() as services:
        found += violations(services, jobs, allowed(scenario))
        found += _count(services, len(owners))
    return done, found


def _act(owner: Owner) -> None:
    try:
        owner.act()
    except Exception as error:
        owner.complaints.append(f"{owner.name}: {type(error).__name__}: {error}")


def ends_of(order: Order) -> tuple[str, ...]:
    return ("cancelled", "completed") if order.end == "cancelled" else (order.end,)


def allowed(scenario: Scenario) -> Allowed:
    costs = [faults.COSTS[name] for name in scenario.names if name in faults.COSTS]
    return Allowed(
        losses=sum(cost.losses for cost in costs),
        returned=sum(cost.returned for cost in costs),
        errors=4 if "memory_error" in scenario.names else 0,
    )


def _break(world: World, name: str, when: float, done: list[str], found: list[str]) -> None:
    chance = random.Random(f"{world.scenario.seed} {name}")
    time.sleep(max(0.0, when - time.monotonic()))
    done.append(name)
    world.note(f"{name} begins")
    try:
        with world.one_at_a_time(name):
            complaint = getattr(faults, name)(world, chance)
    except Exception as error:
        complaint = f"could not be done: {type(error).__name__}: {error}"
    world.note(f"{name} is over, {complaint or 'as it should be'}")
    if complaint:
        found.append(f"{name}: {complaint}")


def _wait_for_the_end(world: World, owners: list[Owner]) -> list[str]:
    """All jobs ended, watchers too, and nothing left over; else what there is at the end of our patience."""
    end = time.monotonic() + END_SECONDS
    ids = [owner.job_id for owner in owners if owner.job_id]
    with world.services() as services:
        while time.monotonic() < end:
            try:
                with services.db.read() as session:
                    states = session.execute(select(models.Job.state).where(models.Job.id.in_(ids))).scalars()
                    if all(state in ENDED for state in states):
                        break
            except SQLAlchemyError:
                pass
            time.sleep(_LOOK_SECONDS)
        rest = time.monotonic() + REST_SECONDS
        while time.monotonic() < rest:
            try:
                watching = any(owner.order.watched and not owner.saw_the_end for owner in owners)
                if not watching and not leftovers(services):
                    return []
            except (SQLAlchemyError, CoreError):
                pass
            time.sleep(_LOOK_SECONDS)
    return [
        f"the watcher of {owner.name} never saw the end"
        for owner in owners
        if owner.order.watched and not owner.saw_the_end
    ]


def _count(services: Any, accepted: int) -> list[str]:
    with services.db.read() as session:
        there = len(session.execute(select(models.Job.id)).all())
    return [] if there == accepted else [f"{accepted} jobs were asked for, {there} are there"]


class DoneParts:
    """Looks at the parts all the time: one that is done has to stay as it is."""

    def __init__(self, world: World) -> None:
        self.found: list[str] = []
        self._world, self._attempts = world, dict[tuple[str, int], int]()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._look_again, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._thread.join(30)

    def _look_again(self) -> None:
        with self._world.services() as services:
            while not self._closing.wait(_LOOK_SECONDS):
                try:
                    with services.db.read() as session:
                        rows = session.execute(
                            select(models.Part.job_id, models.Part.number, models.Part.attempt).where(
                                models.Part.state == "done"
                            )
                        ).all()
                except SQLAlchemyError:
                    continue
                for job_id, number, attempt in rows:
                    if self._attempts.setdefault((job_id, number), attempt) != attempt:
                        self.found.append(f"part {number} of {job_id} was done and was made again")
                        self._attempts[job_id, number] = attempt


def expected_files(order: Order) -> dict[str, dict[str, Any]]:
    """The manifest's entries by file name, of an undisturbed run in this process; none where the job has to
    fail."""
    makes_files = order.end != "failed" and not order.rows_of_data
    return _made(json.dumps(order.request)) if makes_files else {}


def expected_model(order: Order) -> str | None:
    """The sha256 of the model that an undisturbed fit gives; None for a job of another kind."""
    return _fitted(order.rows_of_data, order.request["parameters"]["privacy"]) if order.rows_of_data else None


@cache
def _fitted(rows: int, privacy: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "people.csv")
        path.write_bytes(data_to_learn(rows))
        table = read_table_file(path, "people", "csv")
    return fit({"people": table}, fit_options({"privacy": privacy})).sha256


@cache
def _made(request: str) -> dict[str, dict[str, Any]]:
    _know_strategies()
    with tempfile.TemporaryDirectory() as folder:
        dataset = synthmill.generate(**json.loads(request), out=folder)
        return {file["name"]: file for file in dataset.manifest["files"]}


def _know_strategies() -> None:
    """Have this process, too, find the strategies that the stack's find."""
    missing = [str(folder) for folder in PLUGINS if str(folder) not in sys.path]
    if missing:
        sys.path += missing
        registry.refresh()


@contextmanager
def _small_disk(world: World, wanted: bool) -> Iterator[None]:
    """A file system of its own for the data folder, small enough to be filled."""
    if not wanted:
        yield
        return
    options = f"size={DISK_BYTES},mode=700"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(world.data)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(world.data)], check=False)

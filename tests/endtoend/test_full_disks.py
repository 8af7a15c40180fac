"""Disks that are full, or nearly: what is promised of them is held against real ones, mounted for a test."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from synthmill.client.client import Client
from synthmill.supervisor.address import ask_ready
from tests.endtoend.looking import hashes
from tests.stack.stack import running_stack

SAID_WITHIN = 30.0
"""Seconds."""
MB, GB = 1 << 20, 1 << 30


@contextmanager
def mounted(place: Path, *options: str) -> Iterator[Path]:
    place.mkdir()
    _run(["mount", *options, str(place)])
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def _run(command: Sequence[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no file system can be mounted here: {error}")


def fill(place: Path) -> Path:
    """A file that has all that is free."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (MB, 4_096):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    return filler


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_job_whose_store_is_full_says_so_and_completes_when_there_is_room_again(tmp_path: Path) -> None:
    with mounted(tmp_path / "objects", "-t", "tmpfs", "-o", "size=96m", "tmpfs") as objects:
        environment = {"SYNTHMILL_STORAGE_URL": f"file://{objects}", "SYNTHMILL_MIN_FREE_BYTES": "0"}
        with (
            running_stack(tmp_path / "data", environment=environment) as stack,
            Client(data=stack.data) as client,
        ):
            filler = fill(objects)
            began = time.monotonic()
            job = client.submit(template="retail", rows=200_000, seed=7, part_rows=65_536)
            while job.refresh().view["waiting_for"] is None or ask_ready(stack.url, 5.0)[0]:
                assert time.monotonic() - began < SAID_WITHIN, job.view
                time.sleep(0.2)
            print(f"said after {time.monotonic() - began:.1f} s: {job.view['waiting_for']}")
            assert (job.state, job.view["phase"]) == ("running", "waiting")
            assert job.view["waiting_since"] is not None
            assert "No space left on device" in job.view["waiting_for"]
            assert "storage" in ask_ready(stack.url, 5.0)[1]
            filler.unlink()
            done = client.wait(job, timeout=120)
            assert (done.state, done.view["waiting_for"]) == ("completed", None)
            again = client.wait(client.submit(template="retail", rows=200_000, seed=7), timeout=120)
            assert hashes(done) == hashes(again)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_embedded_store_works_on_a_disk_of_250_gb_of_which_2_are_free(tmp_path: Path) -> None:
    image = tmp_path / "disk"
    with image.open("wb") as file:
        file.truncate(250 * GB)
    _run(["mkfs.ext4", "-q", "-m", "0", "-E", "lazy_itable_init=1,lazy_journal_init=1", str(image)])
    with mounted(tmp_path / "disk.mounted", "-o", "loop", str(image)) as disk:
        status = os.statvfs(disk)
        taken = status.f_bavail * status.f_frsize - 2 * GB
        _run(["fallocate", "-l", str(taken), str(disk / "filler")])
        began = time.monotonic()
        with (
            running_stack(disk / "data", "s3+sqlite") as stack,
            Client(data=stack.data) as client,
        ):
            print(f"ready after {time.monotonic() - began:.1f} s")
            # What it has is said at the start.
            assert "Room for objects: 1," in stack.log.read_text()
            job = client.wait(client.submit(template="retail", rows=500_000, seed=7), timeout=300)
            assert job.state == "completed", job.view
            print(f"completed after {time.monotonic() - began:.1f} s")
            began = time.monotonic()
        print(f"stopped after {time.monotonic() - began:.1f} s")

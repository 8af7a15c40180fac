"""Comparisons that a client has a server make."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import synthmill
from synthmill.client.client import Client
from synthmill.errors import NotFoundError, RefusedRequestError
from tests.client.server import RunningServer
from tests.learnt import ROWS


@pytest.fixture(autouse=True)
def worker(server: RunningServer) -> Iterator[None]:
    with server.working():
        yield


def test_a_frame_and_a_file_are_compared_as_the_library_does(client: Client, tmp_path: Path) -> None:
    frame, file = pd.DataFrame(ROWS[:200]), tmp_path / "made.csv"
    pd.DataFrame(ROWS[200:]).to_csv(file, index=False)
    job = client.evaluations.create(frame, file, seed=3).wait(timeout=60)
    assert job.result is not None
    found = client.evaluations.get(job.result["evaluation_id"])
    here = synthmill.evaluate(frame, pd.DataFrame(ROWS[200:]), seed=3).as_dict()
    assert [one["value"] for one in found["report"]["scores"]] == [one["value"] for one in here["scores"]]
    assert found["id"] in [one["id"] for one in client.evaluations.list()]
    page = client.evaluations.download(found["id"], tmp_path / "report.html")
    assert page.read_text("utf-8").startswith("<!doctype html>")
    client.evaluations.delete(found["id"])
    with pytest.raises(NotFoundError):
        client.evaluations.get(found["id"])


def test_what_is_to_be_judged_must_be_said_once(client: Client) -> None:
    with pytest.raises(RefusedRequestError, match="synthetic"):
        client.evaluations.create(pd.DataFrame(ROWS))

from __future__ import annotations

from typing import Any

import synthmill
from synthmill.client.client import Client
from synthmill.client.job import Job

VIEW: dict[str, Any] = {
    "id": "job_1",
    "state": "failed",
    "template": None,
    "strategy": "tabular",
    "dataset": "<b>shop</b>",
    "format": "csv",
    "compression": "none",
    "seed": 7,
    "rows_total": 1_000_000,
    "rows_done": 500_000,
    "percentage": 50.0,
    "error": "it broke & burnt",
    "files": [],
    "last_seq": 9,
}


def job() -> Job:
    return Job(Client("http://127.0.0.1:9", "key"), VIEW)


def test_the_package_has_the_client() -> None:
    assert synthmill.Client is Client


def test_a_notebook_shows_state_and_numbers_and_escapes_what_people_wrote() -> None:
    html = job()._repr_html_()
    assert "1,000,000" in html
    assert "value='50.0'" in html
    assert "&lt;b&gt;shop" in html
    assert "it broke &amp; burnt" in html
    assert "<b>shop" not in html


def test_the_repr_says_which_job_and_how_far() -> None:
    assert repr(job()) == "<Job job_1 failed 50 %>"
    assert (job().ended, job().error, job().last_seq) == (True, "it broke & burnt", 9)

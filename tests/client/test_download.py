from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from synthmill.app.core.db import models
from synthmill.client.client import Client
from synthmill.client.job import Job
from synthmill.errors import (
    DamagedDownloadError,
    JobFailedError,
    NotFinishedError,
    NotFoundError,
    UnreachableError,
)
from synthmill.generators.datasets import manifest as manifests
from tests.client.server import SHOP, RunningServer, serving
from tests.old_manifests import as_version_1
from tests.roots import root_of


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synthmill.client.download.backoff", lambda attempt: 0.0)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def promised(job: Job) -> dict[str, str]:
    return {file["name"]: file["root"] for file in job.files}


def hashes(folder: Path) -> dict[str, str]:
    entries = json.loads((folder / "manifest.json").read_bytes())["files"]
    return {entry["name"]: root_of((folder / entry["name"]).read_bytes(), entry) for entry in entries}


def test_every_file_and_the_manifest_arrive_as_promised(completed: Job, tmp_path: Path) -> None:
    paths = completed.download(tmp_path / "new" / "folder")
    assert [path.name for path in paths] == ["customers.csv", "orders.csv", "profile.json", "manifest.json"]
    assert hashes(tmp_path / "new" / "folder") == promised(completed)
    assert manifests.parse(paths[-1].read_bytes())["recipe"] == completed.view["recipe"]


def test_a_cut_off_file_goes_on_where_it_stopped(
    server: RunningServer, completed: Job, tmp_path: Path
) -> None:
    server.network.cut_body("orders.csv", after=1000)
    server.network.cut_body("orders.csv", after=5000)
    completed.download(tmp_path)
    assert hashes(tmp_path) == promised(completed)
    ranges = [asked.get("HTTP_RANGE") for asked in server.network.asked("GET", "orders.csv")]
    assert ranges == [None, "bytes=1000-", "bytes=6000-"]


def test_a_download_given_up_earlier_goes_on_where_it_stopped(
    server: RunningServer, completed: Job, tmp_path: Path
) -> None:
    server.network.cut_body("orders.csv", after=1000)
    server.network.lose_answer("orders.csv", times=5)
    with pytest.raises(UnreachableError):
        completed.download(tmp_path)
    assert "orders.csv" not in names(tmp_path)
    completed.download(tmp_path)
    assert server.network.asked("GET", "orders.csv")[-1]["HTTP_RANGE"] == "bytes=1000-"
    assert names(tmp_path) == ["customers.csv", "manifest.json", "orders.csv", "profile.json"]


def test_damaged_bytes_are_fetched_once_more(server: RunningServer, completed: Job, tmp_path: Path) -> None:
    server.network.garble_body("orders.csv")
    completed.download(tmp_path)
    assert hashes(tmp_path) == promised(completed)


def test_what_came_before_a_damaged_block_is_not_fetched_again(
    server: RunningServer, completed: Job, tmp_path: Path
) -> None:
    completed.download(tmp_path / "whole")
    entry = json.loads((tmp_path / "whole" / "manifest.json").read_bytes())["files"][1]
    second_block = entry["prefix"]["size"] + entry["blocks"][0]["size"]
    content = bytearray((tmp_path / "whole" / "orders.csv").read_bytes())
    content[second_block + 5] ^= 1
    server.network.answer("orders.csv", bytes(content))
    completed.download(tmp_path / "again")
    assert hashes(tmp_path / "again") == promised(completed)
    assert server.network.asked("GET", "orders.csv")[-1]["HTTP_RANGE"] == f"bytes={second_block}-"


def test_bytes_that_went_bad_on_the_disk_are_fetched_again_from_their_block_on(
    server: RunningServer, completed: Job, tmp_path: Path
) -> None:
    completed.download(tmp_path / "whole")
    entry = json.loads((tmp_path / "whole" / "manifest.json").read_bytes())["files"][1]
    second_block = entry["prefix"]["size"] + entry["blocks"][0]["size"]
    server.network.cut_body("orders.csv", after=second_block + 1000)
    server.network.lose_answer("orders.csv", times=5)
    with pytest.raises(UnreachableError):
        completed.download(tmp_path / "out")
    [part] = (tmp_path / "out").glob(".orders.csv.*")
    for spoilt, first in ((second_block + 9, f"bytes={second_block + 1000}-"), (20, None)):
        stored = bytearray(part.read_bytes())
        stored[spoilt] ^= 1
        part.write_bytes(stored)
        server.network.lose_answer("orders.csv", times=5)
        with pytest.raises(UnreachableError):
            completed.download(tmp_path / "out")
        asked = server.network.asked("GET", "orders.csv")[-1].get("HTTP_RANGE")
        # A block of which a part is there is only found out when all of it is.
        assert asked == (first if first else f"bytes={entry['prefix']['size']}-")
    completed.download(tmp_path / "out")
    assert hashes(tmp_path / "out") == promised(completed)


def test_bytes_that_stay_damaged_are_not_kept(server: RunningServer, completed: Job, tmp_path: Path) -> None:
    server.network.garble_body("orders.csv", times=2)
    with pytest.raises(DamagedDownloadError, match=r"orders\.csv arrived damaged twice"):
        completed.download(tmp_path)
    assert names(tmp_path) == ["customers.csv"]


def test_a_file_that_is_longer_than_promised_is_not_kept(
    server: RunningServer, completed: Job, tmp_path: Path
) -> None:
    server.network.answer("customers.csv", b"x" * 10_000, times=2)
    with pytest.raises(DamagedDownloadError):
        completed.download(tmp_path)
    assert names(tmp_path) == []


def test_files_that_are_there_already_are_not_fetched_again(
    server: RunningServer, completed: Job, tmp_path: Path
) -> None:
    completed.download(tmp_path)
    (tmp_path / "customers.csv").write_text("spoiled")
    completed.download(tmp_path)
    assert len(server.network.asked("GET", "orders.csv")) == 1
    assert hashes(tmp_path) == promised(completed)


def _manifest_naming(job: Job, name: str, folder: Path) -> bytes:
    job.download(folder)
    content: dict[str, Any] = json.loads((folder / "manifest.json").read_bytes())
    content["files"][0]["name"] = name
    output, recipe = manifests.output_of(content), manifests.recipe_of(content)
    return manifests.dumps(manifests.manifest(recipe, output, content["files"], content["profile"]))


@pytest.mark.parametrize("name", ["../outside.csv", "/tmp/outside.csv", ".hidden", "a\\b.csv"])
def test_a_manifest_can_not_lead_out_of_the_folder(
    server: RunningServer, completed: Job, tmp_path: Path, name: str
) -> None:
    server.network.answer("manifest.json", _manifest_naming(completed, name, tmp_path / "honest"), times=1)
    with pytest.raises(DamagedDownloadError, match=r"manifest\.json"):
        completed.download(tmp_path / "out")
    assert names(tmp_path / "out") == []


def test_a_store_that_the_server_points_to_never_sees_the_key(
    server: RunningServer, client: Client, completed: Job, tmp_path: Path
) -> None:
    honest = {path.name: path.read_bytes() for path in completed.download(tmp_path / "honest")}
    seen: list[dict[str, Any]] = []

    def store(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.append(environ)
        start_response("200 OK", [("Content-Type", "text/csv")])
        return [honest["orders.csv"]]

    with serving(store) as address:
        server.network.refuse("orders.csv", 302, Location=f"{address}/signed?Signature=x")
        completed.download(tmp_path / "out")
    assert hashes(tmp_path / "out") == promised(completed)
    (asked,) = seen
    assert asked["QUERY_STRING"] == "Signature=x"
    assert not [name for name, value in asked.items() if server.key in str(value)]


def test_a_manifest_that_contradicts_itself_is_refused(
    server: RunningServer, completed: Job, tmp_path: Path
) -> None:
    server.network.answer("manifest.json", b"{}")
    with pytest.raises(DamagedDownloadError, match="manifest"):
        completed.download(tmp_path)


def test_a_job_at_work_has_no_files_yet(client: Client, tmp_path: Path) -> None:
    with pytest.raises(NotFinishedError, match="is queued"):
        client.submit(**SHOP).download(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_stopped_job_has_no_files(client: Client, tmp_path: Path) -> None:
    with pytest.raises(JobFailedError) as raised:
        client.submit(**SHOP).stop().download(tmp_path / "out")
    assert raised.value.state == "cancelled"


def test_an_unknown_job_is_not_found(client: Client, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        client.download("nope", tmp_path)


def test_progress_tells_the_bytes_of_all_files(client: Client, completed: Job, tmp_path: Path) -> None:
    reported: list[tuple[int, int]] = []
    client.download(completed, tmp_path, on_bytes=lambda here, total: reported.append((here, total)))
    total = sum(path.stat().st_size for path in tmp_path.iterdir() if path.name != "manifest.json")
    assert reported[-1] == (total, total)
    assert [here for here, _ in reported] == sorted(here for here, _ in reported)


def test_a_manifest_of_other_files_is_gone_as_soon_as_the_first_new_file_may_be_there(
    server: RunningServer, client: Client, completed: Job, tmp_path: Path
) -> None:
    completed.download(tmp_path)
    other = client.submit(**{**SHOP, "seed": 8})
    server.work()
    server.network.lose_answer("orders.csv", times=5)
    with pytest.raises(UnreachableError):
        other.refresh().download(tmp_path)
    assert "manifest.json" not in names(tmp_path)
    completed.download(tmp_path)
    assert hashes(tmp_path) == promised(completed)


def test_a_dataset_with_a_manifest_of_version_1_is_fetched_and_checked_by_its_sha256(
    server: RunningServer, completed: Job, tmp_path: Path
) -> None:
    completed.download(tmp_path / "new")
    content = json.loads((tmp_path / "new" / "manifest.json").read_bytes())
    old = as_version_1(content, lambda name: (tmp_path / "new" / name).read_bytes())
    with server.services.db.write() as session:
        session.execute(update(models.Dataset).values(manifest=old))
    server.services.storage.put(f"jobs/{completed.id}/files/manifest.json", manifests.dumps(old))
    server.network.cut_body("orders.csv", after=1000)
    server.network.garble_body("customers.csv")
    completed.download(tmp_path / "old")
    for name in ("customers.csv", "orders.csv", "profile.json"):
        assert (tmp_path / "old" / name).read_bytes() == (tmp_path / "new" / name).read_bytes()
    assert server.network.asked("GET", "orders.csv")[-1]["HTTP_RANGE"] == "bytes=1000-"
    file = next(entry for entry in old["files"] if entry["name"] == "orders.csv")
    answer = server.network.app.test_client().get(  # type: ignore[attr-defined]
        f"/api/v1/downloads/{completed.id}/orders.csv", headers={"X-API-Key": server.key}
    )
    assert answer.headers["ETag"] == f'"{file["sha256"]}"'
    assert answer.headers["X-Checksum-SHA256"] == file["sha256"]

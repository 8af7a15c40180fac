from __future__ import annotations

import hashlib

import pytest

from synthmill.app.core.services import Services
from tests.api.caller import Caller

CONTENT = bytes(range(256)) * 10


@pytest.fixture
def path(api: Caller) -> str:
    answer = api.post("/uploads?name=Müller.html", data=CONTENT, content_type="text/html")
    return f"/uploads/{answer.json['data']['id']}/content"


def test_the_bytes_come_whole_with_type_name_and_hash(api: Caller, path: str) -> None:
    answer = api.get(path)
    assert (answer.status_code, answer.data) == (200, CONTENT)
    assert answer.mimetype == "text/html"
    assert answer.headers["X-Checksum-SHA256"] == hashlib.sha256(CONTENT).hexdigest()


def test_a_browser_saves_them_and_shows_nothing(api: Caller, path: str) -> None:
    disposition = api.get(path).headers["Content-Disposition"]
    assert disposition == "attachment; filename=\"M_ller.html\"; filename*=UTF-8''M%C3%BCller.html"


def test_one_range_is_answered_with_206(api: Caller, path: str) -> None:
    answer = api.get(path, headers={"Range": "bytes=10-19"})
    assert (answer.status_code, answer.data) == (206, CONTENT[10:20])
    assert answer.headers["Content-Range"] == f"bytes 10-19/{len(CONTENT)}"
    assert api.get(path, headers={"Range": f"bytes={len(CONTENT)}-"}).status_code == 416


def test_an_upload_without_a_name_is_saved_under_its_id(api: Caller) -> None:
    made = api.post("/uploads", data=CONTENT).json["data"]
    answer = api.get(f"/uploads/{made['id']}/content")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{made["id"]}"'


def test_bytes_that_storage_has_lost_are_404(api: Caller, services: Services, path: str) -> None:
    services.storage.delete(services.storage.list(""))
    api.refused(404, "GET", path)

from __future__ import annotations

import pytest

from synthmill.app.core.errors import StorageError
from synthmill.app.core.services import Services
from tests.api.caller import Caller


@pytest.fixture
def upload(api: Caller) -> str:
    made: str = api.post("/uploads", data=b"a").json["data"]["id"]
    return made


def test_a_deleted_upload_is_gone_with_its_bytes(api: Caller, services: Services, upload: str) -> None:
    assert api.delete(f"/uploads/{upload}").status_code == 204
    for method, path in (("GET", ""), ("GET", "/content"), ("DELETE", "")):
        api.refused(404, method, f"/uploads/{upload}{path}")
    assert api.get("/uploads").json["data"] == []
    assert list(services.storage.list("")) == []


def test_the_same_bytes_can_be_uploaded_again(api: Caller, upload: str) -> None:
    api.delete(f"/uploads/{upload}")
    again = api.post("/uploads", data=b"a")
    assert again.status_code == 201
    assert again.json["data"]["id"] != upload


def test_an_upload_is_gone_also_while_storage_is_away(
    api: Caller, services: Services, upload: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(prefix: str) -> None:
        raise StorageError("the store is away")

    monkeypatch.setattr(services.storage, "delete_prefix", away)
    assert api.delete(f"/uploads/{upload}").status_code == 204
    api.refused(404, "GET", f"/uploads/{upload}")
    monkeypatch.undo()
    assert api.post("/uploads", data=b"a").status_code == 201

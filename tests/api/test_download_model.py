from __future__ import annotations

import hashlib
from collections.abc import Callable

from tests.api.caller import Caller, fields
from tests.learnt import fitted

Work = Callable[[], None]
OPEN = {"privacy": "open"}


def test_a_careful_models_file_is_its_sha256(api: Caller, work: Work) -> None:
    model = fitted(api, work)
    answer = api.get(f"/models/{model['id']}/file")
    assert answer.status_code == 200
    assert hashlib.sha256(answer.data).hexdigest() == model["sha256"] == answer.headers["X-Checksum-SHA256"]
    assert len(answer.data) == model["size"]
    assert "people.model" in answer.headers["Content-Disposition"]
    part = api.get(f"/models/{model['id']}/file", headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.data) == (206, answer.data[:10])
    assert api.get(f"/models/{model['id']}").json["data"]["exports"] == []


def test_an_open_one_leaves_only_by_a_word_which_is_recorded(api: Caller, work: Work) -> None:
    model = fitted(api, work, parameters=OPEN)
    path = f"/models/{model['id']}/file"
    problem = api.refused(422, "GET", path)
    assert fields(problem) == ["allow_open"]
    assert fields(api.refused(422, "GET", f"{path}?allow_open=false")) == ["allow_open"]
    assert api.get(f"/models/{model['id']}").json["data"]["exports"] == []
    for times in (1, 2):
        assert api.get(f"{path}?allow_open=true").status_code == 200
        exports = api.get(f"/models/{model['id']}").json["data"]["exports"]
        assert len(exports) == times
    key = api.get("/keys").json["data"][0]["id"]
    assert {one["key_id"] for one in exports} == {key}
    assert exports[0]["exported_at"] >= exports[1]["exported_at"]


def test_looking_whether_it_is_there_records_nothing(api: Caller, work: Work) -> None:
    model = fitted(api, work, parameters=OPEN)
    assert api.call("HEAD", f"/models/{model['id']}/file?allow_open=true").status_code == 200
    assert api.get(f"/models/{model['id']}").json["data"]["exports"] == []

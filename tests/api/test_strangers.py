"""Whatever strangers with a key send, the answer is a problem and never a 500, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synthmill.app.core.access import keys
from synthmill.app.core.db import Database, migrate
from synthmill.app.core.services import Services
from synthmill.app.core.settings import Settings
from synthmill.app.core.storage import open_storage
from synthmill.app.factory import create_app
from tests.api.caller import Caller
from tests.examples import examples
from tests.fakes import MemoryBus, RecordingQueue
from tests.stack.postgres import Postgres


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def api(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    folder: Path = tmp_path_factory.mktemp("strangers")
    postgres: Postgres | None = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    configured = Settings(data=folder, database_url=postgres.new_database() if postgres else "")
    database, storage = Database(configured.database_url), open_storage(configured)
    services = Services(configured, database, storage, MemoryBus(), RecordingQueue())
    services.storage.ensure()
    migrate(services.db)
    token = keys.first_key(services)
    assert token is not None
    yield Caller(create_app(services=services), token)
    services.close()


UNICODE = st.characters(exclude_categories=["Cs"])
TEXT = st.text(max_size=30) | st.sampled_from(["\0", "\ud800", "retail", "tabular", "orders", "csv", "../.."])
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
FIELD = st.sampled_from(
    ["strategy", "template", "parameters", "rows", "seed", "format", "compression", "workspace", "dataset",
     "part_rows", "max_parallel", "limit", "table", "name", "job_id", "events_per_second", "max_events"]
)  # fmt: skip
OBJECT = st.dictionaries(FIELD | TEXT, VALUE, max_size=6)
PARAMETER = st.sampled_from(["after", "limit", "state", "dataset", "name"]) | st.text(max_size=5)
SPECIAL_SEGMENT = st.sampled_from(
    ["jobs", "downloads", "datasets", "templates", "keys", "events", "stop", "..", "%00", "%ff"]
)
ANY_SEGMENT = st.text(UNICODE, min_size=1, max_size=20).map(lambda text: quote(text, safe=""))

fuzzed = settings(
    max_examples=examples(25, at_night=300), suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@fuzzed
@given(
    path=st.sampled_from(["/generate", "/preview", "/keys", "/tickets", "/streams"]),
    body=OBJECT.map(lambda body: {"template": "retail", **body}) | VALUE,
)
def test_any_body_is_taken_or_refused(api: Caller, path: str, body: object) -> None:
    answer = api.post(path, data=json.dumps(body), content_type="application/json")
    assert answer.status_code in (200, 201, 202, 404, 422), answer.text


@fuzzed
@given(
    path=st.sampled_from(["/jobs", "/datasets", "/keys", "/strategies", "/jobs/job_x/events"]),
    query=st.dictionaries(
        PARAMETER,
        st.text(UNICODE, max_size=30) | st.sampled_from(["\0", "-1", "9" * 400]),
        max_size=3,
    ),
)
def test_any_query_is_taken_or_refused(api: Caller, path: str, query: dict[str, str]) -> None:
    answer = api.get(path, query_string=query)
    assert answer.status_code in (200, 404, 422), answer.text


@fuzzed
@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE"]),
    parts=st.lists(SPECIAL_SEGMENT | ANY_SEGMENT, min_size=1, max_size=4),
)
def test_any_path_is_found_or_not(api: Caller, method: str, parts: list[str]) -> None:
    answer = api.call(method, "/" + "/".join(parts))
    assert answer.status_code in (200, 404, 405, 422), answer.text


@pytest.mark.parametrize("name", ["\0", "a\0b"])
@pytest.mark.parametrize(
    "path", ["/jobs/{}", "/jobs/{}/events", "/downloads/{}/x", "/datasets/{}", "/templates/{}"]
)
def test_a_name_that_no_database_takes_is_404(api: Caller, path: str, name: str) -> None:
    api.refused(404, "GET", path.format(quote(name)))


@pytest.mark.parametrize("header", ["Idempotency-Key", "Prefer", "X-Request-Id", "Range", "Accept"])
@pytest.mark.parametrize("value", ["\x80\xff", "x" * 8000, ",,;=", '"', "wait=" + "9" * 5000])
def test_any_header_is_taken_or_refused(api: Caller, header: str, value: str) -> None:
    for method, path in [("POST", "/generate"), ("GET", "/jobs/job_x/events"), ("GET", "/jobs")]:
        assert api.call(method, path, headers={header: value}).status_code in (200, 404, 422)

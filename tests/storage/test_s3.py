"""What an S3 storage promises beyond the common contract."""

from __future__ import annotations

import http.client
import subprocess
import sys
import traceback
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from synthmill.app.core.storage import S3Storage, StorageError
from synthmill.servers.ports import free_ports
from synthmill.servers.seaweedfs import SeaweedFS
from tests.stack.embedded import s3_storage


def fetch(link: str) -> tuple[int, bytes, str]:
    """Status, body and Content-Disposition of what a link gives."""
    address = urlsplit(link)
    with closing(http.client.HTTPConnection(address.netloc, timeout=10)) as connection:
        connection.request("GET", f"{address.path}?{address.query}")
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers.get("Content-Disposition", "")


def test_a_signed_link_downloads_under_its_name(seaweedfs: SeaweedFS) -> None:
    with s3_storage(seaweedfs, "tests", "links", public=True) as storage:
        storage.put("jobs/1/orders.csv", b"id\n1\n")
        link = storage.presign("jobs/1/orders.csv", 60, 'заказы "1".csv')
    assert link is not None
    status, body, disposition = fetch(link)
    assert (status, body) == (200, b"id\n1\n")
    assert disposition.startswith("attachment; filename=\"______ _1_.csv\"; filename*=UTF-8''%D0%B7%D0%B0")


def test_a_changed_link_opens_nothing(seaweedfs: SeaweedFS) -> None:
    with s3_storage(seaweedfs, "tests", "links", public=True) as storage:
        storage.put("a", b"a")
        storage.put("b", b"b")
        link = storage.presign("a", 60, "a")
    assert link is not None
    assert fetch(link)[0] == 200
    assert fetch(link.replace("/links/a?", "/links/b?"))[0] == 403


def test_no_public_address_means_no_links(seaweedfs: SeaweedFS) -> None:
    with s3_storage(seaweedfs, "tests") as storage:
        assert storage.presign("a", 60, "a") is None


def test_two_prefixes_of_a_bucket_never_meet(seaweedfs: SeaweedFS) -> None:
    with s3_storage(seaweedfs, "tests", "meet/1") as one, s3_storage(seaweedfs, "tests", "meet/10") as ten:
        ten.put("x/a", b"10")
        one.put("x/a", b"1")
        upload = ten.begin("x/b")
        one.delete_prefix("x/")
        assert list(one.list("")) == [] and list(ten.list("")) == ["x/a"]
        assert ten.uploads("") == [("x/b", upload)]


def test_a_missing_bucket_fails_the_check_until_it_is_made(seaweedfs: SeaweedFS) -> None:
    with s3_storage(seaweedfs, "not-yet-there", region="us-east-1") as storage:
        with pytest.raises(StorageError, match="no bucket not-yet-there"):
            storage.check()
        with pytest.raises(StorageError):
            storage.put("a", b"a")
        storage.ensure()
        storage.check()


def test_a_wrong_secret_is_refused_and_told_to_nobody(seaweedfs: SeaweedFS) -> None:
    with (
        s3_storage(seaweedfs, "tests", secret_key="not-the-secret") as storage,
        pytest.raises(StorageError, match=r"refused to store a: SignatureDoesNotMatch \(403\)") as caught,
    ):
        storage.put("a", b"a")
    whole = "".join(traceback.format_exception(caught.value))
    assert "not-the-secret" not in whole and seaweedfs.secret_key not in whole


def test_a_store_that_is_down_is_named_as_the_reason() -> None:
    (port,) = free_ports(1)
    storage = S3Storage(bucket="tests", endpoint=f"http://127.0.0.1:{port}", access_key="a", secret_key="b")
    with closing(storage):
        with pytest.raises(StorageError, match="can't store a: the object store can't be reached"):
            storage.put("a", b"a")
        with pytest.raises(StorageError, match="can't be reached"):
            storage.check()


def test_a_small_piece_before_the_last_is_refused(seaweedfs: SeaweedFS) -> None:
    with s3_storage(seaweedfs, "tests", "small") as storage:
        upload = storage.begin("file")
        pieces = [(number, storage.put_piece("file", upload, number, b"small")) for number in (1, 2)]
        with pytest.raises(StorageError, match="EntityTooSmall"):
            storage.finish("file", upload, pieces)
        storage.abort("file", upload)
        assert storage.min_piece == 5 << 20


def test_a_closed_storage_opens_anew(seaweedfs: SeaweedFS) -> None:
    with s3_storage(seaweedfs, "tests", "closed") as storage:
        storage.put("a", b"a")
        storage.close()
        assert storage.get("a") == b"a"


def test_boto3_is_imported_at_the_first_use() -> None:
    program = (
        "import sys; from synthmill.app.core.storage import S3Storage; S3Storage(bucket='b'); "
        "sys.exit('boto3' in sys.modules or 'botocore' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

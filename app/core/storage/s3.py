"""Storage in a bucket of any S3-compatible store, through boto3."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from synthmill.app.core.errors import MissingObjectError, MissingUploadError, StorageError
from synthmill.app.core.storage.s3_client import make_client, translated
from synthmill.app.core.storage.storage import (
    CHUNK_BYTES,
    PROBE_BYTES,
    PROBE_KEY,
    Stat,
    Uploads,
    attachment,
    check_folder_prefix,
    check_key,
    check_number,
    check_pieces,
    check_prefix,
    writing,
)

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

DELETED_AT_ONCE = 1000


class S3Storage:
    """Objects of one bucket, beneath an optional prefix. An empty endpoint means AWS itself.

    Empty keys mean what boto3 finds by itself (a role, a profile). The client is made at the first use.
    """

    min_piece = 5 << 20

    def __init__(
        self,
        *,
        bucket: str,
        prefix: str = "",
        endpoint: str = "",
        region: str = "us-east-1",
        access_key: str = "",
        secret_key: str = "",
        public_endpoint: str = "",
    ) -> None:
        self.bucket = bucket
        self._root = f"{prefix}/" if prefix else ""
        self._endpoint, self._public_endpoint = endpoint, public_endpoint
        self._region, self._access_key, self._secret_key = region, access_key, secret_key
        self._clients: dict[str, S3Client] = {}
        self._lock = threading.Lock()

    def put(self, key: str, *data: bytes) -> str:
        name = self._name(key)
        with writing(f"store {key}"), translated(f"store {key}", key):
            return _plain(self._client.put_object(Bucket=self.bucket, Key=name, Body=b"".join(data))["ETag"])

    def get(self, key: str) -> bytes:
        return b"".join(self.read(key))

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        name = self._name(key)
        with translated(f"read {key}", key):
            if start == 0 and stop is None:
                body = self._client.get_object(Bucket=self.bucket, Key=name)["Body"]
                return _chunks(body, key)
            size = self._client.head_object(Bucket=self.bucket, Key=name)["ContentLength"]
            last = min(size, size if stop is None else stop) - 1
            if start > last:
                return iter(())
            # A store answers 416 to a range that begins at the end, hence the size first.
            body = self._client.get_object(Bucket=self.bucket, Key=name, Range=f"bytes={start}-{last}")[
                "Body"
            ]
            return _chunks(body, key)

    def stat(self, key: str) -> Stat | None:
        name = self._name(key)
        with suppress(MissingObjectError), translated(f"look at {key}", key):
            found = self._client.head_object(Bucket=self.bucket, Key=name)
            return Stat(found["ContentLength"], _plain(found["ETag"]))
        return None

    def delete(self, keys: Iterable[str]) -> None:
        names = [self._name(key) for key in keys]
        for first in range(0, len(names), DELETED_AT_ONCE):
            group: list[ObjectIdentifierTypeDef] = [
                {"Key": name} for name in names[first : first + DELETED_AT_ONCE]
            ]
            with translated("delete objects"):
                answer = self._client.delete_objects(
                    Bucket=self.bucket, Delete={"Objects": group, "Quiet": True}
                )
            for error in answer.get("Errors", []):
                if error.get("Code") != "NoSuchKey":
                    raise StorageError(f"can't delete {error.get('Key')}: {error.get('Code')}")

    def list(self, prefix: str) -> Iterator[str]:
        start = self._root + check_prefix(prefix)
        with translated(f"list {prefix}"):
            for page in self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=start
            ):
                for found in page.get("Contents", []):
                    yield found["Key"].removeprefix(self._root)

    def delete_prefix(self, prefix: str) -> None:
        check_folder_prefix(prefix)
        for key, upload_id in self.uploads(prefix):
            self.abort(key, upload_id)
        self.delete(self.list(prefix))

    def begin(self, key: str) -> str:
        name = self._name(key)
        with translated(f"begin {key}", key):
            return self._client.create_multipart_upload(Bucket=self.bucket, Key=name)["UploadId"]

    def put_piece(self, key: str, upload_id: str, number: int, *data: bytes) -> str:
        name = self._name(key)
        try:
            action = f"store piece {number} of {key}"
            with writing(action), translated(action, key):
                return _plain(
                    self._client.upload_part(
                        Bucket=self.bucket,
                        Key=name,
                        UploadId=upload_id,
                        PartNumber=check_number(number),
                        Body=b"".join(data),
                    )["ETag"]
                )
        except MissingObjectError:
            raise MissingUploadError(key, upload_id) from None

    def copy_piece(self, key: str, upload_id: str, number: int, source: str) -> str:
        with translated(f"store piece {number} of {key}", source):
            answer = self._client.upload_part_copy(
                Bucket=self.bucket,
                Key=self._name(key),
                UploadId=upload_id,
                PartNumber=check_number(number),
                CopySource={"Bucket": self.bucket, "Key": self._name(source)},
            )
            return _plain(answer["CopyPartResult"]["ETag"])

    def finish(self, key: str, upload_id: str, pieces: Sequence[tuple[int, str]]) -> str:
        check_pieces(pieces)
        name = self._name(key)
        try:
            with translated(f"finish {key}", key):
                answer = self._client.complete_multipart_upload(
                    Bucket=self.bucket,
                    Key=name,
                    UploadId=upload_id,
                    MultipartUpload={
                        "Parts": [{"PartNumber": number, "ETag": f'"{etag}"'} for number, etag in pieces]
                    },
                )
                return _plain(answer["ETag"])
        except MissingObjectError:
            # The upload is gone. If the object is there, in as many pieces, someone finished it before us.
            done = self.stat(key)
            if done is None or not done.etag.endswith(f"-{len(pieces)}"):
                raise MissingUploadError(key, upload_id) from None
            return done.etag

    def abort(self, key: str, upload_id: str) -> None:
        name = self._name(key)
        with suppress(MissingObjectError), translated(f"abort {key}", key):
            self._client.abort_multipart_upload(Bucket=self.bucket, Key=name, UploadId=upload_id)

    def uploads(self, prefix: str) -> Uploads:
        start = self._root + check_prefix(prefix)
        with translated(f"list the uploads of {prefix}"):
            pages = self._client.get_paginator("list_multipart_uploads").paginate(
                Bucket=self.bucket, Prefix=start
            )
            return sorted(
                (found["Key"].removeprefix(self._root), found["UploadId"])
                for page in pages
                for found in page.get("Uploads", [])
            )

    def presign(self, key: str, seconds: int, file_name: str) -> str | None:
        if not self._public_endpoint:
            return None
        name = self._name(key)
        with translated(f"sign a link to {key}"):
            return self._client_of(self._public_endpoint).generate_presigned_url(
                "get_object",
                Params={
                    "Bucket": self.bucket,
                    "Key": name,
                    "ResponseContentDisposition": attachment(file_name),
                },
                ExpiresIn=seconds,
            )

    def check(self) -> None:
        try:
            with translated(f"reach the bucket {self.bucket}"):
                self._client.head_bucket(Bucket=self.bucket)
        except MissingObjectError:
            raise StorageError(f"there is no bucket {self.bucket}") from None
        self.put(PROBE_KEY, bytes(PROBE_BYTES))
        self.delete([PROBE_KEY])

    def ensure(self) -> None:
        with suppress(MissingObjectError), translated(f"reach the bucket {self.bucket}"):
            self._client.head_bucket(Bucket=self.bucket)
            return
        # Two servers may start at once on one bucket.
        owned = self._client.exceptions.BucketAlreadyOwnedByYou
        with translated(f"make the bucket {self.bucket}"), suppress(owned):
            # AWS refuses the name of its first region as a constraint.
            if self._region == "us-east-1":
                self._client.create_bucket(Bucket=self.bucket)
            else:
                self._client.create_bucket(
                    Bucket=self.bucket,
                    CreateBucketConfiguration={"LocationConstraint": self._region},  # type: ignore[typeddict-item]
                )

    def tidy(self) -> None:
        """Nothing: an object appears whole, and ending a job aborts its uploads."""

    def close(self) -> None:
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()

    def _name(self, key: str) -> str:
        return self._root + check_key(key)

    @property
    def _client(self) -> S3Client:
        return self._client_of(self._endpoint)

    def _client_of(self, endpoint: str) -> S3Client:
        with self._lock:
            if endpoint not in self._clients:
                self._clients[endpoint] = make_client(
                    endpoint, self._region, self._access_key, self._secret_key
                )
            return self._clients[endpoint]


def _plain(etag: str) -> str:
    return etag.strip('"')


def _chunks(body: StreamingBody, key: str) -> Iterator[bytes]:
    with translated(f"read {key}", key), body:
        yield from body.iter_chunks(CHUNK_BYTES)

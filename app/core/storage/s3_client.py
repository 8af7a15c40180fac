"""The boto3 client as every S3-compatible store accepts it, and its errors in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from synthmill.app.core.errors import MissingObjectError, StorageError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# A HEAD has no body, so the store's own word for what is missing gets lost and the status stands in for it.
MISSING = {"404", "NoSuchKey", "NotFound", "NoSuchBucket", "NoSuchUpload"}


def make_client(endpoint: str, region: str, access_key: str, secret_key: str) -> S3Client:
    """A thread-safe client. boto3 takes a third of a second to import, so it is imported here."""
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=5,
        read_timeout=60,
        retries={"mode": "standard", "total_max_attempts": 4},
        max_pool_connections=64,
        signature_version="s3v4",
        s3={"addressing_style": "path", "payload_signing_enabled": _is_open(endpoint)},
        # The checksums that boto3 adds by itself since 1.36 are refused by many stores that aren't AWS.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    # A session of our own: boto3's default session isn't safe to make clients from in several threads.
    return boto3.session.Session().client(
        "s3",
        endpoint_url=endpoint or None,
        region_name=region,
        aws_access_key_id=access_key or None,
        aws_secret_access_key=secret_key or None,
        config=config,
    )


def _is_open(endpoint: str) -> bool:
    """Whether others could change what is sent, so that it has to be signed: a sha256 of every byte.

    TLS keeps bytes as they are; to a store on this machine nobody else has a way.
    """
    address = urlsplit(endpoint)
    return address.scheme == "http" and address.hostname not in ("127.0.0.1", "localhost", "::1")


@contextmanager
def translated(action: str, key: str = "") -> Iterator[None]:
    """Turns what boto3 raises into StorageError, or MissingObjectError of this key.

    The text has the store's error code and status alone: no address, no header, no key of anybody's.
    """
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
    from botocore.exceptions import ConnectionError as NoConnectionError

    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown error")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", "no status")
        if code in MISSING:
            raise MissingObjectError(key) from error
        raise StorageError(f"the object store refused to {action}: {code} ({status})") from error
    except (NoConnectionError, HTTPClientError) as error:
        raise StorageError(
            f"can't {action}: the object store can't be reached ({type(error).__name__})"
        ) from error
    except BotoCoreError as error:
        raise StorageError(f"can't {action}: {type(error).__name__}") from error

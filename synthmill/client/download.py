"""A job's files, fetched so that what lies in the folder at the end is what the manifest promises.

Bytes go to a hidden file named after the sha256 they must have, so that a cut-off download goes on where it
stopped, today or in another process; the file gets its name when all of it has been checked.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx

from synthmill.client.http import LONGEST_PAUSE, Http, backoff
from synthmill.errors import ApiError, DamagedDownloadError, ServerFailedError, TooManyRequestsError

CUTS = 5
"""Broken connections in a row, none of which brought a byte, before a download is given up."""

OnBytes = Callable[[int, int], None]
"""Told the bytes that are here and the bytes there are in all."""


def download(http: Http, job_id: str, out: Path, on_bytes: OnBytes | None = None) -> list[Path]:
    """Every file of a completed job and its manifest into `out`, which is made if need be.

    Files that are there already with the right sha256 are not fetched again. Raises DamagedDownloadError if
    what arrives doesn't match the manifest (nothing of it stays), ApiError and UnreachableError.
    """
    from synthmill.generators.datasets import manifest as manifests

    out.mkdir(parents=True, exist_ok=True)
    stored = fetch_manifest(http, job_id)
    try:
        # Checked there too: a manifest decides names, never places.
        content = manifests.parse(stored)
    except manifests.ManifestError as error:
        raise DamagedDownloadError(f"{manifests.FILE_NAME} of job {job_id}: {error}") from error
    entries = [*content["files"], content["profile"]]
    files = [_File(entry["name"], entry["size"], entry["sha256"]) for entry in entries]
    told = _Told(sum(file.size for file in files), on_bytes)
    manifest = out / manifests.FILE_NAME
    if manifest.exists() and manifest.read_bytes() != stored:
        manifest.unlink()  # it would speak for a mixture of old files and new
    paths = [_fetch(http, job_id, file, out, told) for file in files]
    written = out / f".{manifests.FILE_NAME}.part"
    written.write_bytes(stored)
    written.replace(manifest)
    return [*paths, manifest]


def fetch_manifest(http: Http, job_id: str) -> bytes:
    """The bytes of a completed job's manifest.json."""
    for attempt in range(1, CUTS + 1):
        try:
            with http.stream(_path(job_id, "manifest.json"), {}) as response:
                return response.read()
        except (httpx.TransportError, ServerFailedError) as error:
            _pause_or_raise(http, attempt, error)
    raise AssertionError("the last attempt returns or raises")


@dataclass(frozen=True)
class _File:
    """What the manifest promises of a file."""

    name: str
    size: int
    sha256: str


class _Told:
    """Passes on how many bytes are here over all files."""

    def __init__(self, total: int, on_bytes: OnBytes | None) -> None:
        self._total, self._on_bytes = total, on_bytes
        self.base = 0

    def here(self, of_this_file: int) -> None:
        if self._on_bytes is not None:
            self._on_bytes(self.base + of_this_file, self._total)


def _fetch(http: Http, job_id: str, file: _File, out: Path, told: _Told) -> Path:
    path = out / file.name
    if not _is_here(path, file):
        part = out / f".{file.name}.{file.sha256[:16]}.part"
        if not (_complete(http, job_id, file, part, told) or _complete(http, job_id, file, part, told)):
            raise DamagedDownloadError(
                f"{file.name} arrived damaged twice: not what the manifest promises; nothing was kept"
            )
        part.replace(path)
    told.base += file.size
    told.here(0)
    return path


def _is_here(path: Path, file: _File) -> bool:
    if not path.is_file() or path.stat().st_size != file.size:
        return False
    with path.open("rb") as stored:
        return hashlib.file_digest(stored, "sha256").hexdigest() == file.sha256


def _complete(http: Http, job_id: str, file: _File, part: Path, told: _Told) -> bool:
    """Fetches what `part` lacks; whether it has the manifest's sha256 then. If not, it is removed."""
    attempt = 0
    while (have := part.stat().st_size if part.exists() else 0) < file.size or not part.exists():
        attempt += 1
        try:
            _append(http, job_id, file, part, have, told)
        except (httpx.TransportError, ServerFailedError, TooManyRequestsError) as error:
            grew = part.exists() and part.stat().st_size > have
            attempt = 1 if grew else attempt
            _pause_or_raise(http, attempt, error)
    if _is_here(part, file):
        return True
    part.unlink()
    return False


def _append(http: Http, job_id: str, file: _File, part: Path, have: int, told: _Told) -> None:
    headers = {"Range": f"bytes={have}-"} if have else {}
    with http.stream(_path(job_id, file.name), headers) as response:
        resumed = response.status_code == 206
        here = have if resumed else 0
        with part.open("ab" if resumed else "wb") as stored:
            for chunk in response.iter_raw():
                here += len(chunk)
                stored.write(chunk)
                told.here(here)
                if here > file.size:
                    return  # too long to be right: the check of its sha256 throws it away
    if here < file.size:
        raise httpx.RemoteProtocolError(f"{file.name} ended after {here} of {file.size} bytes")


def _path(job_id: str, name: str) -> str:
    return f"/downloads/{quote(job_id, safe='')}/{quote(name, safe='')}"


def _pause_or_raise(http: Http, attempt: int, error: Exception) -> None:
    if attempt >= CUTS:
        raise error if isinstance(error, ApiError) else http.unreachable(error) from error
    asked = (error.retry_after if isinstance(error, ApiError) else None) or 0.0
    time.sleep(max(backoff(attempt), min(asked, LONGEST_PAUSE)))

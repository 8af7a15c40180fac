"""A job's files, fetched so that what lies in the folder at the end is what the manifest promises.

Bytes go to a hidden file named after the hashes that they must have, each block checked as it comes. So a
cut-off download goes on where it stopped, today or in another process, and what came before a damaged block
is kept; the file gets its name when all of it has been checked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx

from synthmill.client.http import LONGEST_PAUSE, Http, backoff
from synthmill.errors import ApiError, DamagedDownloadError, ServerFailedError, TooManyRequestsError

if TYPE_CHECKING:
    from synthmill.generators.datasets.file_check import FileCheck
    from synthmill.generators.datasets.hashes import Check

CUTS = 5
"""Broken connections in a row, none of which brought a byte, before a download is given up."""

DAMAGES = 2
"""Damaged blocks of one file before it is given up."""
_CHUNK = 2**20

OnBytes = Callable[[int, int], None]
"""Called with the bytes that are here and the bytes there are in all."""


def download(http: Http, job_id: str, out: Path, on_bytes: OnBytes | None = None) -> list[Path]:
    """Every file of a completed job and its manifest into `out`, which is made if need be.

    Files that are there already, as the manifest promises them, are not fetched again. Raises
    DamagedDownloadError if what arrives isn't what it promises (nothing of it stays), ApiError and
    UnreachableError.
    """
    from synthmill.generators.datasets import manifest as manifests
    from synthmill.generators.datasets.hashes import checks

    out.mkdir(parents=True, exist_ok=True)
    stored = fetch_manifest(http, job_id)
    try:
        # Checked there too: a manifest decides names, never places.
        content = manifests.parse(stored)
    except manifests.ManifestError as error:
        raise DamagedDownloadError(f"{manifests.FILE_NAME} of job {job_id}: {error}") from error
    entries = [*content["files"], content["profile"]]
    files = [_File(entry["name"], entry["size"], checks(content["manifest"], entry)) for entry in entries]
    progress = _Progress(sum(file.size for file in files), on_bytes)
    manifest = out / manifests.FILE_NAME
    if manifest.exists() and manifest.read_bytes() != stored:
        manifest.unlink()  # it would speak for a mixture of old files and new
    paths = [_fetch(http, job_id, file, out, progress) for file in files]
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
    checks: Sequence[Check]

    @property
    def mark(self) -> str:
        """Distinguishes it from other files of its name."""
        from synthmill.generators.datasets.hashes import digest

        return digest("".join(check.hexdigest for check in self.checks).encode()).hex()[:16]


class _DamagedError(Exception):
    """A block isn't the one that the manifest promises."""


class _Progress:
    """Reports how many bytes are here over all files."""

    def __init__(self, total: int, on_bytes: OnBytes | None) -> None:
        self._total, self._on_bytes = total, on_bytes
        self.base = 0

    def here(self, of_this_file: int) -> None:
        if self._on_bytes is not None:
            self._on_bytes(self.base + of_this_file, self._total)


def _fetch(http: Http, job_id: str, file: _File, out: Path, progress: _Progress) -> Path:
    path = out / file.name
    if not _check_of(path, file).complete:
        part = out / f".{file.name}.{file.mark}.part"
        _complete(http, job_id, file, part, progress)
        part.replace(path)
    progress.base += file.size
    progress.here(0)
    return path


def _check_of(path: Path, file: _File) -> FileCheck:
    """How far the bytes at `path` are those of the file; none where nothing is there."""
    from synthmill.generators.datasets.file_check import FileCheck

    check = FileCheck(file.checks)
    if path.is_file() and path.stat().st_size <= file.size:
        with path.open("rb") as stored:
            while (chunk := stored.read(_CHUNK)) and check.take(chunk):
                pass
    return check


def _complete(http: Http, job_id: str, file: _File, part: Path, progress: _Progress) -> None:
    """Fetches what `part` lacks. Raises DamagedDownloadError, and then `part` is gone."""
    check = _check_of(part, file)
    part.touch()
    _cut_back(part, check)
    attempt = damages = 0
    while not check.complete:
        attempt += 1
        have = check.taken
        try:
            _append(http, job_id, file, part, check, progress)
        except _DamagedError:
            damages += 1
            _cut_back(part, check)
            if damages >= DAMAGES:
                part.unlink()
                raise DamagedDownloadError(
                    f"{file.name} arrived damaged twice: not what the manifest promises; nothing was kept"
                ) from None
        except (httpx.TransportError, ServerFailedError, TooManyRequestsError) as error:
            attempt = 1 if check.taken > have else attempt
            _pause_or_raise(http, attempt, error)


def _cut_back(part: Path, check: FileCheck) -> None:
    """Keep of `part` what may be right: all of it, or the blocks before a wrong one."""
    if not check.sound:
        check.rewind()
    with part.open("r+b") as stored:
        stored.truncate(check.taken)


def _append(http: Http, job_id: str, file: _File, part: Path, check: FileCheck, progress: _Progress) -> None:
    """Fetches the rest, from what `check` has taken on. Raises _DamagedError at the first wrong block."""
    headers = {"Range": f"bytes={check.taken}-"} if check.taken else {}
    with http.stream(_path(job_id, file.name), headers) as response:
        if response.status_code != 206:
            check.restart()
        with part.open("r+b") as stored:
            stored.truncate(check.taken)
            stored.seek(check.taken)
            for chunk in response.iter_raw():
                stored.write(chunk)
                if not check.take(chunk):
                    raise _DamagedError
                progress.here(check.taken)
    if not check.complete:
        raise httpx.RemoteProtocolError(f"{file.name} ended after {check.taken} of {file.size} bytes")


def _path(job_id: str, name: str) -> str:
    return f"/downloads/{quote(job_id, safe='')}/{quote(name, safe='')}"


def _pause_or_raise(http: Http, attempt: int, error: Exception) -> None:
    if attempt >= CUTS:
        raise error if isinstance(error, ApiError) else http.unreachable(error) from error
    asked = (error.retry_after if isinstance(error, ApiError) else None) or 0.0
    time.sleep(max(backoff(attempt), min(asked, LONGEST_PAUSE)))

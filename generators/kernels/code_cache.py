"""The folder that compiled kernels are kept in, from one process to the next.

It is `__pycache__` beside each of their sources where that can be written to. An installed package may be
read-only, and its user may have no home: then it is a folder of the user's own, named after the sources, and
in the end one that lasts as long as the system's temporary files do.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_MARK = "kernels.sha256"
_KERNELS = "*.nb[ci]"


@dataclass(frozen=True)
class CodeCache:
    """Where the kernels of one state of the sources are kept."""

    sources: Path
    folder: Path | None
    """What numba is given, or None for `__pycache__` beside the sources."""
    lasting: bool = True
    """Whether it outlives the system's temporary files."""

    def fill(self, folder: Path, room: Path) -> None:
        """Copy what was compiled beside the sources in `room` into `folder`, empty yet, if it is of these."""
        mark = self.sources / "__pycache__" / _MARK
        with contextlib.suppress(OSError):
            if any(folder.iterdir()) or mark.read_text() != _digest(self.sources):
                return
            copy = Path(tempfile.mkdtemp(dir=folder.parent))
            try:
                for kept in (room / "__pycache__").glob(_KERNELS):
                    shutil.copyfile(kept, copy / kept.name)
                # All at once, for other processes may be beginning as well; the first one's is taken.
                copy.replace(folder)
            finally:
                shutil.rmtree(copy, ignore_errors=True)


def find_cache(sources: Path, wanted: str = "") -> CodeCache:
    """The first folder that can be written to: one that the user wants, beside the sources, the user's cache,
    a private one among the temporary files.

    Raises OSError, which says so, where there is none.
    """
    name = f"synthmill-kernels-{_digest(sources)[:16]}"
    if wanted and _can_be_written(Path(wanted, name)):
        return CodeCache(sources, Path(wanted, name))
    if _can_be_written(sources / "__pycache__"):
        forget_old(sources)
        return CodeCache(sources, None)
    for home in _user_caches():
        if _can_be_written(home / name):
            return CodeCache(sources, home / name)
    for temporary in _private_folders():
        if _can_be_written(temporary / name):
            return CodeCache(sources, temporary / name, lasting=False)
    raise OSError(
        "no folder to keep compiled code in: neither the package's, nor the home folder's cache, nor that of "
        "temporary files can be written to"
    )


def forget_old(sources: Path) -> None:
    """Empty the caches within a folder of kernels where its sources, or those beside it, have changed.

    numba looks at a kernel's own file alone, and kernels are made of functions of other files.
    """
    mark, digest = sources / "__pycache__" / _MARK, _digest(sources)
    if mark.exists() and mark.read_text() == digest:
        return
    for old in sources.rglob(f"__pycache__/{_KERNELS}"):
        old.unlink(missing_ok=True)
    mark.parent.mkdir(exist_ok=True)
    mark.write_text(digest)


def _digest(sources: Path) -> str:
    files = sorted(sources.parent.rglob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def _can_be_written(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


def _user_caches() -> Iterator[Path]:
    given = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    # Without a home, as for a user who has no name in a container, "~" stays as it is.
    if given.is_absolute():
        yield given


def _private_folders() -> Iterator[Path]:
    """A folder of this user's alone: others could put code into one that they can write to."""
    with contextlib.suppress(OSError):
        temporary = Path(tempfile.gettempdir())
        # Where nothing else can be written to, that is the working folder, which anybody may have filled.
        if temporary == Path.cwd():
            return
        user = os.getuid() if hasattr(os, "getuid") else 0
        folder = temporary / f"synthmill-{user}"
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if stat.S_ISDIR(found.st_mode) and found.st_uid == user and not found.st_mode & 0o077:
            yield folder

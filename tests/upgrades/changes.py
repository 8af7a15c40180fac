"""What migrations change of rows that are there: all else has to stay as it is, row by row."""

from __future__ import annotations

from collections.abc import Callable

from tests.upgrades.rows import Rows

_UNFINISHED = ("queued", "running", "paused")


def expected(before: Rows, revision: str) -> Rows:
    """The rows of a database of that revision as they should be once it is migrated, new columns left out."""
    for changing, change in _CHANGES.items():
        if revision < changing:
            before = change(before)
    return before


def _begin_again(rows: Rows) -> Rows:
    """Unfinished jobs are made from their first part on: blocks are recorded in another way."""
    unfinished = {job["id"] for job in rows["jobs"] if job["state"] in _UNFINISHED}
    new = {
        "jobs": {"parts_done": 0, "rows_done": 0, "bytes_done": 0, "finalise_until": None},
        "files": {"size": None, "sha256": None},
        "parts": {
            "state": "pending", "worker": None, "lease_until": None, "rows_made": 0, "size": None,
            "etag": None, "blocks": None, "profile": None,
        },
    }  # fmt: skip
    return rows | {
        table: [
            row | {name: value for name, value in values.items() if name in row}
            if row["id" if table == "jobs" else "job_id"] in unfinished
            else row
            for row in rows[table]
        ]
        for table, values in new.items()
    }


_CHANGES: dict[str, Callable[[Rows], Rows]] = {"0009": _begin_again}
"""By the revision that does it, in their order."""

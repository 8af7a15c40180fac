"""Where a job's bytes lie in storage: everything beneath one prefix."""

from __future__ import annotations


def job_prefix(job_id: str) -> str:
    return f"jobs/{job_id}/"


def pieces_prefix(job_id: str) -> str:
    return f"jobs/{job_id}/pieces/"


def piece_key(job_id: str, table: str, piece: int, attempt: int) -> str:
    """A piece, as one attempt at its part made it: nobody overwrites what another attempt has stored."""
    return f"{pieces_prefix(job_id)}{table}/{piece:05d}-{attempt}"


def file_key(job_id: str, name: str, run: int) -> str:
    """A file, as the job's first run or a retry made it: rows that follow from impure stages may be others,
    and a finaliser that was away while the job was retried must not put old ones in their place."""
    return f"jobs/{job_id}/files-{run}/{name}" if run else f"jobs/{job_id}/files/{name}"


def stages_prefix(job_id: str) -> str:
    return f"jobs/{job_id}/stages/"


def stage_block_key(job_id: str, stage: str, block: int, attempt: int) -> str:
    """A block's bytes, as one attempt at its part made them."""
    return f"{stages_prefix(job_id)}{stage}/{block:08d}-{attempt}"


def stage_part_key(job_id: str, stage: str, first_block: int, attempt: int) -> str:
    """What a part's blocks combine to, as one attempt at it made them."""
    return f"{stages_prefix(job_id)}{stage}/from-{first_block:08d}-{attempt}"


def stage_combined_key(job_id: str, stage: str, attempt: int) -> str:
    """What all blocks of a stage combine to, as one finaliser's attempt made it."""
    return f"{stages_prefix(job_id)}{stage}/all-{attempt}"

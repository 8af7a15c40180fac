"""Where a job's bytes lie in storage: everything beneath one prefix."""

from __future__ import annotations


def job_prefix(job_id: str) -> str:
    return f"jobs/{job_id}/"


def pieces_prefix(job_id: str) -> str:
    return f"jobs/{job_id}/pieces/"


def piece_key(job_id: str, table: str, piece: int) -> str:
    return f"{pieces_prefix(job_id)}{table}/{piece:05d}"


def file_key(job_id: str, name: str) -> str:
    return f"jobs/{job_id}/files/{name}"

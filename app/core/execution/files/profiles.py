"""The profiles of a table's parts, merged when its file is put together."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from synthmill.app.core.db import models
from synthmill.app.core.execution.files.assemble import Check
from synthmill.app.core.services import Services
from synthmill.generators.datasets.profile.table import TableProfile
from synthmill.generators.engine.plan import TablePlan

_AT_ONCE = 32

Part = models.Part


def merged_profile(services: Services, job_id: str, table: TablePlan, check: Check) -> TableProfile:
    """The profile of the whole table; some parts' are in memory at a time."""
    merged = TableProfile(table)
    piece = 0
    while packed := _packed(services, job_id, table.name, piece):
        for one in packed:
            check()
            merged.merge(TableProfile.unpack(table, one))
        piece += len(packed)
    return merged


def _packed(services: Services, job_id: str, table: str, first: int) -> Sequence[bytes]:
    """The profiles of the next parts of a table from a piece on; none at its end."""
    pieces = Part.piece.between(first, first + _AT_ONCE - 1)
    with services.db.read() as session:
        found = session.execute(
            select(Part.profile)
            .where(Part.job_id == job_id, Part.table == table, pieces, Part.profile.is_not(None))
            .order_by(Part.piece)
        ).scalars()
        return [profile for profile in found if profile is not None]

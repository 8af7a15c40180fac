"""Loaders of bodies that core reads: the fields of the server's own first, then the whole."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from synthmill.app.core.jobs.kind import Submission
from synthmill.app.core.requests.generation import SubmissionFields, submission_of
from synthmill.app.core.requests.preview import PreviewFields, Wanted, preview_of
from synthmill.app.http.context import principal, services


class SubmissionLoader(SubmissionFields):
    """Loads a body into a Submission."""

    class Meta:
        unknown = ma.INCLUDE

    @ma.post_load
    def submission(self, body: dict[str, Any], **_: Any) -> Submission:
        return submission_of(services(), principal(), body)


class PreviewLoader(PreviewFields):
    """Loads a body into what a preview is asked for."""

    class Meta:
        unknown = ma.INCLUDE

    @ma.post_load
    def wanted(self, body: dict[str, Any], **_: Any) -> Wanted:
        return preview_of(services(), principal(), body)

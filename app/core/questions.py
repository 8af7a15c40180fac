"""What confined work may ask of the server: a workspace's templates, and where its inputs are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from synthmill.app.core.confined.executor import Questions
from synthmill.app.core.services import Services
from synthmill.app.core.templates import own_template
from synthmill.app.core.uploads.inputs import questions_about_inputs


@contextmanager
def questions_of(services: Services, workspace_id: str) -> Iterator[Questions]:
    """The answers for a workspace; inputs that were asked for are held for as long as the context lasts."""

    def template(name: Any) -> dict[str, Any]:
        return own_template(services, workspace_id, str(name))

    with questions_about_inputs(services, workspace_id) as questions:
        yield {**questions, "template": template}

"""What strangers ask by the document alone: a fixed part of what the night tries by the thousand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.strangers.cases import Strangers
from tests.strangers.world import world_of_strangers

pytestmark = pytest.mark.slow


@pytest.fixture
def strangers(tmp_path: Path) -> Iterator[Strangers]:
    with world_of_strangers(tmp_path) as world:
        yield Strangers(world.app, world.token)


def test_every_operation_answers_as_the_document_says(strangers: Strangers) -> None:
    for operation in strangers.operations():
        strangers.alone(operation, examples=4, derandomize=True)
    assert not strangers.findings.failures
    assert strangers.findings.cases > 200


def test_requests_that_use_earlier_answers_are_answered_as_the_document_says(strangers: Strangers) -> None:
    strangers.along_links(runs=15, steps=10, derandomize=True)
    assert not strangers.findings.failures
    assert strangers.findings.statuses[200] + strangers.findings.statuses[204] > 10

from __future__ import annotations

from collections.abc import Iterator

import pytest

from synthmill.client.client import Client
from tests.stack.stack import Stack


@pytest.fixture
def client(stack: Stack) -> Iterator[Client]:
    with Client(data=stack.data) as client:
        yield client

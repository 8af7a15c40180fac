"""Fixtures for every test: real servers, started once per process of the test run and only when asked for."""

from __future__ import annotations

pytest_plugins = ["tests.stack.fixtures"]

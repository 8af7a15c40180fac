"""What keeps a stack from starting or staying up, in one line."""

from __future__ import annotations

from synthmill.errors import ClientError


class StackError(ClientError):
    """A part didn't start or didn't get ready; the text is one line for the person at the terminal."""

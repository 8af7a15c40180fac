"""Streams: endless data and a clock, without anything that runs."""

from app.core.streams.control import Wish, create, delete, pause, resume, stop, trigger, usual_id
from app.core.streams.patterns import Trigger
from app.core.streams.query import StreamView, get_stream, list_streams
from app.core.streams.watch import StreamWatch, follow_stream, read_stream

__all__ = [
    "StreamView",
    "StreamWatch",
    "Trigger",
    "Wish",
    "create",
    "delete",
    "follow_stream",
    "get_stream",
    "list_streams",
    "pause",
    "read_stream",
    "resume",
    "stop",
    "trigger",
    "usual_id",
]

"""The cache for what a request, a recipe or data set the size of: bounded by bytes, not by count."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

V = TypeVar("V")

ENTRY_BYTES = 500.0
"""Of every entry: its place, and a small key."""


class Recent(Generic[V]):
    """Values by key, up to a sum of sizes: those used longest ago are forgotten first, the newest never.

    For several threads: two that ask for what isn't there may both make it.
    """

    def __init__(self, most_bytes: int, size: Callable[[V], float]) -> None:
        """`size` says how many bytes a value takes, roughly."""
        self._most, self._size = most_bytes, size
        self._values: OrderedDict[Hashable, tuple[V, float]] = OrderedDict()
        self._total = 0.0
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], V], key_bytes: float = 0.0) -> V:
        """The value of this key, made unless it is there.

        `key_bytes` is what is kept with the value and its size doesn't tell, a large key above all.
        """
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key][0]
        made = make()
        size = self._size(made) + key_bytes + ENTRY_BYTES
        with self._lock:
            if key not in self._values:
                self._values[key] = made, size
                self._total += size
            while len(self._values) > 1 and self._total > self._most:
                self._total -= self._values.popitem(last=False)[1][1]
        return made

    def __len__(self) -> int:
        return len(self._values)

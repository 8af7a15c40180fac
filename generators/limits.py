"""The largest things that a request may ask for, in one place; every refusal names its limit.

A server may be stricter (its settings), never laxer.
"""

from __future__ import annotations

import re

MAX_NAME_LENGTH = 128
NAME_PATTERN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
COLUMN_PATTERN = re.compile(r"([A-Za-z_][A-Za-z0-9_]*\.)?[A-Za-z_][A-Za-z0-9_]*\Z")
"""A column of the row, or of the row that a link leads to: `customer_id.city`."""
"""What tables and columns may be called: safe as file names, and as names in SQL and in pandas."""
HEADER_PATTERN = re.compile(r"[^\x00-\x1f\x7f]+\Z")
"""What columns may be called that are learnt from data, which has names such as `net price`."""

MAX_TABLE_ROWS = 10**10
MAX_TABLES = 200
MAX_COLUMNS = 1_000
MAX_WORDS = 100_000
"""Entries of one list in the parameters (word lists, categories, weights)."""

MAX_PLUGINS = 100
"""Packages that a request may say it needs."""

MAX_FIELDS = 100
"""Of a request or a template as a whole, which know about a dozen."""
MAX_DEPTH = 32
"""Objects and lists inside one another."""
MAX_VALUES = 2_000_000
"""Values in one request, counted with all that is nested."""
MAX_CELL_VALUES = 10_000
"""Values of one cell, lists and objects inside it written out. A block has as many rows as fit its bytes, but
one at least: this bounds what that one takes."""
MAX_INTEGER = 2**63 - 1
"""Whole numbers lie between minus this and this."""

MAX_SEED = 2**63 - 1
MAX_DRAWN_SEED = 2**53 - 1
"""Seeds that we draw stay where JavaScript, too, reads them exactly."""

MAX_FIT_ROWS = 1_000_000
"""Of one table that something is learnt from, or that is compared: all of them are in memory at once."""
MAX_PREVIEW_ROWS = 1_000
MAX_RECIPE_FILE_BYTES = 16 * 2**20

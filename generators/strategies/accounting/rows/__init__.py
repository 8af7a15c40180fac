"""The tables, and cells of their rows."""

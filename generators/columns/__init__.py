"""Columns: what a kind of column is, and what kinds are made of. `tables` and plugins import it."""

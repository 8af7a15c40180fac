"""Columns: what a kind of column is, and what kinds are made of."""

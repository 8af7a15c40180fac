"""Kernels of what learns from rows: trees, boosting, and which rows are nearest."""

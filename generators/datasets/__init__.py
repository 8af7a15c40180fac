"""Datasets as files: written, read, verified, compared."""

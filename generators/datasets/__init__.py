"""Datasets as files: written, read, verified, compared. Faces and the core import it, strategies don't."""

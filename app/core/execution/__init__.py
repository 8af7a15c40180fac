"""Doing the work of jobs: slots claim parts, make them, and the last one puts the files together."""

"""Kernels of journals: what each line of a document is."""

"""Kernels of journals: what each line of a document is, and the numbers of documents."""

"""Makers of pages and of lists of words, for developers; the product imports nothing of it."""

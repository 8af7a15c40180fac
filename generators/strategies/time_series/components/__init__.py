"""Kinds of components, found by the KINDS that each module has."""

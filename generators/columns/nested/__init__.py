"""Columns inside columns: lists, objects, mixtures. Kinds import this package."""

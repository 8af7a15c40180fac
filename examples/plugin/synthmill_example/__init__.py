"""A plugin for Synthmill: a column kind, a strategy and a format."""

"""Parameter fields, JSON Schema, JSON values, times."""

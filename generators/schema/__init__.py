"""Parameter fields, JSON Schema, JSON values, times: what data may say. Knows nothing of strategies."""

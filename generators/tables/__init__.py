"""The column engine: tables of columns, their relations and rules. Strategies stand on it: see `plans`."""

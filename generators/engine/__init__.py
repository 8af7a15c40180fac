"""The engine: what a strategy is, plans, recipes, cells and arrays."""

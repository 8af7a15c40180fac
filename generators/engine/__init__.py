"""The engine: what a strategy is, plans, recipes, cells, stages. Every room above it imports it."""

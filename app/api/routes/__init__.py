"""The routes, a file for each resource; app/api/__init__.py lists them."""

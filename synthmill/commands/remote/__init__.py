"""Commands that speak to a running server."""

"""The column kinds, a module each, found by the name KIND that it exposes."""

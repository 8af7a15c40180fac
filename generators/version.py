"""The two version numbers that a dataset depends on."""

VERSION = "0.1.0"
"""Version of the whole product, as packaged."""

ENGINE_VERSION = "2"
"""Changes whenever any recipe would give other values; part of every recipe."""

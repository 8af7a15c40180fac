"""Strategies to try the engine with: one with a combining stage, one with rounds, one with an input.

With this folder's parent on the path they are a plugin that is installed.
"""

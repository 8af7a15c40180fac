"""What strategies, column kinds and formats promise, as functions that try it.

Each function's name is a promise; it raises BrokenPromiseError where that isn't kept. Our own tests run them
on what Synthmill brings, and `synthmill plugins check` on what a plugin does.
"""

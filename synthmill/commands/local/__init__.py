"""Commands that work in this process, without a server; some can ask a server for the same instead."""

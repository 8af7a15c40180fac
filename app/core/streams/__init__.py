"""Streams: endless data and a clock, without anything that runs."""

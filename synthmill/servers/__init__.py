"""Servers that come in wheels and run as private child processes: Valkey, SeaweedFS."""

"""What an operator sees: logs, traces, counters."""

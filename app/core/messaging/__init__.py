"""Messages between processes: the queue of slots, the bus and the outbox of events. Never the truth."""

"""Messages between processes: the queue of slots and the bus of events. Never the truth."""

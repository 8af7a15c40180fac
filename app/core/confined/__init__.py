"""Work whose cost a request sets, done in processes of its own: `pool` asks for it, `works` is what is done.

A process has a limit of CPU, memory, time and answer, and ends where it reaches one, or where whoever asked
has gone. Decision 042 says why it is as it is.
"""

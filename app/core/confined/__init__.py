"""Work whose cost a request sets, run in processes of its own: `pool` is the executor, `works` what it runs.

A process has a limit of CPU, memory, time and answer, and ends where it reaches one, or where its caller
has gone. Decision 042 says why it is as it is.
"""

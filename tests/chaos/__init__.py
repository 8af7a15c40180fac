"""Breaking everything, from a seed: `make chaos SEEDS=N`, or `python -m tests.chaos --seed K` for one run.

A run starts a real stack as processes, gives it jobs of several keys, does to it what its seed says, puts
everything right again, and then holds every invariant against what is left (invariants.py).

    scenario.py   what a seed means: backend, faults with their times, jobs
    world.py      the servers and processes of one run
    faults/       one function per fault
    load.py       who asks for what, pauses, stops and watches
    invariants.py what has to be true afterwards
    run.py        one run from start to verdict
    sabotage/     what the stack's own processes load: a strategy that fails, a wrong clock, doubled messages
"""

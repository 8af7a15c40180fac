"""`synthmill up`: the whole stack on one machine, watched over by one process."""

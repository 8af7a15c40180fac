"""Commands that run a server, or a part of one."""

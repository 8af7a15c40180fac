"""The commands of `synthmill`, a module each; `synthmill.command` alone imports them, when asked for one.

What works in this process is in `local`, what speaks to a server in `remote`, what runs one in `server`.
"""

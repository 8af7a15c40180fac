"""The commands of `synthmill`, a module each; `synthmill.command` alone imports them, when asked for one."""

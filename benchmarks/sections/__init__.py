"""What is measured: a module each, with a TITLE, an ABOUT and `measure(settings)`."""

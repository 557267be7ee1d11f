"""The command line: arguments, printing, exit codes. The only package that prints.

0 done · 1 the user can mend it · 2 wrong usage · 3 a fault of ours · 130 stopped with Ctrl-C.
"""

from producer.cli.commands import app, main

__all__ = ["app", "main"]

"""The command line: arguments, printing, exit codes. The only package that prints.

0 done · 1 the user can mend it · 2 wrong usage · 3 a fault of ours · 130 stopped with Ctrl-C (143: by `kill`).
"""

import os
import sys

# Before numpy is loaded: our matrices are small, and BLAS's threads would spin beside the ones that work. Nor may the
# order of a sum depend on how many cores there are.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

try:
    from producer import memory

    memory.seldom_collected()  # before there is much: what is loaded stays
    from producer.cli.commands import app, main
except KeyboardInterrupt:  # before there is anything to be ended
    print("stopped", file=sys.stderr)
    raise SystemExit(130) from None

__all__ = ["app", "main"]

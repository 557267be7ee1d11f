"""Generators of what strangers may send, good, broken and hostile, and a command that runs them: `python -m fuzz`.

Not in the wheel. A generator takes a `random.Random` and nothing else, so a number remakes what it made, and
hypothesis, whose `randoms()` are such too, shrinks what it finds.
"""

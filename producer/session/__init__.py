"""Hands an episode over to a DAW: its own sources, trimmed, faded, levelled and panned, ready to be worked on.

What the mixer does to a clip is asked of the mixer itself (`alone`), so that a session follows whatever the mix
learns; each format is one writer of the same nouns (`nouns`).
"""

from producer.session.nouns import Episode
from producer.session.write import FORMATS, check, write

__all__ = ["FORMATS", "Episode", "check", "write"]

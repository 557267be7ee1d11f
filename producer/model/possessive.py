"""The English possessive: where it stands in a word, and how it is said."""

from __future__ import annotations


def parted(word: str) -> tuple[str, str]:
    """A word and its ending, if it has one.

    >>> parted("Aoife's"), parted("Aoife’s"), parted("Aoife")
    (('Aoife', "'s"), ('Aoife', '’s'), ('Aoife', ''))
    """
    return (word[:-2], word[-2:]) if word[-2:] in ("'s", "’s") and len(word) > 2 else (word, "")


def ending_ipa(said: str) -> str:
    """The ending after a word in IPA: after a hiss, a voiceless sound, or anything else.

    >>> [ending_ipa(said) for said in ("mæks", "pɪp", "biː")]
    ['ɪz', 's', 'z']
    """
    if said[-1] in "szʃʒ":
        return "ɪz"
    return "s" if said[-1] in "ptkfθ" else "z"

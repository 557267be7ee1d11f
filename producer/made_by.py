"""What decides, beside what it is made of, how something that is kept comes out: our code, and the libraries.

A library that is brought up to date may sound otherwise: nothing of what it made before may be mixed with what it
makes now.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from types import ModuleType

from producer.digests import code_of, code_under
from producer.installed import version

_LIBRARIES = ("numpy", "scipy", "soxr", "pedalboard", "soundfile", "imageio-ffmpeg")
"""What computes, bends, colours or decodes samples. What speaks and what encodes is named where that is done."""


def made_by(*packages: ModuleType) -> list[object]:
    """JSON values that name the code of some packages, and the libraries on which samples depend."""
    return [*_made_by(packages)]


@lru_cache(maxsize=16)
def _made_by(packages: tuple[ModuleType, ...]) -> tuple[str, ...]:
    """Asked for each file that is heard."""
    folders = [Path(folder) for package in packages for folder in package.__path__]
    return (code_of(*folders), *_versions())


@lru_cache(maxsize=1)
def made_by_program() -> list[str]:
    """The same of all of our code: what it is that mixes, masters and encodes."""
    return [code_under(Path(__file__).parent), *_versions()]


@lru_cache(maxsize=1)
def _versions() -> tuple[str, ...]:
    """Of the libraries, by what is installed: to ask a library itself, it would have to be loaded."""
    return tuple(f"{name} {version(name)}" for name in _LIBRARIES)

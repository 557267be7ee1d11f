"""A small pack with everything that an audition page must take: every kind, files and foley, and hostile names."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from producer.cache import Cache
from producer.packs.audition import Audition, write
from producer.sounds.pack import Pack
from tests.sounds_helpers import RECIPES, noise, packs_of, tone
from tests.sounds_helpers import write as write_sound

EVIL = "</script><script>window.hurt = 1</script><img src=x onerror='window.hurt=2'>"
QUOTES = 'it\'s a "hit" & <b>more.wav'

PACK = f"""pack: evil
version: 1.2.3
title: {EVIL}
author: A. Author
licence: CC0-1.0
homepage: javascript:window.hurt=3
sounds:
  air:
    kind: bed
    foley: hiss
    settings: {{strength: 0.7}}
  surf:
    kind: bed
    files: [surf.flac]
  boots:
    title: {EVIL}
    kind: steps
    foley: knock
    variations: 3
    pace: 0.5 s ± 4 %
    vary: {{pitch: ± 40 cents, level: ± 1 dB}}
    aliases: [walking]
  bang:
    title: two recordings
    ucs: DOORKnck
    files:
      - {{file: bangs/high.wav, source: 'javascript:window.hurt=4', weight: 2}}
      - file: bangs/it's*
        author: B. Author
        licence: CC-BY-4.0
        source: https://example.org/bang
        changed: trimmed
  ruin:
    title: not a sound at all
    files: [broken.wav]
  swell:
    kind: stinger
    layers:
      - {{foley: knock, settings: {{force: 0.9}}}}
      - {{foley: knock, level: -6 dB, delay: 120 ms}}
    variations: 2
"""


def hostile_pack(folder: Path) -> Pack:
    """The pack on disk and read; `bang`'s second file is far over full scale, `ruin`'s is no sound."""
    folder.mkdir(parents=True)
    (folder / "pack.yaml").write_text(PACK, "utf-8")
    (folder / "README.md").write_text(f"# Read me\n{EVIL}\n", "utf-8")
    (folder / "broken.wav").write_bytes(b"RIFF of nothing")
    quiet = np.concatenate([np.zeros((4800, 1), np.float32), tone(0.5, 1000.0, level=0.05)])
    write_sound(folder / "bangs" / "high.wav", quiet, subtype="FLOAT")
    write_sound(folder / "bangs" / QUOTES, 6.0 * noise(0.6, channels=2), subtype="FLOAT")
    write_sound(folder / "surf.flac", noise(9.0, channels=2, level=0.02))
    return packs_of(folder).listed[0]


def audition_of(root: Path, name: str = "out", jobs: int = 2) -> Audition:
    """The page of the hostile pack in `root`, made with a cache of its own."""
    folder = root / "evil"
    pack = packs_of(folder).listed[0] if folder.exists() else hostile_pack(folder)
    with Cache(root / "cache") as cache:
        return write(pack, root / name, RECIPES, cache, jobs=jobs)

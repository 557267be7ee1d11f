"""A mix that no round brings where it is to be is delivered as near as it came, and comes out the same every time."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.face_helpers import Shell, cache, shell

__all__ = ["cache", "shell"]

SCRIPT = """\
title: Never settled
profile: alexa
packs: [mine]
credits: no
cast:
  narrator: {voice: en-gb}
scenes:
  - play:
      - music: blop level 11 LU, duck no
      - pause: 2 s
      - narrator: A short line.
      - pause: 3 s
      - narrator: Another one.
      - pause: 4 s
"""
PACK = """\
pack: mine
version: 1.0.0
title: Mine
author: Tests
licence: CC0-1.0
sounds:
  blop: {title: blop, kind: bed, ucs: WIND, files: [blop.wav]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project whose one sound is bursts of all lengths over faint noise: each step of gain changes what counts."""
    random, rate_hz = np.random.default_rng(2), 24_000
    samples = 14 * rate_hz
    sound = random.standard_normal((samples, 2)) * 10.0 ** (random.uniform(-60.0, -30.0) / 20.0)
    for _ in range(int(random.integers(8, 40))):
        at, long = int(random.integers(0, samples - 4000)), int(random.integers(50, 3500))
        burst = random.standard_normal((long, 2)) * np.exp(-np.arange(long) / random.uniform(10.0, 500.0))[:, None]
        sound[at : at + long] += burst * 10.0 ** (random.uniform(-20.0, 0.0) / 20.0)
    (tmp_path / "sfx" / "mine").mkdir(parents=True)
    soundfile.write(tmp_path / "sfx" / "mine" / "blop.wav", sound / (np.abs(sound).max() * 1.01), rate_hz, "PCM_16")
    (tmp_path / "sfx" / "mine" / "pack.yaml").write_text(PACK, "utf-8")
    (tmp_path / "never.yaml").write_text(SCRIPT, "utf-8")
    return tmp_path


def test_it_is_the_same_from_an_empty_and_from_a_full_cache(shell: Shell, folder: Path) -> None:
    made, rounds = [], []
    for number in range(3):
        done = shell("episode", "never.yaml", "--stems", "--json", "-o", f"o{number}", cwd=folder)
        assert done.code == 0, done.err
        rounds.append(json.loads(done.out)["rounds"])
        files = sorted(path for path in (folder / f"o{number}").rglob("*") if path.is_file())
        made.append({path.relative_to(folder / f"o{number}"): sha256(path.read_bytes()).digest() for path in files})
    assert rounds == [4, 1, 1]  # no round is the last that is wanted, and none of a plan that is known
    assert made[0] == made[1] == made[2]

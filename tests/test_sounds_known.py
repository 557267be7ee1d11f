"""Packs that are kept: they are what reading them anew gives, and are read anew once anything of theirs has changed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from producer.bounds import BOUNDS
from producer.cache import Cache
from producer.errors import PackError
from producer.foley import RECIPES
from producer.model.foley import Recipe
from producer.sounds import known
from producer.sounds.known import packed, read_pack, unpacked
from producer.sounds.pack import Pack

ROOT = Path(__file__).parents[1]
YAML = """\
pack: mine
version: 1.2.0
author: Ada
licence: CC0-1.0
sounds:
  door: {foley: door, settings: {size: 0.4}, aliases: [gate]}
  gull:
    files:
      - {file: gull*.wav, weight: 2, source: "https://example.org"}
      - {file: far/tern.wav, onset: 20 ms, licence: CC-BY-4.0, author: Bo}
    pace: 3 s ± 40 %
  crash:
    layers:
      - {files: gull1.wav, level: -3 dB}
      - {foley: door, delay: 10 ms}
  sea: {kind: bed, files: sea.wav, loop: {start: 0.1 s, end: 0.9 s}}
words:
  door: [door, "doors"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "mine"
    (made / "far").mkdir(parents=True)
    for name in ("gull1", "gull2", "far/tern", "sea"):
        soundfile.write(made / f"{name}.wav", np.zeros((44100, 1)), 44100)
    (made / "pack.yaml").write_text(YAML, "utf-8")
    return made


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def _entries(cache: Cache) -> int:
    return sum(1 for path in cache.root.rglob("*") if path.is_file())


def _settled(folder: Path, cache: Cache, recipes: dict[str, Recipe] | None = None) -> tuple[Pack, bool]:
    """The pack, and whether it was read anew."""
    known._made.clear()
    before = _entries(cache)
    pack = read_pack(folder, "mine", recipes or RECIPES, cache)
    assert pack == read_pack(folder, "mine", recipes or RECIPES)
    return pack, _entries(cache) > before


@pytest.mark.parametrize("name", [one.parent.name for one in sorted((ROOT / "sfx").glob("*/pack.yaml"))])
def test_the_packs_that_ship_come_back_as_they_were(name: str) -> None:
    pack = read_pack(ROOT / "sfx" / name, f"sfx/{name}", RECIPES)
    again = unpacked(packed(pack))
    assert again == pack and repr(again) == repr(pack)
    assert list(again.sounds) == list(pack.sounds)  # in the order of the file


def test_a_pack_is_read_once(folder: Path, cache: Cache) -> None:
    first, anew = _settled(folder, cache)
    assert anew and len(first.sounds["gull"].members) == 3
    second, anew = _settled(folder, cache)
    assert not anew and second == first and repr(second) == repr(first)


def test_it_is_read_anew_once_a_file_comes_or_goes(folder: Path, cache: Cache) -> None:
    _settled(folder, cache)
    shutil.copy(folder / "gull1.wav", folder / "gull3.wav")
    pack, anew = _settled(folder, cache)
    assert anew and len(pack.sounds["gull"].members) == 4
    (folder / "far" / "tern.wav").unlink()
    with pytest.raises(PackError, match=r"'tern\.wav' is not there"):
        read_pack(folder, "mine", RECIPES, cache)


def test_it_is_read_anew_once_its_text_its_place_or_a_bound_changes(
    folder: Path, cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _settled(folder, cache)
    (folder / "pack.yaml").write_text(YAML.replace("Ada", "Eve"), "utf-8")
    pack, anew = _settled(folder, cache)
    assert anew and pack.author == "Eve"
    moved = folder.rename(tmp_path / "moved")
    pack, anew = _settled(moved, cache)
    assert anew and pack.folder == moved
    monkeypatch.setattr(known, "BOUNDS", replace(BOUNDS, pack_files=BOUNDS.pack_files - 1))
    assert _settled(moved, cache)[1]


def test_it_is_read_anew_once_a_recipe_has_other_knobs(folder: Path, cache: Cache) -> None:
    _settled(folder, cache)
    door = RECIPES["door"]
    knob, how = next(iter(door.settings.items()))
    other = {**RECIPES, "door": replace(door, settings={**door.settings, knob: replace(how, high=how.high / 2)})}
    pack, anew = _settled(folder, cache, other)
    assert anew and pack.sounds["door"].settings[knob][1] == how.high / 2


def test_a_folder_with_links_and_a_pack_with_mistakes_are_read_each_time(folder: Path, cache: Cache) -> None:
    (folder / "gull4.wav").symlink_to(folder / "gull1.wav")
    assert not _settled(folder, cache)[1]
    (folder / "gull4.wav").unlink()
    (folder / "pack.yaml").write_text(YAML.replace("aliases", "alases"), "utf-8")
    for _ in range(2):
        with pytest.raises(PackError, match="did you mean 'aliases'"):
            read_pack(folder, "mine", RECIPES, cache)
    assert _entries(cache) == 0

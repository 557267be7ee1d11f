"""Whose the sounds are: what is heard is credited, with all that was done to it, in text and inside the audio file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from mutagen import flac, id3

from producer.cache import Cache
from producer.deliver import credits, tags
from producer.model.sound import Origin
from producer.sounds import licences
from producer.timeline.uses import uses
from tests.deliver_helpers import script_of
from tests.pack_helpers import Made, made
from tests.sounds_helpers import RATE, noise, write, write_pack


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    with Cache(tmp_path / "cache") as kept:
        yield kept


BY = "author: N. Name, licence: CC-BY-4.0, source: 'https://example.org/1'"
SOUNDS = f"""\
  gull: {{title: a gull, files: gull.wav, {BY}, changed: cleaned}}
  sea: {{files: sea.wav, kind: bed, {BY}}}
  both: {{layers: [{{files: gull.wav}}, {{files: sea.wav}}], {BY}}}
  free: {{files: free.wav}}
  air: {{foley: hiss}}
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = write_pack(tmp_path / "p", SOUNDS)
    for number, (name, seconds) in enumerate((("gull", 0.5), ("sea", 2.0), ("free", 0.2))):
        write(folder / f"{name}.wav", noise(seconds, seed=number))
    return folder


def credited(episode: Made) -> dict[str, Origin]:
    heard = uses(episode.timeline, episode.palette)
    found = credits.credited((episode.palette.origins(use.role, use.member), use.changes) for use in heard)
    return {origin.file or origin.foley: origin for origin in found}


@pytest.mark.parametrize(
    ("play", "name", "changed"),
    [
        ("sound: gull", "gull.wav", "cleaned, level set"),
        ("sound: gull pitch +100 cents, treat radio", "gull.wav", "cleaned, pitched, filtered, level set"),
        ("sound: gull speed 80 %", "gull.wav", "cleaned, stretched, level set"),
        ("sound: gull for 200 ms", "gull.wav", "cleaned, trimmed, level set"),
        ("sound: both", "sea.wav", "layered, level set"),
        ("sound: free for 100 ms", "free.wav", ""),  # CC0 asks for nothing
        ("bed: air", "hiss", ""),
    ],
)
def test_what_is_done_to_a_sound_is_told_where_its_licence_asks_for_it(
    tmp_path: Path, cache: Cache, pack: Path, play: str, name: str, changed: str
) -> None:
    episode = made(tmp_path, cache, f"      - {play}\n      - pause: 1 s\n")
    assert credited(episode)[name].changed == changed


@pytest.mark.parametrize(("seconds", "changed"), [(1, "trimmed, level set"), (5, "looped, level set")])
def test_a_bed_is_looped_or_trimmed(tmp_path: Path, cache: Cache, pack: Path, seconds: int, changed: str) -> None:
    episode = made(tmp_path, cache, f"      - bed: sea fade_in 0 s\n      - pause: {seconds} s\n      - cut: sea\n")
    assert credited(episode)["sea.wav"].changed == changed


def test_a_cue_that_goes_takes_its_credit_along(tmp_path: Path, cache: Cache, pack: Path) -> None:
    play = "      - sound: free\n      - sound: gull\n      - sound: gull pitch +50 cents\n"
    whole = credited(made(tmp_path, cache, play))
    assert list(whole) == ["free.wav", "gull.wav"]
    assert whole["gull.wav"].changed == "cleaned, pitched, level set"
    fewer = credited(made(tmp_path, cache, "      - sound: free\n"))
    assert list(fewer) == ["free.wav"]
    text = credits.credits_text(script_of(), (), fewer.values())
    assert "gull" not in text and "N. Name" not in text


def test_credits_and_record_hold_all_that_a_licence_may_ask_for(tmp_path: Path, cache: Cache, pack: Path) -> None:
    origins = tuple(credited(made(tmp_path, cache, "      - sound: free\n      - sound: gull\n")).values())
    text = credits.credits_text(script_of(), (), origins)
    row = json.loads(credits.record(origins))[0]
    digest = hashlib.sha256((pack / "gull.wav").read_bytes()).hexdigest()
    assert row == {
        "title": "a gull",
        "author": "N. Name",
        "spdx": "CC-BY-4.0",
        "licence_url": "https://creativecommons.org/licenses/by/4.0/",
        "source": "https://example.org/1",
        "changed": "cleaned, level set",
        "pack": "p 1.0.0",
        "file": "gull.wav",
        "sha256": digest,
    }
    for said in row.values():
        assert said in text


def origin(number: int, licence: str = "CC0-1.0") -> Origin:
    known = licences.find(licence)
    assert known is not None
    return Origin(
        pack="p",
        version="1.0.0",
        title=f"Möwe {number}",
        author="N. Ä",
        licence=licence,
        licence_url=known.url,
        attribution=known.attribution,
        file=f"{number}.wav",
        sha256=f"{number:064x}",
    )


def test_the_record_stays_small_and_keeps_those_who_must_be_named() -> None:
    many = [origin(number) for number in range(10_000)]
    many[9_000] = origin(9_000, "CC-BY-4.0")
    written = credits.record(many)
    rows = json.loads(written)
    assert len(written) <= credits.RECORD_BYTES and written.isascii()
    assert rows[0]["title"] == "Möwe 9000"
    assert rows[-1] == {"more": 10_000 - (len(rows) - 1)}
    text = credits.credits_text(script_of(), (), many, most=credits.LISTED)
    assert "Möwe 9000" in text and f"and {10_000 - credits.LISTED} more: see credits.txt" in text
    assert credits.credits_text(script_of(), (), many).count("sha256") == 10_000
    assert credits.record([]) == ""


@pytest.mark.parametrize("codec", ["mp3", "flac"])
def test_the_record_is_inside_the_file_for_machines(tmp_path: Path, codec: str) -> None:
    path = tmp_path / f"a.{codec}"
    write(path, noise(0.5, channels=2), RATE, **({"format": "MP3"} if codec == "mp3" else {}))
    origins = [origin(1), replace(origin(2, "CC-BY-SA-4.0"), source="https://example.org/2", changed="looped")]
    written = tags.Tags(
        script=script_of(),
        cover=b"\xff\xd8\xff",
        chapters=(),
        lyrics="",
        credits=credits.credits_text(script_of(), (), origins),
        disclosure="",
        sounds=credits.record(origins),
    )
    tags.write(path, written, codec)
    read = str(id3.ID3(path)["TXXX:SOUNDS"]) if codec == "mp3" else flac.FLAC(path)["SOUNDS"][0]
    first, second = json.loads(read)
    assert (first["title"], first["spdx"], first["changed"]) == ("Möwe 2", "CC-BY-SA-4.0", "looped")
    assert second["sha256"] == f"{1:064x}"

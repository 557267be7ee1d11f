"""Files made in one go: peaks that come out too high, what is kept, and what does not come back whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from producer import master, one_go
from producer.audio import Audio
from producer.cache import Cache
from producer.deliver import encode
from producer.dsp.grid import quantum_samples
from producer.errors import RenderError
from producer.mix.parts import Part
from producer.model.formats import FORMATS, in_format
from producer.model.profile import PROFILES
from producer.production import NoWatch
from producer.units import Samples, Span

PODCAST = PROFILES["podcast"]
QUANTUM = quantum_samples(PODCAST.rate_hz)
LENGTHS = (40, 40, 41)  # in quanta: 4 s each, or so


def programme() -> Audio:
    """Quiet at both ends; in the middle noise that clips, which no lossy codec keeps under its ceiling."""
    chance = np.random.default_rng(5)
    pieces = [chance.standard_normal((length * QUANTUM, 2)) * 0.02 for length in LENGTHS]
    pieces[1] = np.clip(pieces[1] * 60.0, -1.0, 1.0)
    return np.concatenate(pieces).astype(np.float32)


AUDIO = programme()
PLAN = master.Plan(0.0, -1.0)  # with nothing to spare for the encoder


class Programme:
    """A programme in parts that nobody needs to mix."""

    def __init__(self, audio: Audio = AUDIO) -> None:
        self._audio, self.samples, self.parts = audio, len(audio), []
        ends = np.cumsum([length * QUANTUM for length in LENGTHS]).tolist()
        for index, (start, end) in enumerate(zip([0, *ends[:-1]], ends, strict=True)):
            reach = Span(Samples(max(0, start - 3 * 44_100)), Samples(min(len(audio), end + 44_100)))
            self.parts.append(Part(index=index, core=Span(Samples(start), Samples(end)), reach=reach, lines=()))

    def read(self, index: int) -> Audio:
        return self._audio[self.parts[index].reach.start : self.parts[index].reach.end]

    def name(self, index: int) -> bytes:
        return f"part {index} {self._audio[0, 0]}".encode()


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.mark.parametrize("name", ["opus", "m4a", "mp3-vbr"])
def test_a_peak_that_comes_out_too_high_lowers_its_own_part_and_no_other(
    tmp_path: Path, cache: Cache, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = in_format(PODCAST, FORMATS[name])
    path = tmp_path / f"a{FORMATS[name].suffix}"
    encode.encode(iter([master.mastered(AUDIO, PLAN, profile)]), profile, path)
    once = np.abs(np.concatenate(list(encode.decode(path, profile))))
    assert 20 * np.log10(once.max()) > -1.0  # so something has to be done

    used: list[list[float | None]] = []
    encoded = one_go._encoded_and_heard

    def seen(mix: Programme, plans: list[master.Plan], *rest: object) -> one_go.Written:
        used.append([plan.ceiling_dbtp for plan in plans])
        return encoded(mix, plans, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(one_go, "_encoded_and_heard", seen)
    heard, _ = one_go.written(Programme(), PLAN, profile, path, cache, 2, NoWatch())
    assert heard.loudness.true_peak_dbtp <= -1.0
    assert heard.loudness.samples == len(AUDIO)
    assert 2 <= len(used) <= 3
    assert used[0] == [-1.0] * 3
    assert used[-1][0] == used[-1][2] == -1.0 and (used[-1][1] or 0.0) < -1.4


@pytest.mark.parametrize("name", ["opus", "m4a", "mp3-vbr", "flac", "wav"])
def test_what_is_kept_is_the_same_file_and_what_was_heard_in_it(tmp_path: Path, cache: Cache, name: str) -> None:
    profile = in_format(PODCAST, FORMATS[name])
    plan = master.Plan(0.0, -4.0)
    first, second = tmp_path / "first.x", tmp_path / "second.x"
    heard, seen = one_go.written(Programme(), plan, profile, first, cache, 1, NoWatch())
    again, seen_again = one_go.written(Programme(), plan, profile, second, cache, 3, NoWatch())
    assert first.read_bytes() == second.read_bytes()
    assert again.loudness == heard.loudness and again.peak_at == heard.peak_at
    assert np.array_equal(again.short_term_lufs, heard.short_term_lufs)
    assert np.array_equal(again.seen.cell_codes[:], heard.seen.cell_codes[:])
    assert np.array_equal(seen_again.cell_codes[:], seen.cell_codes[:])
    other = Programme(AUDIO[::-1].copy())
    one_go.written(other, plan, profile, second, cache, 1, NoWatch())
    assert first.read_bytes() != second.read_bytes()


def test_a_kept_file_that_lost_a_piece_is_made_again(tmp_path: Path, cache: Cache) -> None:
    profile = in_format(PODCAST, FORMATS["opus"])
    plan = master.Plan(0.0, -4.0)
    first, second = tmp_path / "first.opus", tmp_path / "second.opus"
    one_go.written(Programme(), plan, profile, first, cache, 1, NoWatch())
    kept = [path for path in cache.root.glob("*/*") if path.is_file()]
    largest = max(kept, key=lambda path: path.stat().st_size)
    largest.write_bytes(largest.read_bytes()[:-1])
    one_go.written(Programme(), plan, profile, second, cache, 1, NoWatch())
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("off", [-5_000, -1, 1, 5_000])
def test_a_file_that_comes_back_longer_or_shorter_is_refused(off: int) -> None:
    back = np.resize(AUDIO, (len(AUDIO) + off, 2))
    blocks = (back[at : at + 10_000] for at in range(0, len(back), 10_000))
    with pytest.raises(RenderError, match=f"{len(AUDIO) + off} samples came back of {len(AUDIO)}"):
        list(one_go._stretches(blocks, Programme(), PODCAST))


@pytest.mark.parametrize("size", [777, 65_536, 10**7])
def test_parts_are_cut_out_of_a_decoded_file_at_their_places(size: int) -> None:
    mix = Programme()
    blocks = (AUDIO[at : at + size] for at in range(0, len(AUDIO), size))
    for part, audio, begin in one_go._stretches(blocks, mix, PODCAST):
        assert np.array_equal(audio, AUDIO[begin : begin + len(audio)])
        assert begin <= max(0, part.core.start - QUANTUM)
        assert begin + len(audio) >= min(len(AUDIO), part.core.end + QUANTUM)

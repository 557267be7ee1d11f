"""Whatever is measured is counted in whole MP3 frames, and about as long at every rate."""

import pytest

from producer.deliver import mp3
from producer.dsp import grid


@pytest.mark.parametrize("rate_hz", [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000])
def test_a_quantum_is_whole_mp3_frames(rate_hz: int) -> None:
    assert grid.quantum_samples(rate_hz) % mp3.frame_samples(rate_hz) == 0


@pytest.mark.parametrize(
    ("rate_hz", "hop"), [(16000, 192), (24000, 192), (32000, 384), (44100, 384), (48000, 384), (96000, 768)]
)
def test_a_hop_is_8_to_12_ms(rate_hz: int, hop: int) -> None:
    assert grid.hop_samples(rate_hz) == hop
    assert 0.008 <= hop / rate_hz <= 0.012
    assert grid.frame_samples(rate_hz) == 2 * hop and grid.quantum_samples(rate_hz) == 12 * hop

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from producer.audit.cells import *
from producer.audit.cells import BANDS, Recorder, Seen, moment_samples
from producer.audit.programme import Floats, Heard
from producer.dsp.grid import frame_samples, hop_samples
from producer.dsp.loudness import Loudness, PowerMeter, TruePeakMeter, integrated, loudness_range, lufs, sliding
from producer.packed import packed, unpacked


def look(audio: Audio, begin: int, core: Span, rate_hz: int) -> Seen:
    r = Recorder(rate_hz, core.end + 10**9)
    for _ in r.listen(begin, [audio]):
        pass
    hop = frame_samples(rate_hz)
    per = hop // moment_samples(rate_hz)
    a, b = core.start // hop, -(-core.end // hop)
    cells_, mom, ch = (
        np.zeros((b - a, BANDS), np.float32),
        np.zeros(((b - a) * per, 2), np.float32),
        np.zeros((b - a, 3), np.float32),
    )
    for first, (piece, outline, pair) in r._pieces.items():
        lo, hi = max(a, first), min(b, first + len(piece))
        if lo < hi:
            cells_[lo - a : hi - a] = piece[lo - first : hi - first]
            mom[(lo - a) * per : (hi - a) * per] = outline[(lo - first) * per : (hi - first) * per]
            ch[lo - a : hi - a] = pair[lo - first : hi - first]
    return Seen(rate_hz=rate_hz, samples=core.length, cells=cells_, moments=mom, channels=ch)


def _sb(self):
    from producer.packed import packed

    return packed([self.rate_hz, self.samples], {"c": self.cells, "m": self.moments, "h": self.channels})


def _sf(cls, raw):
    from producer.packed import unpacked

    (r, n), a = unpacked(raw)
    return cls(rate_hz=r, samples=n, cells=a["c"], moments=a["m"], channels=a["h"])


def _sj(cls, parts):
    return cls(
        rate_hz=parts[0].rate_hz,
        samples=sum(p.samples for p in parts),
        cells=np.concatenate([p.cells for p in parts]),
        moments=np.concatenate([p.moments for p in parts]),
        channels=np.concatenate([p.channels for p in parts]),
    )


Seen.to_bytes = _sb
Seen.from_bytes = classmethod(_sf)
Seen.joined = classmethod(_sj)


@dataclass(frozen=True)
class PartHeard:
    seen: Seen
    powers: Floats
    hop_s: float
    sample_peak: float
    true_peak: float
    peak_at: int
    samples: int
    channels: int

    @property
    def true_peak_dbtp(self) -> float:
        return float(20 * np.log10(max(self.true_peak, 1e-9)))

    def to_bytes(self) -> bytes:
        return packed(
            [self.hop_s, self.sample_peak, self.true_peak, self.peak_at, self.samples, self.channels],
            {"p": self.powers, "s": np.frombuffer(self.seen.to_bytes(), np.uint8)},
        )

    @classmethod
    def from_bytes(cls, raw):
        f, a = unpacked(raw)
        return cls(Seen.from_bytes(a["s"].tobytes()), a["p"], *f)


def listened(audio, begin, core, rate_hz, channels):
    hop = hop_samples(rate_hz)
    skip = (core.start - begin) // hop
    lead = core.start - begin - skip * hop
    m = PowerMeter(rate_hz, channels, hop / rate_hz)
    m.push(audio[lead:])
    t = TruePeakMeter(channels)
    t.push(audio[core.start - begin :])
    tp = 10 ** (t.result_dbtp() / 20)
    return PartHeard(
        look(audio, begin, core, rate_hz),
        m.powers()[skip:],
        hop / rate_hz,
        t.sample_peak,
        tp,
        t.peak_at,
        core.length,
        channels,
    )


def _hj(cls, parts):
    powers = np.concatenate([p.powers for p in parts])
    hop_s = parts[0].hop_s

    def highest(s):
        w = sliding(powers, s, hop_s)
        return float(lufs(w.max())) if len(w) else float("-inf")

    top = max(parts, key=lambda p: p.true_peak)
    at = sum(p.samples for p in parts[: [p is top for p in parts].index(True)]) + top.peak_at
    n = sum(p.samples for p in parts)
    return cls(
        seen=Seen.joined([p.seen for p in parts]),
        loudness=Loudness(
            integrated_lufs=integrated(powers, hop_s),
            range_lu=loudness_range(powers, hop_s),
            max_momentary_lufs=highest(0.4),
            max_short_term_lufs=highest(3.0),
            true_peak_dbtp=float(20 * np.log10(max(top.true_peak, 1e-9))),
            sample_peak_db=float(20 * np.log10(max(max(p.sample_peak for p in parts), 1e-9))),
            samples=n,
        ),
        powers=powers,
        hop_s=hop_s,
        channels=parts[0].channels,
        peak_at=at,
        flat_tops=(),
    )


Heard.joined = classmethod(_hj)

"""Things that pass: air torn by something moving fast, with the gear, chains or steam it carries.

Distance to the listener is a hyperbola over time; loudness follows it, and so does pitch, by Doppler: everything nears,
is there, and is gone. The moment of closest passage is the onset. Torn air is louder and brighter the faster it is torn
(a dipole: pressure as the cube of speed; Lighthill, Proc. R. Soc. A 211, 1952; Curle, A 231, 1955).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.foley.bench import BENCH_HZ, Raw, Wave, clock, recipe, samples
from producer.foley.contact import arrivals, grain, high_pass, hits, noise, paste, shower, smooth, swell, wander
from producer.foley.modal import STEEL, damped, modes, plate, resonate, ring_out
from producer.foley.tract import moving, octave_peak
from producer.model.foley import Setting
from producer.model.sound import PASSING

_SOUND_M_S = 343.0


def passage(n: int, peak_s: float, speed_m_s: float, nearest_m: float, passing: float) -> tuple[Wave, Wave]:
    """Nearness (1 at closest) and Doppler ratio over time of a thing passing at `peak_s`, both shape (n,).

    Without `passing` it stays where it is closest: where it goes is then the path's of the cue, and heard by that.
    """
    along = speed_m_s * (clock(n) - peak_s)
    distance = np.hypot(along, nearest_m)
    towards = -speed_m_s * along / distance
    return (nearest_m / distance) ** passing, (1.0 / (1.0 - np.clip(towards / _SOUND_M_S, -0.6, 0.6))) ** passing


def arriving_s(share: float, length_s: float, passing: float) -> float:
    """How long what passes grows out of silence: a share of its length; what stays is there at once, or nearly."""
    return share * length_s * passing + min(0.3, share * length_s) * (1.0 - passing)


GOES_BY = Setting(
    1.0, 0.0, 1.0, "1 it goes by, 0 it stays beside you; 0 with a path that nears or leaves, which moves it"
)


def _whoosh(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    length = length_s if length_s is not None else (1.5 - 0.9 * knobs["speed"]) * chance.uniform(0.9, 1.12)
    n = max(samples(length), 1)
    peak_s = 0.48 * length
    speed = 9.0 + 26.0 * knobs["speed"]
    near, doppler = passage(n, peak_s, speed, 0.12 * speed * length, knobs[PASSING])
    arriving = arriving_s(0.35, length, knobs[PASSING])
    near = near * swell(n, arriving, arriving)
    wave = _torn(knobs, near, doppler, chance)
    wave /= float(np.abs(wave).max(initial=0.0)) or 1.0
    if knobs["metal"] > 0.0:
        wave += knobs["metal"] * _armature(near, doppler, knobs["size"], chance)
    if knobs["chains"] > 0.0:
        wave += 1.5 * knobs["chains"] * _chains(near, knobs["size"], chance)
    return Raw(wave, peak_s)


def _torn(knobs: Mapping[str, float], near: Wave, doppler: Wave, chance: np.random.Generator) -> Wave:
    """The air itself: eddies shed at a pitch that follows speed over thickness, and broad turbulence above it."""
    n = len(near)
    at = clock(n)
    # Slow motion of the thing itself: it sways, and the pitch of its wake with it.
    sway = 1.0 + 0.10 * wander(chance, n, 5.0)
    centre = 1_500.0 * 5.0 ** -knobs["size"] * (0.45 + 0.9 * near**0.7) * doppler**2 * sway
    # Eddies shed by something fast are finer: the fall above the hump grows shallow, 3 to 9 dB less an octave.
    tilt = 0.10 + 0.75 * knobs["speed"] ** 1.5

    def air(at_s: Wave, freqs_hz: Wave) -> Wave:
        hump = np.interp(at_s, at, centre)
        close = np.interp(at_s, at, near)
        above = np.maximum(freqs_hz / hump, 1e-3)
        wake = tilt * close * np.square(np.minimum(above, 1.0)) / (1.0 + (above / 2.2) ** (2.4 - 0.9 * knobs["speed"]))
        torn = octave_peak(freqs_hz, hump, 0.62) + 0.22 * octave_peak(freqs_hz, 3.1 * hump, 0.8) + wake
        if knobs["steam"] > 0.0:
            torn = torn + knobs["steam"] * jet(at_s, freqs_hz)
        return np.asarray(torn, float)

    pipe = chance.uniform(950.0, 1_300.0)
    thrust = np.clip(0.75 + 0.5 * wander(chance, n, 9.0), 0.12, None)

    def jet(at_s: Wave, freqs_hz: Wave) -> Wave:
        """Steam it trails: a hard broad hiss in thrusts, with the pipe's own note in it."""
        note = pipe * np.interp(at_s, at, doppler) ** 1.5
        hiss = np.sqrt(freqs_hz / (freqs_hz + 2_500.0)) / (1.0 + (freqs_hz / 9_000.0) ** 2)
        return np.asarray(np.interp(at_s, at, thrust) * (0.8 * hiss + 0.7 * octave_peak(freqs_hz, note, 0.16)), float)

    flutter = np.clip(1.0 + 0.5 * wander(chance, n, 26.0) * (0.4 + knobs["metal"]), 0.1, 2.0)
    return moving(noise(chance, n) * near**1.6 * flutter, air)


def _armature(near: Wave, doppler: Wave, size: float, chance: np.random.Generator) -> Wave:
    """Gear, plates and joints that go past: teeth that whirl, loose parts that strike each other, shape (n,)."""
    n = len(near)
    turn = (46.0 - 26.0 * size) * doppler**2.5 * (0.8 + 0.5 * near)
    turns = np.cumsum(turn) / BENCH_HZ
    one = np.exp(2j * np.pi * 7.0 * turns)
    teeth, power = np.zeros(n), one
    for k in range(1, 8):
        teeth += (power * (np.exp(1j * k) / k**0.8)).imag
        power = power * one
    whirr = teeth * (1.0 + 0.6 * np.sin(2.0 * np.pi * turns))
    ribs = modes(230.0 * 3.0 ** (0.5 - size), plate(70, 2.2)[::10], damped(STEEL, 16.0), chance, stray=0.06, tilt=0.1)
    times = arrivals(chance, 110.0 * near**1.5)
    blows = hits(n, times, chance.pareto(2.3, len(times)).clip(0.0, 4.0))
    struck = resonate(ribs, smooth(blows, 5_000.0) + 0.02 * noise(chance, n) * near**2)
    parts = 0.8 * struck / (float(np.abs(struck).max(initial=0.0)) or 1.0)
    clank = modes(chance.uniform(380.0, 900.0), plate(6, 1.9), damped(STEEL, 30.0), chance, contact_s=2e-4, tilt=0.1)
    piece = ring_out(clank, min(n, samples(0.25)))
    for _ in range(4):
        at_s = float(np.clip(chance.normal(0.48, 0.1), 0.05, 0.9)) * n / BENCH_HZ
        paste(parts, piece, at_s, 0.25 / (float(np.abs(piece).max(initial=0.0)) or 1.0))
    return np.asarray(near**1.3 * (0.32 * whirr + parts), float)


def _chains(near: Wave, size: float, chance: np.random.Generator) -> Wave:
    """Links that strike each other as the thing swings: bright, short, in flurries, shape (n,)."""
    n = len(near)
    swing = np.clip(0.35 + 1.1 * wander(chance, n, 7.0), 0.03, None)
    times = arrivals(chance, 260.0 * near**0.8 * swing)
    levels = chance.pareto(2.0, len(times)).clip(0.0, 4.0) * chance.choice([-1.0, 1.0], len(times))
    pitch = 3.0 ** (0.5 - size)
    links = tuple(
        grain(chance, 1_600.0 * pitch, 7_500.0 * pitch, 0.022 * chance.uniform(0.5, 1.4), 2) for _ in range(3)
    )
    wave = shower(chance, n, times, levels, links)
    # By its power and not its peak: one hard link must not hush the rest of the chain.
    loud = 3.0 * float(np.sqrt(np.mean(np.square(wave)))) if n else 0.0
    return high_pass(np.tanh(wave / (loud or 1.0)) * near**1.1, 600.0)


WHOOSH = recipe(
    "whoosh",
    "something large and fast goes past the head: torn air, and the gear, chains or steam it carries",
    {
        "speed": Setting(0.6, 0.0, 1.0, "how fast: shorter, brighter and with a steeper fall of pitch"),
        "size": Setting(0.5, 0.0, 1.0, "0 a blade, 1 something that towers"),
        "metal": Setting(0.0, 0.0, 1.0, "gears and plates that go with it"),
        "chains": Setting(0.0, 0.0, 1.0, "chains that swing from it"),
        "steam": Setting(0.0, 0.0, 1.0, "a jet of steam that it trails"),
        PASSING: GOES_BY,
    },
    _whoosh,
    sustains=True,
)

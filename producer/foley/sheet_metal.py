"""A loose sheet of metal that shifts once: it scrapes free, drops, and wobbles until it lies still.

The sheet swings slowly in its lowest modes, and its edge strikes what it lies on at each swing; every such blow rings
the dense high modes. As the swing dies the blows come softer. A wide swing stretches the sheet: pitch sinks as it calms
(Fletcher & Rossing, The Physics of Musical Instruments, 2nd ed., ch. 5).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from producer.foley.bench import PRE_ROLL_S, Raw, Wave, clock, recipe, samples
from producer.foley.contact import bent, burst, hits, noise, paste, slips, smooth, swell, wander
from producer.foley.friction import rubbed
from producer.foley.modal import ICE, STEEL, Modes, damped, mixed, modes, plate, resonate, thinned
from producer.model.foley import Setting


def _make(knobs: Mapping[str, float], length_s: float | None, chance: np.random.Generator) -> Raw:
    size = knobs["size"]
    scrape_s = 0.10 + 0.35 * knobs["scrape"]
    drop_s = PRE_ROLL_S + scrape_s * chance.uniform(0.85, 1.15)
    n = samples(drop_s + (1.3 + 1.5 * size) * (1.0 - 0.45 * knobs["damp"]))
    t = clock(n)
    after = np.maximum(t - drop_s, 0.0)
    swing = np.where(t >= drop_s, np.exp(-after / (0.22 + 0.4 * knobs["wobble"])), 0.0)
    wobble_hz = (13.0 - 7.0 * size) * chance.uniform(0.9, 1.1)
    damp = knobs["damp"]
    skin = modes(
        92.0 * 3.2 ** (0.5 - size) * 1.5**damp,
        thinned(plate(420, 1.6), 52),
        # Rust, paint, snow or moss takes the ring from it; wholly damped it is a sheet of ice that grates and thuds.
        damped(mixed(STEEL, ICE, damp), 9.0 + 22.0 * damp),
        chance,
        contact_s=3e-4,
        stray=0.05,
        tilt=0.25,
        form="sheet",
    )
    loose = Modes(skin.freq_hz, skin.decay_per_s, skin.level / (1.0 + (60.0 / skin.freq_hz) ** 2))
    # The edge lands at every swing, oftener as it settles; two corners never land together.
    force = np.zeros(n)
    landings: list[tuple[Wave, Wave]] = []
    for corner in (1.0, chance.uniform(1.35, 1.8)):
        rate = wobble_hz * corner * (1.0 + 0.8 * (1.0 - swing)) * (swing > 0.02) + 1e-3
        times = slips(chance, rate, 0.12)
        levels = np.interp(times, t, swing) ** 1.3 * chance.uniform(0.25, 1.0, len(times)) ** 1.5
        landings.append((times, levels))
        force += smooth(hits(n, times, levels), 3_500.0 + 5_000.0 * knobs["rattle"]) * 3.0 * knobs["rattle"]
    force += smooth(hits(n, np.array([drop_s]), np.array([2.2])), 2_600.0)
    force += 0.05 * smooth(noise(chance, n), 900.0) * swing * (1.0 + 0.7 * np.sin(2.0 * np.pi * wobble_hz * after))
    wave = bent(resonate(loose, force), 1.0 + 0.06 * swing * (1.0 + 0.5 * np.sin(2.0 * np.pi * wobble_hz * after)))
    wave /= float(np.abs(wave).max(initial=0.0)) or 1.0
    if knobs["rattle"] > 0.0:
        wave += 1.1 * knobs["rattle"] * _rattling(n, skin, landings, knobs["rattle"], damp, chance)
    pull = samples(drop_s - PRE_ROLL_S)
    x = np.linspace(0.0, 1.0, max(pull, 2))
    edge = Modes(skin.freq_hz, skin.decay_per_s + 60.0, skin.level * (skin.freq_hz > 250.0))
    rub = rubbed(
        edge,
        60.0 + 240.0 * x * np.clip(1.0 + 0.4 * wander(chance, len(x), 6.0), 0.3, 2.0),
        x**1.5,
        chance,
        roughness=0.8,
        stray=0.3,
    )
    paste(wave, rub / (np.abs(rub).max() or 1.0), PRE_ROLL_S, 0.45 * knobs["scrape"])
    paste(wave, burst(chance, 3e-4, 0.004, 900.0, 8_000.0), drop_s, 0.10)
    wave *= swell(n, 0.0, 0.7)  # its lowest modes would ring on longer than anyone listens
    return Raw(wave, None)  # it begins to shift on the cue, and drops after it


def _rattling(
    n: int,
    skin: Modes,
    landings: list[tuple[Wave, Wave]],
    free: float,
    damp: float,
    chance: np.random.Generator,
) -> Wave:
    """The edge against what it lies on, shape (n,): it hops at every landing, and each hop is metal on metal."""
    times, levels = (np.concatenate(part) for part in zip(*landings, strict=True))
    hops, sizes = [times], [levels]
    for _ in range(round(2.0 * free)):
        times = times + chance.uniform(0.012, 0.034, len(times))
        levels = levels * chance.uniform(0.4, 0.95, len(levels))
        hops.append(times)
        sizes.append(levels)
    at, size = np.concatenate(hops), np.concatenate(sizes)
    # Held where it strikes, it does not ring there: what is heard is short, and high.
    held = Modes(skin.freq_hz, skin.decay_per_s + 160.0, skin.level * skin.freq_hz / (skin.freq_hz + 900.0))
    clash = resonate(held, smooth(hits(n, at, size * chance.choice([-1.0, 1.0], len(at))), 9_000.0 * 4.0**-damp))
    clash /= float(np.abs(clash).max(initial=0.0)) or 1.0
    touches = tuple(burst(chance, 1e-4, 0.0025, 2_000.0, 8_000.0 * 2.0**-damp) for _ in range(3))
    for when, loud in zip(at.tolist(), size.tolist(), strict=True):
        paste(clash, touches[int(chance.integers(3))], when, 0.45 * loud)
    return clash / (float(np.abs(clash).max(initial=0.0)) or 1.0)


SHEET_METAL = recipe(
    "sheet_metal",
    "a loose sheet of metal shifts once: scrapes free, drops, wobbles and rattles until it lies still",
    {
        "size": Setting(0.5, 0.0, 1.0, "0 a sign, 0.5 a roof sheet, 1 a hoarding"),
        "rattle": Setting(0.5, 0.0, 1.0, "how freely its edge strikes what it lies on"),
        "wobble": Setting(0.5, 0.0, 1.0, "how long it swings"),
        "damp": Setting(0.0, 0.0, 1.0, "0 bare steel, 0.4 rusted through or under snow, 1 a sheet of ice"),
        "scrape": Setting(0.5, 0.0, 1.0, "how it drags before it drops"),
    },
    _make,
)

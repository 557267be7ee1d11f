"""pack.yaml, good and bad, in a project whose script plays everything that it may hold."""

from __future__ import annotations

from random import Random

from fuzz import mutate, sounds
from fuzz.scripts import Case

_RECIPES = {
    **{"hit": ("knock", "impact", "friction", "shatter", "door"), "bed": ("wind", "hum", "rain", "room_tone")},
    **{"steps": ("steps", "clock"), "stinger": ("riser", "boom")},
}
SCRIPT = """title: Packs
packs: [strange]
cast: {ada: {voice: en-gb}}
scenes:
  - title: One
    play:
      - ada: Listen to this.
      - sound: one
      - sound: two wait 300 ms
      - sound: three
"""
FILES = tuple(sounds.BY_SOUNDFILE)


def pack(chance: Random) -> tuple[str, dict[str, bytes]]:
    """A pack.yaml without a mistake, and its recordings."""
    files: dict[str, bytes] = {}
    lines = ["pack: strange", f"title: {chance.choice(('Strange', '1984', 'no'))}", "version: 1.0.0"]
    lines += ["author: A. Nyone", f"licence: {chance.choice(('CC0-1.0', 'CC-BY-4.0'))}", "homepage: a shelf", "sounds:"]
    for role in ("one", "two", "three"):
        lines.append(f"  {role}:")
        kind = chance.choice(("file", "foley", "layers"))
        if kind == "file":
            names = chance.sample(FILES, chance.randint(1, 3))
            files |= {name: sounds.whole(name) for name in names}
            lines += ["    kind: hit", f"    files: [{', '.join(names)}]"]
            lines += chance.choice(([], ["    onset: 20 ms"], ["    vary: {pitch: ± 40 cents, level: ± 2 dB}"]))
        elif kind == "foley":
            lines += ["    kind: hit", f"    foley: {chance.choice(_RECIPES['hit'])}"]
            lines += chance.choice(
                ([], ["    settings: {size: 0.5}"], ["    variations: 3"], [f"    aliases: [{role}_b]"])
            )
            if "size" in lines[-1] and "friction" not in lines[-2] and "door" not in lines[-2]:
                lines[-1] = "    settings: {size: 0.4}"
        else:
            layers = [
                f"{{foley: {chance.choice(('impact', 'friction'))}, level: -3 dB}}",
                "{foley: knock, delay: 40 ms}",
            ]
            lines += ["    kind: hit", "    layers:", *(f"      - {one}" for one in layers)]
    return "\n".join([*lines, ""]), files


def case(number: int) -> Case:
    """Every third pack is without a mistake; of the others the text is changed, or the sounds are damaged."""
    chance = Random(number)
    text, files = pack(chance)
    name = ("valid", "broken text", "damaged sounds")[number % 3]
    if name == "broken text":
        text = mutate.text(chance, text)
    elif name == "damaged sounds":
        files = {kind: mutate.octets(chance, content, most=4) for kind, content in files.items()}
    made: dict[str, str | bytes] = {"sfx/strange/pack.yaml": text, "script/play.yaml": SCRIPT}
    return Case(made | {f"sfx/strange/{one}": content for one, content in files.items()}, "script/play.yaml", name)

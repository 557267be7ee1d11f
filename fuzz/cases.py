"""Number -> a project, the same one whenever it is asked for: valid, broken by a slip, or hostile."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from fuzz import mutate, scripts
from fuzz.scripts import Case

KINDS = ("valid", "valid", "broken", "broken", "hostile")


def case(number: int) -> Case:
    """Two in five are valid, two have slips, one means harm."""
    chance = Random(number)
    kind = KINDS[number % len(KINDS)]
    made = scripts.project(chance, scenes=chance.choice((1, 2, 3)), items=chance.choice((3, 9)))
    if kind == "valid":
        return made
    file = chance.choice(sorted(made.files)) if chance.random() < 0.4 else made.script
    content = str(made.files[file])
    if kind == "broken":
        return replace(made, files={**made.files, file: mutate.text(chance, content)}, name="broken")
    return replace(made, files={**made.files, file: _hostile(chance, content)}, name="hostile")


def _hostile(chance: Random, content: str) -> str | bytes:
    how = chance.randrange(8)
    if how < 4:
        for _ in range(chance.choice((1, 2, 5, 12))):
            content = mutate.value(chance, content)
        return content
    if how == 4:
        return mutate.octets(chance, content.encode(), most=40)
    if how == 5:
        return _grown(chance, content)
    if how == 6:
        return chance.randbytes(chance.choice((0, 1, 9, 4000)))
    return mutate.text(chance, content.replace("packs: [fuzz]", f"packs: [{chance.choice(mutate.HOSTILE)}]"), 1)


def _grown(chance: Random, content: str) -> str:
    """Far too much of one thing."""
    what = chance.randrange(9)
    times = chance.choice((1_000, 20_000, 120_000))
    if what == 0:
        return content + "      - pause: 1 s\n" * times
    if what == 1:
        return content + "      - " * chance.choice((60, 3_000)) + "x\n"
    if what == 2:
        return content + "#" * times * 40
    if what == 3:
        return content + "\n" * times * 3
    if what == 4:
        return content.replace("cast:\n", "cast:\n" + "".join(f"  p{n}: {{voice: en-gb}}\n" for n in range(times // 4)))
    if what == 5:
        return content + "      - narrator: " + "word " * times + "\n"
    if what == 6:
        return content + "      - sound: knock repeat 10000, every 20 ms\n" * min(times, 2_000)
    if what == 7:
        return content + "      - ada: >\n          " + "[knock] " * min(times, 20_000) + "end\n"
    return content + "".join(f"      - mark: m{n}\n        at: mark m{n + 1}\n" for n in range(min(times, 8_000)))

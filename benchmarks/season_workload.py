"""A season that is like one: the same narrator says the same words before each episode, doors and steps come again."""

from __future__ import annotations

from pathlib import Path

SERIES = """\
show: The House at the End of the Road
packs: [ruins]
cast:
  narrator: {voice: en-gb}
  mara: {voice: en-us}
  tom: {voice: en-gb+m3}
"""
INTRO = "Previously, in the house at the end of the road."
OUTRO = "The story goes on tomorrow."
_WORDS = (
    ("mara", "Who is down there, and what do you want of us?"),
    ("tom", "Nobody. The wind, and a door that will not stay shut."),
    ("narrator", "They listened, and heard the lamp swing on its chain."),
    ("mara", "Then who has been walking on the roof since it grew dark?"),
    ("tom", "Go back to sleep. I will look after it in the morning."),
)
_SOUNDS = ("metal_scrape level -10 LU", "boom level -12 LU", "glass_crack level -14 LU", "door_creak level -12 LU")


def write(folder: Path, episodes: int, lines: int, first: int = 1) -> list[Path]:
    """Write a project with so many episodes of about `4 + 4 * lines` seconds; their scripts.

    Every line but the first and the last is another in every episode; sounds are the same everywhere.
    """
    scripts = folder / "script"
    scripts.mkdir(parents=True, exist_ok=True)
    (scripts / "the_show.yaml").write_text(SERIES, "utf-8")
    made = []
    for number in range(first, first + episodes):
        play = ["      - bed: wind level -16 LU", f"      - narrator: {INTRO}"]
        for line in range(lines):
            who, words = _WORDS[(number + line) % len(_WORDS)]
            play.append(f"      - {who}: 'Night {number}, hour {line + 1}. {words}'")
            if line % 2 == 0:
                play.append(f"      - sound: {_SOUNDS[(number + line // 2) % len(_SOUNDS)]}")
        play.append(f"      - narrator: {OUTRO}")
        head = f"title: Night {number}\nseries: the_show.yaml\nseason: 1\nepisode: {number}\n"
        head += f"date: 2026-11-{number % 28 + 1:02d}\n"
        path = scripts / f"night_{number:03d}.yaml"
        body = "\n".join(play)
        path.write_text(
            f"{head}scenes:\n  - title: Night {number}\n    room: small stone room\n    play:\n{body}\n", "utf-8"
        )
        made.append(path)
    return made

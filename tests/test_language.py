"""Every form of the language page as a small script: it checks, it is placed, and what it says is heard."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from producer.cache import Cache
from producer.errors import ScriptError
from producer.model.room import PRESETS
from producer.model.timeline import Timeline
from producer.model.treatment import EFFECTS, NAMED
from producer.script import keys
from producer.voice import speak_lines
from tests.face_helpers import ROOT, cache
from tests.language_helpers import AFTER, RATE_HZ, checked, forms, heard, placed, with_items

__all__ = ["cache"]

PAGE = (ROOT / "docs" / "script-language.md").read_text("utf-8")
ITEMS = forms("items.txt")
SCRIPTS = forms("scripts.txt")
KEY = re.compile(r"(speech|sound|bed|music|hear|end|cut|mark): (\w+)(?:$|,| )")
KEYED = {
    name: (found[1], found[2]) for name in ITEMS if (found := KEY.match(name)) and found[2] in keys.BESIDE[found[1]]
}
UNHEARD = {"how", "take"}
"""Keys that are for people only, or for recordings: tests/test_takes.py."""


def test_the_page_has_every_item_with_every_key() -> None:
    section = PAGE.split("## What `play` holds")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.*`.*) \| .* \| (.*) \|$", section, re.MULTILINE)
    told = dict(rows)
    assert len(told) == 7

    def words(start: str) -> set[str]:
        beside = next(beside for item, beside in told.items() if item.startswith(f"`{start}"))
        return set(re.findall(r"`([^`]*)`", beside)[0].split())

    assert words("NAME") == set(keys.SPEECH)
    assert words("sound") == set(keys.SOUND)
    assert words("bed") == set(keys.BED)
    assert next(beside for item, beside in told.items() if item.startswith("`music")) == "as `bed`, and `loop`"
    assert set(keys.MUSIC) == set(keys.BED) | {"loop"}
    assert words("hear") == set(keys.HEAR)
    assert words("end") == set(keys.STOP)
    assert next(beside for item, beside in told.items() if item.startswith("`pause")).startswith(
        "for `mark`: `at`, and `chapter: "
    )
    assert set(keys.MARK) == {"at", "chapter"} and not keys.PAUSE


def test_every_key_of_every_item_has_an_example() -> None:
    wanted = {(item, key) for item, table in keys.BESIDE.items() for key in table}
    assert wanted - set(KEYED.values()) == set()


def test_the_page_names_every_key_of_the_top_of_a_scene_and_of_a_member() -> None:
    top = PAGE.split("## Top level")[1].split("## What")[0]
    named = {word for code in re.findall(r"`([^`]*)`", top) for word in code.split()}
    for table in (keys.TOP, keys.SCENE, keys.CAST):
        assert set(table) <= named, sorted(set(table) - named)


def test_the_page_names_every_room_treatment_and_effect() -> None:
    space = PAGE.split("## Space")[1].split("## Treatments")[0]
    for preset in PRESETS:
        assert preset in space, preset
    treatments = PAGE.split("## Treatments")[1].split("## Editions")[0]
    listed = re.search(r"colours: `([^`]*)`", treatments)
    assert listed and listed[1].split() == list(NAMED)
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", treatments, re.MULTILINE))
    assert rows == {name: f"{kind.low:g} to {kind.high:g} {kind.unit}" for name, kind in EFFECTS.items()}


@pytest.fixture(scope="module")
def spoken(cache: Path) -> Path:
    """The cache with every line of every example in it: said at once, for each time the voices start takes a while."""
    texts = [*SCRIPTS.values(), *map(with_items, ITEMS.values())]
    speak_lines([line for text in texts for line in checked(text).lines], RATE_HZ, Cache(cache), 2)
    return cache


@pytest.mark.parametrize("name", ITEMS)
def test_an_item_checks_and_is_placed(name: str, spoken: Path) -> None:
    script, timeline = placed(with_items(ITEMS[name]), spoken)
    assert timeline.duration > 0
    assert {clip.line for clip in timeline.clips if clip.line} == {line.id for line in script.lines}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_checks_and_is_placed(name: str, spoken: Path) -> None:
    script, timeline = placed(SCRIPTS[name], spoken)
    assert [scene.title for scene in timeline.scenes] == [scene.title for scene in script.scenes]
    assert timeline.duration > 0


@pytest.mark.parametrize("name", [name for name, (_, key) in KEYED.items() if key not in UNHEARD])
def test_a_key_changes_what_is_heard(name: str, spoken: Path) -> None:
    """No key is taken and then dropped: without it, the plan is another, or the script is no longer one."""
    lines = ITEMS[name].splitlines()
    at = max(number for number, line in enumerate(lines) if line.startswith(f"  {KEYED[name][1]}: "))
    without = "\n".join(lines[:at] + lines[at + 1 :])
    try:
        other = placed(with_items(without), spoken)[1]
    except ScriptError:
        return  # `over` alone, or steps without an end
    assert heard(other) != heard(placed(with_items(ITEMS[name]), spoken)[1])


SHORT = [name for name, (item, _) in KEYED.items() if item != "speech"]


@pytest.mark.parametrize("name", SHORT)
def test_the_short_form_is_the_long_form(name: str, spoken: Path) -> None:
    item, key = KEYED[name]
    lines = ITEMS[name].splitlines()
    at = max(number for number, line in enumerate(lines) if line.startswith(f"  {key}: "))
    value = lines[at].partition(": ")[2]
    first = lines[at - 1]
    joint = "," if re.match(r"- \w+: \w+ .", first) else ""
    short = "\n".join([*lines[: at - 1], f"{first}{joint} {key} {value}", *lines[at + 1 :]])
    assert first.startswith(f"- {item}: ")
    assert heard(placed(with_items(short), spoken)[1]) == heard(placed(with_items(ITEMS[name]), spoken)[1])


BRACKETS = [name for name, (item, key) in KEYED.items() if item == "sound" and key != "at"]


@pytest.mark.parametrize("name", BRACKETS)
def test_a_sound_in_brackets_takes_every_key_but_at(name: str, spoken: Path) -> None:
    key = KEYED[name][1]
    lines = ITEMS[name].splitlines()
    at = max(number for number, line in enumerate(lines) if line.startswith(f"  {key}: "))
    role, _, rest = lines[at - 1].partition("- sound: ")[2].partition(" ")
    others = [part for part in rest.split(", ") if part and not part.startswith("at ")]
    value = lines[at].partition(": ")[2]
    inside = f"[{', '.join([f'{role} {key} {value}', *others])}]"
    script, timeline = placed(with_items(f"- ann: >\n    Who is {inside} there?\n"), spoken)
    (cue,) = [clip for clip in timeline.clips if clip.kind == "sound"]
    word = next(word for clip in timeline.clips for word in clip.words if word.text.startswith("there"))
    assert cue.name == role
    assert script.lines[0].text == "Who is there?"
    if key != "wait":
        assert cue.hit == word.start


def test_how_is_kept_for_the_actor_and_not_spoken(spoken: Path) -> None:
    script, timeline = placed(with_items(ITEMS["speech: how"]), spoken)
    plain = placed(with_items("- ann: Who is there?\n"), spoken)[1]
    assert script.lines[0].how == "not quite a whisper"
    assert heard(timeline) == heard(plain)


@pytest.mark.parametrize("treatment", NAMED)
def test_every_treatment_is_on_speech_sounds_beds_and_the_scene(treatment: str, spoken: Path) -> None:
    items = f"""\
- bed: wind treat {treatment}
- hear: {treatment}
- ann: Who is [metal_hit treat {treatment}] there?
  treat: {treatment}
"""
    timeline = placed(with_items(items), spoken)[1]
    assert {clip.treat for clip in timeline.clips} == {treatment}


@pytest.mark.parametrize("room", PRESETS)
def test_every_room_is_one_for_a_scene_a_line_a_sound_and_a_bed(room: str, spoken: Path) -> None:
    items = f"- bed: drip room {room}\n- ann: Who is [metal_hit room {room}] there?\n  room: {room}\n"
    script, timeline = placed(with_items(items).replace("room: small room", f"room: {room}"), spoken)
    assert {clip.room for clip in timeline.clips} == {room}
    assert script.scenes[0].room == ("" if room == "none" else room)


@pytest.mark.parametrize("effect", EFFECTS)
def test_every_effect_of_a_treatment_may_be_written_with_its_unit(effect: str) -> None:
    kind = EFFECTS[effect]
    for value in (kind.low, kind.high):
        head = f"treatments:\n  own: [{effect} {value:g} {kind.unit}]\n"
        checked(head + with_items("- ann: Who is there?\n  treat: own\n"))


# ---- what holds unless a script says otherwise


def plan(items: str, spoken: Path) -> Timeline:
    return placed(with_items(items), spoken)[1]


def told(text: str) -> str:
    """A phrase that these tests hold the page to; it fails when the page no longer has it."""
    assert text in PAGE, text
    return text


def test_levels_unless_given(spoken: Path) -> None:
    told("speech 0 LU, sounds -10 LU, music -12 LU, beds -20 LU")
    timeline = plan("- bed: wind\n- music: boom\n- sound: metal_hit\n- ann: Who is there?\n", spoken)
    levels = {clip.kind: clip.level.first for clip in timeline.clips}
    assert levels == {"speech": 0, "sound": -10, "music": -12, "bed": -20}


def test_silence_between_speeches_and_inside_them(spoken: Path) -> None:
    told("`gap` (350 ms)"), told("a beat is 400 ms, and so is a blank line under `>`")
    first, second = plan("- ann: Who is there?\n- ben: Nobody.\n", spoken).clips
    assert second.span.start - first.span.end == round(0.35 * RATE_HZ)
    beat, pause, blank = (
        heard(plan(f"- ann: >\n    Who is there?{rest}Nobody?\n", spoken))
        for rest in (" [beat] ", " [pause 400 ms] ", "\n\n    ")
    )
    assert beat == pause == blank


def test_how_long_changes_take(spoken: Path) -> None:
    told("`over` a time (500 ms)"), told("(`end` 2 s; `cut` 20 ms, echoes too)")
    ridden = "- bed: wind\n- pause: 2 s\n- bed: wind level -30 LU{}\n- pause: 3 s\n"
    assert heard(plan(ridden.format(""), spoken)) == heard(plan(ridden.format(", over 500 ms"), spoken))
    ended = "- bed: wind\n- pause: 1 s\n- {}: wind{}\n- pause: 3 s\n"
    assert heard(plan(ended.format("end", ""), spoken)) == heard(plan(ended.format("end", " fade_out 2 s"), spoken))
    assert heard(plan(ended.format("cut", ""), spoken)) == heard(plan(ended.format("cut", " fade_out 20 ms"), spoken))


def test_where_near_and_far_are(spoken: Path) -> None:
    told("`far` 12 m, `near` 1.5 m"), told("1 m is the reference")
    clips = plan("".join(f"- sound: metal_hit{at}\n" for at in ("", " distance near", " distance far")), spoken).clips
    assert [clip.distance.first for clip in clips] == [1, 1.5, 12]


def test_scenes_overlap_by_their_beds(spoken: Path) -> None:
    told("`crossfade` (1.5 s) is how long its beds overlap the last scene's; `0 s` cuts")
    two = with_items("- bed: wind\n- pause: 4 s\n").replace(AFTER, AFTER.replace("play:", "play:\n      - bed: wind"))
    ends, begins = placed(two, spoken)[1].clips
    assert ends.span.end - begins.span.start == round(1.5 * RATE_HZ)
    cut = two.replace("  - play:\n", "  - crossfade: 0 s\n    play:\n")
    ends, begins = placed(cut, spoken)[1].clips
    assert 0 <= ends.span.end - begins.span.start <= round(0.02 * RATE_HZ)  # a cut, but no click


def test_a_bare_word_is_looked_for_where_the_page_says(spoken: Path) -> None:
    told("A bare `word` is looked for\nin `line`; after `until` without `at`, in `next line`")
    items = '- ann: Who is there?\n- sound: metal_hit at word "there"\n- sound: boots_on_boards until word "there"\n'
    first, hit, boots, second = sorted(plan(items + "- ben: Nobody is there.\n", spoken).clips, key=lambda c: c.place)
    assert hit.hit == first.words[2].start
    assert boots.parts[-1].hit <= second.words[2].start < boots.parts[-1].hit + 1.2 * RATE_HZ

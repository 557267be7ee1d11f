"""From YAML to samples, read by the script stage. A millisecond is a sample, a word lasts 200."""

from __future__ import annotations

from dataclasses import replace

import pytest

from producer.errors import ScriptError
from producer.model.pace import Pace
from producer.model.script import Script
from producer.model.sound import Catalogue, Sound
from producer.model.timeline import Timeline
from producer.script import read, resolve
from tests.timeline_helpers import FILE, SHELF, Shelf, hits, place_script, span

ROLES = {
    "sea": SHELF.sounds["sea"],
    "room_tone": replace(SHELF.sounds["sea"], role="room_tone"),
    "gull": SHELF.sounds["gull"],
    "rope_creak": replace(SHELF.sounds["knock"], role="rope_creak"),
    "door_latch": replace(SHELF.sounds["door"], role="door_latch"),
    "glass_tick": replace(SHELF.sounds["knock"], role="glass_tick"),
    "knock": SHELF.sounds["knock"],
    "theme": SHELF.sounds["theme"],
    "heart": SHELF.sounds["heart"],
    "boots_on_stone": Sound(
        role="boots_on_stone", pack="test", title="boots", kind="steps", weights=(1.0, 1.0), pace=Pace(0.5, 0.5)
    ),
}
LENGTHS = {
    **dict.fromkeys(("sea", "room_tone"), SHELF.members["sea"]),
    **dict.fromkeys(("rope_creak", "glass_tick", "knock"), SHELF.members["knock"]),
    "gull": SHELF.members["gull"],
    "door_latch": SHELF.members["door"],
    "heart": SHELF.members["heart"],
    "theme": SHELF.members["theme"],
    "boots_on_stone": [(250, 30), (240, 30)],
}
YAML_SHELF = Shelf(sounds=ROLES, members=LENGTHS, music_length=SHELF.music_length)
CATALOGUE = Catalogue(sounds=ROLES, packs=("harbour",))

THE_LAST_LAMP = """\
title: The Last Lamp
packs: [harbour]
cast:
  narrator: {voice: en-gb, room: none}
  keeper:   {voice: en-us+f3, pan: left 20}
  radio:    {voice: en-us+m2, treat: radio}
rooms:
  quay: open air
  lamp_room: {preset: small stone room, decay: 0.9 s}
sounds:
  boots_on_stone: {level: -16 LU, every: 620 ms}
scenes:
  - title: The quay
    room: quay
    play:
      - bed: sea
        level: -20 LU
        fade_in: 4 s
      - pause: 3 s
      - narrator: >
          Log, last page: nobody had lit the lamp for a year. [gull] Nobody had needed to.
      - sound: boots_on_stone until end of next line
      - narrator: She climbed anyway, {112|one hundred and twelve} steps, [rope_creak] one hand on the rope.
      - bed: sea level -28 LU, over 6 s
  - title: The lamp room
    room: lamp_room
    play:
      - bed: room_tone level -30 LU
      - sound: door_latch
      - keeper: Who's there? [pause 800 ms] Who is it?
        how: not quite a whisper
        distance: 1.5 m
      - sound: glass_tick at word "there" - 40 ms, level -12 LU
      - radio: I am.
        lead: 300 ms
      - cut: all
      - pause: 2 s
"""


def one_scene(play: str) -> Timeline:
    head = "title: T\npacks: [harbour]\ncast: {ann: {voice: en-gb}, ben: {voice: en-gb}}\nscenes:\n  - play:\n"
    return placed_yaml(head + "".join(f"      {line}\n" for line in play.strip().splitlines()))


def placed_yaml(text: str) -> Timeline:
    whole: Script = resolve(read(text, FILE), CATALOGUE)
    return place_script(whole, shelf=YAML_SHELF)


def by_name(timeline: Timeline, name: str) -> list[tuple[int, int]]:
    return [(clip.span.start, clip.span.end) for clip in timeline.clips if clip.name == name]


def test_a_lead_that_is_too_long_is_told_at_its_value() -> None:
    with pytest.raises(ScriptError, match=r":8:15: lead: it is longer than the last line"):
        one_scene("- ann: Hi.\n- ben: Ho.\n  lead: 5 s\n- ann: On and on.")


def test_the_example_of_the_language_is_placed() -> None:
    timeline = placed_yaml(THE_LAST_LAMP)
    (sea,) = (clip for clip in timeline.clips if clip.name == "sea")
    assert (sea.span.start, sea.fade_in) == (0, 4000)
    log, climb = by_name(timeline, "narrator")
    assert log == (3000, 6000)
    assert climb == (6350, 8950)
    (gull,) = (clip for clip in timeline.clips if clip.name == "gull")
    assert gull.hit == 5200  # on the word after it: "Nobody"
    (boots,) = (clip for clip in timeline.clips if clip.name == "boots_on_stone")
    assert [part.hit for part in boots.parts] == [6030, 6650, 7270, 7890, 8510]
    assert boots.level.first == -16
    (creak,) = (clip for clip in timeline.clips if clip.name == "rope_creak")
    assert creak.hit == 7950
    assert sea.level.points == ((8950, -20.0), (14_950, -28.0))
    assert timeline.scenes[1].span.start == 8950
    assert (sea.span.end, sea.fade_out) == (10_450, 1500)
    assert by_name(timeline, "keeper") == [(9950, 11_750)]
    (tick,) = (clip for clip in timeline.clips if clip.name == "glass_tick")
    assert tick.hit == 10_110
    assert by_name(timeline, "radio") == [(11_450, 11_850)]
    (tone,) = (clip for clip in timeline.clips if clip.name == "room_tone")
    assert tone.cut is not None and (tone.cut.start, tone.cut.end) == (11_850, 11_870)
    assert timeline.duration == 13_850


def test_the_voice_waits_as_it_is_written() -> None:
    timeline = one_scene("- ann: one [knock wait] two [knock wait 300 ms] three [beat] four")
    words = {word.text: word.start for word in timeline.clips[0].words}
    assert words == {"one": 0, "two": 550, "three": 1050, "four": 1650}
    assert [clip.hit for clip in timeline.clips if clip.name == "knock"] == [200, 750]


def test_a_pause_until_the_end_of_music_and_a_fade_until_a_word() -> None:
    timeline = one_scene(
        """
- music: theme
- ann: one two
- end: theme
  fade_out: until word "sleep"
- ben: now we go to sleep
- pause: until end of theme + 1 s
- ann: yes
"""
    )
    (theme,) = (clip for clip in timeline.clips if clip.name == "theme")
    assert (theme.span.end, theme.fade_out) == (1550, 1150)
    assert by_name(timeline, "ann")[1] == (2550, 2750)


def test_a_heart_that_quickens_is_cut_at_once() -> None:
    timeline = one_scene(
        """
- bed: heart every 1 s
- pause: 4 s
- bed: heart every 500 ms, over 2 s
- pause: 4 s
- cut: all
- pause: 2 s
"""
    )
    (heart,) = (clip for clip in timeline.clips if clip.name == "heart")
    gaps = [b.hit - a.hit for a, b in zip(heart.parts, heart.parts[1:], strict=False)]
    assert gaps[:4] == [1000] * 4 and gaps[-1] == 500
    assert heart.span.end == 8020


def test_a_speech_cut_by_its_id_and_steps_that_stop_on_a_word() -> None:
    timeline = one_scene(
        """
- sound: boots_on_stone until word "stop"
- ann: I was going to stop and say more
  id: said
- cut: said at word "more"
- ben: Quiet.
"""
    )
    assert span(timeline, "said") == (0, 1420)
    (boots,) = (clip.id for clip in timeline.clips if clip.name == "boots_on_stone")
    assert hits(timeline, boots) == [30, 530]
    assert by_name(timeline, "ben") == [(1770, 1970)]

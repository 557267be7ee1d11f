"""The whole script of the language page, and what each of its lines means to later stages."""

from __future__ import annotations

from fractions import Fraction

import pytest

from producer.errors import Place
from producer.model.pace import Pace
from producer.model.script import (
    Anchor,
    Bed,
    Cue,
    Glide,
    Line,
    Margin,
    Moment,
    Pause,
    Position,
    Pronunciation,
    Room,
    Script,
    Silence,
    Stop,
)
from producer.script import estimate_s, read
from producer.units import Lu, Metres
from tests.script_helpers import FILE, played, resolved

LAMP = """\
# yaml-language-server: $schema=../producer/script/schema.json
title: The Last Lamp
show: Quiet Harbours
episode: 3
language: en-GB
profile: podcast                 # podcast | broadcast | acx | alexa | archive
packs: [harbour, weather]        # folders under sfx/; the first pack that fills a role wins
speech_margin: {beds: 15 LU, music: 10 LU}    # speech stays this far above what lies under it
cast:
  narrator: {voice: en-gb, rate: 150 wpm, pitch: -10 %, treat: warm, room: none}    # tells it from outside the scene
  keeper:   {voice: en-us+f3, pan: left 20}
  radio:    {voice: en-us+m2, treat: radio}
say:
  Aoife: EE-fa                   # respelling; or /ˈiːfə/ (IPA)
rooms:
  quay: open air                 # a preset
  lamp_room: {preset: small stone room, decay: 0.9 s}
sounds:
  boots_on_stone: {level: -16 LU, every: 620 ms}      # how this role is heard unless its cue says otherwise

scenes:
  - title: The quay
    room: quay
    play:
      - bed: sea                 # beds run until ended, or to the end of the scene
        level: -20 LU
        fade_in: 4 s
      - pause: 3 s
      - narrator: >              # under > everything is heard as written
          Log, last page: nobody had lit the lamp for a year. [gull] Nobody had needed to.
      - sound: boots_on_stone path far left -> near centre, until end of next line  # its keys on one line
      - narrator: She climbed anyway, {112|one hundred and twelve} steps, [rope_creak] one hand on the rope.
      - bed: sea level -28 LU, over 6 s             # the same bed again: ride it

  - title: The lamp room
    room: lamp_room
    play:
      - bed: room_tone level -30 LU
      - sound: door_latch                           # heard out; then she speaks
      - keeper: Who's there? [pause 800 ms] Who is it?
        how: not quite a whisper                    # for the actor; never spoken
        distance: 1.5 m
      - sound: glass_tick at word "there" - 40 ms, level -12 LU
      - radio: I am.
        lead: 300 ms                                # comes in 300 ms before the last line has ended
      - cut: all
      - pause: 2 s
"""


@pytest.fixture(scope="module")
def lamp() -> Script:
    return resolved(LAMP)


def test_the_first_reading_tells_which_packs_and_profile() -> None:
    written = read(LAMP, FILE)
    assert (written.packs, written.profile, written.problems) == (("harbour", "weather"), "podcast", ())


def test_the_top(lamp: Script) -> None:
    assert (lamp.title, lamp.show, lamp.episode, lamp.language) == ("The Last Lamp", "Quiet Harbours", 3, "en-GB")
    assert (lamp.profile, lamp.packs) == ("podcast", ("harbour", "weather"))
    assert lamp.say == (Pronunciation(word="Aoife", said="EE-fa"),)
    assert {key: member.voice for key, member in lamp.cast.items()} == {
        "narrator": "en-gb",
        "keeper": "en-us+f3",
        "radio": "en-us+m2",
    }
    assert lamp.rooms["quay"] == Room(name="quay", preset="open air")
    assert lamp.rooms["lamp_room"] == Room(name="lamp_room", preset="small stone room", decay_s=0.9)


def test_the_scenes(lamp: Script) -> None:
    quay, lamp_room = lamp.scenes
    assert (quay.id, quay.title, quay.room, quay.place) == ("scene-1", "The quay", "quay", Place(FILE, 22, 5))
    assert (lamp_room.id, lamp_room.room) == ("scene-2", "lamp_room")
    assert quay.speech_margin == Margin(Lu(15.0), Lu(10.0))
    assert (quay.gap_s, quay.crossfade_s) == (Fraction(7, 20), Fraction(3, 2))
    assert [type(item) for item in quay.items] == [Bed, Pause, Line, Cue, Line, Bed]
    assert [type(item) for item in lamp_room.items] == [Bed, Cue, Line, Cue, Line, Stop, Pause]
    assert [item.id for scene in lamp.scenes for item in scene.items] == [
        *("bed-1", "pause-1", "line-1", "sound-2", "line-2", "bed-2"),
        *("bed-3", "sound-4", "line-3", "sound-5", "line-4", "cut-1", "pause-2"),
    ]


def test_the_narrator_speaks_from_outside(lamp: Script) -> None:
    first = lamp.lines[0]
    (voice,) = first.voices
    assert (voice.member, voice.voice, voice.rate_wpm, voice.pitch) == ("narrator", "en-gb", 150.0, -10.0)
    assert (voice.treat, voice.room, first.place) == ("warm", "none", Place(FILE, 29, 9))
    assert first.text == "Log, last page: nobody had lit the lamp for a year. Nobody had needed to."
    (gull,) = first.cues
    assert (gull.role, gull.before_token, gull.place) == ("gull", 11, Place(FILE, 30, 63))


def test_the_boots_come_nearer_until_the_next_line_is_over(lamp: Script) -> None:
    boots = lamp.cues[1]
    assert boots.path == (Position(-80.0, Metres(12.0)), Position(0.0, Metres(1.5)))
    assert (boots.level_lu, boots.every) == (Glide(-16.0, -16.0), Pace(0.62, 0.62))
    assert isinstance(boots.until, Moment)
    assert (boots.until.anchor, boots.until.target, boots.until.written) == (Anchor.END, "line-2", "end of next line")


def test_what_is_written_and_what_is_said(lamp: Script) -> None:
    second = lamp.lines[1]
    assert second.text == "She climbed anyway, 112 steps, one hand on the rope."
    assert second.tokens[3].spoken == "one hundred and twelve"
    assert [cue.before_token for cue in second.cues] == [5]


def test_the_sea_starts_and_is_ridden(lamp: Script) -> None:
    sea, ride, tone = lamp.beds
    assert (sea.level_lu, sea.fade_in_s, sea.said) == (Glide(-20.0, -20.0), 4, {"level", "fade_in"})
    assert (ride.role, ride.level_lu, ride.over_s, ride.said) == ("sea", Glide(-28.0, -28.0), 6, {"level", "over"})
    assert (tone.role, tone.level_lu.first, tone.music, tone.duck) == ("room_tone", -30.0, False, True)


def test_the_keeper_asks_and_the_radio_answers(lamp: Script) -> None:
    keeper, radio = lamp.lines[2:]
    assert keeper.rests == (Silence(after_token=2, length=Fraction(4, 5)),)
    assert (keeper.how, keeper.voices[0].path) == ("not quite a whisper", (Position(-20.0, Metres(1.5)),))
    assert (radio.lead_s, radio.voices[0].treat, radio.voices[0].rate_wpm) == (Fraction(3, 10), "radio", 160.0)


def test_the_glass_is_on_the_word(lamp: Script) -> None:
    tick = lamp.cues[-1]
    assert isinstance(tick.at, Moment)
    assert (tick.at.anchor, tick.at.target, tick.at.words) == (Anchor.WORD, "line-3", "there")
    assert (tick.at.offset_s, tick.at.place) == (Fraction(-1, 25), Place(FILE, 43, 30))


def test_everything_is_cut(lamp: Script) -> None:
    cut, pause = lamp.scenes[1].items[-2:]
    assert isinstance(cut, Stop) and isinstance(pause, Pause)
    assert (cut.what, cut.cut, cut.fade_out_s, pause.length) == ("all", True, Fraction(1, 50), 2)


def test_the_length_is_estimated_from_words_and_rests(lamp: Script) -> None:
    words = Fraction(60 * (15 + 13), 150) + Fraction(60 * (5 + 2), 160)
    rests = 3 + Fraction(4, 5) - Fraction(3, 10) + 2
    latch = Fraction(3, 2)
    assert estimate_s(lamp) == words + rests + latch + Fraction(7, 20)


@pytest.mark.parametrize(
    ("items", "seconds"),
    [
        ("- ann: Hi.\n- ann: Ho.\n  lead: 30 s", "0.375"),
        ("- ann: One two.\n- pause: 3 s\n- ann: Ho.\n  lead: 250 ms\n- ann: One.\n- pause: 1 s", "5.475"),
        ("- ann: One two.\n- ann: Ho.\n  lead: until now", "1.125"),
    ],
)
def test_a_lead_never_makes_the_estimate_shorter_than_the_lines_before_it(items: str, seconds: str) -> None:
    assert estimate_s(played(items)) == Fraction(seconds)


@pytest.mark.parametrize(
    ("items", "seconds"),
    [
        ("- ann: One two.\n- sound: knock\n- ann: Ho.", "7.125"),
        ("- ann: One two.\n- sound: knock\n  wait: 1 s\n- ann: Ho.", "6.75"),
        ("- ann: One [knock] two.\n- pause: 1 s", "6.375"),
        ("- ann: One [knock] two.\n- pause: 9 s", "9.75"),
    ],
)
def test_a_sound_counts_with_its_own_length_and_the_end_waits_for_what_still_rings(items: str, seconds: str) -> None:
    assert estimate_s(played(items), lambda cue: Fraction(6)) == Fraction(seconds)


def test_the_same_text_gives_the_same_script() -> None:
    assert resolved(LAMP) == resolved(LAMP)


def test_names_that_are_shown_stand_on_one_line_however_they_are_written() -> None:
    top = 'title: "The Lamp\\n\\nWEBVTT"\nshow: >\n  Quiet\n\n  Harbours\nwriter: "A.\\u2028Writer"\n'
    one = resolved(top + 'cast:\n  ann: {voice: en-gb, name: "Ann\\n  b"}\nscenes:\n  - play:\n      - ann: Yes.\n')
    assert (one.title, one.show, one.writer) == ("The Lamp WEBVTT", "Quiet Harbours", "A. Writer")
    assert one.cast["ann"].name == "Ann b"


def test_cues_keep_their_keys_when_others_come_and_go(lamp: Script) -> None:
    fuller = LAMP.replace("      - pause: 3 s\n", "      - pause: 3 s\n      - sound: knock\n      - bed: wind\n")
    fuller = fuller.replace("      - cut: all\n", "      - sound: glass_tick\n      - cut: all\n")
    more = resolved(fuller)
    keys = [cue.key for cue in more.cues]
    assert len(set(keys)) == len(keys)
    assert {cue.key for cue in lamp.cues} < set(keys)
    assert {bed.key for bed in lamp.beds} < {bed.key for bed in more.beds}

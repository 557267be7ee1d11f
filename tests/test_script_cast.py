"""The top of the script: who speaks and how, what words sound like, rooms, colours, margins, scenes' own keys."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producer.errors import ScriptError
from producer.model.script import Effect, Glide, Hear, Margin, Position, Pronunciation, Room, Script, Token, VoiceUse
from producer.model.sound import Catalogue
from producer.script import read
from producer.script.people import pronounced
from producer.units import Lu, Metres
from tests.script_helpers import CATALOGUE, FILE, around, played, resolved

SCENE = "scenes:\n  - room: hall\n    play:\n"


def script(top: str, play: str = "      - ann: Hello.\n") -> Script:
    cast = "" if top.startswith("cast:") else "cast:\n  ann: {voice: en-gb}\n"
    return resolved(f"title: T\n{cast}{top}{SCENE}{play}")


def voices(top: str, play: str = "      - ann: Hello.\n") -> tuple[VoiceUse, ...]:
    return script(top, play).lines[-1].voices


def fault(text: str, catalogue: Catalogue = CATALOGUE) -> str:
    with pytest.raises(ScriptError) as caught:
        resolved(text, catalogue)
    (problem,) = caught.value.problems
    return f"{problem.at.line}:{problem.at.column}: {problem.what}"


def test_a_members_keys_hold_unless_the_line_says_otherwise() -> None:
    top = "cast:\n  ann: {voice: en-gb, rate: 140 wpm, pan: left 20, distance: 2 m, level: -3 LU, "
    top += "treat: warm, name: Ann}\n"
    (plain,) = voices(top)
    assert (plain.rate_wpm, plain.level_lu, plain.treat) == (140.0, -3.0, "warm")
    assert plain.path == (Position(-20.0, Metres(2.0)),)
    (line,) = voices(top, "      - ann: Hello.\n        pan: right 5\n        treat: none\n        rate: 99 wpm\n")
    assert (line.rate_wpm, line.treat, line.path) == (99.0, "none", (Position(5.0, Metres(2.0)),))
    assert script(top).cast["ann"].name == "Ann"


def test_a_path_takes_what_it_does_not_say_from_the_member() -> None:
    top = "cast:\n  ann: {voice: en-gb, pan: left 20, distance: 2 m}\n"
    (line,) = voices(top, "      - ann: Hello.\n        path: far -> right 10\n")
    assert line.path == (Position(-20.0, Metres(12.0)), Position(10.0, Metres(2.0)))


def test_a_scene_changes_members_for_itself_alone() -> None:
    text = (
        "title: T\ncast:\n  ann: {voice: en-gb, rate: 140 wpm}\nscenes:\n"
        "  - cast:\n      ann: {treat: telephone, rate: 150 wpm}\n    play:\n"
        "      - ann: One.\n      - ann: Two.\n        rate: 160 wpm\n"
        "  - play:\n      - ann: Three.\n"
    )
    uses = [line.voices[0] for line in resolved(text).lines]
    assert [(use.treat, use.rate_wpm) for use in uses] == [("telephone", 150.0), ("telephone", 160.0), ("none", 140.0)]


def test_members_speak_together_each_in_his_own_voice() -> None:
    top = "cast:\n  ann: {voice: en-gb, pan: left 30}\n  ben: {voice: en-us}\n"
    top += "  both: {together: [ann, ben], treat: huge}\n"
    made = script(top, "      - both: Hello.\n        level: -3 LU\n")
    (line,) = made.lines
    assert [(use.member, use.voice, use.treat, use.level_lu, use.path[0].pan) for use in line.voices] == [
        ("ann", "en-gb", "huge", -3.0, -30.0),
        ("ben", "en-us", "huge", -3.0, 0.0),
    ]
    assert (line.together, line.speaker, made.cast["both"].together) == ("both", "both", ("ann", "ben"))


def test_a_member_who_is_named_twice_in_a_choir_is_told() -> None:
    top = "title: T\ncast:\n  ann: {voice: en-gb}\n  both: {together: [ann, ann]}\n"
    assert fault(f"{top}{SCENE}      - both: Hi.\n") == "4:26: together: 'ann' is here twice; leave one out"


def test_words_are_said_as_say_has_them() -> None:
    lines = played(
        "- ann: Aoife's lamp, AOIFE! The {lamp|light}, Reading and reading; lamps.",
        say="{Aoife: EE-fa, lamp: /læmp/, Reading: REDD-ing}",
    ).lines
    assert [token.spoken for token in lines[0].tokens] == [
        *("EE-fa's", "læmp", "EE-fa!", "The", "light,", "REDD-ing", "and", "REDD-ing;", "lamps."),
    ]
    assert [token.ipa for token in lines[0].tokens] == [False, True, *[False] * 7]
    assert lines[0].text == "Aoife's lamp, AOIFE! The lamp, Reading and reading; lamps."


def test_a_word_with_its_own_case_comes_first() -> None:
    say = [Pronunciation(word="Reading", said="REDD-ing"), Pronunciation(word="reading", said="REED-ing")]
    tokens = [Token(word, word) for word in ("Reading", "reading", "READING")]
    assert [token.spoken for token in pronounced(tokens, say)] == ["REDD-ing", "REED-ing", "REDD-ing"]


def test_ipa_takes_an_english_ending() -> None:
    say = [
        Pronunciation(word=word, said=said, ipa=True)
        for word, said in (("Max", "mæks"), ("Pip", "pɪp"), ("Bea", "biː"))
    ]
    tokens = [Token(f"{word}'s", f"{word}'s") for word in ("Max", "Pip", "Bea")]
    assert [token.spoken for token in pronounced(tokens, say)] == ["mæksɪz", "pɪps", "biːz"]


def test_rooms_are_presets_or_presets_with_changes() -> None:
    made = script(
        "rooms:\n  quay: open air\n  lamp_room: {preset: small stone room, decay: 900 ms, wet: -8 dB}\n",
        "      - ann: One.\n        room: quay\n      - ann: Two.\n        room: small stone room\n",
    )
    assert made.rooms["quay"] == Room(name="quay", preset="open air")
    assert made.rooms["lamp_room"] == Room(name="lamp_room", preset="small stone room", decay_s=0.9, wet_db=-8.0)
    assert made.rooms["small stone room"] == Room(name="small stone room", preset="small stone room")
    assert set(made.rooms) == {"quay", "lamp_room", "hall", "small stone room"}


def test_a_treatment_is_a_chain_of_effects() -> None:
    made = script(
        "treatments:\n  intercom: [high_pass 400 Hz, drive 12 dB, radio]\n  far: low_pass 900 Hz, echo 90 ms\n",
        "      - ann: One.\n        treat: intercom\n      - hear: far\n",
    )
    assert made.treatments["intercom"][:2] == (Effect("high_pass", 400.0), Effect("drive", 12.0))
    assert made.treatments["intercom"][2:] != ()
    assert made.treatments["far"] == (Effect("low_pass", 900.0), Effect("echo", 90.0))


def test_a_scene_has_its_own_gap_margin_crossfade_and_hear() -> None:
    text = (
        "title: T\ngap: 500 ms\nspeech_margin: {beds: 12 LU}\nscenes:\n"
        "  - play: [pause: 1 s]\n"
        "  - id: two\n    title: 1984\n    gap: 0 s\n    speech_margin: {music: 5 LU}\n    crossfade: 0 s\n"
        "    hear: muffled\n"
        "    play: [pause: 1 s]\n"
        "  - hear: memory level -6 LU\n    play: [pause: 1 s]\n"
    )
    one, two, three = resolved(text).scenes
    assert (one.id, one.title, one.gap_s, one.crossfade_s, one.hear) == (
        "scene-1",
        "",
        Fraction(1, 2),
        Fraction(3, 2),
        "none",
    )
    assert (two.id, two.title, two.gap_s, two.crossfade_s, two.hear) == ("two", "1984", 0, 0, "muffled")
    assert one.speech_margin == Margin(Lu(12.0), Lu(10.0)) and two.speech_margin == Margin(Lu(12.0), Lu(5.0))
    assert three.hear == "none"
    hear = three.items[0]
    assert isinstance(hear, Hear) and (hear.treat, hear.level_lu, hear.over_s) == ("memory", -6.0, 0)


def test_an_effect_takes_its_number_in_every_unit_of_its_kind() -> None:
    chain = "[low_pass 2.5 kHz, pitch -3 semitones, echo 0.09 s, reverb 300 ms, crush 8 bits]"
    made = script(f"treatments: {{a: {chain}}}\n", "      - ann: One.\n        treat: a\n")
    effects = {"low_pass": 2500.0, "pitch": -300.0, "echo": 90.0, "reverb": 0.3, "crush": 8.0}
    assert made.treatments["a"] == tuple(Effect(name, value) for name, value in effects.items())


def test_everything_at_the_top_is_read() -> None:
    made = script(
        "show: S\nseason: 2\nepisode: 010\nlanguage: de\nwriter: W\nproducer: P\nsummary: >\n  Two\n  lines.\n"
        "cover: c.png\n"
        "date: 2026-11-22\nexplicit: no\ncommercial: yes\nprofile: acx\npacks: harbour\nseed: 1984\nmixes: [standard]\n"
    )
    assert (made.show, made.season, made.episode, made.language) == ("S", 2, 10, "de")
    assert (made.writer, made.producer, made.summary, made.cover) == ("W", "P", "Two lines.", "c.png")
    assert (made.date, made.explicit, made.commercial) == ("2026-11-22", False, True)
    assert (made.profile, made.packs, made.seed) == ("acx", ("harbour",), "1984")


def test_nothing_needs_to_be_said_but_title_and_scenes() -> None:
    made = resolved("title: T\nscenes:\n  - play:\n      - sound: gull\n")
    assert (made.language, made.profile, made.packs, made.cast, made.seed) == ("en", "podcast", (), {}, "")
    assert (made.scenes[0].room, made.cues[0].level_lu) == ("", Glide(-10.0, -10.0))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1:1: this file is empty; a script begins with "),
        ("just words\n", "1:1: this is not a script; a script begins with 'title:', 'cast:' and 'scenes:'"),
        ("- a\n- b\n", "1:1: this is not a script; a script begins with 'title:', 'cast:' and 'scenes:'"),
        (
            "version: 1\npack: p\nsounds:\n  a: {foley: knock}\n",
            "2:1: this is a pack, not a script; 'render pack check' ",
        ),
        ("title: T\nscenes: []\n", "2:9: 'scenes' is empty; a script needs one scene or more"),
        ("title: T\n", "1:1: a script needs 'scenes', each with what is played in it"),
        (
            "title: T\nscenes:\n  - title: One\n",
            "3:5: this scene has no 'play'; write what is heard in it, as in 'play:' and '- sound: gull' under it",
        ),
        ("edition_of: lamp.yaml\nlanguage: de\n", "1:13: edition_of: 'lamp.yaml' cannot be read from here"),
        (
            around("- ann: Hi.", language="English"),
            "2:11: language: 'English' is not a language; write its code, as in ",
        ),
        (
            around("- ann: Hi.", date="2026-02-29"),
            "2:7: date: there is no day '2026-02-29'; write year, month and day, ",
        ),
        (around("- ann: Hi.", date="22.11.2026"), "2:7: date: '22.11.2026' is not a day; write year, month and day, "),
        (
            around("- ann: Hi.", episode="three"),
            "2:10: episode: 'three' is not a number; write a whole number from 1 to ",
        ),
        (
            around("- ann: Hi.", gap="0.35"),
            "2:6: gap: '0.35' has no unit; a length is in s or ms, as in '1.5 s', or as ",
        ),
        (around("- ann: Hi.", packs="[harbour, harbour]"), "2:18: the pack 'harbour' is listed twice"),
        (
            around("- ann: Hi.", say="{Saint Aoife: x}"),
            "2:7: 'Saint Aoife' is more than one word; say how each word is ",
        ),
        (
            around("- ann: Hi.", rooms="{a: {decay: 1 s}}"),
            "2:12: the room 'a' has neither a preset nor an impulse; presets are: car, ",
        ),
        (
            around("- ann: Hi.", treatments="{radio: [drive 3 dB]}"),
            "2:14: 'radio' is a treatment already; call your own ",
        ),
        (
            around("- ann: Hi.", treatments="{a: [drive 3 LU]}"),
            "2:18: a: 'drive 3 LU' is not in dB; write 'drive 3 dB'",
        ),
        (
            around("- ann: Hi.", treatments="{a: [drove 3 dB]}"),
            "2:18: a: there is no effect 'drove'; did you mean 'drive'?",
        ),
        (
            around("- ann: Hi.", sounds="{gul: {level: -3 LU}}"),
            "2:10: no pack has the sound 'gul'; did you mean 'gull'?",
        ),
        (around("- ann: Hi.", sounds="{gull: {at: now}}"), "2:17: the role 'gull' has no 'at'; it can have carry, "),
        (around("- ann: Hi.", mixes="[nigth]"), "2:9: there is no mix 'nigth'; did you mean 'night'?"),
        (around("- ann: Hi.", lines="{a: b}"), "2:1: 'lines' are the texts of an edition; write 'edition_of: "),
    ],
)
def test_a_mistake_at_the_top(text: str, message: str) -> None:
    assert fault(text).startswith(message)


def test_an_unknown_voice_is_no_mistake_where_voices_are_not_known() -> None:
    text = around("- ann: Hi.").replace("en-gb", "klingon")
    assert fault(text).startswith("3:16: there is no voice 'klingon'")
    assert resolved(text, Catalogue(sounds={})).lines[0].voices[0].voice == "klingon"


def test_many_packs_with_a_sound_are_all_named() -> None:
    have = "the packs 'storm' and 'winter' have it: add one of them to 'packs'"
    assert fault(around("- sound: rain_on_tin")) == f"10:16: no listed pack has the sound 'rain_on_tin'; {have}"


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("abc:-[]{}>|,\"'# \n*&!%@0") | st.characters(codec="utf-8"), max_size=80))
def test_no_text_is_anything_but_a_script_or_an_error_with_places(text: str) -> None:
    for whole in (text, around(text or "x")):
        written = read(whole, FILE)
        try:
            resolved(whole)
        except ScriptError as error:
            assert error.problems
            assert set(written.problems) <= set(error.problems)


KEYS = st.sampled_from(
    [
        "level -12 LU",
        "pan left 40",
        "at now",
        'at word "hello"',
        "for 2 s",
        "repeat 3",
        "wait no",
        "over 2 s",
        "until end of line",
    ]
)
ITEM = st.one_of(
    st.builds(
        "- sound: {} {}".format,
        st.sampled_from(["gull", "boots_on_stone", "gul"]),
        st.lists(KEYS, max_size=3).map(", ".join),
    ),
    st.builds(
        "- bed: {} {}".format, st.sampled_from(["sea", "wind", "low"]), st.lists(KEYS, max_size=2).map(", ".join)
    ),
    st.builds(
        "- {}: Hello [{}] there.".format,
        st.sampled_from(["ann", "ben", "bean"]),
        st.sampled_from(["gull", "beat", "pause"]),
    ),
    st.sampled_from(
        ["- pause: 2 s", "- pause: until end of next line", "- end: sea", "- cut: all", "- mark: m", "- hear: radio"]
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ITEM, min_size=1, max_size=8))
def test_any_play_is_a_script_or_an_error_with_places(items: list[str]) -> None:
    text = around("\n".join(items))
    lines = text.splitlines()
    try:
        made = resolved(text)
    except ScriptError as error:
        for problem in error.problems:
            assert 1 <= problem.at.line <= len(lines)
            assert 1 <= problem.at.column <= len(lines[problem.at.line - 1]) + 1
        return
    ids = [item.id for item in made.scenes[0].items] + [cue.id for line in made.lines for cue in line.cues]
    assert len(set(ids)) == len(ids)
    assert len({cue.key for cue in made.cues}) == len(made.cues)

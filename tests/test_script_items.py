"""Every item and every key of the tables, in the long form and the short form."""

from __future__ import annotations

from fractions import Fraction

import pytest

from producer.errors import ScriptError
from producer.model.pace import Pace
from producer.model.script import Anchor, Bed, Cue, Glide, Hear, Item, Line, Mark, Moment, Pause, Position, Stop
from producer.script import keys
from producer.units import Metres
from tests.script_helpers import around, played, resolved


def items(text: str) -> tuple[Item, ...]:
    return played(text).scenes[0].items


def last_cue(text: str) -> Cue:
    return played(text).cues[-1]


def last_bed(text: str) -> Bed:
    return played(text).beds[-1]


SOUND = "- ann: Go on.\n- sound: {}"


@pytest.mark.parametrize(
    ("key", "value", "field", "expected"),
    [
        ("for", "3 s", "for_s", 3),
        ("wait", "no", "wait", 0),
        ("wait", "yes", "wait", None),
        ("wait", "600 ms", "wait", Fraction(3, 5)),
        ("repeat", "4", "repeat", 4),
        ("variant", "2", "variant", 2),
        ("level", "-30 LU -> -12 LU", "level_lu", Glide(-30.0, -12.0)),
        ("pan", "left 40", "path", (Position(-40.0, Metres(1.0)),)),
        ("pan", "left 40 -> right 40", "path", (Position(-40.0, Metres(1.0)), Position(40.0, Metres(1.0)))),
        ("distance", "4 m", "path", (Position(0.0, Metres(4.0)),)),
        ("path", "far -> near right 10", "path", (Position(0.0, Metres(12.0)), Position(10.0, Metres(1.5)))),
        ("room", "empty  house", "room", "empty house"),
        ("treat", "muffled", "treat", "muffled"),
        ("pitch", "+30 cents", "pitch_cents", Glide(30.0, 30.0)),
        ("speed", "90 %", "speed", 90.0),
        ("fade_in", "2 s", "fade_in_s", 2),
        ("fade_out", "1:00", "fade_out_s", 60),
    ],
)
def test_a_key_of_a_sound_means_the_same_in_both_forms(key: str, value: str, field: str, expected: object) -> None:
    long = last_cue(SOUND.format(f"gull\n  {key}: {value}"))
    short = last_cue(SOUND.format(f"gull {key} {value}"))
    assert getattr(long, field) == getattr(short, field) == expected


def test_a_pitch_that_moves_from_strike_to_strike_means_the_same_in_both_forms() -> None:
    long = last_cue(SOUND.format("gull repeat 4\n  pitch: 0 cents -> +30 cents"))
    short = last_cue(SOUND.format("gull repeat 4, pitch 0 cents -> +30 cents"))
    assert long.pitch_cents == short.pitch_cents == Glide(0.0, 30.0)


def test_all_keys_of_a_sound_stand_on_one_line() -> None:
    cue = last_cue(
        SOUND.format(
            'gull at word "go on" + 1 s, every 1 s ± 40 %, repeat 3, level -18 LU, '
            "pan left 40, wait no, id bird, fade_out 2 s"
        )
    )
    assert cue.at is not None and (cue.at.words, cue.at.offset_s) == ("go on", 1)
    assert (cue.id, cue.every, cue.repeat, cue.wait) == ("bird", Pace(1.0, 1.0, 0.4), 3, 0)
    assert (cue.level_lu, cue.path, cue.fade_out_s) == (Glide(-18.0, -18.0), (Position(-40.0, Metres(1.0)),), 2)


def test_a_key_without_a_value_is_a_yes_in_the_short_form() -> None:
    assert last_cue("- ann: Go. [knock wait]").wait is None
    assert last_bed("- music: theme loop, carry").loop
    assert last_bed("- bed: sea carry").carry


def test_a_comma_inside_quotation_marks_parts_nothing() -> None:
    cue = last_cue("- ann: Well, there.\n- sound: gull at word “well, there” - 40 ms, level -12 LU")
    assert cue.at is not None and cue.at.words == "well, there"
    assert cue.level_lu.first == -12.0


def test_a_sound_has_its_defaults() -> None:
    cue = last_cue(SOUND.format("gull"))
    assert (cue.level_lu, cue.path, cue.room, cue.treat) == (
        Glide(-10.0, -10.0),
        (Position(0.0, Metres(1.0)),),
        "",
        "none",
    )
    assert (cue.at, cue.until, cue.for_s, cue.wait, cue.speed, cue.settings) == (None, None, None, None, 100.0, {})
    assert not cue.duck


def test_a_sound_may_give_way_to_speech() -> None:
    for written in (" duck yes", " duck", "\n  duck: yes"):
        assert last_cue(SOUND.format(f"gull{written}")).duck
    assert not last_cue(SOUND.format("gull duck no")).duck


@pytest.mark.parametrize(
    ("key", "value", "field", "expected"),
    [
        ("over", "6 s", "over_s", 6),
        ("level", "-28 LU", "level_lu", Glide(-28.0, -28.0)),
        ("pan", "right 10", "path", (Position(10.0, Metres(1.0)),)),
        ("width", "60 %", "width", 60.0),
        ("room", "hall", "room", "hall"),
        ("treat", "muffled", "treat", "muffled"),
        ("pitch", "-200 cents", "pitch_cents", -200.0),
        ("speed", "80 %", "speed", 80.0),
        ("set", "strength 0.9, gusts 0.2", "settings", {"strength": 0.9, "gusts": 0.2}),
        ("fade_out", "8 s", "fade_out_s", 8),
        ("duck", "no", "duck", False),
        ("carry", "yes", "carry", True),
    ],
)
def test_a_bed_is_ridden_by_the_keys_that_it_gives(key: str, value: str, field: str, expected: object) -> None:
    for written in (f"\n  {key}: {value}", f" {key} {value}"):
        ride = last_bed(f"- bed: wind level -20 LU\n- bed: wind{written}")
        assert getattr(ride, field) == expected
        assert ride.said == {key}


def test_settings_may_be_a_mapping() -> None:
    bed = last_bed("- bed: wind\n  set: {strength: 0.9, gusts: 0.2}")
    assert bed.settings == {"strength": 0.9, "gusts": 0.2}
    assert last_bed("- bed: wind set strength 0.3, set gusts 0.1, over: 3 s".replace(", over: 3 s", "")).settings == {
        "strength": 0.3,
        "gusts": 0.1,
    }


def test_a_bed_may_strike_at_a_pace() -> None:
    assert last_bed("- bed: drip every 3 s ± 40 %").every == Pace(3.0, 3.0, 0.4)


def test_levels_differ_by_kind() -> None:
    bed, music = played("- bed: sea\n- music: theme").beds
    assert (bed.level_lu.first, music.level_lu.first) == (-20.0, -12.0)
    assert (bed.music, music.music, music.room) == (False, True, "none")


def test_a_bed_is_ridden_by_its_id() -> None:
    ride = last_bed("- id: low\n  bed: wind\n- bed: low set gusts 0.5, over 2 s")
    assert (ride.role, ride.names_id, ride.settings) == ("low", True, {"gusts": 0.5})
    with pytest.raises(ScriptError, match="'wind' has no setting 'gust'"):
        played("- id: low\n  bed: wind\n- bed: low set gust 0.5")
    with pytest.raises(ScriptError, match="'low' is not running here"):
        played("- bed: low level -30 LU\n- id: low\n  bed: wind")


def test_a_bed_that_is_carried_runs_in_the_next_scene() -> None:
    following = "  - title: Two\n    play:\n      - bed: sea over 2 s, level -30 LU\n      - end: sea\n"
    assert resolved(around("- bed: sea carry") + following).beds[-1].said == {"over", "level"}
    assert resolved(around("- bed: sea", sounds="{sea: {carry: yes}}") + following).beds[-1].said == {"over", "level"}
    with pytest.raises(ScriptError, match="'sea' is not running here"):
        resolved(around("- bed: sea carry no", sounds="{sea: {carry: yes}}") + following)
    with pytest.raises(ScriptError, match="'sea' is not running here, so nothing can change 'over'"):
        resolved(around("- bed: sea") + following.replace("      - end: sea\n", ""))


def test_hear_end_cut_pause_and_mark() -> None:
    line, hear, none, end, cut, pause, mark = items(
        "- ann: Sleep.\n  id: l1\n- bed: sea".replace("\n- bed: sea", "")
        + '\n- hear: muffled over 2 s, level -6 LU\n- hear: none\n- end: l1 fade_out 4 s\n- cut: all at word "sleep"'
        "\n- pause: until end of l1\n- mark: turn\n  at: start of line"
    )
    assert isinstance(line, Line) and line.id == "l1"
    assert isinstance(hear, Hear) and (hear.treat, hear.over_s, hear.level_lu) == ("muffled", 2, -6.0)
    assert isinstance(none, Hear) and (none.treat, none.over_s, none.level_lu) == ("none", Fraction(1, 2), 0.0)
    assert isinstance(end, Stop) and (end.what, end.cut, end.fade_out_s) == ("l1", False, 4)
    assert isinstance(cut, Stop) and cut.cut and cut.fade_out_s == Fraction(1, 50)
    assert cut.at is not None and cut.at.target == "l1"
    assert isinstance(pause, Pause) and isinstance(pause.length, Moment) and pause.length.anchor is Anchor.END
    assert isinstance(mark, Mark) and mark.name == "turn" and mark.at is not None


def test_a_fade_may_last_until_a_moment() -> None:
    bed = last_bed('- bed: sea\n  fade_out: until word "sleep"\n- ann: Now sleep.')
    assert isinstance(bed.fade_out_s, Moment) and bed.fade_out_s.target == "line-1"


def test_a_speech_takes_every_key_of_the_table() -> None:
    first, second = played(
        "- ann: One.\n- ben: Two.\n  how: softly\n  voice: en-gb\n  rate: 120 wpm\n  pitch: +10 %\n  treat: thought\n"
        "  level: -3 LU\n  path: far left -> near\n  room: hall\n  gap: 1 s\n  id: two"
    ).lines
    (voice,) = second.voices
    assert (second.id, second.how, second.gap_s, first.gap_s) == ("two", "softly", 1, None)
    assert (voice.voice, voice.rate_wpm, voice.pitch, voice.treat) == ("en-gb", 120.0, 10.0, "thought")
    assert (voice.level_lu, voice.room) == (-3.0, "hall")
    assert voice.path == (Position(-80.0, Metres(12.0)), Position(0.0, Metres(1.5)))


def test_a_speech_may_begin_at_a_moment_or_lead() -> None:
    _, at, lead = played('- ann: One two.\n- ben: Three.\n  at: word "two"\n- ann: Four.\n  lead: 300 ms').lines
    assert at.at is not None and at.at.target == "line-1"
    assert lead.lead_s == Fraction(3, 10)


def test_the_order_of_keys_is_free() -> None:
    assert last_cue("- level: -12 LU\n  id: bird\n  sound: gull").id == "bird"


def test_ids_are_counted_by_kind_over_the_episode() -> None:
    script = played(
        "- ann: One [gull] two.\n- sound: gull\n- ben: Three.\n  id: third\n- ann: Four.\n- sound: knock id k"
    )
    assert [line.id for line in script.lines] == ["line-1", "third", "line-3"]
    assert [cue.id for cue in script.cues] == ["sound-1", "sound-2", "k"]


def test_role_defaults_are_merged_under_what_a_cue_says() -> None:
    defaults = (
        "{gull: {level: -18 LU, path: far left -> near right, wait: no}, wind: {set: {strength: 0.2, gusts: 0.1}}}"
    )
    script = played("- sound: gull\n- sound: gull pan left 10, level -3 LU\n- bed: wind set gusts 0.7", sounds=defaults)
    first, second = script.cues
    assert (first.level_lu.first, len(first.path), first.wait) == (-18.0, 2, 0)
    assert (second.level_lu.first, second.path) == (-3.0, (Position(-10.0, Metres(1.0)),))
    assert script.beds[0].settings == {"strength": 0.2, "gusts": 0.7}
    assert script.beds[0].said == {"set"}


def test_role_defaults_may_be_written_short() -> None:
    assert last_cue_of("- sound: gull", sounds="{gull: 'level -18 LU, pan left 10'}").level_lu.first == -18.0


def last_cue_of(text: str, **top: str) -> Cue:
    return played(text, **top).cues[-1]


@pytest.mark.parametrize("kind", sorted(keys.BESIDE))
def test_no_member_may_be_called_like_an_item_or_a_key(kind: str) -> None:
    for name in {kind, *keys.BESIDE[kind]} - {"speech"}:
        with pytest.raises(ScriptError, match=f"nobody can be called '{name}'"):
            resolved(f"title: T\ncast:\n  {name}: {{voice: en-gb}}\nscenes:\n  - play:\n      - pause: 1 s\n")


def test_two_items_in_one_are_both_read() -> None:
    with pytest.raises(ScriptError) as caught:
        played("- sound: gul\n  ann: Hello [gul] there.")
    assert [problem.what[:20] for problem in caught.value.problems] == [
        "no pack has the soun",
        "'sound' and 'ann' st",
        "no pack has the soun",
    ]


def test_music_that_may_be_over_may_come_in_again() -> None:
    again = last_bed("- music: theme\n- ann: Some time later.\n- music: theme fade_in 2 s")
    assert (again.role, again.fade_in_s) == ("theme", 2)
    until = last_bed("- bed: sea until end of next line\n- ann: Later.\n- bed: sea fade_in 2 s")
    assert (until.role, until.fade_in_s) == ("sea", 2)

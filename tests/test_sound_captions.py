"""What is heard beside the words, in words: named once, where there is room, at one time in every file."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen.id3 import ID3

from producer.deliver import captions, chapters, sound_captions, transcripts
from producer.deliver.captions import Card
from producer.deliver.sound_captions import Heard, SoundCard
from producer.model.script import Script
from producer.model.timeline import Clip, ClipKind, Ramp
from producer.units import Samples, Span
from tests.deliver_helpers import HERE, RATE, script_of, speech, timeline_of
from tests.face_helpers import Shell, cache, shell

__all__ = ["cache", "shell"]

SAID = [("Nobody", 2.0, 2.4), ("came.", 2.5, 3.0)]


def sound(name: str, start_s: float, end_s: float, kind: ClipKind = "sound", **more: object) -> Clip:
    span = Span(Samples(round(start_s * RATE)), Samples(round(end_s * RATE)))
    still: dict[str, object] = {"pan": Ramp.still(0), "distance": Ramp.still(1), "hit": span.start}
    return Clip(
        id=name, kind=kind, name=name, scene="scene-1", span=span, place=HERE, level=Ramp.still(0), **(still | more)
    )  # type: ignore[arg-type]


def named(*clips: Clip, script: Script | None = None, **titles: str) -> list[str]:
    timeline = timeline_of(60, clips, (("One", 0.0),))
    return [one.text for one in sound_captions.heard(timeline, script or script_of(), titles)]


def moving(first: float, last: float) -> Ramp:
    return Ramp(((0, first), (RATE, last)))


# ---- what is said


def test_a_sound_has_its_packs_title_or_its_roles_name() -> None:
    assert named(sound("metal_scrape", 1, 2)) == ["metal scrape"]
    assert named(sound("metal_scrape", 1, 2), metal_scrape="metal\nscrapes") == ["metal scrapes"]


def test_one_thing_is_said_of_where_it_is() -> None:
    def where(distance: Ramp, pan: Ramp) -> str:
        return named(sound("gull", 1, 2, distance=distance, pan=pan))[0].removeprefix("gull")

    assert where(Ramp.still(1), Ramp.still(-20)) == ""
    assert where(Ramp.still(1), Ramp.still(-50)) == ", on the left"
    assert where(Ramp.still(1), Ramp.still(80)) == ", on the right"
    assert where(Ramp.still(8), Ramp.still(80)) == ", far off"
    assert where(Ramp.still(0.4), Ramp.still(80)) == ", close by"
    assert where(moving(10, 4), Ramp.still(0)) == ", coming nearer"
    assert where(moving(2, 4), Ramp.still(0)) == ", going away"
    assert where(Ramp.still(2), moving(-60, 30)) == ", from left to right"
    assert where(Ramp.still(2), moving(10, -60)) == ", from right to left"


def test_a_bed_is_named_once_and_all_through_when_it_is() -> None:
    assert named(sound("wind", 0, 60, "bed"), sound("rain", 20, 60, "bed")) == ["wind, all through", "rain"]
    assert named(sound("wind", 0, 60, "bed", hit=Samples(30 * RATE))) == ["wind, all through"]
    assert named(sound("piano", 1, 9, "music"), sound("sad_music", 20, 30, "music")) == ["music: piano", "sad music"]


def test_another_language_gets_the_title_alone() -> None:
    far, bed = sound("gull", 1, 2, distance=Ramp.still(20)), sound("wind", 0, 60, "bed")
    assert named(far, bed, script=script_of(language="de-AT"), gull="Möwe") == ["wind", "Möwe"]


def test_what_comes_again_soon_has_been_named() -> None:
    assert named(*(sound("step", at, at + 0.1) for at in range(0, 30, 3))) == ["step"] * 3
    assert named(sound("a", 1, 2), sound("a", 2, 3, distance=Ramp.still(9))) == ["a", "a, far off"]


# ---- where it stands


def test_a_sound_stands_where_nobody_speaks_if_that_is_near() -> None:
    words = [Card("a", 2000, 5000, "x", ("x",)), Card("a", 7000, 9000, "y", ("y",))]

    def card(at: int) -> tuple[int, int]:
        (made,) = sound_captions.placed([Heard(at, "gull")], words, 60_000)
        return made.start_ms, made.end_ms

    assert card(500) == (500, 1500)
    assert card(1200) == (1200, 2000)  # over when words come
    assert card(1700) == (1300, 2000)  # begins a little sooner to be read
    assert card(2500) == (2500, 3500)  # over the words: no room near it
    assert card(4000) == (5000, 6000)  # a second late, for there is room
    assert card(30_000) == (30_000, 31_000)


def test_a_sound_does_not_stand_behind_the_line_that_answers_it() -> None:
    def card(*words: Card) -> tuple[int, int]:
        (made,) = sound_captions.placed([Heard(2000, "a knock")], words, 60_000)
        return made.start_ms, made.end_ms

    asked, answer = Card("a", 0, 2200, "x", ("x",)), Card("b", 2200, 3200, "Come in.", ("Come in.",))
    assert card(asked, answer) == (2000, 3000)
    assert card(answer) == (1500, 2200)
    assert card(asked, replace(answer, goes_on=True)) == (3200, 4200)  # both of one line


def test_the_last_sound_of_an_episode_can_be_read() -> None:
    spoken = [Card("A", 0, 9700, "So?", ("A: So?",))]
    for words in ([], spoken):
        (card,) = sound_captions.placed([Heard(9900, "a gull")], words, 10_000)
        assert (card.start_ms, card.end_ms) == (9400, 10_000)


def test_long_titles_stand_longer_and_fill_two_lines_at_most() -> None:
    (short,) = sound_captions.placed([Heard(0, "x" * 5)], [], 60_000)
    (middle,) = sound_captions.placed([Heard(0, "metal scrapes on metal, going away")], [], 60_000)
    (long,) = sound_captions.placed([Heard(0, "metal scrapes on metal " * 9)], [], 60_000)
    assert [card.end_ms for card in (short, middle, long)] == [1000, 34 * 58, 4000]
    assert middle.lines == ("[metal scrapes on metal, going", "away]")
    assert len(long.lines) == 2
    assert long.text.endswith("…]")


def test_what_begins_together_shares_a_card() -> None:
    made = sound_captions.placed([Heard(0, "gull"), Heard(400, "bell"), Heard(900, "wave")], [], 60_000)
    assert [(card.start_ms, card.text) for card in made] == [(0, "[gull; bell]"), (1000, "[wave]")]


def test_where_there_is_no_room_sounds_are_left_out() -> None:
    made = sound_captions.placed([Heard(at, f"sound {at}") for at in range(0, 9000, 700)], [], 9000)
    assert 7 <= len(made) < 13
    assert all(card.end_ms <= 9000 for card in made)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 40_000), st.integers(1, 5000)), max_size=12),
    st.lists(st.tuples(st.integers(0, 50_000), st.text("ab ;-->&<", min_size=1, max_size=90)), max_size=25),
)
def test_cards_of_sounds_never_overlap_and_stand_near_their_sound(
    spoken: list[tuple[int, int]], noises: list[tuple[int, str]]
) -> None:
    words = [Card("a", start, start + length, "w", ("w",)) for start, length in sorted(spoken)]
    sounds = [Heard(at, text) for at, text in sorted(noises)]
    made = sound_captions.placed(sounds, words, 50_000)
    for one, other in itertools.pairwise(made):
        assert one.end_ms <= other.start_ms
    for card in made:
        assert 0 <= card.start_ms < card.end_ms <= 50_000
        assert card.end_ms - card.start_ms <= 4000
        assert any(-500 <= card.start_ms - one.start_ms <= 1500 for one in sounds)
        assert len(card.lines) <= 2
        assert all(len(line) <= 32 for line in card.lines)
        over = [w for w in words if w.start_ms < card.end_ms and card.start_ms < w.end_ms]
        assert over or card.end_ms - card.start_ms >= 700 or card.end_ms == 50_000


# ---- the files


def shown(vtt: str) -> list[tuple[str, str, str]]:
    """(start, end, what is shown) of each cue, as a browser takes it apart."""
    assert vtt.startswith("WEBVTT\n")
    found = re.findall(r"^(\S+) --> (\S+)(?: line:0)?\n((?:.+\n?)+)", vtt, re.MULTILINE)
    assert len(found) == vtt.count(" --> ")
    return found


def test_srt_and_vtt_have_one_time_and_text_for_each_card() -> None:
    words = [
        Card("A & <b>", 1000, 2000, "one --> two three", ("A & <b>: one --> two", "three")),
        Card("A & <b>", 5000, 6000, "four", ("four",)),
    ]
    sounds = [SoundCard(1000, 1900, ("[a <i>", "--> b]")), SoundCard(3000, 4000, ("[c]",))]
    vtt, srt = sound_captions.vtt(words, sounds), sound_captions.srt(words, sounds)
    blocks = re.findall(r"^(\d+)\n(\S+) --> (\S+)\n((?:.+\n?)+)", srt, re.MULTILINE)
    cues = shown(vtt)
    assert [(start.replace(",", "."), end.replace(",", ".")) for _, start, end, _ in blocks] == [
        cue[:2] for cue in cues
    ]
    assert [number for number, *_ in blocks] == ["1", "2", "3", "4"]
    assert [text.strip() for *_, text in blocks] == ["[a ‹i›\n→ b]", "A & ‹b›: one → two\nthree", "[c]", "four"]
    assert cues[0][2].strip() == "[a &lt;i&gt;\n--&gt; b]"
    assert cues[1][2].strip() == "<v A &amp; &lt;b&gt;>A &amp; &lt;b&gt;: one --&gt; two\nthree</v>"
    assert "00:00:03.000 --> 00:00:04.000 line:0\n[c]\n" in vtt
    assert sorted(cue[0] for cue in cues) == [cue[0] for cue in cues]


class Page(HTMLParser):
    """What a page shows, by the class or name of its paragraphs."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.shown: list[tuple[str, str]] = []
        self._in = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in {"html", "head", "meta", "title", "style", "body", "h1", "h2", "cite", "time", "p"}, tag
        self._in = "sound" if ("class", "sound") in attrs else tag

    def handle_endtag(self, tag: str) -> None:
        self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in and data.strip():
            self.shown.append((self._in, data))


def test_the_page_and_the_plain_text_hold_speeches_and_sounds_in_order() -> None:
    title = "🦉 “x” <script>alert(1)</script> & שלום"
    said = speech("line-1", "keeper", [("<b>Nobody</b>", 2.0, 2.4), ("came.", 2.5, 3.0)])
    timeline = timeline_of(60, (said, sound("gull", 1, 2)), (("The <quay>", 0.0),))
    script = script_of(title)
    sounds = sound_captions.heard(timeline, script, {"gull": "a <gull>"})
    page = Page(transcripts.html(timeline, script, sounds, chapters.chapters(timeline, script)))
    assert [one for one in page.shown if one[0] != "style"] == [
        ("title", title), ("h1", title), ("h2", "The <quay>"), ("sound", "[a <gull>]"),
        ("cite", "The <Keeper> & co:"), ("time", "00:00:02"), ("p", "<b>Nobody</b> came."),
    ]  # fmt: skip
    assert transcripts.plain(timeline, script, sounds) == "[a <gull>]\n\nThe <Keeper> & co: <b>Nobody</b> came.\n"


def test_a_speech_without_sounds_is_the_transcript_alone() -> None:
    timeline = timeline_of(60, (speech("line-1", "keeper", SAID),), (("One", 0.0),))
    script = script_of()
    cards = captions.cards(timeline, script)
    assert sound_captions.srt(cards, ()) == captions.srt(cards)
    cue = "00:00:02.000 --> 00:00:03.798\n<v The &lt;Keeper&gt; &amp; co>"
    assert captions.vtt(cards) == f"WEBVTT\n\n{cue}Nobody came.</v>\n"
    # players show no voice: who speaks is in the captions' text
    assert sound_captions.vtt(cards, ()) == f"WEBVTT\n\n{cue}The &lt;Keeper&gt; &amp; co: Nobody came.</v>\n"


def test_a_rendered_episode_has_one_set_of_chapters_words_and_times(tmp_path: Path, shell: Shell) -> None:
    (tmp_path / "script").mkdir()
    titles = ["A 🦉 & <b>", "“שלום” 'x' --> y"]
    scenes = "".join(
        f"  - title: {json.dumps(title, ensure_ascii=False)}\n    play:\n      - sound: metal_scrape\n"
        "      - n: Nobody, [door_creak] & I <mean> nobody, came.\n"
        for title in titles
    )
    text = f"title: T\nshow: S\ncast:\n  n: {{voice: en-gb}}\npacks: [ruins]\ncredits: no\nscenes:\n{scenes}"
    (tmp_path / "script" / "t.yaml").write_text(text, "utf-8")
    done = shell("episode", "--quiet", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    folder = tmp_path / "output" / "t"

    def text_of(name: str) -> str:
        return (folder / name).read_text("utf-8")

    listed = json.loads(text_of("chapters.json"))["chapters"]
    frames = sorted(ID3(folder / "t.mp3").getall("CHAP"), key=lambda frame: frame.start_time)
    cues = re.findall(r"^(\d+):(\d+):(\d+)\.(\d+) --> (\d+):(\d+):(\d+)\.(\d+)\n(.*)", text_of("chapters.vtt"), re.M)
    assert [one["title"] for one in listed] == [frame.sub_frames["TIT2"].text[0] for frame in frames] == titles
    assert [cue[8].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for cue in cues] == titles
    for one, frame, cue in zip(listed, frames, cues, strict=True):
        h1, m1, s1, ms1, h2, m2, s2, ms2 = map(int, cue[:8])
        assert round(one["startTime"] * 1000) == frame.start_time == ((h1 * 60 + m1) * 60 + s1) * 1000 + ms1
        assert round(one["endTime"] * 1000) == frame.end_time == ((h2 * 60 + m2) * 60 + s2) * 1000 + ms2
    line = "Nobody, & I <mean> nobody, came."
    spoken = [one for one in Page(text_of("transcript.html")).shown if one[0] == "p"]
    assert spoken == [("p", line)] * 2
    words = [text for _, _, text in shown(text_of("captions.vtt")) if text.startswith("<v ")]
    joined = " ".join(" ".join(re.sub(r"</?v[^>]*>", "", text).split()) for text in words)
    assert joined.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == f"n: {line} {line}"
    assert "[metal scrape" in text_of("captions.srt")
    assert text_of("transcript.txt").count(line) == 2

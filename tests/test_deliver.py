"""Delivered files, read back by others: ffmpeg's own decoder and meter, mutagen, plain parsers."""

import itertools
import json
import re
import struct
import subprocess
import unicodedata
from collections import Counter
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen import id3
from mutagen.mp3 import MP3
from PIL import Image, ImageDraw

from producer.audio import Audio
from producer.carried import executable
from producer.deliver import captions, chapters, cover, credits, encode, ffmpeg, id3_tags, tags
from producer.deliver.breaking import width
from producer.deliver.files import Staging
from producer.deliver.listed import listed
from producer.deliver.spill import Spill
from producer.errors import Place, RenderError
from producer.model.profile import PROFILES
from producer.model.script import Mark, Member
from producer.model.sound import Origin
from producer.model.timeline import Clip, TimelineMark
from producer.units import Samples
from tests.deliver_helpers import HERE, RATE, script_of, speech, timeline_of, write

PODCAST = PROFILES["podcast"]


LENGTH = 459 * 1152  # just under 12 s


def sound(seconds: float, seed: int = 1) -> Audio:
    chance = np.random.default_rng(seed)
    return (chance.standard_normal((round(seconds * RATE), 2)) * 0.05).astype(np.float32)


@pytest.mark.parametrize("name", ["podcast", "alexa"])
@pytest.mark.parametrize("samples", [1, 500, 1151, 1163, 44100, 100_003])
def test_an_mp3_of_whole_frames_decodes_to_exactly_the_samples_that_went_in(
    tmp_path: Path, samples: int, name: str
) -> None:
    path, profile = tmp_path / "a.mp3", PROFILES[name]
    length = encode.whole_frames(samples, profile)
    assert 0 <= length - samples < 1152
    audio = np.resize(sound(3), (length, 2))
    write(audio, profile, path)
    assert sum(map(len, encode.decode(path, profile))) == length


def test_an_mp3_begins_with_an_info_frame_and_has_one_bitrate(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    write(sound(3)[: 77 * 1152], PODCAST, path)
    raw = path.read_bytes()
    assert raw[36:40] == b"Info"
    delay_padding = int.from_bytes(raw[36 + 141 : 36 + 144], "big")
    frames = struct.unpack(">I", raw[44:48])[0]
    assert frames * 1152 == 77 * 1152 + (delay_padding >> 12) + (delay_padding & 0xFFF)
    at, rates = 0, set()
    while at < len(raw):
        head = int.from_bytes(raw[at : at + 4], "big")
        assert head >> 21 == 0x7FF
        rates.add((head >> 12) & 15)
        at += 144 * 192000 // 44100 + ((head >> 9) & 1)
    assert rates == {11}  # 192 kbps, MPEG-1 layer III


@pytest.mark.parametrize("name", ["broadcast", "archive"])
def test_lossless_files_hold_24_bits(tmp_path: Path, name: str) -> None:
    profile = PROFILES[name]
    path = tmp_path / f"a{encode.codec(profile).suffix}"
    audio = sound(1)
    write(audio, profile, path)
    back = np.concatenate(list(encode.decode(path, profile)))
    assert np.abs(back - audio).max() <= 2**-23


def test_an_encoder_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"encoder stopped while writing a\.mp3"):
        ffmpeg.encode([sound(1)], RATE, 2, ["-c:a", "no_such_codec", "-f", "mp3"], tmp_path / "a.mp3")


def test_a_file_that_is_no_audio_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(b"not audio at all" * 50)
    with pytest.raises(RenderError, match="does not decode"):
        list(ffmpeg.decode(path, 2, RATE))


AWKWARD = ["Plain", "“Quotes” 'all' \"kinds\" `here`", "🕯 lamp", "שלום עולם", "a & b < c"]


def tagged(tmp_path: Path) -> tuple[Path, tuple[chapters.Chapter, ...]]:
    path = tmp_path / "a.mp3"
    write(sound(12)[:LENGTH], PODCAST, path)
    script = script_of(title="🕯 “Lamp”", scenes=tuple(AWKWARD), show="Ünïted", episode=3, season=2, summary="מסע")
    clip = speech("line-1", "keeper", [("Hello,", 0.5, 0.9), ("wörld.", 1.0, 1.4)])
    timeline = timeline_of(12, (clip,), tuple((title, 2.3333 * n) for n, title in enumerate(AWKWARD)))
    found = chapters.chapters(timeline, script)
    picture = cover.draw("Lamp", "", cover.skyline([-20.0, -30.0]))
    cast = credits.voices(timeline, script)
    tags.write(
        path,
        tags.Tags(
            script=script,
            cover=picture,
            chapters=found,
            lyrics=captions.plain(timeline, script),
            credits="c",
            disclosure=credits.disclosure(cast),
        ),
        "mp3",
    )
    return path, found


def test_tags_survive_emoji_right_to_left_text_and_quotes(tmp_path: Path) -> None:
    path, _ = tagged(tmp_path)
    read = id3.ID3(path)
    assert read.version == (2, 3, 0)
    assert str(read["TIT2"]) == "🕯 “Lamp”"
    assert str(read["TALB"]) == "Ünïted"
    assert (str(read["TRCK"]), str(read["TPOS"])) == ("3", "2")
    assert read.getall("COMM")[0].text in (["מסע"], ["AI Voice: The <Keeper> & co (pyttsx3:en-gb)"])
    assert "Hello, wörld." in read.getall("USLT")[0].text
    assert read.getall("APIC")[0].mime == "image/jpeg"
    assert str(read["TXXX:AI-DISCLOSURE"]) == "AI Voice: The <Keeper> & co (pyttsx3:en-gb)"


def test_an_episode_without_words_has_no_lyrics() -> None:
    silent = tags.Tags(script=script_of(), cover=b"\xff\xd8\xff", chapters=(), lyrics="", credits="c", disclosure="")
    assert not id3_tags.frames_of(silent).getall("USLT")
    assert id3_tags.frames_of(replace(silent, lyrics="Hello.")).getall("USLT")[0].text == "Hello."


def test_tagging_leaves_every_sample_and_the_length_alone(tmp_path: Path) -> None:
    path, _ = tagged(tmp_path)
    assert sum(map(len, encode.decode(path, PODCAST))) == LENGTH
    assert MP3(path).info.length == pytest.approx(12, abs=0.06)


def test_chapters_read_the_same_in_mutagen_ffmpeg_and_json(tmp_path: Path) -> None:
    path, found = tagged(tmp_path)
    wanted = [(c.title, c.start_ms, c.end_ms) for c in found]
    frames = sorted(id3.ID3(path).getall("CHAP"), key=lambda c: c.start_time)
    assert [(str(f.sub_frames["TIT2"]), f.start_time, f.end_time) for f in frames] == wanted
    tops = id3.ID3(path).getall("CTOC")
    assert len(tops) == 1
    assert tops[0].child_element_ids == [f.element_id for f in frames]
    command = [ffmpeg.executable(), "-hide_banner", "-i", str(path)]
    said = subprocess.run(command, capture_output=True, check=False).stderr.decode()  # fails: no output was asked for
    seconds = re.findall(r"Chapter #0:\d+: start ([\d.]+), end ([\d.]+)", said)
    assert [(round(float(a) * 1000), round(float(b) * 1000)) for a, b in seconds] == [(a, b) for _, a, b in wanted]
    read = json.loads(chapters.podcasting_json(found, script_of()))
    assert [(c["title"], c["startTime"] * 1000, c["endTime"] * 1000) for c in read["chapters"]] == [
        (t, pytest.approx(a), pytest.approx(b)) for t, a, b in wanted
    ]


def test_chapters_begin_at_zero_and_touch() -> None:
    timeline = timeline_of(60, (), (("", 0), ("First", 4), ("", 20), ("Second", 30)))
    assert [(c.title, c.start_ms, c.end_ms) for c in chapters.chapters(timeline, script_of())] == [
        ("First", 0, 30000),
        ("Second", 30000, 60000),
    ]


def test_a_long_opening_before_the_first_title_is_a_chapter_of_its_own() -> None:
    timeline = timeline_of(60, (), (("", 0), ("First", 30)))
    assert [c.title for c in chapters.chapters(timeline, script_of("The play"))] == ["The play", "First"]


def test_a_mark_with_a_chapter_begins_one() -> None:
    def mark(at_s: float, chapter: str) -> TimelineMark:
        return TimelineMark(name="here", sample=Samples(round(at_s * RATE)), place=HERE, chapter=chapter)

    timeline = replace(
        timeline_of(60, (), (("First", 0), ("", 20), ("Second", 30))),
        marks=(mark(40, "שלום “Stairs”"), mark(12.3456, "Cellar"), mark(25, ""), mark(30, "Door"), mark(70, "Never")),
    )
    assert [(c.title, c.start_ms, c.end_ms) for c in chapters.chapters(timeline, script_of())] == [
        ("First", 0, 12346),
        ("Cellar", 12346, 30000),
        ("Door", 30000, 40000),
        ("שלום “Stairs”", 40000, 60000),
    ]
    alone = replace(timeline_of(60, (), (("", 0),)), marks=(mark(30, "Only"),))
    assert [c.title for c in chapters.chapters(alone, script_of("The play"))] == ["The play", "Only"]


def test_a_chapter_in_which_no_time_passes_is_told_at_its_place() -> None:
    def mark(row: int, at_s: float, chapter: str) -> TimelineMark:
        return TimelineMark(
            name="m", sample=Samples(round(at_s * RATE)), place=Place(HERE.file, row, 9), chapter=chapter
        )

    timeline = timeline_of(60, (), (("Nothing", 0), ("First", 0), ("Second", 30), ("", 40), ("Third", 50)))
    rows = (10, 20, 30, 40, 50)
    scenes = tuple(
        replace(scene, place=Place(HERE.file, row, 5)) for scene, row in zip(timeline.scenes, rows, strict=True)
    )
    marks = (
        mark(31, 30, "Own"),
        mark(32, 30.0002, "Twin"),
        mark(41, 50, "Foreign"),
        mark(51, 60, "Late"),
        mark(52, 70, ""),
    )
    own = {"scene-3": (31, 32), "scene-4": (41,), "scene-5": (51, 52)}
    script = script_of(scenes=tuple(scene.title for scene in scenes))
    written = tuple(
        replace(
            scene,
            items=tuple(
                Mark(id=f"m{row}", scene=scene.id, name="m", place=Place(HERE.file, row, 9))
                for row in own.get(scene.id, ())
            ),
        )
        for scene in script.scenes
    )
    told = chapters.lost(replace(timeline, scenes=scenes, marks=marks), replace(script, scenes=written))
    assert [(problem.at.line, problem.what.split(";")[0]) for problem in told] == [
        (10, "the chapter 'Nothing' has no length: 'First' (line 20) begins when it does, at 0:00.000"),
        (31, "the chapter 'Own' has no length: 'Twin' (line 32) begins when it does, at 0:30.000"),
        (50, "the chapter 'Third' has no length: 'Foreign' (line 41) begins when it does, at 0:50.000"),
        (51, "the chapter 'Late' has no length: it begins at 1:00.000, and the episode ends at 1:00.000"),
    ]


def test_cards_break_at_a_full_stop_and_not_at_the_point_of_an_abbreviation() -> None:
    text = "They came to the old grey house of Mrs. Henrietta J. Smithson. It is by St. Mary's, approx. no. 5, No. 6."
    said, at = [], 0.0
    for word in text.split():
        said.append((word, at, at + 0.3))
        at += {"Smithson.": 0.8, "approx.": 0.5, "No.": 0.5}.get(word, 0.32)
    found = captions.cards(timeline_of(at + 1, (speech("a", "keeper", said),), (("One", 0),)), script_of())
    assert [card.text for card in found] == [
        "They came to the old grey house of",
        "Mrs. Henrietta J. Smithson.",
        "It is by St. Mary's, approx. no. 5, No. 6.",
    ]


def shown(text: str, words: str) -> list[tuple[str, ...]]:
    """The lines of the cards of a text, of which `words` are said, with a rest behind each that ends a sentence."""
    said, at = [], 0.0
    for word in words.split():
        said.append((word, at, at + 0.2))
        at += 0.5 if len(word) > 2 and "." in word else 0.2
    found = captions.cards(
        timeline_of(at, (replace(speech("a", "radio", said), text=text),), (("One", 0),)), script_of()
    )
    return [tuple(line.removeprefix("Radio: ") for line in card.lines) for card in found]


def test_the_last_word_of_a_sentence_is_not_left_to_a_card_of_its_own() -> None:
    text = "I begin while he talks, and I talk on and on about nothing at all."
    assert shown(text, text) == [("I begin while he talks,", "and I talk on and on about"), ("nothing at all.",)]
    assert shown(f"{text} No!", f"{text} No!")[1:] == [("nothing at all. No!",)]


@pytest.mark.parametrize(
    ("text", "cards"),
    [
        (
            "Alors la vieille dame se retourna vers lui et lui dit : « Nous partons ce soir. » Et elle sortit enfin.",
            [
                ("Alors la vieille dame se", "retourna vers lui et lui dit :"),
                ("« Nous partons ce soir. »",),
                ("Et elle sortit enfin.",),
            ],
        ),
        (
            "»Es ist wohl nur der Wind.« Die Uhr schlug drei, wie es im Mai, z. B. am 5. Mai eben ist.",
            [
                ("»Es ist wohl nur der", "Wind.«"),
                ("Die Uhr schlug drei, wie es im", "Mai, z. B. am 5. Mai eben ist."),
            ],
        ),
        (
            "هل جاء أحد إلى هذا البيت القديم؟ لا أحد يعرف شيئا عن ذلك",
            [("هل جاء أحد إلى هذا البيت", "القديم؟"), ("لا أحد يعرف شيئا عن ذلك",)],
        ),
    ],
)
def test_cards_break_as_each_language_has_it(text: str, cards: list[tuple[str, ...]]) -> None:
    words = re.sub(r"\s[:«»](?=\s)", "", text)
    assert shown(text, words) == cards


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=40)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(WORDS, st.sampled_from(["keeper", "radio"]), st.integers(0, 3000)), min_size=1, max_size=60))
def test_captions_hold_every_word_once_in_order_and_never_overlap(said: list[tuple[str, str, int]]) -> None:
    clips, at, words = [], 0.0, []
    for n, (word, name, rest_ms) in enumerate(said):
        words.append((word, at, at + 0.2))
        at += 0.25 + rest_ms / 1000
        if n + 1 == len(said) or said[n + 1][1] != name:
            clips.append(speech(f"line-{n}", name, words))
            words = []
    timeline = timeline_of(at + 1, tuple(clips), (("One", 0),))
    found = captions.cards(timeline, script_of())
    assert "".join("".join(c.text.split()) for c in found) == "".join("".join(word.split()) for word, _, _ in said)
    spoken = Counter(w for word, _, _ in said if word.isascii() for w in word.split())  # others may be broken
    assert spoken <= Counter(w for c in found for w in c.text.split())
    assert all(a.start_ms < a.end_ms and a.start_ms <= b.start_ms for a, b in itertools.pairwise(found))
    for name in {card.speaker for card in found}:
        own = [card for card in found if card.speaker == name]
        assert all(a.end_ms <= b.start_ms for a, b in itertools.pairwise(own))
    assert found[-1].end_ms <= (at + 1) * 1000 + 1
    assert all(width(line) <= 32 or " " not in line for c in found for line in c.lines)  # with the name, too
    vtt, srt = captions.vtt(found), captions.srt(found)
    assert re.findall(r"^([\d:.]+) --> ([\d:.]+)$", vtt, re.M) == [
        (a.replace(",", "."), b.replace(",", ".")) for a, b in re.findall(r"^([\d:,]+) --> ([\d:,]+)$", srt, re.M)
    ]
    assert vtt.count("-->") == srt.count("-->") == len(found)


def said(name: str, at: float, text: str, clip_id: str) -> Clip:
    """A speech whose words last 0.2 s each."""
    return speech(clip_id, name, [(word, at + n / 5, at + (n + 1) / 5) for n, word in enumerate(text.split())])


def test_words_have_the_room_of_a_name_that_is_not_shown() -> None:
    clips = said("radio", 0, "One.", "a"), said("radio", 2, "Sounds by Producer foley.", "b")
    found = captions.cards(timeline_of(9, clips, (("One", 0),)), script_of())
    assert [card.lines for card in found] == [("Radio: One.",), ("Sounds by Producer foley.",)]


def test_a_card_stands_for_a_second_unless_other_words_come() -> None:
    clips = said("radio", 0, "No!", "a"), said("keeper", 4, "Run!", "b"), said("radio", 4.6, "Where?", "c")
    found = captions.cards(timeline_of(5.4, clips, (("One", 0),)), script_of())
    assert [(card.start_ms, card.end_ms) for card in found] == [(0, 1000), (4000, 4600), (4600, 5400)]


def test_a_card_stands_until_it_is_read_unless_other_words_come() -> None:
    text = "Nobody ever believed a word of it."
    fast = [(word, n / 9, (n + 1) / 9) for n, word in enumerate(text.split())]
    clips = speech("a", "radio", fast), said("radio", 6, "No.", "b")
    found = captions.cards(timeline_of(9, clips, (("One", 0),)), script_of())
    assert found[0].lines == ("Radio: Nobody ever believed a", "word of it.")
    assert (found[0].start_ms, found[0].end_ms) == (0, (29 + 11) * 58)  # said in 0.8 s
    clips = speech("a", "radio", fast), said("keeper", 1, "No.", "b")
    found = captions.cards(timeline_of(9, clips, (("One", 0),)), script_of())
    assert [(card.start_ms, card.end_ms) for card in found] == [(0, 1000), (1000, 2276)]


def test_a_player_of_srt_shows_what_looks_like_markup(tmp_path: Path) -> None:
    text = "Use <font color=red>red</font>, </b> or <br> where 3 < 5 > 2 <always"
    found = captions.cards(timeline_of(9, (said("radio", 0, text, "a"),), (("One", 0),)), script_of())
    srt, shown = tmp_path / "a.srt", tmp_path / "a.vtt"
    srt.write_text(captions.srt(found), "utf-8")
    subprocess.run([executable(), "-v", "error", "-i", srt, shown], check=True)
    words = " ".join(line for line in shown.read_text("utf-8").splitlines()[1:] if "-->" not in line).split()
    assert " ".join(words) == f"Radio: {text}".translate(str.maketrans("<>", "‹›")).replace("3 ‹ 5 › 2", "3 < 5 > 2")


def test_a_name_that_comes_again_in_the_middle_of_a_speech_has_its_room() -> None:
    long = said("radio", 0, "and the boats were all burned down to the waterline and nobody said a word of it", "a")
    timeline = timeline_of(9, (long, said("keeper", 1, "Enough!", "b")), (("One", 0),))
    found = captions.cards(timeline, script_of())
    assert [card.lines for card in found] == [
        ("Radio: and the boats were all", "burned down to the waterline and"),
        ("The <Keeper> & co: Enough!",),
        ("Radio: nobody said a word of it",),
    ]


def test_a_long_name_has_a_line_for_itself_and_is_shortened_where_it_would_fill_more() -> None:
    cast = {
        "keeper": Member(key="keeper", name="The Keeper of the Northern Light", voice="en-gb"),
        "radio": Member(key="radio", name="The Voice on the Old Radio", voice="en-us"),
    }
    clips = said("keeper", 0, "Nobody comes here any more, nobody at all.", "a"), said("radio", 4, "Hello.", "b")
    found = captions.cards(timeline_of(9, clips, (("One", 0),)), replace(script_of(), cast=cast))
    assert [card.lines for card in found] == [
        ("The Keeper of the Northern Lig…:", "Nobody comes here any more,"),
        ("nobody at all.",),
        ("The Voice on the Old Radio:", "Hello."),
    ]
    assert found[0].speaker == "The Keeper of the Northern Light"


CHINESE = "从前有一座山，山上有一座庙，庙里有一个老和尚在讲故事。"
CHINESE += "他讲的是什么故事呢？他讲的故事很长很长没有人听完过也没有人知道是谁讲的。"
THAI = "เราไม่เคยเห็นเรือลำนั้นอีกเลยหลังจากคืนที่พายุพัดเข้าฝั่งและไฟในประภาคารก็ดับลง"


@pytest.mark.parametrize("text", [CHINESE, THAI])
def test_a_text_without_spaces_breaks_after_its_stops_and_else_between_letters(text: str) -> None:
    (clip,) = (speech("a", "radio", [(text, 0.0, 22.0)]),)
    found = captions.cards(timeline_of(22, (clip,), (("One", 0),)), script_of())
    assert "".join(card.text for card in found) == text
    assert len(found) >= 2
    assert all(width(line) <= 32 for card in found for line in card.lines)
    lengths = [card.end_ms - card.start_ms for card in found]
    assert sum(lengths) == pytest.approx(22_000, abs=len(found))
    for card, length in zip(found, lengths, strict=True):  # each in its share of the time
        assert length == pytest.approx(22_000 * len(card.text) / len(text), abs=2)
    starts = [line.removeprefix("Radio: ")[0] for card in found for line in card.lines if line != "Radio:"]
    assert not [one for one in starts if one in "，。？" or unicodedata.category(one) == "Mn"]


def test_chinese_cards_end_where_clauses_do() -> None:
    found = captions.cards(timeline_of(22, (speech("a", "radio", [(CHINESE, 0.0, 22.0)]),), (("One", 0),)), script_of())
    assert [card.text[-1] for card in found[:2]] == ["，", "。"]


def test_markup_in_a_script_stays_text_in_captions() -> None:
    timeline = timeline_of(3, (speech("line-1", "keeper", [("<b>&", 0.1, 0.4), ("-->", 0.5, 0.9)]),), (("One", 0),))
    vtt = captions.vtt(captions.cards(timeline, script_of()))
    assert "<v The &lt;Keeper&gt; &amp; co>&lt;b&gt;&amp; --&gt;</v>" in vtt


def test_credits_name_each_sound_once_with_its_licence_and_hash() -> None:
    origin = Origin(
        pack="p",
        version="1.0",
        title="a gull",
        author="N. Name",
        licence="CC-BY-4.0",
        source="https://x.example",
        changed="trimmed",
        file="gull.flac",
        sha256="ab" * 32,
        licence_url="https://creativecommons.org/licenses/by/4.0/",
    )
    text = credits.credits_text(script_of(writer="W"), (), [origin, origin])
    assert text.count("a gull") == 1
    for part in (
        "N. Name",
        "CC-BY-4.0, https://creativecommons.org/licenses/by/4.0/",
        "trimmed",
        "ab" * 32,
        "Written by W",
    ):
        assert part in text
    assert credits.credits_text(script_of(), (), []).startswith("A test\n\nVoices\n  none\n\nSounds\n  none\n")


def test_the_cover_is_a_square_jpeg_under_512_kb_and_always_the_same() -> None:
    levels = list(np.sin(np.arange(400) / 9) * 10 - 25)
    first = cover.draw("A rather long title for a small cover", "Show", cover.skyline(levels))
    assert first == cover.draw("A rather long title for a small cover", "Show", cover.skyline(levels))
    assert first[:3] == b"\xff\xd8\xff"
    assert len(first) < 512_000
    assert first != cover.draw("Другое имя", "", cover.skyline([]))


def words_on_a_cover(title: str, show: str = "") -> str:
    blank = Image.new("RGB", (cover.SIDE, cover.SIDE))
    cover._words(ImageDraw.Draw(blank), title, show)
    return sha256(blank.tobytes()).hexdigest()


def test_no_letter_on_a_cover_is_a_box() -> None:
    alike = [
        {words_on_a_cover(letter), words_on_a_cover("", letter)}
        for letter in ("ó", "ö", "ñ", "ł", "ß", "ş", "–", "—", "€", "¿", "ж", "щ", "σ", "ő", "ữ")
    ]
    assert len(set().union(*alike)) == 2 * len(alike)
    assert words_on_a_cover("callo\u0301") == words_on_a_cover("call\u00f3")
    assert words_on_a_cover("静寂", "שקט") == words_on_a_cover("")
    assert words_on_a_cover("静寂", "Show") == words_on_a_cover("", "Show") != words_on_a_cover("")
    top = (0, 0, cover.SIDE, 200)  # where the show stands: in the face of the title
    blank, other = (Image.new("RGB", (cover.SIDE, cover.SIDE)) for _ in range(2))
    cover._words(ImageDraw.Draw(blank), "a", "Show")
    cover._words(ImageDraw.Draw(other), "ó", "Show")
    assert blank.crop(top).tobytes() != other.crop(top).tobytes()
    for pattern in (cover._BUILT_IN, cover._IN_FONT):
        signs = [sign for sign in map(chr, range(0x21, 0x2200)) if pattern.fullmatch(sign) and sign.isprintable()]
        font = cover._font_for("".join(signs))
        assert font is not None
        face = font(40)
        box = bytes(face.getmask("\U0010ffff"))
        assert [sign for sign in signs if bytes(face.getmask(sign)) == box] == []


@pytest.mark.parametrize("title", ["Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz", "A title " * 90])
def test_the_longest_title_stays_on_the_cover(title: str) -> None:
    blank = Image.new("RGB", (cover.SIDE, cover.SIDE))
    cover._words(ImageDraw.Draw(blank), title, "")
    left, _, right, bottom = blank.getbbox() or (0, 0, 0, 0)
    assert left >= cover.SIDE * 0.07
    assert right <= cover.SIDE * 0.93
    assert cover.SIDE * 0.1 < bottom < cover.SIDE * 0.55


def test_a_sky_that_is_drawn_in_strips_is_the_sky_as_a_whole() -> None:
    along = np.arange(cover.SIDE, dtype=np.float32) / cover.SIDE
    near = np.exp(-(((along - 0.68) / 0.75) ** 2 + ((along[:, None] - 0.70) / 0.30) ** 2))
    grain = np.random.Generator(np.random.Philox(key=7)).standard_normal(near.shape, np.float32) * np.float32(1.6)
    for hue in (0.0, 0.37, 0.9):
        top, glow = (
            np.array(cover._colour(hue + shift, saturation, value), np.float32)
            for shift, saturation, value in ((0.02, 0.45, 0.10), (0.0, 0.55, 0.62))
        )
        whole = np.stack([near * (glow[c] - top[c]) + top[c] + grain for c in range(3)], axis=2)
        assert np.array_equal(cover._sky(hue), np.clip(whole, 0, 255).astype(np.uint8))


def test_a_failed_render_leaves_the_last_one_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "output" / "lamp"
    with Staging(target) as staging:
        staging.text("credits.txt", "first")
        assert [p.name for p in staging.publish()] == ["credits.txt"]
    with pytest.raises(RuntimeError), Staging(target) as staging:
        staging.text("credits.txt", "second")
        raise RuntimeError
    assert (target / "credits.txt").read_text() == "first"
    assert [p.name for p in target.parent.iterdir()] == ["lamp"]


def test_what_is_settled_has_the_sum_of_its_bytes(tmp_path: Path) -> None:
    with Staging(tmp_path / "out") as staging:
        for name in ("a.mp3", "b.mp3", "c.mp3"):
            staging.path(name).write_bytes(name.encode())
        staging.settled([staging.path("a.mp3"), staging.path("nowhere.mp3")])
        staging.path("b.mp3").write_bytes(b"changed")
        staging.settled([staging.path("b.mp3")])
        sums = {name: staging.sum(path) for name, path in staging.files()}
        assert sums == {
            "a.mp3": sha256(b"a.mp3").hexdigest(),
            "b.mp3": sha256(b"changed").hexdigest(),
            "c.mp3": sha256(b"c.mp3").hexdigest(),
        }
        with pytest.raises(FileNotFoundError):
            staging.sum(staging.path("nowhere.mp3"))


def test_a_folder_that_cannot_be_made_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    told = pytest.raises(RenderError, match="file: it is no folder")
    with told, Staging(tmp_path / "file"):
        raise AssertionError("it is told before anything is made")
    with pytest.raises(RenderError, match="cannot write to"), Staging(tmp_path / "file" / "out"):
        pass


def test_a_spill_gives_back_what_was_written_from_anywhere_and_silence_beyond(tmp_path: Path) -> None:
    audio = sound(0.5)
    with Spill(tmp_path, 2) as spill:
        for at in range(0, len(audio), 777):
            spill.write(audio[at : at + 777])
        assert np.array_equal(spill.read(0, len(audio)), audio)
        assert np.array_equal(spill.read(5000, 5003), audio[5000:5003])
        around = spill.read(-10, len(audio) + 10)
        assert np.array_equal(around[10:-10], audio)
        assert not around[:10].any()
        assert not around[-10:].any()
        assert not spill.read(len(audio) + 5, len(audio) + 9).any()
    assert list(tmp_path.iterdir()) == []


_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(document=st.dictionaries(st.text(), _PLAIN, max_size=5))
def test_a_listed_document_says_the_same_with_a_line_for_each_member(document: dict[str, object]) -> None:
    written = listed(document)
    assert json.loads(written) == document
    members = sum(len(value) + 1 for value in document.values() if isinstance(value, list) and value)
    assert written.count("\n") == max(1, len(document)) + members + 2


@given(files=st.lists(st.dictionaries(st.text(), _PLAIN, min_size=1, max_size=3), min_size=1, max_size=3), more=_PLAIN)
def test_what_is_in_an_opened_list_is_listed_itself(files: list[dict[str, object]], more: object) -> None:
    written = listed({"more": more, "files": files}, opened="files")
    assert json.loads(written) == {"more": more, "files": files}
    members = [listed(one).removesuffix("\n").replace("\n", "\n  ") for one in files]
    assert written.endswith(' "files": [\n  ' + ",\n  ".join(members) + "\n ]\n}\n")

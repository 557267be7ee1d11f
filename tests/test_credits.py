"""Spoken credits: what they say, in whose voice, when there are none; and that they are a scene like any other."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Set
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import soundfile
from mutagen.id3 import ID3

from producer.cache import Cache
from producer.errors import ScriptError
from producer.model.script import Line, Pause, Script
from producer.script import read, resolve, schema
from producer.script.brought import Fetched
from producer.script.compose import read_tree
from producer.script.credits_words import WORDS
from producer.script.overlay import over
from producer.script.spoken_credits import NAMES, unspoken, with_credits
from producer.script.tree import Pairs
from producer.voice import speak_lines
from tests.face_helpers import Shell, cache, shell
from tests.script_helpers import CATALOGUE, resolved

__all__ = ["cache", "shell"]

TOP = """\
title: The Last Lamp
show: Quiet Harbours
writer: Ada Bell
cast:
  keeper: {name: the keeper, voice: en-us, pan: left 20, treat: radio, level: -3 LU, rate: 150 wpm}
  narrator: {voice: en-gb}
  both: {together: [keeper, narrator]}
"""
PLAY = """\
scenes:
  - title: The quay
    play:
      - keeper: Who's there?
        id: who
      - narrator: Nobody.
        id: nobody
"""


def script(head: str = "", top: str = TOP, play: str = PLAY) -> Script:
    return resolved(f"{top}{head}\n{play}")


def said(found: Script) -> dict[str, str]:
    """The lines of the credits by their ids."""
    return {line.id: line.text for line in found.lines if found.credits_scene and line.scene == found.credits_scene}


def credited(
    head: str = "", recorded: Set[tuple[str, int]] = frozenset(), *authors: str, **more: str
) -> dict[str, str]:
    return said(with_credits(script(head, **more), recorded, authors))


# ---- what they say


def test_they_say_what_it_is_who_wrote_it_which_voices_are_synthetic_and_whose_the_sounds_are() -> None:
    assert credited("", frozenset(), "Jo Reed", "Field Works") == {
        "credits_title": "The Last Lamp. Quiet Harbours. Written by Ada Bell.",
        "credits_voices": "All voices in this production are synthetic.",
        "credits_sounds": "Sounds by Jo Reed and Field Works.",
    }


def test_they_are_the_last_scene_with_silence_before_and_after_undisguised_and_outside_any_room() -> None:
    found = with_credits(script(), frozenset(), ["Jo Reed"])
    scene = found.scenes[-1]
    assert (scene.id, scene.title, found.credits_scene) == ("credits", "Credits", "credits")
    before, *lines, after = scene.items
    assert isinstance(before, Pause) and before.length == Fraction(5, 2)
    assert isinstance(after, Pause) and after.length == 1
    assert [line.voices for line in lines if isinstance(line, Line)] == [lines[0].voices] * 3  # type: ignore[union-attr]
    (use,) = found.lines[-1].voices
    assert (use.member, use.voice, use.treat, use.room, use.level_lu) == ("narrator", "en-gb", "none", "none", 0)
    assert replace(found, scenes=found.scenes[:-1], credits_scene="") == script()
    later = with_credits(script(), frozenset(), ["Jo Reed"], Fraction(4)).scenes[-1].items[0]
    assert isinstance(later, Pause) and later.length == 5  # a second after what is still heard


@pytest.mark.parametrize(
    ("head", "recorded", "speaker", "voices"),
    [
        ("", {"who"}, "narrator", "These voices are synthetic: narrator."),
        ("", {"nobody"}, "keeper", "These voices are synthetic: the keeper."),  # the actor's voice is not imitated
        ("", {"who", "nobody"}, None, None),
        ("credits: no", set(), None, None),
        ("credits: yes", {"who", "nobody"}, "narrator", "These credits are spoken by a synthetic voice."),
        ("credits: {speaker: keeper}", set(), "keeper", "All voices in this production are synthetic."),
        (
            "credits: {speaker: keeper}",
            {"who"},
            "keeper",
            "These voices are synthetic: narrator. These credits are spoken by a synthetic voice.",
        ),
        ("credits: {disclosure: no}", set(), "narrator", None),
    ],
)
def test_who_speaks_them_and_what_they_disclose(
    head: str, recorded: set[str], speaker: str | None, voices: str | None
) -> None:
    found = with_credits(script(head), {(line, 0) for line in recorded}, ())
    assert said(found).get("credits_voices") == voices
    spoke = {line.voices[0].member for line in found.lines if line.scene == found.credits_scene}
    assert spoke == ({speaker} if speaker else set())


def test_one_voice_is_the_voice_and_recorded_credits_are_no_synthetic_voice() -> None:
    alone = PLAY.replace("narrator: Nobody.", "keeper: Nobody.")
    assert credited(play=alone)["credits_voices"] == "The voice in this production is synthetic."
    apart = credited("credits: {speaker: narrator}", play=alone)  # whose voice is the second that is heard
    assert apart["credits_voices"] == "All voices in this production are synthetic."
    own = {(name, 0) for name in ("who", "nobody", "credits_title")}
    assert "credits_voices" not in credited("credits: yes", own)


def test_many_names_are_cut_short_and_those_that_cannot_be_read_are_left_out() -> None:
    many = [f"Name {letter}" for letter in "ABCDEFGH"]
    assert credited("", frozenset(), *many)["credits_sounds"] == (f"Sounds by {', '.join(many[:NAMES])}, and others.")
    strange = credited("", frozenset(), "Möwe 9000", "שלום", "x" * 200, "12", "🦉", "user_name", "{names}")
    assert strange["credits_sounds"] == "Sounds by Möwe 9000, user name, {names}, and others."
    assert "credits_sounds" not in credited("", frozenset(), "שלום", "🦉")
    odd = credited(top=TOP.replace("The Last Lamp", "שלום 🦉").replace("Quiet Harbours", "“Is it on?”"))
    assert odd["credits_title"] == "“Is it on?” Written by Ada Bell."


def test_say_is_for_the_credits_too() -> None:
    found = with_credits(script("say: {Bell: BELL-uh}"), frozenset(), ())
    (title, *_) = (line for line in found.lines if line.scene == "credits")
    assert (title.tokens[-1].written, title.tokens[-1].spoken) == ("Bell.", "BELL-uh.")


def test_words_of_its_own_take_the_place_of_all_but_the_disclosure() -> None:
    head = 'credits: {title: "Who was heard", text: "Good night, {Aoife|EE-fa}, and *thank* you."}'
    found = with_credits(script(head), frozenset(), ["Jo Reed"])
    assert said(found) == {
        "credits_text": "Good night, Aoife, and thank you.",
        "credits_voices": "All voices in this production are synthetic.",
    }
    assert found.scenes[-1].title == "Who was heard"
    assert [token.spoken for token in found.lines[-2].tokens][2] == "EE-fa,"


def test_ids_that_the_script_has_are_left_to_it() -> None:
    play = PLAY.replace("id: who\n", "id: credits_title\n").replace(
        "title: The quay", "id: credits\n    title: The quay"
    )
    found = with_credits(script("credits: yes", play=play), frozenset(), ())
    assert [scene.id for scene in found.scenes] == ["credits", "credits_2"]
    assert list(said(found)) == ["credits_title_2", "credits_voices"]


def test_a_scene_of_the_writers_own_called_credits_is_all_there_is() -> None:
    play = PLAY.replace("title: The quay", "id: credits\n    title: The quay")
    assert not credited(play=play)
    assert credited("credits: {speaker: keeper}", play=play)
    assert unspoken(script(play=play), synthetic=True) == ""


# ---- as written


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("credits: maybe", "7: 'maybe' is neither yes nor no; write 'credits: no', or 'credits: {speaker: narrator}'"),
        ("credits: [no]", "'credits' is no list"),
        ("credits: {speaker: keper}", "nobody in the cast is called 'keper'; did you mean 'keeper'?"),
        ("credits: {speaker: both}", "'both' is several members; name one of them"),
        ("credits: {speker: keeper}", "'credits' has no 'speker'; did you mean 'speaker'?"),
        ("credits: {disclosure: perhaps}", "perhaps"),
        ('credits: {text: "Thank you. [gull]"}', "there are no sounds and pauses in the credits"),
        ('credits: {text: " "}', "it is empty"),
    ],
)
def test_a_slip_is_told_at_its_place(written: str, message: str) -> None:
    with pytest.raises(ScriptError) as found:
        script(written)
    (problem,) = found.value.problems
    assert message.removeprefix("7: ") in str(problem) and problem.at.line == 8 and problem.at.column > 1


def test_the_schema_takes_what_the_reader_takes() -> None:
    plain = {"title": "x", "scenes": [{"play": [{"pause": "1 s"}]}]}
    for good in ("no", "yes", False, {"speaker": "keeper", "text": "Bye.", "title": "End", "disclosure": "no"}):
        jsonschema.validate({**plain, "credits": good}, schema())
    for bad in ("maybe", {"speker": "keeper"}, ["no"]):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**plain, "credits": bad}, schema())


def test_a_series_has_them_for_all_and_an_edition_has_none_of_the_originals_words() -> None:
    series = "credits: {speaker: keeper, title: The end}\n" + TOP.partition("writer")[0].replace(
        "title: The Last Lamp\n", ""
    )
    play = PLAY.replace("title: The quay", "id: quay\n    title: The quay")
    cast = "cast:" + TOP.partition("cast:")[2]
    files = {
        "show.yaml": series + cast,
        "lamp.yaml": f"title: Lamp\nseries: show.yaml\ncredits: {{text: Good night.}}\n{play}",
    }

    def fetched(_: str, wanted: str) -> Fetched:
        return Fetched(f"script/{wanted}", files[wanted])

    def whole(text: str, file: str) -> Script:
        return with_credits(resolve(read(text, file, fetched), CATALOGUE), frozenset(), ["Jo Reed"])

    own = whole(files["lamp.yaml"], "script/lamp.yaml")
    assert said(own)["credits_text"] == "Good night." and own.scenes[-1].title == "The end"
    assert own.lines[-1].voices[0].member == "keeper"
    edition = "edition_of: lamp.yaml\nlanguage: de\ntitle: Lampe\ncast: {keeper: {voice: de}, narrator: {voice: de}}\n"
    edition += "lines: {quay: Der Kai, who: Wer da?, nobody: Niemand.}\n"
    german = whole(edition, "script/lamp_de.yaml")
    assert said(german) == {
        "credits_title": "Lampe. Quiet Harbours.",
        "credits_voices": "Alle Stimmen in dieser Produktion sind synthetisch.",
        "credits_sounds": "Geräusche von Jo Reed.",
    }
    assert german.scenes[-1].title == "Abspann" and german.lines[-1].voices[0].member == "keeper"
    assert (
        said(whole(edition + "credits: {text: Gute Nacht.}\n", "script/lamp_de.yaml"))["credits_text"] == "Gute Nacht."
    )
    assert not said(whole(edition + "credits: no\n", "script/lamp_de.yaml"))


# ---- languages


def test_every_language_says_them_and_a_voice_of_it_speaks_them(cache: Path) -> None:
    lines: list[Line] = []
    for language in WORDS:
        top = TOP.replace("en-us", "en-gb").replace("title:", f"language: {language}\ntitle:")
        known = replace(CATALOGUE, voices=None)
        story = resolve(read((top + PLAY).replace("voice: en-gb", f"voice: {language}"), "script/lamp.yaml"), known)
        for recorded in (frozenset(), {("who", 0)}, {("who", 0), ("nobody", 0)}):
            wanted = replace(story, credits=replace(story.credits, wanted=True), producer="Cy Orr")
            found = with_credits(wanted, recorded, [f"Name {letter}" for letter in "ABCDEFGH"])
            texts = said(found)
            assert list(texts) == ["credits_title", "credits_voices", "credits_sounds"], language
            assert not re.search(r"[{}]|None|\s\s", " ".join(texts.values())) and found.scenes[-1].title
            assert texts["credits_sounds"].endswith(f" {WORDS[language].others}.")
            if not recorded:
                spoken = [line for line in found.lines if line.scene == "credits"]
                lines += [replace(line, id=f"{language} {line.id}") for line in spoken]
    takes = speak_lines(lines, 24000, Cache(cache), 2)
    assert len(takes) == 3 * len(WORDS) >= 3 * 13
    assert all(sum(phrase.length for phrase in take.phrases) > 24000 for take in takes.values())
    assert len({*(words.every_voice for words in WORDS.values())}) == len(WORDS)


def test_a_language_without_words_asks_for_them(tmp_path: Path, shell: Shell) -> None:
    (tmp_path / "script").mkdir()
    text = "title: Lamppu\nlanguage: fi\ncast: {ada: {voice: fi}}\nscenes:\n  - play:\n      - ada: Kuka siellä?\n"
    (tmp_path / "script" / "x.yaml").write_text(text, "utf-8")
    done = shell("check", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert "credits: not spoken: there are no words for them in 'fi' here; write some" in done.out
    (tmp_path / "script" / "x.yaml").write_text(f"credits: {{text: Hyvää yötä.}}\n{text}", "utf-8")
    spoken = json.loads(shell("check", "--json", cwd=tmp_path).out)["credits"]
    assert spoken == {"spoken": ["Hyvää yötä."], "why_not": ""}
    (tmp_path / "script" / "x.yaml").write_text(f"credits: no\n{text}", "utf-8")
    assert json.loads(shell("check", "--json", cwd=tmp_path).out)["credits"] == {"spoken": [], "why_not": ""}
    assert unspoken(script("language: fi"), synthetic=False) == ""


# ---- in an episode

PACK = """\
pack: two
version: 1.0.0
author: Nobody heard
licence: CC-BY-4.0
sounds:
  thud: {kind: hit, author: Thea Thud, source: 'https://example.org/t', files: thud.wav}
  tick:
    kind: hit
    files:
      - {file: tick_1.wav, author: Ida One, source: 'https://example.org/1', licence: CC-BY-4.0}
      - {file: tick_2.wav, author: Otto Two, source: 'https://example.org/2', licence: CC-BY-4.0}
"""
STORY = """\
title: Two sounds
packs: [two]
cast:
  ada: {name: Ada, voice: en-us+f3}
  ben: {name: Ben, voice: en-gb}
scenes:
  - title: One
    play:
      - ada: Listen. [thud]
        id: listen
      - sound: tick variant 2
      - ben: To what?
        id: what
"""


@pytest.fixture
def play(tmp_path: Path) -> Path:
    pack = tmp_path / "sfx" / "two"
    pack.mkdir(parents=True)
    (tmp_path / "script").mkdir()
    (pack / "pack.yaml").write_text(PACK, "utf-8")
    for number, name in enumerate(("thud", "tick_1", "tick_2")):
        t = np.arange(22050) / 44100
        soundfile.write(pack / f"{name}.wav", 0.5 * np.sin(2 * np.pi * 90 * (1 + number) * t) * np.exp(-9 * t), 44100)
    return tmp_path


def rendered(play: Path, shell: Shell, text: str) -> Path:
    (play / "script" / "two.yaml").write_text(text, "utf-8")
    done = shell("episode", "--quiet", cwd=play)
    assert (done.code, done.err) == (0, "")
    return play / "output" / "two"


def spoken(folder: Path) -> list[tuple[str, str]]:
    """What is said in the credits, and by what."""
    document = json.loads((folder / "timeline.json").read_text("utf-8"))
    return [(one["text"], str(one["source"])) for one in document["clips"] if one["scene"] == "credits"]


def test_a_cue_that_leaves_the_script_takes_its_credit_along(play: Path, shell: Shell) -> None:
    both = rendered(play, shell, STORY)
    assert spoken(both)[-1][0] == "Sounds by Otto Two and Thea Thud."  # the other variation is not heard
    written = (both / "credits.txt").read_text("utf-8")
    assert "Thea Thud" in written and "Otto Two" in written and "Ida One" not in written
    fewer = rendered(play, shell, STORY.replace(" [thud]", ""))
    assert spoken(fewer)[-1][0] == "Sounds by Otto Two."
    for name in ("credits.txt", "manifest.json", "transcript.vtt", "captions.srt", "two.mp3"):
        assert b"Thea Thud" not in (fewer / name).read_bytes(), name
    none = rendered(play, shell, STORY.replace(" [thud]", "").replace("      - sound: tick variant 2\n", ""))
    assert [text for text, _ in spoken(none)] == ["Two sounds.", "All voices in this production are synthetic."]


def test_they_are_a_chapter_with_captions_and_leave_the_story_as_it_was(play: Path, shell: Shell) -> None:
    folder = rendered(play, shell, STORY)
    told = json.loads((folder / "timeline.json").read_text("utf-8"))
    chapters = json.loads((folder / "chapters.json").read_text("utf-8"))["chapters"]
    assert [one["title"] for one in chapters] == ["One", "Credits"]
    frames = ID3(folder / "two.mp3").getall("CHAP")
    assert [frame.sub_frames["TIT2"].text[0] for frame in frames] == ["One", "Credits"]
    (story, credits) = told["scenes"]
    assert credits["at"] == {"line": 1, "column": 1} and credits["start"] == story["end"]
    first = min(one["start"] for one in told["clips"] if one["scene"] == "credits")
    heard = max(one["end"] for one in told["clips"] if one["scene"] != "credits")
    assert first - credits["start"] >= 2.4 * told["rate_hz"] and first > heard
    words = " ".join(one["body"] for one in json.loads((folder / "transcript.json").read_text("utf-8"))["segments"])
    assert words.endswith("All voices in this production are synthetic. Sounds by Otto Two and Thea Thud.")
    assert json.loads((folder / "audit.json").read_text("utf-8"))["files"][0]["findings"] == []
    kept = Path(shutil.copytree(folder, play / "kept"))
    without = json.loads((rendered(play, shell, f"credits: no\n{STORY}") / "timeline.json").read_text("utf-8"))

    def clips(document: dict[str, list[dict[str, object]]]) -> list[dict[str, object]]:
        return [{**one, "at": None} for one in document["clips"] if one["scene"] != "credits"]

    assert clips(without) == clips(json.loads((kept / "timeline.json").read_text("utf-8")))
    assert "credits" not in {one["scene"] for one in without["clips"]} and without["duration"] < told["duration"]


def take(play: Path, name: str, text: str, cache: Path) -> None:
    """A recording of a line: what a voice says, as if it were an actor."""
    found = resolved(f"title: x\ncast: {{ada: {{voice: en-us}}}}\nscenes: [{{play: [{{ada: {json.dumps(text)}}}]}}]")
    (spoken_take,) = speak_lines(found.lines, 44100, Cache(cache), 1).values()
    (play / "takes" / "two").mkdir(parents=True, exist_ok=True)
    audio = np.concatenate([phrase.audio for phrase in spoken_take.phrases])
    soundfile.write(play / "takes" / "two" / f"{name}.wav", np.pad(audio, ((9000, 9000), (0, 0))), 44100, "PCM_24")


REPLICA = "replica_of: 'Maren: Voss', consent: agreement of 2026-03-01"


def test_a_replica_of_a_persons_voice_is_called_so_everywhere_but_where_it_is_not_heard(
    play: Path, shell: Shell
) -> None:
    text = STORY.replace("ada: {", f"ada: {{{REPLICA}, ", 1)
    assert text != STORY
    folder = rendered(play, shell, text)
    facts = json.loads((folder / "episode.json").read_text("utf-8"))
    ada, ben = facts["voices"][:2]
    assert (ada["replica_of"], ada["consent"]) == ("Maren: Voss", "agreement of 2026-03-01")
    assert facts["disclosure"] == (
        f"AI Voice: Ben ({ben['source']}); Authorized Voice Replica (AVR): Ada ({ada['source']}, of Maren: Voss)"
    )
    assert str(ID3(folder / "two.mp3").getall("TXXX:AI-DISCLOSURE")[0]) == facts["disclosure"]
    voices = {one["member"]: one for one in json.loads((folder / "manifest.json").read_text("utf-8"))["voices"]}
    assert {member: one["kind"] for member, one in voices.items()} == {"ada": "avr", "ben": "tts"}
    assert voices["ada"]["consent"] == "agreement of 2026-03-01"
    said = (folder / "credits.txt").read_text("utf-8")
    assert f"Ada: authorised replica of the voice of Maren: Voss ({ada['source']}); consent: agreement" in said
    assert "an authorised replica of <bdi>Maren: Voss</bdi>" in (folder / "index.html").read_text("utf-8")
    other = text.replace("        id: listen", "        id: listen\n        voice: en-us", 1)
    assert other != text
    voices = json.loads((rendered(play, shell, other) / "manifest.json").read_text("utf-8"))["voices"]
    assert {(one["voice"], one["kind"]) for one in voices if one["member"] == "ada"} >= {("pyttsx3:en-us", "tts")}


@pytest.mark.parametrize(
    ("cast", "says"),
    [
        ("ada: {voice: en-gb, replica_of: Maren}", ":3:35: 'ada' speaks with a replica of the voice of Maren"),
        ("ada: {voice: en-gb, consent: here}", ":3:32: say whose voice 'ada' has a replica of"),
        (
            "ada: {voice: en-gb}\n  b: {together: [ada, ada], replica_of: M}",
            "members who speak 'together' have their own",
        ),
    ],
)
def test_a_replica_needs_leave_and_leave_a_replica(cast: str, says: str) -> None:
    with pytest.raises(ScriptError) as caught:
        resolved(f"title: T\ncast:\n  {cast}\nscenes:\n  - play:\n      - ada: Hello.\n")
    assert any(says in str(problem) for problem in caught.value.problems), caught.value


def test_another_voice_is_not_the_same_persons_replica() -> None:
    base = read_tree(f"cast:\n  ada: {{voice: en-gb, {REPLICA}}}\n", "a")[0]
    own = read_tree("cast: {ada: {voice: de}}\n", "b")[0]
    assert isinstance(base, Pairs) and isinstance(own, Pairs)
    ((_, cast),) = over(base, own).pairs
    assert isinstance(cast, Pairs) and isinstance(cast.pairs[0][1], Pairs)
    assert [key.text for key, _ in cast.pairs[0][1].pairs] == ["voice"]


def test_everything_discloses_the_same_voices(play: Path, shell: Shell, cache: Path) -> None:
    (play / "feed.yaml").write_text("", "utf-8")
    text = f"date: 2026-11-22\nepisode: 1\n{STORY}"

    def told(folder: Path) -> tuple[str, bool, list[str], list[str], str]:
        tags = ID3(folder / "two.mp3")
        facts = json.loads((folder / "episode.json").read_text("utf-8"))
        voices = json.loads((folder / "manifest.json").read_text("utf-8"))["voices"]
        synthetic = sorted({one["name"] for one in voices if one["kind"] == "tts"})
        stated = json.loads(str(tags.getall("TXXX:PROVENANCE")[0]))["synthetic_voices"]
        assert bool(tags.getall("TXXX:AI-DISCLOSURE")) == bool(facts["disclosure"]) == bool(synthetic)
        assert sorted({one["name"] for one in facts["voices"] if one["synthetic"]}) == synthetic
        assert sorted({one.rpartition(" (")[0] for one in stated}) == synthetic
        assert shell("feed", "output", "--url", "https://example.org/", cwd=play).code == 0
        feed = (play / "output" / "feed.xml").read_text("utf-8")
        (content,) = re.findall(r'<item>.*<podcast:txt purpose="ai-content">(\w+)<', feed, re.DOTALL)
        return content, bool(synthetic), synthetic, [text for text, _ in spoken(folder)], facts["disclosure"]

    assert told(rendered(play, shell, text))[:3] == ("true", True, ["Ada", "Ben"])
    take(play, "listen", "Listen.", cache)
    content, _, synthetic, lines, disclosure = told(rendered(play, shell, text))
    assert (content, synthetic) == ("true", ["Ben"]) and "Ada" not in disclosure
    assert lines[1] == "These voices are synthetic: Ben."  # and Ben speaks them
    take(play, "what", "To what?", cache)
    assert told(rendered(play, shell, text)) == ("false", False, [], [], "")
    asked = f"credits: {{speaker: ada}}\n{text}"
    content, _, synthetic, lines, _ = told(rendered(play, shell, asked))
    assert (content, synthetic, lines[1]) == ("true", ["Ada"], "These credits are spoken by a synthetic voice.")
    take(play, "credits_title", "Two sounds.", cache)
    take(play, "credits_sounds", lines[2], cache)
    sounds = "Sounds by Otto Two and Thea Thud."
    assert told(rendered(play, shell, asked)) == ("false", False, [], ["Two sounds.", sounds], "")

"""Editions: a script's words in another language, everything else shared; what an edition lacks is told by line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from producer import project, render
from producer.cache import Cache
from producer.errors import ScriptError
from producer.model.script import Mark, Script
from producer.script.compose import read_tree
from producer.script.skeleton import with_ids
from tests.face_helpers import Shell, cache, shell

__all__ = ["cache", "shell"]

ORIGINAL = """\
title: The Last Lamp
language: en-GB
summary: A lamp, and who lit it.
packs: [ruins]
gap: 300 ms
cast:
  narrator: {voice: en-gb, rate: 150 wpm, room: none}
  keeper: {name: The Keeper, voice: en-us+f3, pan: left 20}
  both: {together: [narrator, keeper]}
say:
  lamp: LAAMP
scenes:
  - id: quay
    title: The quay
    room: open air
    play:
      - bed: wind_through_ruins
      - id: opening
        narrator: Nobody had lit the [mark lamp] lamp. [glass_crack level -14 LU, pan left 40] Nobody had to.
      - sound: metal_scrape at mark lamp, for 1 s
      - id: who
        keeper: Who is [metal_scrape] there? [pause 600 ms] Who [metal_scrape level -20 LU, for 1 s] is it?
        how: quietly
  - id: tail
    play:
      - id: end_of_it
        both: Nobody, it said.
"""
EDITION = """\
edition_of: lamp.yaml
language: de
title: Die letzte Lampe
summary: Eine Lampe, und wer sie anzündete.
cast:
  narrator: {voice: de}
  keeper: {name: Die Wärterin, voice: de+f3}
lines:
  quay: Der Kai
  opening: Die [mark lamp] Lampe hatte niemand angezündet. [glass_crack] Niemand hatte gemusst.
  who: Wer ist [metal_scrape level -20 LU, for 1 s] da? Wer [metal_scrape] ist es?
  end_of_it: Niemand, sagte es.
"""


def edition(folder: Path, text: str = EDITION, original: str = ORIGINAL) -> project.Project:
    (folder / "script").mkdir(exist_ok=True)
    (folder / "script" / "lamp.yaml").write_text(original, "utf-8")
    (folder / "script" / "lamp_de.yaml").write_text(text, "utf-8")
    return project.find(folder / "script" / "lamp_de.yaml", folder)[0]


def read(found: project.Project) -> Script:
    with Cache(temporary=True) as kept:
        return render.read_script(found, (), kept)[0]


def problems(found: project.Project) -> list[str]:
    """Every problem; files are named from the project's folder."""
    with pytest.raises(ScriptError) as caught:
        read(found)
    return str(caught.value).replace(f"{found.root.as_posix()}/", "").splitlines()


def test_a_mark_that_begins_a_chapter_is_translated_as_a_scene_title_is(tmp_path: Path) -> None:
    original = ORIGINAL.replace(
        "      - id: who", "      - mark: asked\n        id: question\n        chapter: 'Who: is it?'\n      - id: who"
    )
    text = EDITION.replace("  who:", "  question: Wer ist es?\n  who:")
    (mark,) = [item for item in read(edition(tmp_path, text, original)).scenes[0].items if isinstance(item, Mark)]
    assert (mark.name, mark.chapter) == ("asked", "Wer ist es?")
    assert problems(edition(tmp_path, EDITION, original)) == [
        "script/lamp_de.yaml:8:1: the title of 'question' has no text in this edition; "
        "in script/lamp.yaml it is 'Who: is it?'"
    ]
    unnamed = original.replace("        id: question\n", "")
    assert "this chapter has none" in problems(edition(tmp_path, EDITION, unnamed))[0]
    tree = read_tree(unnamed, "script")[0]
    given, count = with_ids(unnamed, tree)
    assert (count, "      - id: who_is_it\n        mark: asked\n" in given) == (1, True)


def test_an_edition_has_its_own_words_and_the_originals_sounds(tmp_path: Path) -> None:
    german = read(edition(tmp_path))
    english = read(project.find(tmp_path / "script" / "lamp.yaml", tmp_path)[0])
    assert (german.title, german.language, german.scenes[0].title) == ("Die letzte Lampe", "de", "Der Kai")
    assert [line.text for line in german.lines] == [
        "Die Lampe hatte niemand angezündet. Niemand hatte gemusst.",
        "Wer ist da? Wer ist es?",
        "Niemand, sagte es.",
    ]
    assert german.lines[0].voices[0].rate_wpm == 150
    assert german.lines[1].how == "quietly"
    assert german.say == ()  # how English words are said is nothing to German ones
    assert german.cast["keeper"].name == "Die Wärterin"
    assert [use.voice for use in german.lines[2].voices] == ["de", "de+f3"]
    assert {cue.id: (cue.key, cue.role, cue.level_lu, cue.path, cue.for_s) for cue in german.cues} == {
        cue.id: (cue.key, cue.role, cue.level_lu, cue.path, cue.for_s) for cue in english.cues
    }
    later, first = german.lines[1].cues  # their places are the translator's, their levels the original's
    assert (later.level_lu.first, later.before_token, first.before_token) == (-20, 2, 4)
    assert german.beds[0].key == english.beds[0].key
    assert german.lines[0].place.file.endswith("lamp_de.yaml")
    assert german.beds[0].place.file.endswith("lamp.yaml")


def test_what_an_edition_lacks_and_loses_is_told_at_once_by_line(tmp_path: Path) -> None:
    lacking = """\
edition_of: lamp.yaml
language: de
packs: [ruins]
tilte: Die letzte Lampe
cast:
  narrator: {voice: de, pan: left 20}
  keper: {voice: de}
lines:
  quay:
  opening: Die Lampe hatte niemand angezündet. [glass_crack level -9 LU]
  who: Wer ist [mark here] da? [drip] Wer ist [metal_scrape] es?
  ending: Niemand.
"""
    assert problems(edition(tmp_path, lacking)) == [
        "script/lamp_de.yaml:1:1: an edition needs its own 'summary'; write 'summary: …'",
        "script/lamp_de.yaml:3:1: an edition shares 'packs' with script/lamp.yaml; leave it out",
        "script/lamp_de.yaml:4:1: an edition has no 'tilte'; did you mean 'title'?",
        "script/lamp_de.yaml:6:25: an edition shares 'pan' with script/lamp.yaml; leave it out",
        "script/lamp_de.yaml:7:3: nobody in the cast of script/lamp.yaml is called 'keper'; did you mean 'keeper'?",
        "script/lamp_de.yaml:8:1: 'end_of_it' has no text in this edition; in script/lamp.yaml it is 'Nobody, it "
        "said.'",
        "script/lamp_de.yaml:9:3: 'quay' has no text yet; in script/lamp.yaml it is 'The quay'",
        "script/lamp_de.yaml:10:3: 'opening' loses [mark lamp]; put it before the word, or the pause, that is meant",
        "script/lamp_de.yaml:10:48: [glass_crack level -9 LU] is [glass_crack level -14 LU, pan left 40] in "
        "script/lamp.yaml; write that, or only [glass_crack]",
        "script/lamp_de.yaml:11:3: 'who' loses [metal_scrape level -20 LU, for 1 s]; put it before the word on which "
        "it is heard",
        "script/lamp_de.yaml:11:16: [mark here] is not in this line of script/lamp.yaml; leave it out",
        "script/lamp_de.yaml:11:32: [drip] is not in this line of script/lamp.yaml; leave it out",
        "script/lamp_de.yaml:12:3: no line and no chapter of script/lamp.yaml has the id 'ending'; did "
        "you mean 'opening'?",
    ]


def test_what_an_original_must_have_for_an_edition_is_told_in_the_original(tmp_path: Path) -> None:
    original = (
        ORIGINAL.replace("at mark lamp", 'at word "lamp"')
        .replace("      - id: who\n        keeper", "      - keeper")
        .replace("  - id: quay\n    title", "  - title")
        .replace("how: quietly", "voice: en-gb")
        .replace("wind_through_ruins", 'wind_through_ruins until after word "it" of end_of_it')
    )
    text = EDITION.replace("  quay: Der Kai\n", "").replace("  who: ", "  # ")
    ids = "'render draft … --edition … --ids' gives one to every line and chapter"
    hang = "hangs on a word, and an edition has others; write '[mark NAME]'"
    done = "it and 'mark NAME' here; 'render draft … --edition … --marks' does that"
    assert problems(edition(tmp_path, text, original)) == [
        f"script/lamp.yaml:13:5: an edition goes by ids, and this chapter has none; {ids}",
        f"script/lamp.yaml:16:39: 'after word \"it\" of end_of_it' {hang} after {done}",
        f"script/lamp.yaml:19:32: 'word \"lamp\"' {hang} before {done}",
        f"script/lamp.yaml:20:9: an edition goes by ids, and this line has none; {ids}",
        "script/lamp.yaml:21:16: this voice is not an edition's; give it to a member of the cast, who has another "
        "voice there",
    ]


@pytest.mark.parametrize(
    ("of", "message"),
    [
        ("lamp_en.yaml", "edition_of: there is no file 'script/lamp_en.yaml'"),
        ("lamp_de.yaml", "edition_of: 'lamp_de.yaml' is this file itself; name another"),
        ("lamp_fr.yaml", "edition_of: script/lamp_fr.yaml is an edition itself; name the script that it is one of"),
    ],
)
def test_an_edition_of_what_cannot_be_had_is_one_message(tmp_path: Path, of: str, message: str) -> None:
    found = edition(tmp_path, EDITION.replace("edition_of: lamp.yaml", f"edition_of: {of}"))
    (tmp_path / "script" / "lamp_fr.yaml").write_text(EDITION, "utf-8")
    (told,) = problems(found)
    assert told.partition("; did you mean")[0] == f"script/lamp_de.yaml:1:13: {message}"


@pytest.mark.parametrize(
    ("was", "now", "message"),
    [
        ("edition_of: lamp.yaml", "edition_of: ../../lamp.yaml", "1:13: edition_of: '../../lamp.yaml' is outside the"),
        ("edition_of: lamp.yaml", "edition_of: ../script", "1:13: edition_of: '../script' is a folder; name the file"),
        ("edition_of: lamp.yaml", "edition_of: ../show.yaml", "1:13: edition_of: show.yaml has no 'scenes', so it is"),
        ("edition_of: lamp.yaml", "edition_of:", "1:12: 'edition_of' names no file; write one, as in 'edition_of: the"),
        ("language: de", "language: de_DE", "2:11: language: 'de_DE' is not a language; write its code, as in 'en-GB'"),
        ("language: de\n", "", "1:1: an edition needs its own 'language'; write 'language: es'"),
        ("lines:\n", "lines: none\nsay:\n", "8:8: 'lines' holds keys and values, as in 'opening: the text'"),
        ("lines:\n", "lines:\nsay:\n", "8:1: 'lines' holds no text yet; 'render draft SCRIPT --edition LANG -o THIS_"),
        ("lines:\n", "say:\n", "1:1: an edition needs its own 'lines'; 'render draft SCRIPT --edition LANG -o THIS_"),
        (
            "narrator: {voice: de}",
            "narrator: de",
            "6:13: 'narrator' holds keys and values, as in 'narrator: {voice: es",
        ),
        (
            "cast:\n  narrator: {voice: de}\n  keeper: {name: Die Wärterin, voice: de+f3}\n",
            "cast: [de]\n",
            "5:7: 'cast' holds keys and values, as in 'keeper: {voice: es}'",
        ),
        ("narrator: {voice: de}", "narrator: {voice: dee}", "6:21: there is no voice 'dee'; did you mean 'de'?"),
        ("cast:\n", "cast:\n  both: {voice: de}\n", "6:10: this is several members in script/lamp.yaml, each with a"),
        ("[mark lamp] Lampe", "[mark lamp] [mark lamp] Lampe", "10:28: [mark lamp] is not in this line of script/lamp"),
        ("[glass_crack] Nie", "[glass_crack] [glass_crack] Nie", "10:74: [glass_crack] is not in this line of script"),
        ("  end_of_it", "  who: Wer?\n  end_of_it", "12:3: 'who' is here twice; the first is at line 11"),
        ("end_of_it: Niemand, sagte es.", "end_of_it:\n    - a\n    - b", "13:5: the text of 'end_of_it' is one value"),
        ("end_of_it: Niemand, sagte es.", "end_of_it: >\n    [beat]", "13:5: 'both' says nothing; write the words"),
    ],
)
def test_one_mistake_is_one_message(tmp_path: Path, was: str, now: str, message: str) -> None:
    (tmp_path / "show.yaml").write_text("packs: [ruins]\n", "utf-8")
    assert was in EDITION
    (told,) = problems(edition(tmp_path, EDITION.replace(was, now)))
    assert told.startswith(f"script/lamp_de.yaml:{message}")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "1:1: this file is empty; a script begins with 'title: …'"),
        (bytes(range(128, 256)), "1:1: this file is not UTF-8: the byte 0x80 here means nothing; save it as UTF-8"),
        (b"\0" * 64, "1:1: a control character (U+0000) stands here; delete it"),
    ],
)
def test_an_original_that_is_no_text_is_told_in_its_own_file(tmp_path: Path, content: bytes, message: str) -> None:
    found = edition(tmp_path)
    (tmp_path / "script" / "lamp.yaml").write_bytes(content)
    assert problems(found) == [f"script/lamp.yaml:{message}"]


def test_a_series_that_is_the_edition_itself_is_one_message(tmp_path: Path) -> None:
    (told,) = problems(edition(tmp_path, original=ORIGINAL.replace("packs: [ruins]", "series: lamp_de.yaml")))
    assert told.startswith("script/lamp.yaml:4:9: series: script/lamp_de.yaml is an edition of a script; a series file")


def test_a_wrong_value_of_the_original_is_told_there_though_the_edition_has_its_own(tmp_path: Path) -> None:
    text = EDITION.replace("narrator: {voice: de}", "narrator: {voice: de, rate: 140 wpm}")
    assert problems(edition(tmp_path, text, ORIGINAL.replace("rate: 150 wpm", "rate: 150"))) == [
        "script/lamp.yaml:7:34: rate: '150' has no unit; a rate is in wpm, as in '145 wpm'"
    ]


SCRIPTS = {
    "ar": "لم يشعل أحد [mark lamp] المصباح. [glass_crack] لم يحتج أحد.",
    "cmn": "没有人点过[mark lamp]那盏灯。[glass_crack]没有人需要。",
    "th": "ไม่มีใครจุด[mark lamp]ตะเกียง [glass_crack]ไม่มีใคร",
}


@pytest.mark.parametrize("language", SCRIPTS)
def test_marks_land_in_scripts_that_run_the_other_way_or_part_no_words(
    tmp_path: Path, language: str, cache: Path
) -> None:
    german = "Die [mark lamp] Lampe hatte niemand angezündet. [glass_crack] Niemand hatte gemusst."
    text = EDITION.replace(german, SCRIPTS[language]).replace("{voice: de}", f"{{voice: {language}}}")
    with Cache(cache) as kept:
        order = render.Order(project=edition(tmp_path, text.replace("language: de", f"language: {language}")))
        timeline = render.plan(order, kept, render.NoWatch()).timeline
    line = next(clip for clip in timeline.clips if clip.id == "opening")
    written = SCRIPTS[language].replace("]", "] ").replace("[", " [").split()
    after = [written[written.index(cue) + 1] for cue in ("lamp]", "[glass_crack]")]
    (mark,) = timeline.marks
    crack = next(clip for clip in timeline.clips if clip.name == "glass_crack")
    starts = {word.start: word.text for word in line.words}
    assert (starts[mark.sample], starts[crack.hit]) == tuple(after)
    assert line.span.start < mark.sample < crack.hit


def test_an_edition_has_its_originals_series(tmp_path: Path) -> None:
    series = "packs: [ruins]\ncast:\n  narrator: {voice: en-gb, rate: 140 wpm}\n"
    original = ORIGINAL.replace("packs: [ruins]\n", "series: ../the_show.yaml\n").replace("rate: 150 wpm, ", "")
    (tmp_path / "the_show.yaml").write_text(series, "utf-8")
    script = read(edition(tmp_path, EDITION, original))
    assert script.packs == ("ruins",)
    assert (script.lines[0].voices[0].voice, script.lines[0].voices[0].rate_wpm) == ("de", 140)


def test_where_no_script_is_named_the_original_is_meant(tmp_path: Path) -> None:
    edition(tmp_path)
    assert project.find(None, tmp_path)[0].script.name == "lamp.yaml"


# ---- render draft --edition


def without_ids() -> str:
    lines = ORIGINAL.splitlines(keepends=True)
    text = "".join(line for line in lines if not line.strip().startswith(("- id: opening", "- id: who", "- id: quay")))
    text = text.replace("        narrator:", "      - narrator:").replace("        keeper:", "      - keeper:")
    return text.replace("    title: The quay", "  - title: The quay")


def test_a_drafted_edition_goes_to_standard_output_and_nothing_else_does(tmp_path: Path, shell: Shell) -> None:
    edition(tmp_path, original=without_ids())
    there = (tmp_path / "script" / "lamp_de.yaml").read_bytes()
    printed = shell("draft", "script/lamp.yaml", "--edition", "de", "--ids", "-o", "-", cwd=tmp_path)
    assert (printed.code, printed.err) == (0, "")
    assert sorted(file.name for file in tmp_path.rglob("*.yaml")) == ["lamp.yaml", "lamp_de.yaml"]
    assert (tmp_path / "script" / "lamp_de.yaml").read_bytes() == there
    shell("draft", "script/lamp.yaml", "--edition", "de", "-o", "script/other.yaml", cwd=tmp_path)
    assert printed.out == (tmp_path / "script" / "other.yaml").read_text("utf-8")


def test_a_drafted_edition_is_heard_at_once_and_says_what_is_left(tmp_path: Path, shell: Shell) -> None:
    edition(tmp_path)
    (tmp_path / "script" / "lamp_de.yaml").unlink()
    done = shell("draft", "--edition", "de", "--json", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == {
        "file": "script/lamp_de.yaml",
        "new": True,
        "texts": 4,
        "records": 0,
        "voices": {"narrator": "de", "keeper": "de+f3"},
        "ids": 0,
        "marks": 0,
    }
    outlook = json.loads(shell("check", "script/lamp_de.yaml", "--json", cwd=tmp_path).out)
    assert outlook["untranslated"] == ["quay", "opening", "who", "end_of_it"]
    file = tmp_path / "script" / "lamp_de.yaml"
    text = file.read_text("utf-8")
    assert "  # keeper: quietly\n  who.original: >\n    Who is [metal_scrape] there?" in text
    file.write_text(text.replace("  end_of_it: Nobody, it said.", "  end_of_it: Niemand, sagte es."), "utf-8")
    said = shell("check", "script/lamp_de.yaml", cwd=tmp_path).out
    assert "translate  3 texts are still the original's: quay, opening, who\n" in said
    english, german = (read(project.find(tmp_path / "script" / name, tmp_path)[0]) for name in ("lamp.yaml", file.name))
    assert [(cue.key, cue.before_token) for cue in german.cues] == [(cue.key, cue.before_token) for cue in english.cues]
    assert [[rest.length for rest in line.rests] for line in german.lines] == [
        [rest.length for rest in line.rests] for line in english.lines
    ]
    before = file.read_bytes()
    again = shell("draft", "--edition", "de", cwd=tmp_path)
    assert (again.code, again.err, again.out.splitlines()[1]) == (0, "", "script/lamp_de.yaml lacks nothing")
    assert file.read_bytes() == before


def test_ids_are_put_into_the_original_and_nothing_else_changes(tmp_path: Path, shell: Shell) -> None:
    edition(tmp_path, original=without_ids())
    before = read(project.find(tmp_path / "script" / "lamp.yaml", tmp_path)[0])
    (tmp_path / "script" / "lamp_de.yaml").unlink()
    refused = shell("draft", "--edition", "de", cwd=tmp_path)
    assert refused.code == 1
    first, again = refused.err.splitlines()
    assert first.startswith("script/lamp.yaml:13:5: ") and again == "    and at 2 more places: lines 17, 19"
    assert not (tmp_path / "script" / "lamp_de.yaml").exists()
    script, real = tmp_path / "script" / "lamp.yaml", tmp_path / "mine.yaml"
    script.rename(real)
    real.chmod(0o600)
    script.symlink_to(real)
    done = shell("draft", "--edition", "de", "--ids", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert "script/lamp.yaml: 3 ids put in\n" in done.out
    assert script.is_symlink() and real.stat().st_mode & 0o777 == 0o600
    text = real.read_text("utf-8")
    put = [line for line in text.splitlines() if line not in without_ids().splitlines()]
    assert [line.strip() for line in put if "id:" in line] == [
        "- id: the_quay",
        "- id: nobody_had_lit_the",
        "- id: who_is_there_who",
    ]
    after = read(project.find(tmp_path / "script" / "lamp.yaml", tmp_path)[0])
    assert [(line.text, line.voices, line.how) for line in after.lines] == [
        (line.text, line.voices, line.how) for line in before.lines
    ]
    assert json.loads(shell("check", "script/lamp_de.yaml", "--json", cwd=tmp_path).out)["untranslated"] == [
        "the_quay",
        "nobody_had_lit_the",
        "who_is_there_who",
        "end_of_it",
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([], 2, "draft: name a story (.txt, .md, .epub, .fountain; or any file with --kind prose, fountain or radio)"),
        (["--edition", "german!"], 2, "--edition: 'german!' is not a language; write its code, as in 'es' or 'pt-BR'"),
        (["--edition", "xx"], 1, "no voice of this machine speaks 'xx'"),
        (["--edition", "de", "-o", "de.txt"], 2, "-o: 'de.txt' is not named like a script; call it 'de.yaml'"),
        (["--edition", "de", "-o", "../de.yaml"], 1, "../de.yaml is outside the project of script/lamp.yaml, so"),
        (["script/lamp_de.yaml", "--edition", "fr"], 1, "script/lamp_de.yaml is an edition of script/lamp.yaml itself"),
    ],
)
def test_a_draft_that_cannot_be_made_says_why(
    tmp_path: Path, shell: Shell, arguments: list[str], code: int, message: str
) -> None:
    edition(tmp_path)
    done = shell("draft", *arguments, cwd=tmp_path)
    assert (done.code, done.out) == (
        code,
        "script: script/lamp.yaml (the only script)\n"
        if "--edition" in arguments and "script/lamp_de.yaml" not in arguments
        else "",
    )
    assert done.err.startswith(message)
    assert not list(tmp_path.rglob("*_fr.yaml")) and not list(tmp_path.rglob("de.*"))


def test_a_voice_for_a_language_is_its_own_then_the_languages_then_anothers(tmp_path: Path, shell: Shell) -> None:
    edition(tmp_path)
    for language, voice in (("es", "es"), ("pt-BR", "pt-br"), ("es-AR", "es"), ("EN-gb", "en-gb")):
        done = shell("draft", "--edition", language, "-o", f"script/{language}.yaml", "--json", cwd=tmp_path)
        assert json.loads(done.out)["voices"]["narrator"] == voice, done.err


def test_an_id_is_put_where_an_item_begins() -> None:
    script = """\
scenes:
  - title: Again
    play:
      - {ann: "Hi there", how: soft}
      - how: loud
        ann: >
          Hi there, [gull] again, you.
      - ann: 你好
      - sound: again
"""
    put, count = with_ids(script, read_tree(script, "script/lamp.yaml")[0])
    assert count == 4
    assert put == (
        script.replace("  - title", "  - id: again_2\n    title")
        .replace("- {ann", "- {id: hi_there, ann")
        .replace("- how: loud", "- id: hi_there_again_you\n        how: loud")
        .replace("- ann: 你好", "- id: 你好\n        ann: 你好")
    )

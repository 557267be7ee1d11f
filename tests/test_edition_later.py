"""An edition after its script has changed: what is said of it, what is put in, and cues that are hung on marks."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from producer import project, render
from producer.cache import Cache
from producer.script.additions import Additions, with_additions
from producer.script.changes import difference
from producer.script.compose import read_tree
from producer.script.marks import with_marks, word_moments
from producer.script.markup import read_spoken
from producer.script.skeleton import texts
from producer.script.tree import Pairs
from tests.face_helpers import Shell, cache, shell
from tests.test_editions import EDITION, ORIGINAL, edition, problems, read

__all__ = ["cache", "shell"]

RECORDED = (
    EDITION.replace("  quay:", "  quay.original: The quay\n  quay:")
    .replace(
        "  opening:",
        "  opening.original: >\n    Nobody had lit the [mark lamp] lamp.\n"
        "    [glass_crack level -14 LU, pan left 40] Nobody had to.\n"
        "  opening:",
    )
    .replace("  who:", "  who.original: Who is there? [pause 600 ms] Who is it?\n  who:")
)


# ---- words that have changed


def changed(folder: Path, original: str, text: str = RECORDED) -> list[str]:
    told = read(edition(folder, text, original)).changed
    return [str(one).replace(f"{folder.as_posix()}/", "") for one in told]


def test_words_that_have_changed_since_are_told_at_the_text_and_both_are_quoted(tmp_path: Path) -> None:
    original = ORIGINAL.replace("title: The quay", "title: The pier").replace("Who is [metal", "Who was [metal")
    assert changed(tmp_path, original) == [
        "script/lamp_de.yaml:10:3: script/lamp.yaml:13:5 no longer says what 'quay' is a translation of: "
        "'The quay' is now 'The pier'; when the translation is right again, write its words under 'quay.original'",
        "script/lamp_de.yaml:16:3: script/lamp.yaml:22:9 no longer says what 'who' is a translation of: "
        "'Who is there? Who is …' is now 'Who was there? Who is …'; when the translation is right again, write its "
        "words under 'who.original'",
    ]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("level -14 LU, pan left 40", "level -9 LU"),
        ("[pause 600 ms]", "[pause 2 s]"),
        ("[mark lamp] lamp.", "lamp. [mark lamp]"),
        ("  lamp: LAAMP", "  lamp: LEMP"),
        ("how: quietly", "how: loudly"),
        ("Nobody had to.", "Nobody  had to. "),
    ],
)
def test_what_is_not_said_is_no_change_of_words(tmp_path: Path, was: str, now: str) -> None:
    assert was in ORIGINAL
    assert changed(tmp_path, ORIGINAL.replace(was, now)) == []


@pytest.mark.parametrize(("was", "now"), [("Nobody had to.", "Nobody had to!"), ("Nobody had to", "*Nobody* had to")])
def test_a_sign_and_an_emphasis_are_a_change(tmp_path: Path, was: str, now: str) -> None:
    (told,) = changed(tmp_path, ORIGINAL.replace(was, now))
    assert told.startswith("script/lamp_de.yaml:14:3: ")


def test_a_text_without_a_record_is_a_text_all_the_same(tmp_path: Path) -> None:
    assert changed(tmp_path, ORIGINAL.replace("Who is [metal", "Who was [metal"), EDITION) == []


def test_a_text_that_is_still_an_older_original_is_not_translated(tmp_path: Path) -> None:
    text = RECORDED.replace(
        "who: Wer ist [metal_scrape level -20 LU, for 1 s] da? Wer [metal_scrape] ist es?", "who: X"
    )
    text = text.replace("who: X", "who: Who is [metal_scrape] there? Who [metal_scrape] is it?")
    script = read(edition(tmp_path, text, ORIGINAL.replace("Who is [metal", "Who was [metal")))
    assert (script.untranslated, len(script.changed)) == (("who",), 1)


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ("  who_is.original: Who?\n", "13:3: no line and no chapter of script/lamp.yaml has the id 'who_is'"),
        ("  end_of_it.original:\n", "13:3: 'end_of_it.original' keeps the words that 'end_of_it' is a translation of;"),
        ("  end_of_it.original:\n    - Nobody\n", "14:5: 'end_of_it.original' is one value, not a list"),
    ],
)
def test_a_record_that_is_none_is_a_mistake(tmp_path: Path, extra: str, message: str) -> None:
    (told,) = problems(edition(tmp_path, EDITION + extra))
    assert told.startswith(f"script/lamp_de.yaml:{message}")


def test_a_long_change_is_shown_by_its_ends() -> None:
    was, now = difference("a b c d " + "x " * 100 + "e f g h", "a b c d e f g h")
    assert now == "… b c d e f g …"
    assert was.startswith("… b c d x x") and was.endswith("x e f g …") and len(was.split()) < 30
    assert difference("one", "") == ("one", "")


def test_check_and_episode_tell_it_and_still_do_their_work(tmp_path: Path, shell: Shell) -> None:
    edition(tmp_path, RECORDED, ORIGINAL.replace("Who is [metal", "Who was [metal"))
    row = "changed    script/lamp_de.yaml:16:3: script/lamp.yaml:22:9 no longer says what 'who' is a translation of: "
    checked = shell("check", "script/lamp_de.yaml", cwd=tmp_path)
    assert (checked.code, checked.err) == (0, "")
    assert row in checked.out
    facts = json.loads(shell("check", "script/lamp_de.yaml", "--json", cwd=tmp_path).out)
    assert [one["where"] for one in facts["changed"]] == ["script/lamp_de.yaml:16:3"]
    made = shell("episode", "script/lamp_de.yaml", cwd=tmp_path)
    assert (made.code, made.err) == (0, "")
    assert row in made.out
    document = json.loads((tmp_path / "output" / "lamp_de" / "timeline.json").read_text("utf-8"))
    sums = {name: hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in ("script/lamp.yaml",)}
    assert [(one["file"], one["sha256"]) for one in document["script"]["brought"]] == list(sums.items())


def test_every_file_that_was_read_is_named_with_its_sum(tmp_path: Path) -> None:
    (tmp_path / "show.yaml").write_bytes("\ufeffshow: Lichter\r\n".encode())
    found = edition(tmp_path, EDITION, f"series: ../show.yaml\n{ORIGINAL}")
    script = read(found)
    names = [Path(one.file).relative_to(tmp_path).as_posix() for one in script.brought]
    assert names == ["script/lamp.yaml", "show.yaml"]
    for one in script.brought:
        assert one.sha256 == hashlib.sha256(Path(one.file).read_bytes()).hexdigest()
    assert read(project.find(tmp_path / "script" / "lamp.yaml", tmp_path)[0]).brought == script.brought[1:]


# ---- what the script has had since

MORE = (
    ORIGINAL.replace("  both: {", "  ghost: {name: 'Ghost: old', voice: en-gb}\n  both: {")
    .replace(
        "      - id: opening",
        "      - id: before\n        ghost: Before it all.\n        how: hollow\n      - id: opening",
    )
    .replace("  - id: tail\n", "  - id: tail\n    title: The tail\n")
    .replace(
        "      - id: end_of_it",
        "      - id: late\n        keeper: 'It is late: go [mark going] home.'\n      - id: end_of_it",
    )
)


def added(text: str, original: str = MORE) -> Additions | None:
    tree, script = read_tree(text, "e")[0], read_tree(original, "o")[0]
    assert isinstance(tree, Pairs) and isinstance(script, Pairs)
    cast = next(node for key, node in script.pairs if key.text == "cast")
    return with_additions(text, tree, "e", texts(script), cast, {"narrator": "de", "keeper": "de", "ghost": "de"})


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_is_missing_is_put_in_its_place_and_nothing_is_touched(end: str) -> None:
    text = EDITION.replace("\n", end)
    done = added(text)
    assert done is not None
    assert (done.texts, done.records, done.voices) == (3, 4, ("ghost",))
    rows, old = done.source.split(end), text.split(end)
    assert [row for row in rows if row and row in old] == [row for row in old if row]  # as they were, in their order
    assert "\n" not in done.source.replace(end, "")
    keys = [row.strip().partition(":")[0] for row in rows if row.startswith("  ") and row.strip()[0] != "#"]
    assert [key for key in keys if "[" not in key and " " not in key and not key.endswith(".original")] == [
        *("narrator", "keeper", "ghost"),
        *("quay", "before", "opening", "who", "tail", "late", "end_of_it"),
    ]
    assert '  ghost: {name: "Ghost: old", voice: de}' in rows
    assert "  # ghost: hollow" in rows
    again = added(done.source)
    assert again == Additions(done.source)


@pytest.mark.parametrize(
    "text",
    [
        EDITION.partition("lines:")[0],
        EDITION.partition("lines:")[0] + "lines:\n",
        EDITION.rstrip("\n"),
        EDITION.replace("cast:\n  narrator: {voice: de}\n  keeper: {name: Die Wärterin, voice: de+f3}\n", ""),
        EDITION.replace("  opening: Die", "  # of 1984\n\n  opening: >\n    # 9 was\n\n    dark. Die").replace(
            "  who", "\n  who"
        ),
        EDITION.replace("  quay: Der Kai\n  opening", "  opening") + "  quay: Der Kai\n",
    ],
)
def test_an_edition_of_any_shape_gets_what_it_lacks(tmp_path: Path, text: str) -> None:
    done = added(text)
    assert done is not None and done.source.startswith(text.partition("cast:")[0].partition("lines:")[0])
    script = read(edition(tmp_path, done.source, MORE))
    assert [line.id for line in script.lines] == ["before", "opening", "who", "late", "end_of_it"]


@pytest.mark.parametrize("text", [EDITION.partition("lines:")[0] + "lines: {quay: Der Kai}\n"])
def test_what_stands_in_braces_is_left_alone(tmp_path: Path, shell: Shell, text: str) -> None:
    assert added(text) is None
    edition(tmp_path, text)
    done = shell("draft", "--edition", "de", cwd=tmp_path)
    assert (done.code, done.err.partition(": ")[2]) == (
        1,
        "what it lacks cannot be put in, for 'lines' or 'cast' stand in braces; write each on a line of its own\n",
    )
    assert (tmp_path / "script" / "lamp_de.yaml").read_text("utf-8") == text


def test_the_draft_of_an_edition_that_is_there_adds_what_is_missing(tmp_path: Path, shell: Shell) -> None:
    edition(tmp_path, RECORDED, MORE)
    assert shell("check", "script/lamp_de.yaml", cwd=tmp_path).code == 1
    done = shell("draft", "--edition", "de", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[1] == (
        "added      script/lamp_de.yaml: 3 texts, 1 voice, 1 original; an original that was not kept yet is what the "
        "script says now"
    )
    outlook = json.loads(shell("check", "script/lamp_de.yaml", "--json", cwd=tmp_path).out)
    assert (outlook["untranslated"], outlook["changed"]) == (["before", "tail", "late"], [])


@pytest.mark.parametrize(
    ("was", "now", "message"),
    [
        ("language: de", "language: fr", "is there already, and is not script/lamp.yaml in 'de'; nothing is written"),
        ("edition_of: lamp.yaml", "edition_of: other.yaml", "is there already, and is not script/lamp.yaml in 'de';"),
        ("edition_of: lamp.yaml\n", "", "is there already, and is not script/lamp.yaml in 'de'; nothing is written"),
        ("  quay: Der Kai", "  quay: [Der Kai", "a text that begins with [ would be misread on this line;"),
    ],
)
def test_a_file_that_is_no_edition_of_this_script_is_left_alone(
    tmp_path: Path, shell: Shell, was: str, now: str, message: str
) -> None:
    text = EDITION.replace(was, now)
    edition(tmp_path, text)
    done = shell("draft", "script/lamp.yaml", "--edition", "de", "--json", cwd=tmp_path)
    assert (done.code, done.err) == (1, "")
    (problem,) = json.loads(done.out)["problems"]
    assert message in f"{problem['at']['file']} {problem['what']}"
    assert (tmp_path / "script" / "lamp_de.yaml").read_text("utf-8") == text


# ---- marks in place of words


def heard(found: project.Project, cache: Path) -> list[tuple[str, int]]:
    """What is heard when; of a sound its hit, for which recording of it is heard goes by the moment's words."""
    with Cache(cache) as kept:
        placed = render.plan(render.Order(project=found), kept, render.NoWatch())
    return [(clip.name, clip.hit if clip.kind == "sound" else clip.span.start) for clip in placed.timeline.clips]


WORDS = """\
title: Words
packs: [ruins]
cast:
  ann: {voice: en-gb}
  ben: {voice: en-us}
scenes:
  - room: open air
    play:
      - ann: She said it twice, and twice she *meant* it.
      - sound: metal_scrape at word "twice" (2) - 40 ms, for 1 s
      - sound: glass_crack
        at: word 'meant it'
        level: -20 LU
      - sound: boots_on_concrete for 600 ms, at word "meant" + 1 s
      - bed: room_tone until after word "go" of last, at word "said"
      - ben: >
          Now [mark here] listen, [pause 300 ms] it is
          {112|one hundred and twelve} of them.
      - sound: metal_groan at word "listen", for 1 s
      - id: last
        ann: Well? Let us go.
"""


def test_marks_take_the_place_of_words_and_every_sample_stays(tmp_path: Path, cache: Path) -> None:
    text = WORDS.replace(' until after word "go" of last, ', " ")
    found = edition(tmp_path, EDITION, text)
    found = project.find(tmp_path / "script" / "lamp.yaml", tmp_path)[0]
    before = heard(found, cache)
    script = read(found)
    done, count = with_marks(text, read_tree(text, script.file)[0], script)
    assert count == 5
    assert done == (
        text.replace(
            "She said it twice, and twice she *meant*",
            "She [mark said] said it twice, and [mark twice] twice she [mark meant_it] *meant*",
        )
        .replace('word "twice" (2)', "mark twice")
        .replace("word 'meant it'", "mark meant_it")
        .replace('word "meant"', "mark meant_it")
        .replace('word "said"', "mark said")
        .replace('word "listen"', "mark here")
    )
    found.script.write_text(done, "utf-8")
    assert word_moments(read(found)) == ()
    assert heard(found, cache) == before


def test_a_word_that_ends_something_gets_a_mark_behind_it(tmp_path: Path, shell: Shell) -> None:
    text = WORDS
    edition(tmp_path, EDITION, text)
    done = shell("draft", "--edition", "es", "--ids", "--marks", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    said = "script/lamp.yaml: 6 marks put in; 1 of them after a word: when the next begins, or the line has ended\n"
    assert said in done.out
    mended = (tmp_path / "script" / "lamp.yaml").read_text("utf-8")
    assert "bed: room_tone until mark go, at mark said\n" in mended
    assert "ann: Well? Let us go. [mark go]\n" in mended


def test_a_mark_behind_a_dash_puts_no_space_into_the_text(tmp_path: Path, shell: Shell) -> None:
    text = WORDS.partition("      - ann: She")[0] + "      - ann: >\n          It is—then it is not.\n"
    edition(tmp_path, EDITION, text + '      - sound: glass_crack at word "then"\n')
    assert shell("draft", "--edition", "es", "--ids", "--marks", cwd=tmp_path).code == 0
    assert "It is—[mark then]then it is not.\n" in (tmp_path / "script" / "lamp.yaml").read_text("utf-8")


def test_a_line_that_begins_with_its_mark_is_still_text(tmp_path: Path, shell: Shell) -> None:
    text = WORDS.partition("      - ann: She")[0] + '      - ann: Well?\n      - sound: glass_crack at word "well"\n'
    edition(tmp_path, EDITION, text)
    done = shell("draft", "--edition", "es", "--ids", "--marks", "--json", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out)["marks"] == 1
    assert ": >\n          [mark well] Well?\n" in (tmp_path / "script" / "lamp.yaml").read_text("utf-8")


def test_a_word_in_the_middle_of_what_a_number_is_said_as_is_left_to_the_writer(tmp_path: Path, shell: Shell) -> None:
    text = WORDS.replace('at word "listen"', 'at word "hundred"')
    edition(tmp_path, EDITION, text)
    done = shell("draft", "--edition", "es", "--ids", "--marks", cwd=tmp_path)
    assert done.code == 1
    assert [line.partition(": ")[2] for line in done.err.splitlines()] == [
        "'word \"hundred\"' hangs on a word, and an edition has others; write '[mark NAME]' before it and 'mark NAME' "
        "here"
    ]


def test_lines_without_ids_and_cues_on_words_are_told_at_once_with_one_command(tmp_path: Path, shell: Shell) -> None:
    edition(tmp_path, EDITION, WORDS)
    done = shell("draft", "--edition", "es", "--json", cwd=tmp_path)
    assert done.code == 1
    told = [one["what"] for one in json.loads(done.out)["problems"]]
    mend = "with: render draft script/lamp.yaml --edition es --ids --marks"
    assert all(what.endswith(mend) for what in told), told
    assert len(told) == 2 + 6
    assert (tmp_path / "script" / "lamp.yaml").read_text("utf-8") == WORDS


def test_a_word_knows_where_it_stands() -> None:
    text = "  Now *then*, [gull] he [a]{9|nine}s.  *So it* is \\[no\\] [b]!"
    spoken = read_spoken(text)
    assert [text[begin:end] for begin, end in spoken.spans] == [
        *("Now", "*then*,", "he", "{9|nine}s.", "*So", "it*", "is", "\\[no\\] [b]!"),
    ]
    assert len(spoken.spans) == len(spoken.tokens)

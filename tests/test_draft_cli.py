"""`render draft STORY`: where the script goes, what it says, what is refused; a draft is checked and rendered."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from producer.draft import TABLE, read_plain
from producer.draft.nouns import Draft
from producer.foley import RECIPES
from producer.sounds.find import load_packs
from tests.draft_helpers import epub, kind_of, of_fountain, of_prose, of_radio, words
from tests.face_helpers import Shell, cache, render, shell

__all__ = ["cache", "shell"]

STORY = """\
# The Lamp

It was late in the cellar. Someone *knocked* at the door.

“Who’s there?” whispered Mara.

“Only me: [Silas] #1.”
"""


def test_a_story_becomes_an_episode_with_its_words_and_its_sounds_on_them(tmp_path: Path, shell: Shell) -> None:
    (tmp_path / "lamp.md").write_text(STORY, "utf-8")
    done = shell("draft", "lamp.md", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert "wrote      script/lamp.yaml: prose, 1 scene, 5 lines" in done.out
    assert "suggested  3 rooms, beds and sounds, each with '# draft:' on its line" in done.out
    script = (tmp_path / "script" / "lamp.yaml").read_text("utf-8")
    assert '- sound: knock at word "knocked"  # draft: sound "knocked at"' in script
    assert 'room: cellar  # draft: room "in the cellar"' in script
    assert "no problems" in shell("check", "script/lamp.yaml", cwd=tmp_path).out
    made = shell("episode", "script/lamp.yaml", "--quiet", cwd=tmp_path)
    assert (made.code, made.err) == (0, "")
    output = tmp_path / "output" / "lamp"
    timeline = json.loads((output / "timeline.json").read_text("utf-8"))
    credited = {scene["id"] for scene in timeline["scenes"][-1:]}
    assert credited == {"credits"}
    end = timeline["scenes"][-1]["start"]
    spoken = [clip for clip in timeline["clips"] if clip["kind"] == "speech" and clip["start"] < end]
    assert words(" ".join(clip["text"] for clip in spoken)) == words(STORY)
    knocked = next(word["start"] for clip in spoken for word in clip.get("words", ()) if word["text"] == "knocked")
    assert next(clip["hit"] for clip in timeline["clips"] if clip["name"] == "knock") == knocked
    shown = (output / "transcript.txt").read_text("utf-8")
    assert "Mara: Who’s there?" in shown and "A voice: Only me: [Silas] #1." in shown


def test_one_suggestion_is_told_as_one(tmp_path: Path, shell: Shell) -> None:
    (tmp_path / "knock.md").write_text("Somebody knocked at it.\n", "utf-8")
    assert "suggested  1 room, bed or sound, with '# draft:'" in shell("draft", "knock.md", cwd=tmp_path).out


def test_a_language_that_the_words_do_not_say_is_a_guess_until_it_is_named(tmp_path: Path, shell: Shell) -> None:
    (tmp_path / "short.txt").write_text("Xyzzy plugh.\n", "utf-8")
    done = shell("draft", "short.txt", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert "language   en-GB is a guess: too few words say which it is; --language names it" in done.out
    assert "language: en-GB  # draft: language unknown\n" in (tmp_path / "script" / "short.yaml").read_text("utf-8")
    assert "no problems" in shell("check", "script/short.yaml", cwd=tmp_path).out
    named = shell("draft", "short.txt", "--language", "fr", "--force", cwd=tmp_path)
    assert "guess" not in named.out
    assert "language: fr\n" in (tmp_path / "script" / "short.yaml").read_text("utf-8")


def test_words_that_the_voice_may_not_read_are_counted_and_what_the_note_says_mends_them(
    tmp_path: Path, shell: Shell
) -> None:
    (tmp_path / "lamp.md").write_text(STORY.replace("Only me", "Привет, it is only me"), "utf-8")
    done = shell("draft", "lamp.md", cwd=tmp_path)
    assert "\nto check   1 word in letters that the voice may not read: give it as the note beside says\n" in done.out
    told = json.loads(shell("draft", "lamp.md", "--json", "--force", cwd=tmp_path).out)
    assert told["unread"] == 1
    script = tmp_path / "script" / "lamp.yaml"
    assert shell("check", "script/lamp.yaml", cwd=tmp_path).code == 1
    script.write_text(script.read_text("utf-8").replace(" Привет,", " {Привет|preev-yet},"), "utf-8")
    assert shell("check", "script/lamp.yaml", cwd=tmp_path).code == 0


def test_a_suggestion_is_struck_with_its_line_and_no_sounds_suggests_none(tmp_path: Path, shell: Shell) -> None:
    (tmp_path / "lamp.md").write_text(STORY, "utf-8")
    whole = shell("draft", "lamp.md", "-o", "-", cwd=tmp_path).out
    silent = shell("draft", "lamp.md", "-o", "-", "--no-sounds", cwd=tmp_path).out
    assert not (tmp_path / "script").exists()
    kept = [row for row in whole.splitlines() if "# draft: sound" not in row and "# draft: bed" not in row]
    (tmp_path / "script").mkdir()
    (tmp_path / "script" / "struck.yaml").write_text("\n".join(kept) + "\n", "utf-8")
    assert "no problems" in shell("check", "script/struck.yaml", cwd=tmp_path).out
    assert "# draft: speaker" in silent and not [
        role for role in ("sound: knock", "room: cellar", "- bed") if role in silent
    ]


def test_nothing_is_written_over_without_force(tmp_path: Path, shell: Shell) -> None:
    (tmp_path / "lamp.txt").write_text("It was late.", "utf-8")
    (tmp_path / "script").mkdir()
    mine = tmp_path / "script" / "lamp.yaml"
    mine.write_text("mine", "utf-8")
    refused = shell("draft", "lamp.txt", cwd=tmp_path)
    assert refused.code == 1 and "--force" in refused.err and mine.read_text("utf-8") == "mine"
    mine.chmod(0o640)
    assert shell("draft", "lamp.txt", "--force", "--quiet", cwd=tmp_path).code == 0
    assert "It was late." in mine.read_text("utf-8") and mine.stat().st_mode & 0o777 == 0o640
    mine.unlink()
    assert shell("draft", "lamp.txt", "--force", "--quiet", cwd=tmp_path).code == 0
    assert "It was late." in mine.read_text("utf-8")
    assert shell("draft", "lamp.txt", "-o", "script/other.yaml", "--title", "Other: [one]", cwd=tmp_path).code == 0
    assert "title: 'Other: [one]'" in (tmp_path / "script" / "other.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "what"),
    [
        (("draft",), 2, "name a story"),
        (("draft", "script.yaml"), 2, "name a story"),
        (("draft", "gone.md"), 1, "cannot read"),
        (("draft", "empty.txt"), 1, "no words"),
        (("draft", "data.txt"), 1, "no text"),
        (("draft", "book.epub"), 1, "no EPUB"),
        (("draft", "s.txt", "--kind", "opera"), 2, "prose, fountain, radio"),
        (("draft", "s.txt", "--edition", "es"), 2, "script (YAML)"),
        (("draft", "--edition", "es", "--title", "X"), 2, "--title"),
        (("draft", "s.txt", "--ids"), 2, "--edition"),
        (("draft", "s.txt", "-o", "x.txt"), 2, "not named like a script"),
        (("draft", "s.txt", "--language", "tlh"), 1, "no voice"),
        (("draft", "s.txt", "--pack", "gone"), 1, "no such pack"),
    ],
)
def test_what_cannot_be_drafted_is_one_message(
    tmp_path: Path, shell: Shell, arguments: tuple[str, ...], code: int, what: str
) -> None:
    (tmp_path / "s.txt").write_text("It was late.", "utf-8")
    (tmp_path / "empty.txt").write_text(" \n\n * * *\n", "utf-8")
    (tmp_path / "data.txt").write_bytes(b"\0\1\2" * 50)
    (tmp_path / "book.epub").write_bytes(b"PK nothing")
    done = shell(*arguments, cwd=tmp_path)
    assert done.code == code and what in done.err and "Traceback" not in done.err
    assert not (tmp_path / "script").exists()


def test_every_form_is_known_by_its_name_or_its_look_and_checks_clean(tmp_path: Path, shell: Shell) -> None:
    (tmp_path / "a.epub").write_bytes(epub(["<h1>One</h1><p>“Go,” said Mara.</p>"]))
    (tmp_path / "b.fountain").write_text("INT. HALL - DAY\n\nMARA\nGo.\n", "utf-8")
    (tmp_path / "c.txt").write_text("SCENE 1\n1 SOUND: THUNDER\n2 MARA: Go.\n3 BEN: No.\n", "utf-8")
    (tmp_path / "d.txt").write_bytes("Caf\xe9. It was late.".encode("cp1252"))
    (tmp_path / "e.log").write_text("MARA: Go.\n", "utf-8")
    for name, form in (("a.epub", "prose"), ("b.fountain", "fountain"), ("c.txt", "radio"), ("d.txt", "prose")):
        done = shell("draft", name, "--json", cwd=tmp_path)
        assert done.code == 0, done.err
        assert json.loads(done.out)["form"] == form
        assert "no problems" in shell("check", f"script/{name[0]}.yaml", cwd=tmp_path).out
    assert shell("draft", "e.log", "--kind", "radio", "--quiet", cwd=tmp_path).code == 0
    assert "mara: >" in (tmp_path / "script" / "e.yaml").read_text("utf-8")
    assert "Café" in (tmp_path / "script" / "d.yaml").read_text("utf-8")


def test_a_draft_is_the_same_whatever_the_hash_seed(tmp_path: Path, shell: Shell) -> None:
    text = "\n\n".join(
        f"“Line {n},” said {who}. The door slammed." for n, who in enumerate(["Ann", "Ben", "the fox", "Cora"] * 3)
    )
    (tmp_path / "s.txt").write_text(text, "utf-8")
    from tests.face_helpers import render

    first, second = (
        render("draft", "s.txt", "-o", "-", cwd=tmp_path, cache=tmp_path / "cache", env={"PYTHONHASHSEED": seed}).out
        for seed in ("1", "2")
    )
    assert first == second and "said Cora" in first


PACK = """\
pack: mine
licence: CC0-1.0
author: N. Name
words:
  gate: [gate ... clang, clang! of ... gate]
  thunder: thunder! come
sounds:
  gate: {foley: impact}
  thunder: {foley: boom}
"""


def test_a_pack_brings_words_of_its_own_and_they_come_first(tmp_path: Path, shell: Shell) -> None:
    (tmp_path / "sfx" / "mine").mkdir(parents=True)
    (tmp_path / "sfx" / "mine" / "pack.yaml").write_text(PACK, "utf-8")
    (tmp_path / "s.txt").write_text("The gate fell shut and clanged. The rain fell.", "utf-8")
    out = shell("draft", "s.txt", "-o", "-", cwd=tmp_path).out
    assert "packs: [mine, ruins]" in out
    assert '- sound: gate at word "clanged"  # draft: sound "gate fell shut and clanged"' in out
    assert "- bed: rain at word" in out


@pytest.mark.parametrize(
    ("words_of_pack", "what"),
    [
        ("{gaet: clang}", "has no sound 'gaet'"),
        ("{gate: '... clang'}", "stands between two words"),
        ("{gate: []}", "words"),
    ],
)
def test_words_of_a_pack_that_mean_nothing_are_told_at_their_line(
    tmp_path: Path, words_of_pack: str, what: str
) -> None:
    from producer.errors import PackError

    folder = tmp_path / "mine"
    folder.mkdir()
    head, _, sounds = PACK.partition("words:")
    text = f"{head}words: {words_of_pack}\nsounds:{sounds.partition('sounds:')[2]}"
    (folder / "pack.yaml").write_text(text, "utf-8")
    with pytest.raises(PackError, match=what) as found:
        load_packs(("mine",), (tmp_path,), recipes=RECIPES).whole()
    assert {problem.at.line for problem in found.value.problems} == {4}


def test_every_row_of_the_table_names_a_role_that_ships_or_one_that_a_pack_may_have() -> None:
    ours = {role for roles, _, _ in TABLE for role in roles if kind_of(role)}
    assert len(ours) >= 45
    assert all(any(kind_of(role) for role in roles) for roles, _, _ in TABLE if roles[0] not in ("dog", "gunshot"))


CHAPTER = f"CHAPTER\n\n{STORY.removeprefix('# The Lamp')}\n\n"
CHAPTERS = "".join(f"{CHAPTER}Person{n} laughed. “No,” said Person{n}.\n\n" for n in range(40))
MEN = "".join(f"“No,” said the Person{n} man.\n\n" for n in range(150))
SPEECHES = "".join(f"MARA\nNo {n}.\n\nPerson{n}\n\n" for n in range(150))
HEADINGS = "INT. HALL - DAY\n\n" * 150
CUES = "".join(f"MARA: No {n}.\n\nPerson{n}: Yes.\n\nBOTH: No.\n\n" for n in range(50))


def of_text(text: str) -> Draft:
    return of_prose(read_plain(text))


@pytest.mark.parametrize(
    ("read", "once"),
    [(of_text, CHAPTERS), (of_text, MEN), (of_fountain, SPEECHES), (of_fountain, HEADINGS), (of_radio, CUES)],
)
def test_the_cost_grows_with_the_length_and_no_faster(read: Callable[[str], Draft], once: str) -> None:
    def calls(text: str) -> int:
        count = 0

        def counted(frame: object, event: str, argument: object) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        sys.setprofile(counted)
        try:
            read(text)
        finally:
            sys.setprofile(None)
        return count

    calls(once)  # what is kept from call to call is kept now
    few = calls(once)
    four = calls("".join(once.replace("Person", f"Person{name}") for name in "abcd"))
    assert four < 4.6 * few


def test_a_story_that_is_too_long_for_an_episode_is_told_with_the_chapter(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "long.md").write_text("".join(f"# Part {n}\n\n{'It was late. ' * 20}\n\n" for n in range(4)), "utf-8")
    done = render("draft", "long.md", cwd=tmp_path, cache=cache, env={"PRODUCER_BOUNDS": "episode_hours=0.01"})
    assert (done.code, done.out, len(done.err.splitlines())) == (1, "", 1)
    assert done.err.startswith("long.md: too long for one episode at 'Part 1': ")
    assert done.err.endswith("; cut the story in parts, one for each episode\n")
    assert not (tmp_path / "script").exists()

"""`render draft STORY`: reads a story, a screenplay or a radio script, and writes a first production script of it."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from producer import draft, project, render, voice
from producer import script as script_stage
from producer.bounds import VARIABLE
from producer.cache import Cache
from producer.draft.hearing import SoundKind
from producer.draft.nouns import Draft, Played, Source, Speech
from producer.drafts import spoken_voice, write_new
from producer.errors import RenderError, ScriptError, UsageError
from producer.foley import RECIPES
from producer.frozen import dataclass
from producer.limited import read_file
from producer.project import Project, file_name
from producer.script.compose import LARGEST_BYTES
from producer.script.keys import RESERVED
from producer.script.moments import WORDS
from producer.sounds.find import Packs, load_packs

Kind = Literal["prose", "fountain", "radio"]
KINDS: tuple[Kind, ...] = ("prose", "fountain", "radio")
SUFFIXES = (".txt", ".text", ".md", ".markdown", ".epub", ".fountain", ".spmd")
"""What is a story by its name; `.yaml` is a script."""
_PACK = "ruins"  # what sounds where a project has no packs of its own
_VOICES = {"en": "en-gb"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user wants of a draft; empty where the story says it."""

    story: Path
    output: Path | None = None  # None: the project's script folder
    to_stdout: bool = False
    kind: str = ""
    title: str = ""
    language: str = ""
    sounds: bool = True
    packs: tuple[str, ...] = ()
    force: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A draft that was written."""

    file: Path | None  # None: it is for standard output
    text: str
    form: str
    language: str
    language_known: bool  # somebody or the words say which it is
    scenes: int
    lines: int
    words: int
    people: tuple[tuple[str, str, int], ...]  # key, voice (none of several together), how many lines
    sounds: int  # suggested
    guessed: int  # lines whose speaker is a guess
    unknown: int  # lines whose speaker nobody says
    unread: int  # words in letters that their voice may only name
    unfilled: tuple[str, ...]  # what was asked for, and no pack has it
    left_out: tuple[str, ...]


def is_story(path: Path | None) -> bool:
    """Whether an argument of `render draft` is to be read as a story, by its name."""
    return path is not None and path.suffix.lower() in SUFFIXES


def begin(asked: Asked, here: Path, cache: Cache) -> Begun:
    """Write the first draft of a story.

    Raises:
        UsageError: an option says nothing that is known.
        RenderError: the story cannot be read, holds no words or is too long, or a file is there already and `force` is
            not given.
        PackError: a pack that it is to sound with is broken.
        ScriptError: the draft has a mistake, which would be ours.
    """
    if asked.kind and asked.kind not in KINDS:
        raise UsageError(f"--kind: '{asked.kind}' is none; a story is one of {', '.join(KINDS)}")
    raw = _bytes(asked.story)
    root = project.home((asked.output.parent if asked.output else here).resolve())
    packs = _packs(asked.packs, root)
    made = _draft(asked, raw, packs)
    made = replace(made, title=asked.title or made.title or _title(asked.story))
    if not any(isinstance(item, Speech) for scene in made.scenes for item in scene.items):
        raise RenderError(f"{asked.story}: there are no words in it to say")
    known = voice.VOICES["pyttsx3"].names()
    spoken = spoken_voice(_VOICES.get(made.language.casefold(), made.language), known)
    voices = draft.cast_voices(made.people, spoken, known, voice.variants())
    kinds = {role: found[1].kind for role in packs.roles() if (found := packs.find(role))}
    names = [pack.name for pack in packs.listed]
    text = draft.write_script(made, voices, names, kinds, f"A first draft of {asked.story.name}, by: render draft")
    if len(text.encode()) > LARGEST_BYTES:
        size = f"{len(text.encode()) / 1024 / 1024:.1f} MiB, and a script has at most {LARGEST_BYTES >> 20}"
        raise RenderError(f"{asked.story}: its draft would have {size}; cut the story in parts, one for each episode")
    file = None if asked.to_stdout else _file(asked, root, here)
    _check(asked.story, text, file or root / "script" / "draft.yaml", root, cache)
    if file is not None:
        write_new(file, text, force=asked.force)
    return _told(made, file, text, {key: one.voice for key, one in voices.items()})


def _bytes(story: Path) -> bytes:
    bound = "book_mib" if story.suffix.lower() == ".epub" else "story_mib"
    try:
        if story.is_dir():
            raise RenderError(f"{story}: this is a folder; name the story in it")
        return read_file(story, bound)
    except OSError as found:
        cut = "; cut the story in parts, one for each episode" if found.errno == errno.EFBIG else ""
        raise RenderError(f"cannot read {story}: {found.strerror}{cut}") from None


def _text(raw: bytes, story: Path) -> str:
    """The text of a file: UTF-8, UTF-16 or UTF-32 by its mark, else what Windows writes."""
    if raw[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        return raw.decode("utf-32", "replace")
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace")
    if b"\0" in raw[:4096]:
        raise RenderError(f"{story}: this is no text; a story is text, Markdown, EPUB, Fountain or a radio script")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _packs(asked: Sequence[str], root: Path) -> Packs:
    """The packs of `--pack`, else the project's own, then the one that ships."""
    roots = project.pack_roots(root)
    own = load_packs((), roots, tuple(asked), recipes=RECIPES).whole()
    names = [one.name for one in own.listed] if asked else [*_own(root, own), _PACK]
    return load_packs(tuple(dict.fromkeys(names)), roots, tuple(asked), recipes=RECIPES).whole()


def _own(root: Path, found: Packs) -> list[str]:
    folder = root / "sfx"
    if not folder.is_dir() or folder.resolve() == project.shipped("sfx").resolve():
        return []
    return [pack.name for pack in found.others if pack.folder.resolve().parent == folder.resolve()]


def _draft(asked: Asked, raw: bytes, packs: Packs) -> Draft:
    def kind_of(role: str) -> SoundKind | None:
        found = packs.find(role)
        return found[1].kind if found else None

    own = [((role,), "", patterns) for pack in packs.listed for role, patterns in pack.words.items()]
    ear = draft.ear([*own, *draft.TABLE], kind_of)
    suffix = asked.story.suffix.lower()
    text = "" if suffix == ".epub" else _text(raw, asked.story)
    language = asked.language or draft.language_of(text)
    wanted = draft.Wanted(
        ear=ear if asked.sounds else None,
        fills=lambda role: kind_of(role) is not None,
        reserved=frozenset({*RESERVED, *WORDS, "together"}),
        language=language,
    )
    cues = draft.Cues({role: sort for role in packs.roles() if (sort := kind_of(role))}, ear)
    kind = asked.kind or _kind(suffix, text)
    if kind in ("fountain", "radio"):
        made = (draft.draft_fountain if kind == "fountain" else draft.draft_radio)(text, wanted, cues)
        return replace(made, language_known=bool(asked.language or draft.language_told(text)))
    source = _source(asked, raw, text, suffix)
    told = draft.language_told(text or " ".join(one.text for one in source.paragraphs[:400]))
    said = asked.language or source.language
    source = replace(source, language=_language(said or told))
    return replace(draft.draft_prose(source, wanted), language_known=bool(said or told))


def _source(asked: Asked, raw: bytes, text: str, suffix: str) -> Source:
    if suffix == ".epub":
        return draft.read_epub(raw, str(asked.story))
    return draft.read_markdown(text) if suffix in (".md", ".markdown") else draft.read_plain(text)


def _kind(suffix: str, text: str) -> str:
    if suffix in (".fountain", ".spmd") or (suffix in (".txt", ".text") and draft.is_fountain(text)):
        return "fountain"
    return "radio" if suffix in (".txt", ".text", "", ".md", ".markdown") and draft.is_radio(text) else "prose"


def _language(code: str) -> str:
    """A language as scripts write it, from what a book says of itself (`en_GB`, `eng`)."""
    plain = code.strip().replace("_", "-")
    return {"eng": "en", "spa": "es", "fra": "fr", "deu": "de", "ita": "it"}.get(plain.casefold(), plain)


def _title(story: Path) -> str:
    words = story.stem.replace("_", " ").replace("-", " ").split()
    return " ".join(words).capitalize() or "A story"


def _file(asked: Asked, root: Path, here: Path) -> Path:
    """Where the script goes. Raises before anything is written when something is there."""
    name = f"{file_name(asked.story.stem).casefold()}.yaml"
    file = asked.output or project.own_folder(root, "script", instead="name the file with -o if you mean it") / name
    with contextlib.suppress(ValueError):  # another folder, or drive
        file = file.relative_to(here.resolve())
    if file.suffix.lower() not in (".yaml", ".yml"):
        raise UsageError(f"-o: '{file.name}' is not named like a script; call it '{file.stem}.yaml'")
    if file.exists() and not asked.force:
        raise RenderError(f"{file} is there already; --force writes over it, and -o FILE names another")
    return file


def _check(story: Path, text: str, file: Path, root: Path, cache: Cache) -> None:
    place = Project(file, root)
    try:
        render.looked_up(script_stage.read(text, file.as_posix(), place.fetch), place, (), cache)
    except ScriptError as found:
        if any(VARIABLE not in one.what and one.at.line for one in found.problems):  # not of the whole of it
            raise
        lines = text.splitlines()  # the draft is not written, so its places are nothing that can be looked up
        over = (_over(story, lines[one.at.line - 1 : one.at.line], one.what) for one in found.problems)
        raise RenderError("\n".join(dict.fromkeys(over))) from None


def _over(story: Path, line: Sequence[str], what: str) -> str:
    """That a bound was met, with the title of the scene where a problem stands in one."""
    title = line[0].partition("title: ")[2] if line else ""
    at = f" at '{title}'" if title else ""
    return f"{story}: too long for one episode{at}: {what}; cut the story in parts, one for each episode"


def _told(made: Draft, file: Path | None, text: str, voices: dict[str, str]) -> Begun:
    items = [item for scene in made.scenes for item in scene.items]
    speeches = [item for item in items if isinstance(item, Speech)]
    played = [item for item in items if isinstance(item, Played)]
    counts = {person.key: sum(one.speaker == person.key for one in speeches) for person in made.people}
    unfilled = dict.fromkeys(one.note for one in played if one.kind == "pause" and one.suggested)
    rooms = sum(1 for scene in made.scenes if scene.room)
    beds = sum(1 for one in played if one.suggested and one.kind == "bed")
    return Begun(
        file=file,
        text=text,
        form=made.form,
        language=made.language,
        language_known=made.language_known,
        scenes=len(made.scenes),
        lines=len(speeches),
        words=sum(one.text.count(" ") + 1 for one in speeches),
        people=tuple((key, voices.get(key, ""), count) for key, count in counts.items()),
        sounds=sum(len(one.heard) for one in speeches) + beds + rooms,
        guessed=sum(one.doubt.startswith("by ") for one in speeches),
        unknown=sum(one.doubt == "unknown" for one in speeches),
        unread=text.count(draft.UNREAD),
        unfilled=tuple(unfilled),
        left_out=made.left_out,
    )

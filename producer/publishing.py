"""`render feed`: the output folders of a show, read and written up as its feed."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import mutagen
from mutagen import MutagenError
from mutagen.id3 import ID3
from pydantic import ValidationError

from producer.deliver.files import Staging
from producer.errors import Place, Problem, RenderError, ScriptError, nearest
from producer.feed import channel
from producer.feed.bites import soundbites
from producer.feed.moment import Moment, moment
from producer.feed.nouns import Episode, Facts, Media, Transcript
from producer.feed.show import LICENCES, Show
from producer.model.mixes import MIXES
from producer.script.compose import decode, read_tree
from producer.script.tree import Items, Node, Pairs, Scalar

SHOW_FILE = "feed.yaml"
ITEM_FILE = "feed-item.xml"
FACTS_FILE = "episode.json"
_TYPES = {".mp3": "audio/mpeg", ".m4a": "audio/x-m4a", ".m4b": "audio/mp4", ".opus": "audio/ogg"}
_TYPES |= {".flac": "audio/flac", ".wav": "audio/wav"}
_ENCLOSURES = (".mp3", ".m4a")  # what every podcast app plays (Apple's list), the better known first
_TRANSCRIPTS = (  # the recommended ones first; those with the sounds in them are the captions where they are there
    Transcript("captions.vtt", "text/vtt", True),
    Transcript("captions.srt", "application/x-subrip", True),
    Transcript("transcript.vtt", "text/vtt", True),
    Transcript("transcript.srt", "application/x-subrip", True),
    Transcript("transcript.json", "application/json", False),
    Transcript("transcript.html", "text/html", False),
    Transcript("transcript.txt", "text/plain", False),
)
_SIDES = (1400, 3000)  # pixels. Source: Apple 896


@dataclass(frozen=True, slots=True)
class Published:
    """What was written, and what a person should look at."""

    file: Path
    episodes: tuple[Episode, ...]  # newest first
    held_back: tuple[str, ...]  # folders of episodes that are later than `until`
    remarks: tuple[str, ...]


def publish(folder: Path, url: str, until: str = "", items: bool = False) -> Published:
    """Write `feed.xml` into `folder`, and each cover that is only in its audio file beside that.

    Args:
        folder: holds one folder for each episode, as `render episode` left it, and maybe `feed.yaml`.
        url: where `folder` is on the web, as `feed.address.base` gives it.
        until: the last day whose episodes are in it, "" for all; nothing here knows what day it is.
        items: write each episode's `feed-item.xml`, too.

    Raises:
        ScriptError: `feed.yaml` has mistakes.
        RenderError: there is no episode, or one lacks what a feed needs; every reason is named.
    """
    show = _show(folder)
    known = _episode_folders(folder)
    _names_are_known(show, [one.name for one in known], folder / SHOW_FILE)
    last = moment(until, (23, 59)) if until else None
    made, faults = [], []
    with Staging(folder) as staging:
        for one in known:
            try:
                made.append(_episode(one, show, staging))
            except RenderError as fault:
                faults.append(str(fault))
        if not faults:
            faults = list(_serial_faults(show, made, folder))
        if faults:
            raise RenderError("\n".join(faults))
        listed = channel.ordered([one for one in made if last is None or one.published <= last])
        if not listed:
            raise RenderError(
                f"{folder}: no episode is out by {until}; the first is of {_day(min(e.published for e in made))}"
            )
        image = _image(show, listed, folder)
        staging.text(channel.FILE, channel.feed(show, url, listed, image))
        for episode in listed if items else ():
            staging.text(f"{episode.slug}/{ITEM_FILE}", channel.item_file(show, url, episode))
        remarks = (*_remarks(show, listed), *_picture_remarks(folder, staging, image))
        staging.publish()
    return Published(folder / channel.FILE, listed, tuple(one.slug for one in made if one not in listed), remarks)


def _day(when: Moment) -> str:
    return f"{when.year:04d}-{when.month:02d}-{when.day:02d}"


# ---- the show


def _show(folder: Path) -> Show:
    file = folder / SHOW_FILE
    if not file.is_file():
        return Show()
    tree, problems = _tree(file)
    if problems:
        raise ScriptError(problems)
    if not isinstance(tree, Pairs):
        raise ScriptError([Problem(Place(str(file), 1, 1), "feed.yaml is a mapping, as in 'title: My Show'")])
    try:
        show = Show.model_validate(_plain(tree))
    except ValidationError as found:
        raise ScriptError(_problem(error, tree, str(file)) for error in found.errors()) from None
    licence = show.licence
    if licence and not licence.url and licence.name.casefold() not in LICENCES:
        at = _place(tree, ("licence",), str(file))
        what = f"'{licence.name}' needs a url beside its name{nearest(licence.name, LICENCES)}"
        raise ScriptError([Problem(at, what)])
    return show


def _tree(file: Path) -> tuple[Node | None, Sequence[Problem]]:
    try:
        data = file.read_bytes()
    except OSError as found:
        raise RenderError(f"cannot read {file}: {found.strerror}") from None
    text, problems = decode(data, str(file))
    return (None, problems) if text is None else read_tree(text, str(file))


def _problem(error: Any, tree: Node, file: str) -> Problem:
    path = error["loc"]
    key = ".".join(str(part) for part in path)
    if error["type"] == "extra_forbidden":
        owner = Show.model_fields if len(path) == 1 else ()
        return Problem(_place(tree, path, file), f"there is no '{key}'{nearest(str(path[-1]), owner)}")
    return Problem(_place(tree, path, file), f"{key}: {error['msg'].removeprefix('Value error, ')}")


def _plain(node: Node) -> Any:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Items):
        return [_plain(one) for one in node.items]
    return {key.text: _plain(value) for key, value in node.pairs}


def _place(node: Node, path: Sequence[int | str], file: str) -> Place:
    """Where the value at `path` stands, or as near to it as the file goes."""
    for part in path:
        if isinstance(node, Pairs):
            found = [value for key, value in node.pairs if key.text == part]
        elif isinstance(node, Items) and isinstance(part, int):
            found = list(node.items[part : part + 1])
        else:
            found = []
        if not found:
            break
        node = found[0]
    return node.place


def _names_are_known(show: Show, slugs: Sequence[str], file: Path) -> None:
    """A folder that `feed.yaml` names and that is not there is a slip of the pen."""
    named = {*show.dates, *show.trailers, *show.bonus, *(slug for who in show.people for slug in who.episodes)}
    if unknown := sorted(named - set(slugs)):
        raise ScriptError(
            Problem(Place(str(file)), f"there is no episode's folder '{one}'{nearest(one, slugs)}") for one in unknown
        )


# ---- the episodes


def _episode_folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise RenderError(f"{folder}: there is no such folder")
    found = sorted(
        one for one in folder.iterdir() if not one.name.startswith(".") and (one / "timeline.json").is_file()
    )
    if not found:
        inside = (folder / "timeline.json").is_file()
        hint = f"it is an episode itself: name the folder around it, {folder.parent}" if inside else "render one first"
        raise RenderError(f"{folder}: no folder of an episode is in it; {hint}")
    return found


def _episode(folder: Path, show: Show, staging: Staging) -> Episode:
    facts = _facts(folder)
    timeline = _json(folder / "timeline.json")
    slug = folder.name
    written = show.dates.get(slug, facts.date)
    if not written:
        raise RenderError(
            f"{folder}: it has no date; write 'date: 2026-11-22' at the top of its script, "
            f"or 'dates: {{{slug}: 2026-11-22}}' in {SHOW_FILE}"
        )
    hour, minute = show.time.split(":")
    try:
        length_s = timeline["duration"] / timeline["rate_hz"]
        bites = soundbites(timeline)
        published = moment(written, (int(hour), int(minute)))
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as found:
        raise RenderError(f"{folder}: timeline.json or the date is not as a render leaves it: {found}") from None
    media = _media(folder)
    return Episode(
        slug=slug,
        facts=facts,
        published=published,
        media=media,
        length_s=length_s,
        transcripts=_transcripts(folder),
        chapters="chapters.json" if _json(folder / "chapters.json").get("chapters") else "",
        soundbites=bites,
        cover=_cover(folder, media[0].file, staging),
        credits=_text(folder / "credits.txt"),
        kind="trailer" if slug in show.trailers else "bonus" if slug in show.bonus else "full",
    )


def _facts(folder: Path) -> Facts:
    file = folder / FACTS_FILE
    if not file.is_file():
        raise RenderError(f"{folder}: there is no {FACTS_FILE} in it; render the episode again")
    try:
        return Facts.model_validate(_json(file))
    except ValidationError as found:
        error = found.errors()[0]
        raise RenderError(f"{file}: {'.'.join(map(str, error['loc']))}: {error['msg']}") from None


def _json(file: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(_text(file))
    except (ValueError, RecursionError):
        raise RenderError(f"{file}: this is not JSON; render the episode again") from None
    if not isinstance(found, dict):
        raise RenderError(f"{file}: this is not what a render leaves; render the episode again")
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise RenderError(f"{file}: this is not UTF-8; render the episode again") from None
    except OSError as found:
        raise RenderError(f"cannot read {file}: {found.strerror}") from None


def _media(folder: Path) -> tuple[Media, ...]:
    """The enclosure, the standard mix in other formats, then the listener mixes in the order of `MIXES`."""
    order = list(MIXES)
    found: list[tuple[tuple[int, int, str], Media]] = []
    for file in folder.iterdir():
        suffix = file.suffix
        if suffix not in _TYPES or file.name.startswith("."):
            continue
        last = file.stem.rpartition(".")[2] if "." in file.stem else ""
        mix = last if last in MIXES else ""
        title = MIXES[mix].title if mix else "standard"
        named = title[0].upper() + title[1:] + ("" if suffix in _ENCLOSURES[:1] else f", {suffix[1:].upper()}")
        rank = (order.index(mix) if mix else 0, list(_TYPES).index(suffix), file.name)
        made = Media(file=file.name, mix=mix, title=named, type=_TYPES[suffix], size_bytes=0, sri="")
        found.append((rank, made))
    listed = [media for _, media in sorted(found, key=lambda one: one[0])]
    if not listed or listed[0].mix or Path(listed[0].file).suffix not in _ENCLOSURES:
        raise RenderError(f"{folder}: there is no MP3 of it, which is what podcast apps play; render it for 'podcast'")
    return tuple(_hashed(folder, media) for media in listed)


def _hashed(folder: Path, media: Media) -> Media:
    try:
        with (folder / media.file).open("rb") as file:
            digest = hashlib.file_digest(file, "sha384").digest()
            size = file.tell()
    except OSError as found:
        raise RenderError(f"cannot read {folder / media.file}: {found.strerror}") from None
    sri = "sha384-" + base64.b64encode(digest).decode("ascii")
    bitrate_bps = getattr(_opened(folder / media.file).info, "bitrate", 0)
    return replace(media, size_bytes=size, sri=sri, bitrate_bps=bitrate_bps)


def _transcripts(folder: Path) -> tuple[Transcript, ...]:
    there = [one for one in _TRANSCRIPTS if (folder / one.file).is_file()]
    if not any(one.file.startswith("captions.") for one in there):
        return tuple(there)
    return tuple(one if one.file.startswith("captions.") else Transcript(one.file, one.type, False) for one in there)


def _cover(folder: Path, audio: str, staging: Staging) -> str:
    """The picture of an episode, taken out of its audio so that it is always that of the last render; "" for none."""
    picture = _picture(folder / audio)
    if picture is None:
        return next((name for name in ("cover.jpg", "cover.png") if (folder / name).is_file()), "")
    name = "cover.png" if picture.startswith(b"\x89PNG") else "cover.jpg"
    staging.path(f"{folder.name}/{name}").write_bytes(picture)
    return name


def _picture(audio: Path) -> bytes | None:
    tags = _opened(audio).tags
    if isinstance(tags, ID3):
        found = tags.getall("APIC")
        return bytes(found[0].data) if found else None
    found = (tags or {}).get("covr")
    return bytes(found[0]) if found else None


def _opened(audio: Path) -> Any:
    try:
        opened = mutagen.File(audio)
    except MutagenError:
        opened = None
    if opened is None:
        raise RenderError(f"{audio}: this is not the audio that its name says; render the episode again")
    return opened


# ---- the whole


def _serial_faults(show: Show, episodes: Sequence[Episode], folder: Path) -> Iterator[str]:
    """Apple: a serial show's full episodes have numbers over 0, each once in its season."""
    seen: dict[tuple[int, int], str] = {}
    for one in episodes:
        if one.kind != "full":
            continue
        if not one.facts.episode:
            if show.type == "serial":
                yield f"{folder / one.slug}: a serial show needs its number; write 'episode: 1' in its script"
            continue
        number = (one.facts.season or 0, one.facts.episode)
        if number in seen:
            yield f"{folder / one.slug}: it has the season and number of {seen[number]}"
        seen[number] = one.slug


def _image(show: Show, listed: Sequence[Episode], folder: Path) -> str:
    """The show's picture: the file that `feed.yaml` names, else the first episode's."""
    if show.image:
        path = (folder / show.image).resolve()
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            raise RenderError(f"{folder / SHOW_FILE}: image: {show.image} is no file in {folder}")
        return path.relative_to(folder.resolve()).as_posix()
    oldest = listed[-1]
    return f"{oldest.slug}/{oldest.cover}" if oldest.cover else ""


def _remarks(show: Show, listed: Sequence[Episode]) -> Iterator[str]:
    if not show.description:
        yield f"the show has no description: write one in {SHOW_FILE}"
    if not show.email:
        yield f"no e-mail address: directories send a code there to see whose the show is (email: in {SHOW_FILE})"
    if show.explicit is None and all(one.facts.explicit is None for one in listed):
        yield f"nothing says whether the show is explicit; the feed says no (explicit: in {SHOW_FILE} or the scripts)"
    if len({one.facts.show for one in listed}) > 1 and not show.title:
        yield f"the episodes name different shows; the oldest one's is used (title: in {SHOW_FILE})"


def _picture_remarks(folder: Path, staging: Staging, image: str) -> Iterator[str]:
    if not image:
        yield "the show has no picture, which Apple asks for"
        return
    from PIL import Image, UnidentifiedImageError

    made = staging.path(image)
    try:
        with Image.open(made if made.is_file() else folder / image) as picture:
            width, height = picture.size
            fits = picture.format in ("JPEG", "PNG") and picture.mode == "RGB"
    except (OSError, UnidentifiedImageError):
        raise RenderError(f"{folder / image}: this is neither JPEG nor PNG") from None
    if width != height or not _SIDES[0] <= width <= _SIDES[1] or not fits:
        yield (
            f"{image} has {width} × {height} pixels; Apple takes a square JPEG or PNG of "
            f"{_SIDES[0]} to {_SIDES[1]}, RGB, without transparency"
        )

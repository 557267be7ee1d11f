"""The feed of a folder of episodes, and what a person should look at before it goes out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from producer.deliver.files import Staging
from producer.deliver.picture import FORMATS, UNREADABLE
from producer.errors import RenderError
from producer.feed import channel
from producer.feed.bites import LONGEST_S, SHORTEST_S
from producer.feed.item import TEXT_BYTES, is_cut
from producer.feed.moment import Moment, moment
from producer.feed.nouns import Episode
from producer.feed.show import Show
from producer.frozen import dataclass
from producer.publishing.episodes import episode_folders, read_episode
from producer.publishing.languages import in_one_language, left_out
from producer.publishing.show_file import SHOW_FILE, read_show, show_file

ITEM_FILE = "feed-item.xml"
_SIDES = (1400, 3000)  # pixels. Source: Apple 896
_HEAVY_BYTES = 512_000  # more is what podcast hosts advise against


@dataclass(frozen=True, slots=True)
class Published:
    """What was written, and what a person should look at."""

    file: Path
    episodes: tuple[Episode, ...]  # newest first
    held_back: tuple[str, ...]  # folders of episodes that are later than `until`
    remarks: tuple[str, ...]


def publish(folder: Path, url: str, until: str = "", items: bool = False, language: str = "") -> Published:
    """Write `feed.xml` into `folder`, and each cover that is only in its audio file beside that.

    With a language it is `feed.LANGUAGE.xml`, of the episodes in it.

    Args:
        folder: holds one folder for each episode, as `render episode` left it, and maybe `feed.yaml`.
        url: where `folder` is on the web, as `feed.address.base` gives it.
        until: the last day whose episodes are in it, "" for all; nothing here knows what day it is.
        items: write each episode's `feed-item.xml`, too.
        language: another than the show's own.

    Raises:
        ScriptError: `feed.yaml` has mistakes.
        RenderError: there is no episode, or one lacks what a feed needs; every reason is named.
    """
    known = episode_folders(folder)
    show = read_show(folder, [one.name for one in known], language)
    last = moment(until, (23, 59)) if until else None
    made, faults = [], []
    with Staging(folder) as staging:
        for one in known:
            try:
                made.append(read_episode(one, show, staging))
            except RenderError as fault:
                faults.append(str(fault))
        if faults:
            raise RenderError("\n".join(faults))
        everything = made
        spoken, made = in_one_language(everything, show.language or "", language)
        if faults := list(_serial_faults(show, made, folder)):
            raise RenderError("\n".join(faults))
        listed = channel.ordered([one for one in made if last is None or one.published <= last])
        if not listed:
            raise RenderError(
                f"{folder}: no episode is out by {until}; the first is of {_day(min(e.published for e in made))}"
            )
        image = _image(show, listed, folder)
        file = channel.file_of(language)
        staging.text(file, channel.feed(show, url, listed, image, file))
        for episode in listed if items else ():
            staging.text(f"{episode.slug}/{ITEM_FILE}", channel.item_file(show, url, episode, file))
        others = () if language else left_out(everything, made, spoken)
        remarks = (
            *others,
            *_remarks(show, listed, show_file(language)),
            *_picture_remarks(folder, staging, image, listed),
        )
        staging.publish()
    return Published(folder / file, listed, tuple(one.slug for one in made if one not in listed), remarks)


def _day(when: Moment) -> str:
    return f"{when.year:04d}-{when.month:02d}-{when.day:02d}"


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
            yield (
                f"{folder / one.slug}: it has the season and number of {seen[number]}; if one of the two is left over "
                "from a script that has another name now, remove its folder, or give the script its old name: that is "
                "what podcast apps know the episode by"
            )
        seen[number] = one.slug


def _image(show: Show, listed: Sequence[Episode], folder: Path) -> str:
    """The show's picture: the file that `feed.yaml` names, else the first episode's."""
    if show.image:
        path = (folder / show.image).resolve()
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            raise RenderError(f"{folder / SHOW_FILE}: image: {show.image} is no file in {folder}")
        return path.relative_to(folder.resolve()).as_posix()
    first = channel.first_episode(listed)
    return f"{first.slug}/{first.cover}" if first.cover else ""


def _remarks(show: Show, listed: Sequence[Episode], file: str) -> Iterator[str]:
    for one in listed:
        if left := one.facts.untranslated:
            yield f"{one.slug}: {left} {'text is' if left == 1 else 'texts are'} not translated"
        if is_cut(one.facts):
            yield f"{one.slug}: its summary is cut off in the feed, where a description has {TEXT_BYTES} bytes at most"
        for bite in one.soundbites:
            if not SHORTEST_S <= bite.length_s <= LONGEST_S:
                yield (
                    f"{one.slug}: the soundbite at {bite.start_s:.1f} s lasts {bite.length_s:.1f} s; apps ask for "
                    f"{SHORTEST_S:g} to {LONGEST_S:g} s"
                )
    if not show.description:
        yield f"the show has no description: write one in {file}"
    elif len(show.description.encode()) > TEXT_BYTES:
        yield f"the show's description is cut off in the feed, where one has {TEXT_BYTES} bytes at most ({file})"
    if not show.email:
        yield f"no e-mail address: directories send a code there to see whose the show is (email: in {file})"
    if show.explicit is None and all(one.facts.explicit is None for one in listed):
        yield f"nothing says whether the show is explicit; the feed says no (explicit: in {file} or the scripts)"
    if len({one.facts.show for one in listed}) > 1 and not show.title:
        yield f"the episodes name different shows; the oldest one's is used (title: in {file})"


def _picture_remarks(folder: Path, staging: Staging, image: str, listed: Sequence[Episode]) -> Iterator[str]:
    covers = [f"{one.slug}/{one.cover}" for one in listed if one.cover]
    yield from _heavy_remark(folder, staging, covers)
    if not image:
        yield "the show has no picture, which Apple asks for"
    pictures = dict.fromkeys([image, *covers] if image else covers)
    if unfit := [told for one in pictures if (told := _unfit(folder, staging, one))]:
        others = len(unfit) - 1
        yield unfit[0] + (f" ({others} more {'is' if others == 1 else 'are'} not so)" if others else "")


def _unfit(folder: Path, staging: Staging, image: str) -> str:
    """What is to be said of a picture that Apple does not take; "" of others. Raises RenderError when it is none."""
    from PIL import Image

    made = staging.path(image)
    try:
        with Image.open(made if made.is_file() else folder / image, formats=FORMATS) as picture:
            width, height = picture.size
            mode = picture.mode
    except (*UNREADABLE, Image.DecompressionBombError):
        raise RenderError(f"{folder / image}: this is no JPEG or PNG that can be shown") from None
    if width == height and _SIDES[0] <= width <= _SIDES[1] and mode == "RGB":
        return ""
    return (
        f"{image} has {width} × {height} pixels in {mode}; Apple takes a square JPEG or PNG of "
        f"{_SIDES[0]} to {_SIDES[1]}, RGB, without transparency"
    )


def _heavy_remark(folder: Path, staging: Staging, covers: Iterable[str]) -> Iterator[str]:
    """Of covers that are large: each is in its episode's audio files, which listeners load with it."""
    there = {one: made if (made := staging.path(one)).is_file() else folder / one for one in covers}
    heavy = {one: size for one, path in there.items() if (size := path.stat().st_size) > _HEAVY_BYTES}
    if heavy:
        first, *others = heavy
        more = f" ({len(others)} more are over it)" if others else ""
        yield (
            f"{first} has {heavy[first] / 1e6:.1f} MB, and so much is in each audio file of its episode; hosts "
            f"advise {_HEAVY_BYTES // 1000} kB at most{more}"
        )

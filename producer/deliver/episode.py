"""Everything that stands in an episode's output folder beside its audio."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from producer.deliver import captions, chapters, credits, sound_captions, tags, transcripts
from producer.deliver.facts import facts_json
from producer.deliver.files import Texts
from producer.deliver.listed import listed
from producer.deliver.picture import published
from producer.deliver.wave import Marker
from producer.dsp.loudness import Loudness
from producer.errors import Place, Problem, ScriptError
from producer.limited import read_file
from producer.model.script import Script
from producer.model.sound import Origin
from producer.model.timeline import Timeline


def write_documents(
    staging: Texts,
    script: Script,
    timeline: Timeline,
    timeline_json: Mapping[str, object],
    origins: Iterable[Origin],
    titles: Mapping[str, str] | None = None,
    files: Sequence[tuple[str, str, str]] = (),
) -> None:
    """Timeline, transcripts, chapters and credits, as the contract names them.

    Args:
        titles: what each role is called for people (`sound_captions.titles`); roles without one by their own name.
        files: every audio file: its name, its mix, its format.
    """
    found_cards = captions.cards(timeline, script)
    sounds = sound_captions.heard(timeline, script, titles or {})
    shown = sound_captions.placed(sounds, found_cards, chapters.milliseconds(timeline.duration, timeline.rate_hz))
    found_chapters = chapters.chapters(timeline, script)
    staging.text("timeline.json", listed(timeline_json))
    staging.text("transcript.vtt", captions.vtt(found_cards))
    staging.text("transcript.srt", captions.srt(found_cards))
    staging.text("transcript.json", sound_captions.transcript_json(found_cards, shown))
    staging.text("transcript.txt", transcripts.plain(timeline, script, sounds))
    staging.text("transcript.html", transcripts.html(timeline, script, sounds, found_chapters))
    staging.text("captions.vtt", sound_captions.vtt(found_cards, shown))
    staging.text("captions.srt", sound_captions.srt(found_cards, shown))
    staging.text("chapters.json", chapters.podcasting_json(found_chapters, script))
    staging.text("chapters.vtt", transcripts.chapters_vtt(found_chapters))
    staging.text("episode.json", facts_json(script, timeline, files))
    staging.text("credits.txt", credits.credits_text(script, credits.voices(timeline, script), origins))


def write_tags(
    audio: Path,
    script: Script,
    timeline: Timeline,
    origins: Iterable[Origin],
    picture: bytes,
    codec: str,
    version: str = "",
    loudness: Loudness | None = None,
    provenance: str = "",
) -> None:
    """Name, cover, chapters, words and credits inside the finished audio file.

    Args:
        codec: of the file (`model.formats`).
        version: which mix it is, for listeners; nothing for the standard one.
        loudness: of the file, decoded.
        provenance: what the file says of what it is made of (`manifest.statement`).
    """
    sounds = tuple(origins)
    cast = credits.voices(timeline, script)
    listed = chapters.chapters(timeline, script)
    written = tags.Tags(
        script=script,
        cover=picture,
        chapters=listed,
        lyrics=captions.plain(timeline, script),
        credits=credits.credits_text(script, cast, sounds, most=credits.LISTED),
        disclosure=credits.disclosure(cast),
        sounds=credits.record(sounds),
        version=version,
        markers=_markers(timeline, listed),
        loudness=loudness,
        provenance=provenance,
    )
    tags.write(audio, written, codec)


def _markers(timeline: Timeline, listed: Sequence[chapters.Chapter]) -> tuple[Marker, ...]:
    """Chapters as regions, and those marks of the script that begin none as points; all of them inside the file."""
    rate, last = timeline.rate_hz, max(0, timeline.duration - 1)
    began = [*(one.span.start for one in timeline.scenes), *(one.sample for one in timeline.marks if one.chapter)]
    exact = {chapters.milliseconds(sample, rate): int(sample) for sample in began}
    starts = [exact.get(one.start_ms, round(one.start_ms * rate / 1000)) for one in listed]
    ends = [*starts[1:], *([int(timeline.duration)] if starts else [])]
    regions = [Marker(start, one.title, end - start) for one, start, end in zip(listed, starts, ends, strict=True)]
    points = [Marker(min(max(0, int(one.sample)), last), one.name) for one in timeline.marks if not one.chapter]
    return tuple(sorted([*regions, *points], key=lambda marker: marker.sample))


def own_cover(script: Script, folder: Path) -> bytes | None:
    """The picture that the script names, as it is published; None when it names none.

    Raises ScriptError when it is no JPEG or PNG that can be shown.

    Args:
        folder: the project; a cover is named from there and must be inside it.
    """
    if not script.cover:
        return None
    try:
        path = (folder / script.cover).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise _no_cover(script, f"{script.cover} is outside the project")
        image = read_file(path, "cover_mib")
    except (ValueError, RuntimeError):  # a NUL in the name, a loop of links
        raise _no_cover(script, f"{script.cover!r} is no name of a file") from None
    except OSError as found:
        raise _no_cover(script, f"cannot read {script.cover}: {found.strerror}") from None
    try:
        return published(image)
    except ValueError as wrong:
        raise _no_cover(script, f"{script.cover} {wrong}") from None


def _no_cover(script: Script, why: str) -> ScriptError:
    return ScriptError([Problem(script.cover_place or Place(script.file), f"cover: {why}")])

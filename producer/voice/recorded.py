"""Actors' recordings to takes: listened to, cleaned, cut at the line's rests, timed word by word, and kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import numpy as np
import soxr

from producer.cache import Cache, key
from producer.digests import CHANGED
from producer.errors import Problem, VoiceError
from producer.frozen import changed, dataclass
from producer.model.script import Line
from producer.model.voice import Phrase, Take, TakeReport
from producer.voice import condition
from producer.voice.align import Aligned, align_both, is_short
from producer.voice.departures import departures, is_other_text, likeness, spoken_share, unpaused
from producer.voice.engine import Onset
from producer.voice.engines import DEFAULT, VOICES
from producer.voice.finish import NOTHING, Trimmed, finish, spoken_s
from producer.voice.folder import Recording, digest
from producer.voice.keep import finished_by, laid_down, pack_take, unpack_take
from producer.voice.naming import Speech
from producer.voice.phrasing import pieces, timed_words, told
from producer.voice.raw import Listen, Raw, UnusableError, heard_file
from producer.voice.reference import Reference, reference_voice, references
from producer.voice.spectra import RATE_HZ, Floats

_SHORTEST, _LONGEST = 0.4, 2.8
"""Beside the voice's own reading at 160 wpm: what is beyond was cut short, or not cut."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A recording beside its line."""

    take: Take
    report: TakeReport
    other: bool
    """It says something else than its line."""
    likeness: float
    """To its line, as `departures.likeness` has it; over 0.75 it may be another line as well."""


def record_lines(
    recordings: Sequence[Recording],
    language: str,
    rate_hz: int,
    cache: Cache,
    listen: Listen,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> dict[Speech, Heard]:
    """Every recording as a take, with what was heard in it.

    Args:
        recordings: each of one member's reading of one line.
        language: the script's, for lines whose own voice has none.
        rate_hz: of the takes.
        cache: a recording that was listened to before, for the same words, is not listened to again.
        listen: reads a file.
        jobs: threads and worker processes. However many, the takes are the same, bit by bit.
        progress: called with the number of recordings done and their total.

    Raises `VoiceError`: every recording that cannot be read, or in which nothing is said, at its line.
    """
    heard = hear_all(recordings, language, rate_hz, cache, listen, jobs, progress)
    problems = [
        Problem(one.line.place, f"the recording {one.file} {found}")
        for one, found in zip(recordings, heard, strict=True)
        if isinstance(found, UnusableError)
    ]
    if problems:
        raise VoiceError(problems)
    return {
        one.speech: found for one, found in zip(recordings, heard, strict=True) if not isinstance(found, UnusableError)
    }


def hear_all(
    recordings: Sequence[Recording],
    language: str,
    rate_hz: int,
    cache: Cache,
    listen: Listen,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> list[Heard | UnusableError]:
    """As `record_lines`, of any recordings, several of one line too, in their order; what cannot be used is told."""
    work = _Work(language, rate_hz, cache, listen)
    found = [work.kept(one) for one in recordings]
    fresh = [number for number, kept in enumerate(found) if kept is None]
    done = len(found) - len(fresh)
    if progress is not None and done:
        progress(done, len(recordings))
    wanted = {recordings[number].speech: (recordings[number].line, recordings[number].index) for number in fresh}
    beside = references(list(wanted.values()), language, cache, jobs) if fresh else {}
    made: dict[int, Heard | UnusableError] = {}
    with ThreadPoolExecutor(max(1, jobs)) as threads:
        waiting = {number: threads.submit(work.once, recordings[number], beside) for number in fresh}
        for number, future in waiting.items():
            try:
                made[number] = future.result()
            except UnusableError as wrong:
                made[number] = wrong
            done += 1
            if progress is not None:
                progress(done, len(recordings))
    return [made[number] if kept is None else kept for number, kept in enumerate(found)]


@dataclass(frozen=True, slots=True)
class _Work:
    """From recordings to takes whose samples are in the cache, not in memory."""

    language: str
    rate_hz: int
    cache: Cache
    listen: Listen

    def kept(self, one: Recording) -> Heard | None:
        """What was heard in it before, if its take is still there."""
        payload = self.cache.read(_key(one, self.language, self.rate_hz))
        if payload is None:
            return None
        head, _, record = payload.partition(b"\n")
        take = unpack_take(record, self.cache, lambda: self._again(one), one.line)
        if take is None:
            return None
        (length_s, wpm, peak_dbfs, noise_db, room_s, remarks), other, alike = json.loads(head)
        report = TakeReport(
            line=one.line.id,
            place=one.line.place,
            member=one.line.voices[one.index].member,
            file=one.file,
            length_s=length_s,
            wpm=wpm,
            peak_dbfs=peak_dbfs,
            noise_db=noise_db,
            room_s=room_s,
            remarks=tuple(remarks),
        )
        return Heard(changed(take, source={"take": one.file, "sha256": one.sha256}), report, other, alike)

    def once(self, one: Recording, beside: Mapping[Speech, Reference]) -> Heard:
        """Listen to it, unless the same was just heard: lines may have the same words and the same recording."""
        return self.kept(one) or self.heard(one, beside)

    def heard(self, one: Recording, beside: Mapping[Speech, Reference]) -> Heard:
        """Listen to it, and keep what was heard. Raises UnusableError."""
        raw = heard_file(one.path, self.listen)
        if digest(one.path) != one.sha256:  # what is kept under its sum would be another recording, for good
            raise UnusableError(CHANGED)
        heard = hear(one, raw, beside[one.speech], self.rate_hz)
        take = laid_down(heard.take, self.rate_hz, self.cache, lambda: self._again(one), one.line)
        report = heard.report
        figures = [report.length_s, report.wpm, report.peak_dbfs, report.noise_db, report.room_s, report.remarks]
        head = json.dumps([figures, heard.other, heard.likeness]).encode()
        self.cache.write(_key(one, self.language, self.rate_hz), head + b"\n" + pack_take(take))
        return replace(heard, take=take)

    def _again(self, one: Recording) -> None:
        """Listen to it once more, because its take was lost since; to the very same recording, or not at all."""
        try:
            self.heard(one, references([(one.line, one.index)], self.language, self.cache, 1))
        except UnusableError as wrong:
            raise _lost(one, str(wrong)) from None


def _lost(one: Recording, why: str) -> VoiceError:
    return VoiceError([Problem(one.line.place, f"line '{one.line.id}': the recording {one.file} {why}")])


def _key(one: Recording, language: str, rate_hz: int) -> str:
    voice = reference_voice(one.line.voices[one.index], language)
    parts = [told(piece.tokens) for piece in pieces(one.line)]  # which the voice then says figures of in words
    return key("recorded", finished_by(), one.sha256, rate_hz, parts, voice, VOICES[DEFAULT].version(voice))


def hear(one: Recording, raw: Raw, beside: Reference, rate_hz: int) -> Heard:
    """A recording as a take, and what was heard in it. Raises UnusableError when nothing is said in it.

    Args:
        one: what it is a recording of.
        raw: as recorded.
        beside: its line, as the default voices read it.
        rate_hz: of the take.
    """
    native_hz = raw.rate_hz
    dead = condition.dead_ends(raw.samples, native_hz)
    clean = condition.cleaned(raw.samples[dead[0] : len(raw.samples) - dead[1]], native_hz)
    found = condition.levels(clean, native_hz)
    if float(found.db.max()) < condition.SILENT_DBFS:
        top = (
            f"its loudest 10 ms have {found.db.max():.0f} dBFS" if found.db.max() > -150.0 else "it is digital silence"
        )
        raise UnusableError(f"is silence: {top}")
    low = soxr.resample(clean, native_hz, RATE_HZ, quality="HQ").astype(np.float32)
    aligned, backward = align_both(low, beside.readings)
    short = is_short(beside.readings[0])
    other = is_other_text(aligned, backward, len(beside.words), short=short)
    scale = native_hz / RATE_HZ
    spans = [(round(word.start * scale), round(word.end * scale)) for word in aligned.words if word is not None]
    found = condition.between_words(found, spans)
    phrases = _phrases(one.line, clean, native_hz, found, aligned, beside)
    played = finish(phrases, rate_hz)
    if not any(len(audio) for audio in played):
        raise UnusableError("holds nothing that could be heard as speech")
    made = []
    for part, phrase, audio in zip(beside.parts, phrases, played, strict=True):
        scale = rate_hz / native_hz
        onsets = [Onset(o.token, round(o.start * scale), round(o.end * scale)) for o in phrase.onsets]
        made.append(Phrase(audio, timed_words(part, onsets, len(audio))))
    seconds = spoken_s(phrases)
    wpm = 60.0 * sum(word is not None for word in aligned.words) / seconds if seconds else 0.0
    take = Take(phrases=tuple(made), source={"take": one.file, "sha256": one.sha256}, wpm=wpm)
    room_s = condition.decay_s(found)
    report = TakeReport(
        line=one.line.id,
        place=one.line.place,
        member=one.line.voices[one.index].member,
        file=one.file,
        length_s=sum(len(audio) for audio in played) / rate_hz,
        wpm=round(wpm, 1),
        peak_dbfs=round(raw.peak_dbfs, 1),
        noise_db=round(min(found.speech_db - found.noise_db, 99.0), 1),
        room_s=None if room_s is None else round(room_s, 2),
        remarks=_remarks(
            raw, dead[0] / native_hz, found, room_s, aligned, beside, sum(map(len, played)) / rate_hz, other=other
        ),
    )
    return Heard(take, report, other, likeness(aligned, backward))


def _phrases(
    line: Line, clean: Floats, native_hz: int, found: condition.Levels, aligned: Aligned, beside: Reference
) -> tuple[Trimmed, ...]:
    """The recording cut at the line's rests, each phrase from its breath to its echo."""
    scale = native_hz / RATE_HZ
    count = len(line.rests) + 1
    onsets: list[list[Onset]] = [[] for _ in range(count)]
    for (number, place, _), word in zip(beside.words, aligned.words, strict=True):
        if word is not None:
            onsets[number].append(Onset(place, round(word.start * scale), round(word.end * scale)))
    begins, ends = _anchors(aligned, beside, onsets, scale)
    spoken = [number for number in range(count) if number in begins]
    if not spoken:  # not a word was found: the whole of it is played, and it is reported
        return _uncut(line, clean, native_hz, found)
    cuts = {spoken[0]: 0}
    for before, after in pairwise(spoken):
        cuts[after] = condition.parting(found, ends[before], max(begins[after], ends[before] + 1))
    made: list[Trimmed] = []
    for number in range(count):
        if number not in begins:
            made.append(NOTHING)
            continue
        following = next((cuts[other] for other in spoken if other > number), len(clean))
        start = min(condition.audible_from(found, begins[number], cuts[number]), begins[number])
        start = max(start, cuts[number])
        end = max(condition.audible_to(found, ends[number], following), start + 1)
        inside = [
            Onset(o.token, max(0, min(o.start, end) - start), max(1, min(o.end, end) - start)) for o in onsets[number]
        ]
        samples = condition.faded(clean[start:end], native_hz)
        made.append(Trimmed(samples.astype(np.float32), native_hz, tuple(inside)))
    return tuple(made)


def _anchors(
    aligned: Aligned, beside: Reference, onsets: Sequence[Sequence[Onset]], scale: float
) -> tuple[dict[int, int], dict[int, int]]:
    """Where each phrase's words begin and end, with what was added to it or said again."""
    begins = {number: said[0].start for number, said in enumerate(onsets) if said}
    ends = {number: max(o.end for o in said) for number, said in enumerate(onsets) if said}
    last = len(beside.words) - 1
    extra = [(min(one.first, last), one.heard, True) for one in aligned.again]
    extra += [(min(one.before, last), one.heard, one.before <= last) for one in aligned.added]
    for word, heard, ahead in extra:
        number = beside.words[word][0]
        if number not in begins:
            continue
        start, end = round(heard.start * scale), round(heard.end * scale)
        if ahead and start < begins[number] and all(ends[n] <= end for n in ends if n < number):
            begins[number] = start
        if not ahead or all(n <= number for n in ends):
            ends[number] = max(ends[number], end)
    return begins, ends


def _uncut(line: Line, clean: Floats, native_hz: int, found: condition.Levels) -> tuple[Trimmed, ...]:
    heard = np.flatnonzero(found.db > found.audible_db) * found.hop
    samples = condition.faded(clean[int(heard[0]) : int(heard[-1]) + found.hop], native_hz) if len(heard) else clean
    first = next((number for number, piece in enumerate(pieces(line)) if piece.tokens), 0)
    whole = Trimmed(samples.astype(np.float32), native_hz, ())
    return tuple(whole if number == first else NOTHING for number in range(len(line.rests) + 1))


def _remarks(
    raw: Raw,
    begins_s: float,
    found: condition.Levels,
    room_s: float | None,
    aligned: Aligned,
    beside: Reference,
    length_s: float,
    *,
    other: bool,
) -> tuple[str, ...]:
    words = [word for _, _, word in beside.words]
    said: list[str] = []
    if other:
        said.append(f"says something else than the line: {round(100 * spoken_share(aligned))} % of its words fit")
    else:
        said.extend(departures(aligned, words, begins_s))
        said.extend(unpaused(aligned, words, [number for number, _, _ in beside.words]))
    runs, peak_dbfs = raw.clipped
    if runs >= condition.CLIPPED_RUNS:
        said.append(f"clipped: the wave is cut off flat {runs} times, at {peak_dbfs:.1f} dBFS")
    noise_db = found.speech_db - found.noise_db
    if noise_db < condition.NOISY_DB:
        asked = f"{condition.NOISY_DB:.0f} are asked"
        said.append(f"noisy: the voice stands only {noise_db:.0f} dB above the noise ({asked})")
    if room_s is not None and room_s > condition.ROOMY_S:
        said.append(f"roomy: the room rings for {room_s:.1f} s ({condition.ROOMY_S:g} s at most)")
    usual_s = len(beside.readings[0].samples) / RATE_HZ
    if not other and not _SHORTEST <= length_s / usual_s <= _LONGEST:
        what = "far too long" if length_s > usual_s else "far too short"
        said.append(f"{what}: {length_s:.1f} s, where the voice takes {usual_s:.1f} s")
    return tuple(said)

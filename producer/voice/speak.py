"""Lines to takes: each line spoken by its voices in worker processes, timed word by word, and kept in the cache."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, as_completed, wait
from contextlib import nullcontext
from dataclasses import field, replace
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from producer.cache import Cache, key
from producer.errors import Problem, VoiceError
from producer.frozen import dataclass
from producer.model.script import Line, Token, VoiceUse
from producer.model.voice import Phrase, Take
from producer.voice.engine import BrokenVoiceError, Onset, Spoken, UnspeakableError, Utterance, Voice
from producer.voice.engines import DEFAULT, VOICES
from producer.voice.finish import NOTHING, Trimmed, as_given, finish, spoken_s, trim
from producer.voice.keep import laid_down, names, pack_reading, pack_take, said_by, unpack_reading, unpack_take
from producer.voice.noise import PROBE, Verdict, verdict
from producer.voice.pace import BENDS, Curve, bent, bracket, passage
from producer.voice.phrasing import Piece, has_word, pieces, sayings, timed_words, told
from producer.voice.pool import Pool, lent
from producer.voice.there import check_voices, split_voice
from producer.voice.timing import VARIANTS, found_words
from producer.voice.wording import worded

_BESIDE_SPEED = 120.0
"""Of the default engine, where its reading only serves to find another voice's words."""
_LINES_EACH = 4
"""Lines for which another worker of the default engine is begun: it says a dozen in the time in which one begins."""
_COUNTED = 3
"""Words from which a phrase is long enough that its length is judged."""
_LEAST_S, _MOST_S, _LONG_S = 0.06, 5.0, 20.0
"""No speech is quicker per word, or slower, a few seconds' pauses apart: part of it is missing, or it does not end."""


def speak_lines(
    lines: Sequence[Line],
    rate_hz: int,
    cache: Cache,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
    *,
    voices: Mapping[str, Voice] = VOICES,
    pool: Pool | None = None,
    rough: bool = False,
) -> dict[tuple[str, int], Take]:
    """A take for every line and each of its voices, by (line id, index of the voice).

    Args:
        lines: those that a voice speaks; the caller leaves out what actors have recorded.
        rate_hz: of the takes.
        cache: a line that is there is not spoken again.
        jobs: worker processes, at most. However many, the takes are the same, bit by bit.
        progress: called with the number of takes done and their total.
        voices, pool: engines and workers other than the program's own.
        rough: for what is compared, not heard: as loud as the engine makes it, and nothing cleaned.

    Raises `VoiceError`: every voice, rate or pitch that is not there, or every line that could not be said, each with
    its place.
    """
    uses = [(line, index, use) for line in lines for index, use in enumerate(line.voices)]
    check_voices(uses, voices)
    if all(split_voice(use.voice)[0] == DEFAULT for _, _, use in uses):
        jobs = min(jobs, -(-len(uses) // _LINES_EACH))
    with lent(jobs, DEFAULT) if pool is None else nullcontext(pool) as workers:
        return _all(uses, _Speaker(rate_hz, cache, workers, voices, rough), jobs, progress)


def take_name(line: Line, index: int, rate_hz: int, voices: Mapping[str, Voice] = VOICES) -> str:
    """What names all that is heard of a line in one of its voices: lines of one name are spoken once."""
    use = line.voices[index]
    engine, name = split_voice(use.voice)
    return names(pieces(line), use, engine, name, voices[engine], rate_hz)[1]


def _all(
    uses: Sequence[tuple[Line, int, VoiceUse]],
    speaker: _Speaker,
    jobs: int,
    progress: Callable[[int, int], None] | None,
) -> dict[tuple[str, int], Take]:
    with ThreadPoolExecutor(max(1, jobs)) as threads:
        asked: dict[Future[Take], tuple[Line, int, VoiceUse]] = {}
        try:
            for spoken in uses:
                asked[threads.submit(speaker.take, spoken[0], spoken[2])] = spoken
            for done, taken in enumerate(as_completed(asked), 1):
                if progress is not None:
                    progress(done, len(uses))
                if isinstance(taken.exception(), BrokenVoiceError):
                    break  # a voice that crashes or hangs would do so at every line
        finally:
            for waiting in asked:
                waiting.cancel()
            wait(asked, return_when=FIRST_EXCEPTION)
    problems = set()
    broken: set[str] = set()
    for future, (line, _, use) in asked.items():
        fault = None if future.cancelled() else future.exception()
        if isinstance(fault, BrokenVoiceError):
            if use.voice in broken:  # said at the first line that met with it
                continue
            broken.add(use.voice)
        if isinstance(fault, UnspeakableError):
            problems.add(unspoken(line, use, fault))
        elif fault is not None:
            raise fault
    if problems:
        raise VoiceError(problems)
    return {(line.id, index): future.result() for future, (line, index, _) in asked.items()}


class RateError(UnspeakableError):
    """The rate asked for is beyond the voice: of all lines that are spoken at it, whatever they say."""


def unspoken(line: Line, use: VoiceUse, why: UnspeakableError) -> Problem:
    """What is said of a line that a voice cannot speak; of a rate that is written, where it is written."""
    what = f"the voice '{use.voice}' {why}"
    if isinstance(why, RateError) and use.rate_place is not None:
        return Problem(use.rate_place, what)
    return Problem(line.place, f"line '{line.id}': {what}")


def check_rates(uses: Iterable[tuple[Line, int, VoiceUse]], rate_hz: int, cache: Cache) -> None:
    """Raise `VoiceError` with every rate that is written and that its voice does not reach.

    A voice is measured for it, which is kept in the cache: the episode does not measure it again. Voices that do not
    come with the program are not: they may take long.
    """
    written = {(use.voice, use.rate_wpm, use.rate_place): (line, use) for line, _, use in uses if use.rate_place}
    problems = []
    with lent(1, DEFAULT) as pool:
        speaker = _Speaker(rate_hz, cache, pool, VOICES)
        for line, use in written.values():
            engine, name = split_voice(use.voice)
            try:
                if engine == DEFAULT:
                    speaker.curve(engine, name, float(use.rate_wpm))
            except UnspeakableError as why:
                problems.append(unspoken(line, use, why))
    if problems:
        raise VoiceError(problems)


@dataclass(frozen=True, slots=True)
class _Speaker:
    """One production's way from a line to its take."""

    rate_hz: int
    cache: Cache
    pool: Pool
    voices: Mapping[str, Voice]
    rough: bool = False
    paces: dict[tuple[str, str, float], float] = field(default_factory=dict)
    """Words per minute of a voice at a speed."""
    measuring: Lock = field(default_factory=Lock)
    broken: dict[tuple[str, str], BrokenVoiceError] = field(default_factory=dict)
    """Voices that crashed, hung or gave no speech: they are not asked again, for a hang would be waited for again."""
    proved: set[tuple[str, str]] = field(default_factory=set)
    """Voices that were heard to speak."""

    def take(self, line: Line, use: VoiceUse) -> Take:
        engine, name = split_voice(use.voice)
        parts = pieces(line)
        reading_key, take_key = names(parts, use, engine, name, self.voices[engine], self.rate_hz, rough=self.rough)
        record = self.cache.read(take_key)
        kept = None if record is None else unpack_take(record, self.cache, lambda: self._again(line, use), line)
        if kept is not None:
            return kept
        parts = self._worded(engine, name, parts)
        read = self.cache.read(reading_key)
        if read is None:
            phrases, wpm = self._reading(engine, name, use, parts)
            self.cache.write(reading_key, pack_reading(phrases, wpm))
        else:
            phrases, wpm = unpack_reading(read)
        take = self._finished(phrases, parts, {"voice": f"{engine}:{name}"}, wpm)
        take = laid_down(take, self.rate_hz, self.cache, lambda: self._again(line, use), line)
        self.cache.write(take_key, pack_take(take))
        return take

    def _again(self, line: Line, use: VoiceUse) -> Take:
        """The take once more, when the workers are gone: the reading is mostly still there, and nothing is spoken."""
        with Pool(1, self.pool.engines) as pool:
            return replace(self, pool=pool).take(line, use)

    def _worded(self, engine: str, name: str, parts: Sequence[Piece]) -> tuple[Piece, ...]:
        """The phrases with figures and abbreviations in words, where the voice is to have them so."""
        language = self.voices[engine].worded(name)
        return tuple(replace(part, tokens=worded(part.tokens, language)) for part in parts)

    def _finished(self, phrases: Sequence[Trimmed], parts: Sequence[Piece], source: dict[str, str], wpm: float) -> Take:
        made = []
        played = as_given(phrases, self.rate_hz) if self.rough else finish(phrases, self.rate_hz)
        for part, phrase, audio in zip(parts, phrases, played, strict=True):
            scale = self.rate_hz / phrase.rate_hz
            onsets = [Onset(o.token, round(o.start * scale), round(o.end * scale)) for o in phrase.onsets]
            made.append(Phrase(audio, timed_words(part, onsets, len(audio))))
        return Take(phrases=tuple(made), source=source, wpm=wpm)

    def _reading(
        self, engine: str, name: str, use: VoiceUse, parts: Sequence[Piece]
    ) -> tuple[tuple[Trimmed, ...], float]:
        """The phrases at the engine's rate, spoken at the speed that gives the words per minute asked for."""
        voice = self.voices[engine]
        if not any(has_word(token) for part in parts for token in part.tokens):
            return tuple(NOTHING for _ in parts), 0.0
        asked = float(use.rate_wpm)
        curve = self.curve(engine, name, asked)
        first = speed = curve.speed_for(asked) if curve else asked * voice.speed_per_wpm
        phrases, wpm = self._phrases(engine, name, float(use.pitch), speed, parts)
        for _ in range(BENDS):
            words = sum(_words(part, phrase) for part, phrase in zip(parts, phrases, strict=True))
            better = bent(speed, first, asked, wpm, words) if wpm else speed
            better = min(max(better, voice.speeds[0]), voice.speeds[-1])
            if better == speed:
                break
            speed = better
            again, rate = self._phrases(engine, name, float(use.pitch), speed, parts)
            if not rate or abs(math.log(rate / asked)) > abs(math.log(wpm / asked)):
                break  # pauses that are none any more, or sounds of whole frames: the rate leaps
            phrases, wpm = again, rate
        return tuple(self._timed(engine, name, *spoken) for spoken in zip(parts, phrases, strict=True)), wpm

    def _phrases(
        self, engine: str, name: str, pitch: float, speed: float, parts: Sequence[Piece]
    ) -> tuple[tuple[Trimmed, ...], float]:
        phrases = []
        for part in parts:
            tokens = tuple(token for _, token in sayings(part))
            if not any(has_word(token) for token in tokens):
                phrases.append(NOTHING)
                continue
            utterance = Utterance(voice=name, speed=speed, pitch=pitch, tokens=tokens, ends=part.ends)
            try:
                phrases.append(self._said(engine, name, utterance))
            except BrokenVoiceError as fault:
                self.broken[engine, name] = fault
                raise
        words = sum(_words(part, phrase) for part, phrase in zip(parts, phrases, strict=True))
        seconds = spoken_s(phrases)
        return tuple(phrases), 60.0 * words / seconds if seconds else 0.0

    def _said(self, engine: str, name: str, utterance: Utterance) -> Trimmed:
        """A phrase, which is heard to be speech; raises `UnspeakableError`."""
        if (engine, name) in self.broken:
            raise BrokenVoiceError(str(self.broken[engine, name]))
        said = trim(self.pool.say(engine, utterance, self.voices[engine].grace_s(name)))
        words = sum(any(c.isalnum() for c in token.spoken) for token in utterance.tokens)
        if words and not len(said.samples):
            raise BrokenVoiceError("gave silence")
        seconds = len(said.samples) / said.rate_hz
        if words >= _COUNTED and not words * _LEAST_S < seconds < _LONG_S + words * _MOST_S:
            begins = " ".join(token.written for token in utterance.tokens[:4])  # or of its measure
            raise BrokenVoiceError(f"gave {seconds:.1f} s of sound for {words} words (“{begins} …”)")
        # What comes with the program is heard once, not at every line: it says the same as on our machines.
        known = engine == DEFAULT and (engine, name) in self.proved
        if not known and not self._is_speech(engine, name, utterance, said, words):
            raise BrokenVoiceError("gave a steady noise or tone, and no speech")
        return said

    def _is_speech(self, engine: str, name: str, utterance: Utterance, said: Trimmed, words: int) -> bool:
        def readings() -> list[tuple[NDArray[np.float32], int]]:
            if engine == DEFAULT:
                return []
            beside = self._beside(engine, name, utterance.tokens, ends=utterance.ends)
            return [(one.samples, one.rate_hz) for one in map(trim, beside)]

        found = verdict(said.samples, said.rate_hz, words, readings)
        if found is Verdict.SPEECH and words:
            self.proved.add((engine, name))
        if found is not Verdict.PERHAPS or engine == DEFAULT or (engine, name) in self.proved:
            return found is not Verdict.NOISE
        # A vowel that is held or a tone, from a voice that has said nothing yet: what does it say to more than a word?
        probe = replace(utterance, tokens=tuple(Token(number, number) for number in PROBE), ends=True)
        try:
            told = trim(self.pool.say(engine, probe, self.voices[engine].grace_s(name)))
        except BrokenVoiceError:
            raise
        except UnspeakableError:
            return True  # it refuses, which is no noise
        return verdict(told.samples, told.rate_hz, len(PROBE)) is Verdict.SPEECH

    def _timed(self, engine: str, name: str, part: Piece, phrase: Trimmed) -> Trimmed:
        """A phrase with the onsets of its words, found beside the default engine's own reading where it has none."""
        tokens = tuple(token for _, token in sayings(part))
        if phrase.onsets or not len(phrase.samples) or engine == DEFAULT:
            return phrase
        beside = self._beside(engine, name, tokens, ends=part.ends)
        return replace(phrase, onsets=found_words(phrase.samples, phrase.rate_hz, beside))

    def _beside(self, engine: str, name: str, tokens: tuple[Token, ...], *, ends: bool) -> list[Spoken]:
        """A phrase of another engine's voice as the default engine's voices read it."""
        spoken = self.voices[engine].language(name)
        base = spoken if spoken in VOICES[DEFAULT].names() else "en"
        return [
            self.pool.say(
                DEFAULT,
                Utterance(voice=base + variant, speed=_BESIDE_SPEED, pitch=0.0, tokens=tokens, ends=ends),
                VOICES[DEFAULT].grace_s(base),
            )
            for variant in VARIANTS
        ]

    def curve(self, engine: str, name: str, asked_wpm: float) -> Curve | None:
        """The words per minute of the voice's speeds around the rate asked for; None for a language without a passage.

        Raises `RateError` when the voice does not reach it.
        """
        voice = self.voices[engine]
        curve = self._measured(engine, name, asked_wpm)
        rates = curve.wpm if curve else [speed / voice.speed_per_wpm for speed in voice.speeds]
        if not rates[0] <= asked_wpm <= rates[-1]:
            raise RateError(f"cannot speak at {asked_wpm:g} wpm: it reaches from {rates[0]:.0f} to {rates[-1]:.0f} wpm")
        return curve

    def _measured(self, engine: str, name: str, asked_wpm: float) -> Curve | None:
        """The words per minute of the voice's speeds around the rate asked for; None for a language without a passage.

        Each speed is measured once, when a line first needs it.
        """
        voice = self.voices[engine]
        tokens = passage(voice.language(name))
        if not tokens:
            return None
        part = Piece(0, tokens, True)
        made_by = [said_by(), engine, voice.version(name), name.casefold(), told(tokens)]

        def measured(speed: float) -> float:
            if (engine, name, speed) not in self.paces:

                def read() -> dict[str, object]:
                    return {"wpm": self._phrases(engine, name, 0.0, speed, [part])[1]}

                found = self.cache.data(key("pace at a speed", made_by, speed), read)["wpm"]
                assert isinstance(found, float)  # as `read` made it
                self.paces[engine, name, speed] = found
            return self.paces[engine, name, speed]

        with self.measuring:  # the first line of a voice measures it, the others wait
            return bracket(voice.speeds, asked_wpm, asked_wpm * voice.speed_per_wpm, measured)


def _words(part: Piece, phrase: Trimmed) -> int:
    """How many words were spoken: `112` is as many as the voice says for it."""
    if not len(phrase.samples):
        return 0
    said = [number for number, (_, token) in enumerate(sayings(part)) if has_word(token)]
    return sum(max(1, sum(onset.token == number for onset in phrase.onsets)) for number in said)

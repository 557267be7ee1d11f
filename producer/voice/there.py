"""Whether voices are there, and reach the pitch that is asked of them: known without one of them speaking."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set

from producer.cache import Cache
from producer.errors import Problem, VoiceError, nearest
from producer.model.script import Line, VoiceUse
from producer.voice.engine import Voice
from producer.voice.engines import DEFAULT, VOICES


def check_voices(uses: Iterable[tuple[Line, int, VoiceUse]], voices: Mapping[str, Voice] = VOICES) -> None:
    """Raise `VoiceError` with every voice that is not there and every pitch that is beyond one, where it is written."""
    problems = []
    for line, _, use in uses:
        if absent := _absent(use, voices):
            problems.append(Problem(use.voice_place or line.place, absent))
        elif beyond := _beyond(use, voices):
            problems.append(Problem(use.pitch_place or line.place, beyond))
    if problems:
        raise VoiceError(problems)


def voice_fault(use: VoiceUse, voices: Mapping[str, Voice] = VOICES) -> str:
    """What is wrong with the voice that a member uses, with the nearest name there is; empty when nothing is."""
    return _absent(use, voices) or _beyond(use, voices)


def _absent(use: VoiceUse, voices: Mapping[str, Voice]) -> str:
    """Why a voice is not there; empty when it is."""
    engine, name = split_voice(use.voice)
    if engine not in voices:
        return f"there is no voice engine '{engine}'" + nearest(engine, voices)
    voice = voices[engine]
    base, sign, variant = name.casefold().partition("+")
    if base not in voice.names():
        return f"there is no voice '{name}'" + (
            nearest(base, voice.names()) if voice.names() else f": {voice.absence()}"
        )
    if sign and sign + variant not in voice.variants():
        return f"there is no variant '+{variant}' of the voice '{base}'" + nearest(sign + variant, voice.variants())
    lack = voice.lack(base)
    return f"the voice '{use.voice}' {lack}" if lack else ""


def _beyond(use: VoiceUse, voices: Mapping[str, Voice]) -> str:
    """Why a voice that is there cannot have the pitch asked for; empty when it can."""
    engine, name = split_voice(use.voice)
    low, high = voices[engine].pitches(name)
    if not low <= use.pitch <= high:
        return f"pitch {use.pitch:+g} % is beyond the voice '{name}': it reaches from {low:+g} % to {high:+g} %"
    return ""


def split_voice(written: str) -> tuple[str, str]:
    """The engine and its voice: `en-gb` is the default engine's, `piper:amy` names another's."""
    engine, colon, name = written.partition(":")
    return (engine, name) if colon else (DEFAULT, written)


class _Known(Set[str]):
    """The names of voices; an engine is asked for its own only when one of them is looked for, or all are."""

    def __contains__(self, name: object) -> bool:
        engine, base = split_voice(str(name))
        return engine in VOICES and base in VOICES[engine].names()

    def __iter__(self) -> Iterator[str]:
        yield from VOICES[DEFAULT].names()
        for engine, voice in VOICES.items():
            yield from (f"{engine}:{name}" for name in voice.names())

    def __len__(self) -> int:
        return sum(1 for _ in self)


def known_voices(cache: Cache) -> Set[str]:
    """Every name a script may give as `voice`, without a variant: the default engine's plain, all with their engine."""
    del cache  # reading the voices' own list takes a few ms, less than an entry that could be stale would save
    return _Known()


def variants() -> frozenset[str]:
    """What may follow a name of the default engine, with its sign: `+f3`, `+whisper`."""
    return VOICES[DEFAULT].variants()

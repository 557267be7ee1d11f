"""Who and what is in the episode: voices and the sounds that are heard, and only those."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from producer.model.script import Script
from producer.model.sound import Origin
from producer.model.timeline import Timeline

LICENCE_URLS: Mapping[str, str] = {
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-3.0": "https://creativecommons.org/licenses/by/3.0/",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-NC-3.0": "https://creativecommons.org/licenses/by-nc/3.0/",
    "CC-BY-NC-4.0": "https://creativecommons.org/licenses/by-nc/4.0/",
    "CC-BY-SA-3.0": "https://creativecommons.org/licenses/by-sa/3.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
}


@dataclass(frozen=True, slots=True)
class VoiceCredit:
    """One member of the cast and what spoke for them."""

    name: str
    source: str  # "pyttsx3:en-gb", or "" for a person's recording


def voices(timeline: Timeline, script: Script) -> tuple[VoiceCredit, ...]:
    """Members who are heard, in the order of their first words."""
    found: dict[tuple[str, str], VoiceCredit] = {}
    for clip in timeline.clips:
        if clip.kind != "speech":
            continue
        member = script.cast.get(clip.name)
        source = clip.source.get("voice", "")
        found.setdefault((clip.name, source), VoiceCredit(member.name if member else clip.name, source))
    return tuple(found.values())


def credits_text(script: Script, cast: tuple[VoiceCredit, ...], origins: Iterable[Origin]) -> str:
    """The whole of `credits.txt`."""
    head = [script.title, *([script.show] if script.show else []), ""]
    people = [("Written by", script.writer), ("Produced by", script.producer)]
    lines = head + [f"{label} {name}" for label, name in people if name]
    lines += ["", "Voices"]
    lines += [f"  {c.name}: " + (f"synthetic voice ({c.source})" if c.source else "recorded") for c in cast]
    lines += ["", "Sounds"]
    rows = sorted({_sound(origin) for origin in origins})
    lines += rows or ["  none"]
    lines += ["", "Made with Producer (GPL-3.0-or-later)."]
    return "\n".join(lines) + "\n"


def disclosure(cast: tuple[VoiceCredit, ...]) -> str:
    """One sentence naming the synthetic voices, or "" when everybody is a person.

    Source: APA/APG terminology of October 2024 ("AI Voice") as given in the project's standards page.
    """
    synthetic = [f"{c.name} ({c.source})" for c in cast if c.source]
    return f"AI Voice: {', '.join(synthetic)}" if synthetic else ""


def _sound(origin: Origin) -> str:
    what = f"“{origin.title}” by {origin.author or 'unknown'}"
    made = f"foley recipe {origin.foley}" if origin.foley else origin.file
    url = LICENCE_URLS.get(origin.licence)
    licence = f"{origin.licence}, {url}" if url else origin.licence
    extra = "".join(
        f"; {text}" for text in (origin.source, f"changed: {origin.changed}" if origin.changed else "") if text
    )
    return f"  {what} (pack {origin.pack} {origin.version}, {made}), {licence}{extra}\n    sha256 {origin.sha256}"

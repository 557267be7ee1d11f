"""Who and what is in the episode: voices and the sounds that are heard, and only those."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from producer.frozen import dataclass
from producer.model.script import Script
from producer.model.sound import Origin
from producer.model.timeline import Timeline

RECORD_BYTES = 48 << 10
"""The most that the machine-readable record of the sounds may take up inside an audio file."""
LISTED = 200
"""The most sounds that are named inside an audio file; `credits.txt` names all of them."""


@dataclass(frozen=True, slots=True)
class VoiceCredit:
    """One member of the cast and what spoke for them."""

    name: str
    source: str  # "pyttsx3:en-gb", or "" for a person's recording
    replica_of: str = ""  # whose voice that is a replica of
    consent: str = ""  # where that person's leave is written

    @property
    def spoken_by(self) -> str:
        """In words for `credits.txt`."""
        if not self.source:
            return "recorded"
        if self.replica_of:
            return f"authorised replica of the voice of {self.replica_of} ({self.source}); consent: {self.consent}"
        return f"synthetic voice ({self.source})"


def voices(timeline: Timeline, script: Script) -> tuple[VoiceCredit, ...]:
    """Members who are heard, in the order of their first words."""
    found: dict[tuple[str, str], VoiceCredit] = {}
    for clip in timeline.clips:
        if clip.kind != "speech":
            continue
        member = script.cast.get(clip.name)
        source = clip.source.get("voice", "")
        whose = clip.source.get("replica_of", ""), clip.source.get("consent", "")
        found.setdefault((clip.name, source), VoiceCredit(member.name if member else clip.name, source, *whose))
    return tuple(found.values())


def credited(heard: Iterable[tuple[tuple[Origin, ...], tuple[str, ...]]]) -> tuple[Origin, ...]:
    """Each sound that is heard, once, in the order of the first use, with all that was done to it.

    Args:
        heard: for each use, where its layers came from and what was done to them.

    What is done is told where the licence asks for the author's name; a pack's own `changed` is told always.
    """
    done: dict[Origin, dict[str, None]] = {}
    for origins, changes in heard:
        for origin in origins:
            known = done.setdefault(origin, {})
            known.update(dict.fromkeys((*changes, *(("layered",) if len(origins) > 1 else ()))))
    return tuple(
        replace(origin, changed=", ".join(filter(None, (origin.changed, *changes, "level set"))))
        if origin.attribution
        else origin
        for origin, changes in done.items()
    )


def credits_text(script: Script, cast: tuple[VoiceCredit, ...], origins: Iterable[Origin], most: int = 0) -> str:
    """The whole of `credits.txt`; with `most`, only so many sounds, those first whose authors must be named."""
    lines = [script.title, *([script.show] if script.show else [])]
    people = [("Written by", script.writer), ("Produced by", script.producer)]
    if named := [f"{label} {name}" for label, name in people if name]:
        lines += ["", *named]
    lines += ["", "Voices"]
    lines += [f"  {c.name}: {c.spoken_by}" for c in cast] or ["  none"]
    lines += ["", "Sounds"]
    sounds = _most_needed(origins)
    kept = sounds[:most] if most else sounds
    lines += sorted({_sound(origin) for origin in kept}) or ["  none"]
    if len(kept) < len(sounds):
        lines.append(f"  and {len(sounds) - len(kept)} more: see credits.txt")
    lines += ["", "Made with Producer (GPL-3.0-or-later)."]
    return "\n".join(lines) + "\n"


def record(origins: Iterable[Origin]) -> str:
    """The sounds as JSON for machines to read, at most `RECORD_BYTES` long; "" when there are none.

    A list of {title, author, spdx, licence_url, source, changed, pack, file or foley, sha256}, those first whose
    authors must be named. Where not all of them have room, the last entry is {"more": how many}.
    """
    rows: list[dict[str, object]] = []
    sounds = _most_needed(origins)
    size = len("[]") + len('{"more": 1000000}, ')
    for origin in sounds:
        row: dict[str, object] = {**facts(origin)}
        size += len(json.dumps(row)) + len(", ")
        if size > RECORD_BYTES:
            rows.append({"more": len(sounds) - len(rows)})
            break
        rows.append(row)
    return json.dumps(rows) if rows else ""


def facts(origin: Origin) -> dict[str, str]:
    """What there is to say of a sound: title author spdx licence_url source changed pack file foley sha256."""
    row = {
        "title": origin.title,
        "author": origin.author,
        "spdx": origin.licence,
        "licence_url": origin.licence_url,
        "source": origin.source,
        "changed": origin.changed,
        "pack": f"{origin.pack} {origin.version}",
        "file": origin.file,
        "foley": origin.foley,
        "sha256": origin.sha256,
    }
    return {name: value for name, value in row.items() if value}


def _most_needed(origins: Iterable[Origin]) -> list[Origin]:
    """Each once, those first whose authors must be named."""
    return sorted(dict.fromkeys(origins), key=lambda origin: not origin.attribution)


def disclosure(cast: tuple[VoiceCredit, ...]) -> str:
    """One sentence naming the synthetic voices, or "" when everybody is a person.

    Source: terminology of the APA and APG, October 2024: "AI Voice", and "Authorized Voice Replica (AVR)" where a
    person has let their voice be imitated.
    """
    plain = [f"{c.name} ({c.source})" for c in cast if c.source and not c.replica_of]
    replicas = [f"{c.name} ({c.source}, of {c.replica_of})" for c in cast if c.source and c.replica_of]
    kinds = (("AI Voice", plain), ("Authorized Voice Replica (AVR)", replicas))
    return "; ".join(f"{kind}: {', '.join(names)}" for kind, names in kinds if names)


def _sound(origin: Origin) -> str:
    what = f"“{origin.title}” by {origin.author or 'unknown'}"
    made = f"foley recipe {origin.foley}" if origin.foley else origin.file
    licence = f"{origin.licence}, {origin.licence_url}" if origin.licence_url else origin.licence
    extra = "".join(
        f"; {text}" for text in (origin.source, f"changed: {origin.changed}" if origin.changed else "") if text
    )
    return f"  {what} (pack {origin.pack} {origin.version}, {made}), {licence}{extra}\n    sha256 {origin.sha256}"

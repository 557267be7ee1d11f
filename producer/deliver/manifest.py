"""`manifest.json`: what an episode is made of and what was made of it, every file with its SHA-256 and size.

What it is made of has a digest of its own, which also stands inside each audio file (`statement`): so a file says what
it is made of, and the manifest, which is written last, can still hold the digest of that file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from producer.deliver import credits
from producer.deliver.listed import listed
from producer.frozen import dataclass
from producer.model.script import Script
from producer.model.sound import Origin
from producer.model.timeline import Timeline

VERSION = 1
FILE = "manifest.json"
_SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
SYNTHETIC, MIXED, EDITED, RECORDED, COMPUTED = (
    _SOURCE + name
    for name in (
        "trainedAlgorithmicMedia",
        "compositeWithTrainedAlgorithmicMedia",
        "humanEdits",
        "digitalCapture",
        "algorithmicMedia",
    )
)
"""IPTC digital source types. Every synthetic voice counts as trained, which says rather too much than too little."""

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeOf:
    """What shapes an episode's sound: the files that are heard or read, voices, sounds, settings and versions."""

    inputs: tuple[Facts, ...]
    voices: tuple[Facts, ...]
    sounds: tuple[Facts, ...]
    settings: Facts
    versions: Facts

    def document(self) -> dict[str, Any]:
        """As the manifest has it."""
        return {
            "inputs": list(self.inputs),
            "voices": list(self.voices),
            "sounds": list(self.sounds),
            "settings": dict(self.settings),
            "versions": dict(self.versions),
        }

    @property
    def digest(self) -> str:
        """SHA-256 of all of it."""
        return digest(self.document())


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of what a manifest says that an episode is made of, 64 hex digits: of that part as JSON with its keys in
    order, without spaces, in UTF-8.
    """
    part = {name: document[name] for name in ("inputs", "voices", "sounds", "settings", "versions")}
    return _sha256(json.dumps(part, sort_keys=True, ensure_ascii=False, separators=(",", ":")))


def voices(timeline: Timeline, script: Script, made_of: Mapping[str, Mapping[str, str]]) -> tuple[Facts, ...]:
    """Who is heard, by their first words: `member name kind lines digital_source`, and what speaks for them.

    `kind` is `human`, `tts`, or `avr` for an authorised replica of a person's voice, with `replica_of` and `consent`.

    Args:
        made_of: what made the lines of each synthetic voice, by its source (`pyttsx3:en-gb`).
    """
    lines: dict[tuple[str, str], int] = {}
    replicas: dict[tuple[str, str], Mapping[str, str]] = {}
    for clip in timeline.clips:
        if clip.kind == "speech":
            one = clip.name, clip.source.get("voice", "")
            lines[one] = lines.get(one, 0) + 1
            replicas[one] = {name: clip.source[name] for name in ("replica_of", "consent") if name in clip.source}
    found: list[Facts] = []
    for (key, source), count in lines.items():
        name, replica = script.cast[key].name if key in script.cast else key, replicas[key, source]
        kind = "human" if not source else "avr" if replica else "tts"
        who = {"member": key, "name": name, "kind": kind, "lines": count}
        spoken = {"voice": source, **made_of.get(source, {}), **replica} if source else {}
        found.append(who | spoken | {"digital_source": SYNTHETIC if source else RECORDED})
    return tuple(found)


def sounds(origins: Iterable[Origin]) -> tuple[Facts, ...]:
    """The sounds that are heard, in the order of the credits, each with its licence."""
    return tuple(
        {**credits.facts(origin), "digital_source": COMPUTED if origin.foley else RECORDED} for origin in origins
    )


def digital_source(made: MadeOf) -> str:
    """What kind of programme it is, as IPTC names it."""
    recorded = any(one["digital_source"] == RECORDED for one in (*made.voices, *made.sounds))
    if any(one["digital_source"] == SYNTHETIC for one in made.voices):
        return MIXED if recorded else SYNTHETIC
    return EDITED if recorded else COMPUTED


def statement(made: MadeOf) -> str:
    """What stands inside an audio file: JSON in ASCII, which names the synthetic voices and what the file is made of.

    {version, made_with, made_from, digital_source, synthetic_voices, manifest}; `made_from` is `MadeOf.digest`.
    """
    synthetic = [f"{one['name']} ({one['voice']})" for one in made.voices if one["kind"] != "human"]
    said = {
        "version": VERSION,
        "made_with": f"Producer {made.versions['producer']}",
        "made_from": f"sha256:{made.digest}",
        "digital_source": digital_source(made),
        "synthetic_voices": synthetic,
        "manifest": FILE,
    }
    return json.dumps(said)


def text(title: str, made: MadeOf, asked: Facts, outputs: Iterable[Facts]) -> str:
    """The whole of `manifest.json`: what it says of itself last, so that a changed letter in it is seen, too.

    Args:
        asked: what else the render was asked for, which changes no file but those that were asked for.
        outputs: `file sha256 bytes` of each.
    """
    document = {
        "version": VERSION,
        "title": title,
        **made.document(),
        "made_from": made.digest,
        "digital_source": digital_source(made),
        "asked": dict(asked),
        "outputs": list(outputs),
    }
    return listed(document | {"sha256": own_digest(document)})


def own_digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of a manifest without this figure."""
    return _sha256(listed({name: value for name, value in document.items() if name != "sha256"}))


def _sha256(said: str) -> str:
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()

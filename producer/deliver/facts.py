"""`episode.json`: what an episode is, for whoever publishes the folder. Audio tags cannot say all of it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from producer.deliver import credits
from producer.model.script import Script
from producer.model.timeline import Timeline

VERSION = 1


def facts_json(script: Script, timeline: Timeline, files: Sequence[tuple[str, str, str]] = ()) -> str:
    """The head of the script and whose voices are heard, as docs/output.md has it; the same values, the same text.

    Args:
        files: every audio file: its name, its mix, its format.
    """
    cast = credits.voices(timeline, script)
    whole = {
        "version": VERSION,
        "title": script.title,
        "show": script.show,
        "season": script.season,
        "episode": script.episode,
        "language": script.language,
        "writer": script.writer,
        "producer": script.producer,
        "summary": script.summary,
        "date": script.date,
        "explicit": script.explicit,
        "voices": [
            {"name": one.name, "synthetic": bool(one.source), "source": one.source}
            | ({"replica_of": one.replica_of, "consent": one.consent} if one.replica_of else {})
            for one in cast
        ],
        "disclosure": credits.disclosure(cast),
        **({"untranslated": len(script.untranslated)} if script.untranslated else {}),
        "files": [{"file": file, "mix": mix, "format": kind} for file, mix, kind in files],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"

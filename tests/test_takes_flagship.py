"""Thirty lines of the flagship recorded by an actor with a timing of his own: every cue is still on its word."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from producer import project, render
from producer.cache import Cache
from producer.dsp.loudness import loudness
from producer.model.script import Anchor, Cue, Line
from producer.units import DIALOGUE_LUFS
from producer.voice.naming import names
from tests.face_helpers import cache
from tests.margin_helpers import measured
from tests.takes_helpers import Acted, Actor, acted, in_a_room
from tests.test_flagship import SCRIPT
from tests.test_takes import word_at, write

__all__ = ["cache"]

RECORDED = 30


def test_thirty_lines_recorded_keep_every_cue_on_its_word(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "script").mkdir()
    shutil.copy(SCRIPT, tmp_path / "script" / "flagship.yaml")
    folder = tmp_path / "takes" / "flagship"
    folder.mkdir(parents=True)
    order = render.Order(project=project.find(tmp_path / "script" / "flagship.yaml", tmp_path)[0], jobs=2)
    with Cache(cache) as kept:
        script = render.read_script(order.project, (), kept)[0]
        hung = words_hung_on(script.lines, script.cues)
        wanted = [line for line in script.lines if line.id in {line_id for _, line_id, _ in hung}]
        wanted += [line for line in script.lines if line not in wanted]
        called = names(script.lines)
        truth: dict[tuple[str, int], Acted] = {}
        for number, actor in enumerate((Actor("en-us+m3", 132.0), Actor("en-gb-scotland", 170.0), Actor("en-us+m7"))):
            truth |= acted(wanted[number:RECORDED:3], actor, kept, rest_s=0.3 + 0.2 * number)
        for number, (speech, take) in enumerate(truth.items()):
            write(folder / f"{called[speech]}.wav", in_a_room(take.samples, number, 40.0, 0.2))
        placed = render.plan(order, kept, render.NoWatch())
    assert len(truth) == RECORDED
    assert sum("take" in clip.source for clip in placed.timeline.clips) == RECORDED
    clips = {clip.id: clip for clip in placed.timeline.clips}
    late = {}
    for cue, line_id, token in hung:
        if (line_id, 0) in truth:
            at = word_at(placed, clips[line_id], placed.takes[line_id, 0], truth[line_id, 0], token)
            late[cue] = (clips[cue].hit - at) / placed.timeline.rate_hz
    assert len(late) >= 8
    assert {cue: off for cue, off in late.items() if abs(off) > 0.050} == {}
    for speech in truth:
        whole = np.concatenate([phrase.audio for phrase in placed.takes[speech].phrases])
        assert loudness(whole, placed.timeline.rate_hz) == pytest.approx(DIALOGUE_LUFS, abs=0.5)
    assert [one.remarks for one in placed.recorded.takes if one.remarks] == []
    # Beds and music give way to an actor as they do to a voice; sounds do not, so they need not be made here.
    quiet = tuple(clip for clip in placed.timeline.clips if clip.kind != "sound")
    episode = measured(replace(placed, timeline=replace(placed.timeline, clips=quiet)))
    assert len(episode.lines) > 40
    assert [one.clip.id for one in episode.lines if one.over_beds_lu < 15.0 or one.over_music_lu < 10.0] == []
    assert {one.clip.id: round(one.estoi, 3) for one in episode.lines if one.estoi < 0.75} == {}


def words_hung_on(lines: tuple[Line, ...], cues: tuple[Cue, ...]) -> list[tuple[str, str, int]]:
    """(cue, line, token) of every sound whose moment is a word, without an offset."""
    found = [
        (cue.id, line.id, cue.before_token)
        for line in lines
        for cue in line.cues
        if cue.before_token is not None and not cue.on_rest and cue.before_token < len(line.tokens)
    ]
    by_id = {line.id: line for line in lines}
    for cue in cues:
        if cue.at is not None and cue.at.anchor is Anchor.WORD and cue.at.offset_s == 0 and cue.at.target in by_id:
            word = _bare(cue.at.words.split()[0])
            tokens = [n for n, token in enumerate(by_id[cue.at.target].tokens) if _bare(token.written) == word]
            found.append((cue.id, cue.at.target, tokens[(cue.at.nth or 1) - 1]))
        elif cue.at is not None and cue.at.anchor is Anchor.MARK and cue.at.offset_s == 0:
            found += [
                (cue.id, line.id, mark.before_token)
                for line in lines
                for mark in line.marks
                if mark.name == cue.at.target and all(rest.after_token != mark.before_token for rest in line.rests)
            ]
    return found


def _bare(word: str) -> str:
    return re.sub(r"\W", "", word).casefold()

"""Codecs with few bits, and low tones through good ones: what they leave of a programme is no mistake in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from producer import auditing, project, render
from producer.audio import Audio
from producer.audit.audit import Audit
from producer.audit.audit import audit as audit_of
from producer.audit.planned import plan_of
from producer.audit.reference import Reference
from producer.cache import Cache
from producer.deliver import encode
from producer.model.profile import PROFILES
from tests.deliver_helpers import write

ALEXA = PROFILES["alexa"]
SCRIPT = """\
title: Few bits
packs: [ruins]
cast: {ada: {voice: en-us}, ben: {voice: en-gb}}
scenes:
  - title: Below
    room: small stone room
    play:
      - bed: wind level -26 LU
      - pause: 3 s
      - ada: Who is down there, and what do you want of us at this hour?
      - sound: heartbeat for 6 s, level -10 LU
      - ben: Nobody. Nothing. Go back to sleep, and leave the lamp where it is.
      - sound: boom level -12 LU
      - sound: thunder level -14 LU
      - pause: 3 s
      - ada: Then say so at once, the next time, and not when we have all been awake for hours.
"""

STEPS_AND_A_DOOR = """\
title: Two steps and a door
packs: [ruins]
credits: no
cast: {narrator: {voice: en-gb}}
scenes:
  - title: The döor  # chance is named by it: of its steps one made the click
    room: hall
    play:
      - sound: boots_on_concrete
        repeat: 4
        every: 600 ms
      - narrator: "The door was never locked: [door_creak level -6 LU] it only looked that way."
  - title: Two
    play:
      - narrator: Then it was.
"""


@dataclass(frozen=True)
class Rendered:
    folder: Path
    report: render.Report

    def audited(self, audio: Audio, name: str) -> Audit:
        """The audit of other samples in an MP3 of the profile."""
        path = self.folder / name
        write(audio, ALEXA, path)
        facts, heard = auditing.listen(path)
        output = self.report.standard.file.parent
        plan = plan_of(json.loads((output / "timeline.json").read_text("utf-8")))
        reference = Reference.from_bytes((output / "reference.npz").read_bytes())
        return audit_of(name, facts, heard, plan=plan, reference=reference)

    def decoded(self) -> Audio:
        return np.concatenate(list(encode.decode(self.report.standard.file, ALEXA))).copy()


def rendered(
    folder: Path, profile: str, cache: Path, script: str = SCRIPT, formats: tuple[str, ...] = ("mp3", "m4b", "opus")
) -> Rendered:
    (folder / "script").mkdir()
    (folder / "script" / "bits.yaml").write_text(script, "utf-8")
    found, _ = project.find(folder / "script" / "bits.yaml", folder)
    order = render.Order(project=found, profile=profile, formats=formats, jobs=2)
    with Cache(cache) as kept:
        return Rendered(folder, render.episode(order, kept, render.NoWatch()))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def alexa(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Rendered:
    return rendered(tmp_path_factory.mktemp("alexa"), "alexa", cache)


def test_a_loud_profile_with_few_bits_is_delivered_without_a_finding(alexa: Rendered) -> None:
    for audit in alexa.report.audits:
        assert [str(found) for found in audit.findings if audit.name.endswith(".mp3") or found.kind != "limited"] == []
    assert alexa.report.measured.integrated_lufs == pytest.approx(-14.0, abs=0.5)


@pytest.mark.parametrize("seconds", [0.04, 0.2])
def test_what_drops_out_of_a_file_with_few_bits_is_found(alexa: Rendered, seconds: float) -> None:
    audio = alexa.decoded()
    line = next(clip for clip in alexa.report.timeline.clips if clip.kind == "speech")
    loud = line.span.start + int(np.abs(audio[line.span.start : line.span.end, 0]).argmax())
    around = round(seconds * ALEXA.rate_hz / 2)
    audio[loud - around : loud + around] = 0.0
    found = [one for one in alexa.audited(audio, "hole.mp3").findings if one.kind != "loudness"]  # encoded twice
    assert [one.kind for one in found] == ["dropout"]
    assert found[0].start_s == pytest.approx(loud / ALEXA.rate_hz, abs=seconds)


def test_a_click_in_a_file_with_few_bits_is_found(alexa: Rendered) -> None:
    audio = alexa.decoded()
    at = round(1.5 * ALEXA.rate_hz)
    audio[at] += 0.7
    found = [one for one in alexa.audited(audio, "click.mp3").findings if one.kind != "loudness"]
    assert [one.kind for one in found] == ["click"]
    assert found[0].start_s == pytest.approx(1.5, abs=0.03)


def test_a_click_that_comes_again_is_told_to_be_an_encoders(alexa: Rendered) -> None:
    audio = alexa.decoded()
    audio[round(1.5 * ALEXA.rate_hz)] += 0.7
    clicks = [one for one in alexa.audited(audio, "again.mp3").findings if one.kind == "click"]
    assert [one.mend for one in clicks] == [
        "render it again; if it comes again, its MP3 encoder makes it: take another format (--format)"
    ]


def test_aac_makes_no_click_of_what_it_leaves_out(tmp_path: Path, cache: Path) -> None:
    for audit in rendered(tmp_path, "podcast", cache, STEPS_AND_A_DOOR, ("m4b",)).report.audits:
        assert audit.findings == ()


def test_low_tones_through_good_codecs_have_no_holes(tmp_path: Path, cache: Path) -> None:
    for audit in rendered(tmp_path, "podcast", cache).report.audits:
        assert audit.findings == ()

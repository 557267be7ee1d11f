"""From a placed episode to its audio files: mixed once, each listener mix mastered and verified, stems written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from producer import master
from producer.audio import Audio, silence
from producer.audit.cells import Recorder
from producer.audit.programme import Heard, Listener
from producer.auditing import Witness
from producer.deliver import encode
from producer.deliver.files import Staging
from producer.deliver.spill import Shelf, Spill
from producer.deliver.stems import stem_files
from producer.dsp.heads import spherical
from producer.dsp.loudness import Loudness
from producer.errors import RenderError
from producer.mix import night
from producer.mix.listening import Listening, StemName, Stems
from producer.mix.margin import LineMargin
from producer.mix.mixer import Mixer
from producer.mix.reduction import Reduction
from producer.model.mixes import BUSES, STANDARD, MixStyle
from producer.model.profile import Profile
from producer.production import Delivered, Placed, Watch
from producer.units import Span, gain

NIGHTS = 3
"""How often a ridden mix is drawn anew when the decoded file's range is too wide."""


class Workshop:
    """Where a render keeps what does not go into memory. Use it in `with`: all of it goes with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open = ExitStack()

    def __enter__(self) -> Workshop:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def spill(self) -> Spill:
        """Room for a stereo programme."""
        return self._open.enter_context(Spill(self.folder, 2))

    def shelf(self) -> Shelf:
        """Room for pieces by name."""
        return self._open.enter_context(Shelf(self.folder))


@dataclass(frozen=True, slots=True)
class Mixdown:
    """One mix before its master."""

    read: master.Mix
    samples: int
    levels: master.Levels


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixed:
    """Everything that was mixed of an episode; its samples are on disk."""

    mixes: Mapping[str, Mixdown]  # by the style's name; those that are ridden are made from the standard one
    margins: Mapping[str, tuple[LineMargin, ...]]  # of every style
    spans: tuple[Span, ...]
    stems: tuple[StemName, ...]
    ducking: Mapping[str, Reduction]
    witness: Witness
    shelf: Shelf
    folder: Path
    """For what has to wait on disk."""

    @property
    def standard(self) -> Mixdown:
        return self.mixes[STANDARD.name]

    def blocks(self) -> Iterator[Audio]:
        """The standard mix from its beginning, in blocks."""
        for span in self.spans:
            yield self.standard.read(span.start, span.end)

    def stem(self, name: StemName, gain_db: float) -> Iterator[Audio]:
        """A stem of the standard mix at a gain, in blocks; silent where nothing of it was shelved."""
        factor = np.float32(gain(gain_db))
        for index, span in enumerate(self.spans):
            kept = self.shelf.get(_shelved(name, index))
            yield silence(span.length) if kept is None else kept * factor


def mixed(
    placed: Placed,
    styles: Sequence[MixStyle],
    stems: Stems,
    workshop: Workshop,
    jobs: int,
    watch: Watch,
) -> Mixed:
    """The whole episode in every style, beds and music turned down as far as each line's margin needs it.

    Styles for headphones are heard with the listener's own head, or with a sphere.
    """
    duration, rate_hz = placed.timeline.duration, placed.timeline.rate_hz
    spills = {style.name: workshop.spill() for style in styles if style.range_lu is None}
    surveys = {name: master.Survey(rate_hz) for name in spills}
    shelf = workshop.shelf()
    witness = Witness(placed.timeline)
    spans: list[Span] = []
    found: set[StemName] = {(bus, None) for bus in BUSES} if stems != "none" else set()
    with Shelf(workshop.folder) as first_pass:
        mixer_of = partial(
            Mixer, placed.timeline, placed.script, placed.takes, placed.palette, impulses=placed.impulses
        )
        mixer = mixer_of(spill=first_pass, tap=witness.tap)
        watch.stage("margins", duration)
        mixer.prepare(jobs, lambda done, total: watch.done(duration * done // total))
        worn = [style.name for style in styles if style.headphones]
        head = (placed.head or spherical(rate_hz)) if worn else None
        listening = Listening(mixer, styles, stems, mixers={name: mixer_of(head=head) for name in worn})
        watch.stage("mix", duration)
        for stretch in listening.stretches(jobs):
            for name, block in stretch.mixes.items():
                spills[name].write(block)
                surveys[name].push(block)
            for stem, audio in stretch.stems.items():
                shelf.put(_shelved(stem, len(spans)), audio)
            found |= stretch.stems.keys()
            witness.push(stretch.buses.beds, stretch.buses.music)
            spans.append(stretch.span)
            watch.done(stretch.span.end)
    return Mixed(
        mixes={name: Mixdown(spill.read, spill.samples, surveys[name].levels()) for name, spill in spills.items()},
        margins={style.name: listening.margins(style) for style in styles},
        spans=tuple(spans),
        stems=tuple(sorted(found, key=lambda stem: (BUSES.index(stem[0]), stem[1] is not None, stem[1]))),
        ducking={stem: curve for stem, curve in mixer.reductions.items()},  # noqa: C416 - a wider key
        witness=witness,
        shelf=shelf,
        folder=workshop.folder,
    )


@dataclass(frozen=True, slots=True)
class Mastered:
    """A mix in its file, as it holds the profile."""

    plan: master.Plan
    heard: Heard  # in the decoded file
    recorder: Recorder  # of what went into the encoder
    rounds: int

    @property
    def measured(self) -> Loudness:
        return self.heard.loudness


def finished(mix: Mixed, style: MixStyle, profile: Profile, audio: Path, jobs: int, watch: Watch) -> Delivered:
    """One mix as a listener gets it, in the file `audio`. Raises RenderError when it cannot hold the profile."""
    named = "the episode" if style == STANDARD else f"the mix '{style.name}'"

    def mastered(mixdown: Mixdown) -> Mastered:
        return _mastered(mixdown, profile, audio, mix.witness, jobs, watch, named)

    if style.range_lu is None:
        made = mastered(mix.mixes[style.name])
    else:
        made = _ridden(mix.standard, style.range_lu, profile.rate_hz, mastered)
    margins = mix.margins[style.name]
    return Delivered(
        style=style,
        file=audio,
        heard=made.heard,
        reference=mix.witness.reference(made.recorder, margins, profile.name, style.name, style.bus_gain_db),
        margins=margins,
        plan=made.plan,
        rounds=made.rounds,
    )


def write_stems(mix: Mixed, plan: master.Plan, profile: Profile, staging: Staging, watch: Watch) -> None:
    """The stems of the standard mix as files: at the master's gain, before its limiter."""
    if not mix.stems:
        return
    watch.stage("stems", len(mix.stems))
    for done, (name, file) in enumerate(zip(mix.stems, stem_files(mix.stems), strict=True), 1):
        encode.write_stem(mix.stem(name, plan.gain_db), profile.rate_hz, staging.path(file))
        watch.done(done)


def _shelved(stem: StemName, index: int) -> str:
    return f"{stem}-{index}"


def _ridden(standard: Mixdown, range_lu: float, rate_hz: int, mastered: Callable[[Mixdown], Mastered]) -> Mastered:
    """The standard mix ridden until the decoded file's range is within `range_lu`, or as near to it as it gets."""
    levels, wanted, all_rounds = standard.levels, range_lu, 0
    drawn: night.Ride | None = None
    for _ in range(NIGHTS):
        before, drawn = drawn, night.ride(levels.powers, levels.seconds_per_hop, rate_hz, wanted)
        if before is not None and np.array_equal(before.db, drawn.db):
            break  # nearer than this it does not get
        made = mastered(Mixdown(partial(_moved, standard.read, drawn), standard.samples, levels.ridden(drawn.db)))
        all_rounds += made.rounds
        if made.measured.range_lu <= range_lu:
            break
        wanted -= made.measured.range_lu - range_lu + 0.25
    return replace(made, rounds=all_rounds)


def _moved(mix: master.Mix, ride: night.Ride, start: int, stop: int) -> Audio:
    return mix(start, stop) * ride.gains(start, stop)[:, None]


def _mastered(
    mix: Mixdown, profile: Profile, audio: Path, witness: Witness, jobs: int, watch: Watch, named: str
) -> Mastered:
    """Encode and decode until what a listener gets holds the profile. Raises RenderError when it will not."""
    plan = master.first_plan(mix.levels, profile)
    rounds = 0
    while rounds < master.ROUNDS:
        rounds += 1
        watch.stage("master", mix.samples)
        recorder = witness.recorder()
        programme = partial(_programme, mix.read, plan, profile, recorder)
        encode.encode(programme, mix.samples, profile, audio, jobs, watch.done)
        watch.stage("verify", mix.samples)
        listener = Listener(profile.rate_hz, profile.channels)
        for _ in listener.listen(encode.decode(audio, profile)):
            watch.done(listener.meter.samples)
        heard = listener.heard()
        measured = heard.loudness
        following = master.corrected(plan, measured, profile)
        if following is None:
            break
        plan = following
    if not master.holds(measured, profile):
        raise RenderError(
            f"{named} cannot be brought to the profile '{profile.name}': after {rounds} rounds it is at "
            f"{measured.integrated_lufs:.1f} LUFS with a true peak of {measured.true_peak_dbtp:.1f} dBTP; "
            "it is quiet for most of its length with a few very loud moments: lower those"
        )
    if measured.samples != mix.samples:
        raise AssertionError(f"{measured.samples} samples came back of {mix.samples}")
    return Mastered(plan, heard, recorder, rounds)


def _programme(
    mix: master.Mix, plan: master.Plan, profile: Profile, recorder: Recorder, start: int, stop: int
) -> Iterator[Audio]:
    return recorder.listen(start, master.mastered(mix, start, stop, plan, profile))

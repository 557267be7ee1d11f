"""Speech: where each line begins, how its rests part it, and the clips of its voices."""

from __future__ import annotations

from producer.errors import Problem
from producer.model.script import Line, Moment, Silence, VoiceUse
from producer.model.timeline import Clip, ClipWord, Part, Ramp
from producer.timeline import heard, ramps
from producer.timeline.endings import Ending, stopped
from producer.timeline.episode import Episode
from producer.timeline.moments import end_of, ends_too_early, moment, phrase_length
from producer.timeline.running_order import Entry
from producer.timeline.solve import Ask, ImpossibleError, Rule, What
from producer.timeline.unsaid import refuse_unsaid
from producer.units import Samples, Span, together_lu


def line_start(ep: Episode, entry: Entry) -> Rule[int]:
    """At its moment; `lead` before the last line's end; else at the playhead, after a gap if that stands at speech."""
    line = _line(entry)
    if line.at is not None:
        return (yield from moment(ep, entry, line.at))
    if isinstance(line.lead_s, Moment) or line.lead_s != 0:
        return (yield from _led(ep, entry))
    before = yield Ask(What.BEFORE, entry.index)
    if not (yield Ask(What.SPOKE, entry.index)):
        return before
    gap = ep.script.scenes[entry.scene].gap_s if line.gap_s is None else line.gap_s
    if not isinstance(gap, Moment):
        return before + ep.samples(gap)
    start = yield from moment(ep, entry, gap)
    if start < before:
        raise ImpossibleError(ends_too_early(ep, entry, gap, before, start, "the gap"))
    return start


def phrase_start(ep: Episode, entry: Entry, phrase: int) -> Rule[int]:
    """The start of a phrase: of the first, the line's; of another, the end of the rest before it."""
    if phrase == 0:
        return (yield Ask(What.START, entry.index))
    before = yield Ask(What.PHRASE, entry.index, phrase - 1)
    rests = before + phrase_length(ep, entry, phrase - 1)
    return (yield from _rest_end(ep, entry, _line(entry).rests[phrase - 1], rests))


def line_ending(ep: Episode, entry: Entry, *, late: bool = False) -> Rule[Ending]:
    """The end of its slowest voice (or of a rest that ends the line), unless its id is ended or cut."""
    last = len(_line(entry).rests)
    start = yield Ask(What.PHRASE, entry.index, last)
    natural = Ending(start + phrase_length(ep, entry, last))
    return (yield from stopped(ep, entry, natural, echo=_echo(ep, entry), late=late))


def line_clips(ep: Episode, entry: Entry) -> Rule[tuple[Clip, ...]]:
    """One clip for each voice; voices together are each so much softer that their sum keeps the line's level."""
    line = _line(entry)
    starts: list[int] = []
    for phrase in range(len(line.rests) + 1):
        starts += [(yield Ask(What.PHRASE, entry.index, phrase))]
    ending = yield from line_ending(ep, entry, late=True)
    yield from refuse_unsaid(ep, entry)
    return tuple(_clip(ep, entry, starts, ending, voice) for voice in range(len(line.voices)))


def _line(entry: Entry) -> Line:
    assert isinstance(entry.item, Line)
    return entry.item


def _echo(ep: Episode, entry: Entry) -> int:
    voices = _line(entry).voices
    return max(ep.echo(ep.room(entry, voice.room), *voice.through, treat=voice.treat) for voice in voices)


def _led(ep: Episode, entry: Entry) -> Rule[int]:
    """The start of a line with `lead`. In a scene's first line it reaches back into the scene before."""
    line = _line(entry)
    last, end = yield from _last_spoken(ep, entry)
    if isinstance(line.lead_s, Moment):
        start = yield from moment(ep, entry, line.lead_s)
        if start > end:
            asked = line.lead_s
            what = (
                f"'lead: until {asked.written}' is at {ep.clock(start)}, after the last line's end at {ep.clock(end)}"
            )
            raise ImpossibleError(Problem(asked.place, f"{what}; a later start is a 'gap'"))
        return start
    start, place = end - ep.samples(line.lead_s), line.lead_place or line.place
    if last is not None and start < (begun := (yield Ask(What.START, last.index))):
        what = f"lead: it is longer than the last line, {ep.called(last)}, which takes {ep.clock(end - begun)}"
        raise ImpossibleError(Problem(place, f"{what}; to begin even earlier, give this line an 'at'"))
    if start < ep.begins:
        what = f"lead: it begins this line {ep.clock(ep.begins - start)} before the beginning of the episode"
        raise ImpossibleError(Problem(place, what))
    return start


def _last_spoken(ep: Episode, entry: Entry) -> Rule[tuple[Entry | None, int]]:
    """The last line in its turn (not one with `at`), and when it and what was said over it have ended."""
    number, end = ep.order.line(entry), -1
    while number is not None:
        last = ep.entry(number)
        end = max(end, (yield Ask(What.END, number)))
        if _line(last).at is None:
            return last, end
        number = ep.order.line(last)
    return None, end if end >= 0 else (yield Ask(What.BEFORE, entry.index))


def _rest_end(ep: Episode, entry: Entry, rest: Silence, start: int) -> Rule[int]:
    if not rest.wait_for:
        return (yield from end_of(ep, entry, rest.length, start, "the pause"))
    cue = ep.order.by_id[rest.wait_for]
    if isinstance(rest.length, Moment):
        return (yield from end_of(ep, entry, rest.length, start, f"the wait for {ep.called(ep.entry(cue))}"))
    if rest.length > 0:
        return max(start, (yield Ask(What.HIT, cue)) + ep.samples(rest.length))
    return max(start, (yield Ask(What.END, cue)))


def _clip(ep: Episode, entry: Entry, starts: list[int], ending: Ending, voice: int) -> Clip:
    line, take = _line(entry), ep.takes[entry.item.id, voice]
    use = line.voices[voice]
    parts: list[Part] = []
    words: list[tuple[int, ClipWord]] = []
    lost, silent = 0, heard.until(ending, ep.rate_hz)
    own_end = starts[0]
    for number, (start, phrase) in enumerate(zip(starts, take.phrases, strict=True)):
        for word in phrase.words:
            begins, ends = Samples(start + word.start), Samples(min(start + word.end, ending.heard_until))
            if begins < silent:
                words.append((word.token, ClipWord(line.tokens[word.token].written, begins, ends)))
            else:
                lost += 1
        length = min(phrase.length, ending.heard_until - start)
        if length <= 0:
            continue
        own_end = start + length
        onset = phrase.words[0].start if phrase.words else 0
        parts.append(Part(start=Samples(start), length=Samples(length), hit=Samples(start + onset), phrase=number))
    text, said = heard.so_far(line, words, lost)
    end = max(starts[0], min(max(own_end, starts[-1]), ending.heard_until))
    pan, distance = ramps.path(use.path, starts[0], end)
    return Clip(
        id=line.id if voice == 0 else f"{line.id}-{voice + 1}",
        kind="speech",
        name=use.member,
        scene=line.scene,
        span=Span(Samples(starts[0]), Samples(end)),
        place=line.place,
        hit=said[0].start if said else Samples(starts[0]),
        level=Ramp.still(float(use.level_lu) - together_lu(len(line.voices))),
        pan=pan,
        distance=distance,
        room=ep.room(entry, use.room),
        through=use.through,
        treat=use.treat,
        fade_out=Samples(max(0, min(end - (ending.end - (ending.fade_out or 0)), end - starts[0]))),
        cut=ending.cut,
        parts=tuple(parts),
        text=text,
        words=said,
        voice=voice,
        line=line.id,
        source=take.source | _replica(ep, use) if "voice" in take.source else take.source,
    )


def _replica(ep: Episode, use: VoiceUse) -> dict[str, str]:
    """Whose voice a member's own synthetic voice is a replica of, and where the leave for it is written."""
    member = ep.script.cast.get(use.member)
    if member is None or not member.replica_of or use.voice != member.voice:
        return {}
    return {"replica_of": member.replica_of, "consent": member.consent}

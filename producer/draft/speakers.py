"""Who says what: attributions first, then what somebody does beside a speech, then whose turn it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from producer.draft.lexicon import ITS, NO_NAMES, PRONOUNS
from producer.draft.nouns import NARRATOR, UNKNOWN, Paragraph, Sex
from producer.draft.people import Cast, Names, Someone, names_in
from producer.draft.phrases import Phrase, Token, phrases, somebody, tag_after, tag_before, tokens
from producer.draft.quotes import Fragment, style_of
from producer.draft.survey import cut, tagged_names, titled, vote
from producer.draft.talk import Part, Told, fill, how_said

_MEMORY = 8  # how many of those who spoke or were mentioned last are kept in mind
_TALK_ENDS = 4  # paragraphs without speech after which a talk is over


@dataclass(slots=True)
class _Mind:
    """What the reader remembers from one paragraph to the next."""

    turns: list[str] = field(default_factory=list)  # who spoke, one entry a paragraph, the latest last
    recent: list[str] = field(default_factory=list)  # who was mentioned or spoke, the latest last
    since: list[str] = field(default_factory=list)  # who did something since the last speech
    doers: list[str] = field(default_factory=list)  # who did something, the latest last
    silent: int = 0  # paragraphs since the last speech
    talk: int = 0

    def meet(self, key: str) -> None:
        if self.recent[-1:] != [key]:
            if key in self.recent:
                self.recent.remove(key)
            self.recent.append(key)
            del self.recent[:-_MEMORY]

    def end_talk(self) -> None:
        if self.turns:
            self.talk += 1
        self.turns.clear()
        self.since.clear()


def attributed(
    paragraphs: Sequence[Paragraph], reserved: Iterable[str], language: str
) -> tuple[list[Told | None], Cast]:
    """Each paragraph in parts (None for headings and breaks), and everybody who was met.

    Args:
        paragraphs: of the whole text.
        reserved: keys that no member of a cast may have.
        language: of the text, which says whose a name such as `Andrea` is.
    """
    style = style_of(one.text for one in paragraphs if one.kind in ("text", "verse"))
    every = cut(paragraphs, style)
    telling = [
        one.text[piece.inner[0] : piece.inner[1]]
        for one, pieces in zip(paragraphs, every, strict=True)
        for piece in pieces or ()
        if not piece.spoken
    ]
    names = names_in((one.text for one in paragraphs), tagged_names(telling), language)
    cast = Cast(reserved, language)
    cast.titled = titled(one.text for one in paragraphs)
    vote(telling, names, cast)
    reader = _Reader(names, cast)
    told: list[Told | None] = []
    for one, pieces in zip(paragraphs, every, strict=True):
        if pieces:
            told.append(reader.read(one, pieces))
        else:
            reader.rest(one)
            told.append(None)
    for each in told:
        for part in each.parts if each else ():
            part.speaker = cast.now(part.speaker)
    fill(told)
    return told, cast


class _Reader:
    """Reads paragraphs in order."""

    def __init__(self, names: Names, cast: Cast) -> None:
        self.names = names
        self.cast = cast
        self.mind = _Mind()
        self.met: set[str] = set()
        self.fresh: set[str] = set()  # who was described for the first time in the present paragraph
        self.meant: dict[str, Someone] = {}  # whom a description beside a speech of the present paragraph may mean
        self.carried = ""  # who speaks on, when a quotation was left open
        self.open: list[Part] = []  # what belongs to that quotation

    def rest(self, paragraph: Paragraph) -> None:
        """A heading or a break: whoever talked has stopped."""
        self.mind.end_talk()
        self.carried, self.open = "", []
        if paragraph.kind == "heading":
            self.mind.recent.clear()
            self.mind.doers.clear()

    def read(self, paragraph: Paragraph, pieces: Sequence[Fragment]) -> Told:
        """One paragraph."""
        parts = [Part(piece, guess="by its words" if piece.guessed else "") for piece in pieces]
        self.fresh.clear()
        self.meant.clear()
        if not any(part.fragment.spoken for part in parts):
            self._tell(paragraph, parts)
            return Told(parts, self.mind.talk)
        carried, self.carried = self.carried, ""
        before, self.open = self.open, []
        self._speak(paragraph.text, parts, carried if not any(part.doubt for part in before) else "")
        spoken = [part for part in parts if part.fragment.spoken]
        last = spoken[-1]
        if carried and spoken[0].doubt:
            spoken[0].speaker = carried
        for part in before if carried and not spoken[0].doubt else ():
            if part.doubt:  # a speech over several paragraphs says at its end whose it is
                part.speaker, part.doubt, part.guess = spoken[0].speaker, "", spoken[0].guess
        if last.fragment.opened:
            self.carried, self.open = last.speaker, [*before, *spoken] if carried else spoken
        mind = self.mind
        if last.speaker not in ("", UNKNOWN):
            mind.meet(last.speaker)
        mind.turns.append(last.speaker)
        mind.silent = 0
        mind.since = [key for key in self._after(paragraph.text, parts) if key != last.speaker]
        return Told(parts, mind.talk)

    def _tell(self, paragraph: Paragraph, parts: Sequence[Part]) -> None:
        mind = self.mind
        mind.silent += 1
        if mind.silent >= _TALK_ENDS:
            mind.end_talk()
        for part in parts:
            found = self._mentioned(paragraph.text[part.fragment.start : part.fragment.end])
            mind.since += (key for key, subject in found if subject)
        del mind.since[:-_MEMORY]

    def _mentioned(self, text: str, here: Sequence[tuple[str, bool]] = ()) -> list[tuple[str, bool]]:
        """Everybody in a stretch of what is told, in order; they are met. `here`: those before it in its paragraph."""
        found: list[tuple[str, bool]] = []
        words = tokens(text)
        for phrase, subject in phrases(words, self.names):
            known = len(self.cast.all)
            if phrase.kind == "noun" and found and self._is_same(words, phrase):
                self.cast.also(self.cast.all[self.cast.now(found[-1][0])], phrase.text)
                continue
            one, _ = self._who(phrase, [*here, *found], tag=False)
            if one is None:
                continue
            new = len(self.cast.all) > known or one.key not in self.met
            if phrase.kind == "name" and new:
                self._named(words, phrase, one, found, subject=subject)
            self.met.add(one.key)
            self.mind.meet(one.key)
            acts = subject and not phrase.possessive
            if acts and self.mind.doers[-1:] != [one.key]:
                self.mind.doers = [*(key for key in self.mind.doers if key != one.key), one.key][-_MEMORY:]
            found.append((one.key, acts))
            self._also(words, phrase, one)
        return found

    def _is_same(self, words: Sequence[Token], phrase: Phrase) -> bool:
        """`The visitor was a large man`: no second person."""
        before = words[phrase.first - 1].low if phrase.first else ""
        return before in ("was", "is", "were", "be", "been") and words[phrase.first].low in ("a", "an")

    def _named(
        self, words: Sequence[Token], phrase: Phrase, one: Someone, found: Sequence[tuple[str, bool]], *, subject: bool
    ) -> None:
        """`said a girl. Her name was Edith.` and `said his brother. Evan always said so.`: one person, named."""
        before = [word.low for word in words[max(0, phrase.first - 3) : phrase.first]]
        given = before[-2:] == ["name", "was"] or before[-1:] in (["called"], ["named"])
        last = self.cast.all[self.cast.now(found[-1][0])] if found else None
        if last is None or not last.head or last is one:
            return
        follows = subject and len(found) == 1 and last.key in self.fresh
        if given or follows:
            self.cast.merge(last, one)

    def _also(self, words: Sequence[Token], phrase: Phrase, one: Someone) -> None:
        """`Silas, the keeper,` and `the keeper, Silas,`."""
        if phrase.after >= len(words) or words[phrase.after].gap != ", ":
            return
        other = somebody(words, phrase.after, self.names)
        closed = other is not None and (other.after >= len(words) or words[other.after].gap[:1] in ",.")
        if other is not None and closed and phrase.kind == "name" and other.kind == "noun":
            self.cast.also(one, other.text)

    def _after(self, text: str, parts: Sequence[Part]) -> list[str]:
        """Who does something after the last speech of a paragraph."""
        last = max(number for number, part in enumerate(parts) if part.fragment.spoken)
        tail = text[parts[last].fragment.end :]
        spoke = [(parts[last].speaker, True)] if parts[last].speaker else []
        return [key for key, subject in self._mentioned(tail, spoke) if subject]

    # Who is meant

    def _who(
        self, phrase: Phrase, here: Sequence[tuple[str, bool]], *, tag: bool, called: str = ""
    ) -> tuple[Someone | None, bool]:
        """The person that a phrase means, and whether it may mean another one.

        Args:
            phrase: the words.
            here: who was mentioned before it in the paragraph, and whether as a subject.
            tag: whether it stands beside a verb of saying.
            called: the speech, which is not said by whom it calls.
        """
        if phrase.kind == "name":
            return self.cast.named(phrase.text), False
        if phrase.kind == "noun":
            return self._described(phrase, here, tag=tag)
        if phrase.kind == "pronoun":
            return self._pronoun(PRONOUNS[phrase.text], here, called)
        if phrase.kind == "i":
            return self.cast.all[NARRATOR], False
        near = [self.cast.all[self.cast.now(key)] for key, _ in reversed(here)] if phrase.text == "it" else []
        return next((one for one in near if one.head in ITS), self.cast.all[UNKNOWN]), True

    def _described(self, phrase: Phrase, here: Sequence[tuple[str, bool]], *, tag: bool) -> tuple[Someone, bool]:
        if phrase.text in self.meant:
            return self.meant[phrase.text], True
        known = len(self.cast.all)
        one, guess = self.cast.described(phrase.text, self._likely(here) if tag else ())
        if len(self.cast.all) > known:
            self.fresh.add(one.key)
        if tag and guess:
            self.meant[phrase.text] = one
        return one, guess

    def _pronoun(self, sex: Sex, here: Sequence[tuple[str, bool]], called: str) -> tuple[Someone | None, bool]:
        """Whom `he` means: no guess where it can mean nobody else, or nobody else of this paragraph."""
        likely = [one for one in self._likely(here, sex) if not called or not self._calls(called, one.key)]
        if likely and likely[0].head in ITS:  # whoever is a she before a voice of which that is not known
            likely.sort(key=lambda one: one.guess() != sex)
        if not likely:
            return None, False
        one = likely[0]
        near = {self.cast.now(key) for key, _ in here}
        rivals = [other for other in likely[1:] if other.key in near or one.key not in near]
        guess = bool(rivals) or one.guess() != sex
        if not one.sure:
            one.votes[sex] += 1
        return one, guess

    def _likely(self, here: Sequence[tuple[str, bool]], sex: Sex = "") -> list[Someone]:
        """Who a pronoun may mean, the likeliest first."""
        mind = self.mind
        order = [key for key, subject in reversed(here) if subject]
        order += [key for key, subject in reversed(here) if not subject]
        order += reversed(mind.since)
        order += mind.turns[-2:-1] if mind.turns[-2:-1] != mind.turns[-1:] else []
        order += [key for key in reversed(mind.recent) if key not in mind.turns[-1:]]
        order += mind.turns[-1:]
        keys = dict.fromkeys(self.cast.now(key) for key in order if key not in ("", UNKNOWN, NARRATOR))
        return [one for one in map(self.cast.all.__getitem__, keys) if one.fits(sex)]

    # One paragraph with speech

    def _speak(self, text: str, parts: list[Part], carried: str) -> None:
        here: list[tuple[str, bool]] = []
        beats: dict[int, str] = {}  # spoken part -> who does something beside it
        for number, part in enumerate(parts):
            piece = part.fragment
            if piece.spoken:
                continue
            telling = text[piece.start : piece.end]
            words = tokens(telling)
            before = number - 1 if number else None
            after = number + 1 if number + 1 < len(parts) else None
            tagged = tag_after(words) if before is not None else None
            closing = tag_before(telling, words, self.names) if after is not None else None
            if tagged is not None and before is not None:
                self._tag(parts, number, before, *tagged, here, telling, text)
                if telling.rstrip().endswith((",", ":", "—", "–")) and after is not None and closing is None:
                    parts[after].how = parts[after].how or parts[before].how
            mentioned = self._mentioned(telling, here)
            if closing is not None and after is not None and not (tagged and closing[1] is tagged[1]):
                self._tag(parts, number, after, *closing, [*here, *mentioned], telling, text)
            subjects = [key for key, subject in mentioned if subject]
            first = mentioned[0][0] if mentioned and self._opens(words) else ""
            if before is not None and tagged is None and first:
                beats.setdefault(before, first)
            if after is not None and subjects:
                beats[after] = subjects[-1]
            here += mentioned
        self._settle(parts, beats, carried, text)

    def _opens(self, words: Sequence[Token]) -> bool:
        """Whether what is told begins with somebody: `Leo's hand closed`, `Then she rose`."""
        return any(phrase.first <= 2 for phrase, _ in list(phrases(words[:6], self.names))[:1])

    def _tag(
        self,
        parts: list[Part],
        number: int,
        which: int,
        phrase: Phrase,
        verb: Token,
        here: Sequence[tuple[str, bool]],
        telling: str,
        text: str,
    ) -> None:
        said = parts[which].fragment
        one, guess = self._who(phrase, here, tag=True, called=text[said.inner[0] : said.inner[1]])
        parts[number].tag = which < number
        if one is None:
            return
        parts[which].speaker = one.key
        parts[which].guess = f'by "{phrase.text}"' if guess else ""
        if one.key == UNKNOWN:
            parts[which].doubt, parts[which].settled = "unknown", True
        parts[which].how = how_said(verb, telling)

    def _settle(self, parts: list[Part], beats: dict[int, str], carried: str, text: str) -> None:
        """One paragraph has one speaker, unless it says otherwise."""
        spoken = [number for number, part in enumerate(parts) if part.fragment.spoken]
        if carried and not parts[spoken[0]].speaker and spoken[0] == 0:
            parts[spoken[0]].speaker = carried
        known = [number for number in spoken if parts[number].speaker]
        for number in spoken:
            if parts[number].speaker:
                continue
            before = [other for other in known if other < number]
            nearest = before[-1] if before else known[0] if known else None
            if nearest is not None:
                parts[number].speaker = parts[nearest].speaker
                parts[number].guess = parts[number].guess or parts[nearest].guess or parts[nearest].doubt
                continue
            beat = beats.get(number) or next((beats[other] for other in spoken if other in beats), "")
            if beat:
                parts[number].speaker, parts[number].doubt = beat, "by what is told beside it"
                known.append(number)
                continue
            parts[number].speaker, parts[number].doubt = self._turn(text)
            known.append(number)

    def _turn(self, text: str) -> tuple[str, str]:
        """Whose turn it is where nothing says so."""
        mind = self.mind
        turns = [key for key in mind.turns if key not in ("", UNKNOWN)]
        if not turns:
            only = list(dict.fromkeys(key for key in mind.recent if key != NARRATOR))
            return (only[0], "by who is there") if len(only) == 1 else (UNKNOWN, "unknown")
        last = mind.turns[-1]
        if last != UNKNOWN:
            for key in reversed(turns):
                if key != last and not self._calls(text, key):
                    return key, "by turn"
        near = [key for key in reversed(mind.doers) if key in mind.recent] + list(reversed(mind.recent))
        others = [key for key in near if key not in (last, NARRATOR) and not self._calls(text, key)]
        if others:
            return others[0], "by who is there"
        if NARRATOR in mind.recent and last != NARRATOR:
            return NARRATOR, "by turn"
        return UNKNOWN, "unknown"

    def _calls(self, text: str, key: str) -> bool:
        """Whether a speech calls somebody by name: then it is not theirs."""
        one = self.cast.all[self.cast.now(key)]
        if one.head:
            return False
        return any(
            re.search(rf"[,!?—]\s*{re.escape(name)}\b(?=[,.!?—’”\"]|$)|^\W*{re.escape(name)}[,!?]", text, re.IGNORECASE)
            for name in one.called
            if name not in NO_NAMES
        )

"""What screenplays and radio scripts share: names in capitals, directions in brackets, cues that the writer wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from producer.draft.cues import Cues
from producer.draft.lexicon import TITLES
from producer.draft.nouns import NARRATOR, Draft, Item, Played, Scene, Speech
from producer.draft.people import Cast, Someone, folded
from producer.draft.places import place_headed
from producer.draft.prose import Making, Wanted, speaking
from producer.draft.text import Spans, marked, part, squeezed

BEAT = re.compile(r"(?:a |short |long |brief |pregnant )*(?:beat|pause|silence)s?\.?", re.IGNORECASE)
_TREATS = (
    (re.compile(r"\b(?:phone|telephone|on the line)\b", re.IGNORECASE), "telephone"),
    (re.compile(r"\b(?:radio|filter(?:ed)?|intercom|walkie|tv|television|over comms?)\b", re.IGNORECASE), "radio"),
    (re.compile(r"\b(?:tannoy|p\.?a\.?|loudspeaker)\b", re.IGNORECASE), "tannoy"),
    (re.compile(r"\b(?:thoughts?|thinking|in (?:his|her) head)\b", re.IGNORECASE), "thought"),
)
_ASIDE = re.compile(r"[(\[]([^()\[\]]{1,200})[)\]]")
_JOINED = re.compile(r"\s*[&/+]\s*|,\s*(?=.*(?:&|\band\b))(?:and\s)?|\s(?:and|und|et)\s", re.IGNORECASE)
_LONGEST_NAME = 100  # characters of those who are named together
_CAPITAL = re.compile(r"(?<=['’])S\b|(?<=\d)[^\W\d_]+")  # what `title` makes of `ANNA'S` and `1ST`
_DIRECTION = re.compile(
    r"^(?:[^a-z]*[A-Z][^a-z]*"
    r"|(?:.*\b)?(?:\w+ly|\w+ing|voice|beat|pause|to (?:him|her|them|himself|herself)|off|aside)\b.*)$"
)


def is_direction(text: str) -> bool:
    """Whether what stands in brackets is for the actor, and not for the listener."""
    return _DIRECTION.match(text.strip()) is not None


def treat_of(text: str) -> str:
    """The treatment that a direction such as `on phone` asks for, or nothing."""
    return next((treat for sign, treat in _TREATS if sign.search(text)), "")


@dataclass(slots=True)
class Stage:
    """Scenes in the making, from a script that names who speaks."""

    wanted: Wanted
    cues: Cues
    scenes: list[Scene] = field(default_factory=list)
    making: Making = field(default_factory=Making)
    heading: str = ""
    cast: Cast = field(init=False)

    def __post_init__(self) -> None:
        self.cast = Cast(self.wanted.reserved)

    def scene(self, heading: str) -> None:
        """A scene begins."""
        self.close()
        self.making = Making(title=heading, items=self.making.items)
        self.heading = heading

    def close(self) -> None:
        """The scene has ended; one in which nothing is heard is kept as a title of the next, no more."""
        if any(not isinstance(item, Played) or item.kind != "comment" for item in self.making.items):
            self.scenes.append(self.making.done(self.wanted, place_headed(self.heading)))
        elif self.making.title or self.making.items:
            title = self.making.title
            kept: list[Item] = [Played(kind="comment", note=title)] if title else []
            self.making = Making(items=[*kept, *self.making.items])
            self.cues.scene()
            return
        self.making = Making()
        self.cues.scene()

    def play(self, *items: Item) -> None:
        """Cues and comments."""
        self.making.items += items

    def who(self, name: str) -> Someone:
        """The person of a name in capitals; of `HARRY & SALLY` both together."""
        shown = " ".join(squeezed(name)[0].split()).strip(" .")
        shown = _CAPITAL.sub(lambda sign: sign[0].lower(), shown.title()) if shown.isupper() else shown
        if not any(sign.isalnum() for sign in shown):
            return self.cast.all[NARRATOR]
        names = [one.strip(" .") for one in _JOINED.split(shown)] if len(shown) <= _LONGEST_NAME else []
        if len(names) > 1 and all(sum(map(str.isalpha, one)) and folded(one) not in TITLES for one in names):
            members = [self.cast.exact(one) for one in names]
            if len({one.key for one in members}) > 1:
                return self.cast.several(members)
        return self.cast.exact(shown)

    def tell(self, text: str, spans: Spans = (), lines: tuple[int, ...] = ()) -> None:
        """Action: the narrator reads it, and it is listened to."""
        if any(sign.isalnum() for sign in text):
            speech = Speech(speaker=NARRATOR, text=text, emphasis=spans, lines=lines, fresh=True)
            self.making.add(speech, self.wanted.ear)

    def say(self, who: Someone, text: str, how: str = "", treat: str = "", *, asides: bool = False) -> None:
        """A speech; with `asides`, directions in brackets become the `how` of what follows them."""
        plain, spans = squeezed(*marked(text, stars=True))
        for aside, begin, end in _asides(plain) if asides else [("", 0, len(plain))]:
            if aside and BEAT.fullmatch(aside.strip()):
                self.play(Played(kind="pause", role="800 ms", note=aside))
            elif aside:
                manner = aside.strip().rstrip(".")
                how = ", ".join(one for one in (how, manner.casefold() if manner.isupper() else manner) if one)
                treat = treat_of(aside) or treat
            said, emphasis = part(plain, begin, end, spans)
            if any(sign.isalnum() for sign in said):
                self.making.items.append(
                    Speech(speaker=who.key, text=said, how=how, treat=treat, emphasis=emphasis, fresh=True)
                )
                how = ""
        if how:
            self.unsaid(who, how)

    def unsaid(self, who: Someone, how: str) -> None:
        """A direction behind which nothing is said, `(LAUGHS)`: a comment."""
        self.play(Played(kind="comment", note=f"{who.name}: ({how})"))

    def done(self, title: str, writer: str, form: str, left_out: tuple[str, ...]) -> Draft:
        """The whole of it."""
        self.close()
        if self.making.items and self.scenes:  # comments behind the last scene
            last = self.scenes.pop()
            self.scenes.append(
                Scene(
                    title=last.title, room=last.room, room_from=last.room_from, items=(*last.items, *self.making.items)
                )
            )
        scenes = tuple(self.scenes)
        return Draft(
            title=title,
            language=self.wanted.language,
            form=form,
            writer=writer,
            people=speaking(scenes, self.cast),
            scenes=scenes,
            left_out=left_out,
        )


def _asides(text: str) -> Iterator[tuple[str, int, int]]:
    """A speech cut at its directions: (the direction before, where what is said begins and ends)."""
    aside, at = "", 0
    for found in _ASIDE.finditer(text):
        at_start = not any(sign.isalnum() for sign in text[at : found.start()]) and not aside and not at
        if not at_start and not is_direction(found[1]):
            continue
        if at_start and not found[1].strip():
            continue
        yield aside, at, found.start()
        aside, at = found[1], found.end()
    yield aside, at, len(text)

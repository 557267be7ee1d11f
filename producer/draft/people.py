"""Who there is in a story: names, titles and descriptions that mean one person, and whether it is a he or a she."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from producer.draft.lexicon import FIRST_NAMES, GROUNDS, KIN, NO_NAMES, NOUNS, PLACES, PRONOUNS, TITLES
from producer.draft.names import NARRATORS, sex_of, sex_of_noun
from producer.draft.nouns import NARRATOR, UNKNOWN, Person, Sex
from producer.draft.text import row

LETTER = r"[^\W\d_]"
WORD = rf"{LETTER}(?:[\w'’-]*\w)?"


def folded(name: str) -> str:
    """A name as it is compared: small letters, no points, no `'s`."""
    plain = re.sub(r"['’]s?$", "", name.strip())
    return " ".join(plain.replace(".", " ").replace("’", "'").casefold().split())


@dataclass(slots=True)
class Someone:
    """A person while the text is read; it becomes a `Person`."""

    key: str
    name: str
    sex: Sex = ""
    sure: bool = False  # of the sex
    head: str = ""  # of a description: the noun
    title: str = ""
    called: set[str] = field(default_factory=set)
    together: tuple[str, ...] = ()  # keys of several, who speak at once
    votes: Counter[str] = field(default_factory=Counter)

    def fits(self, sex: Sex) -> bool:
        """Whether `he` or `she` can mean this person."""
        mine = self.guess()
        return not sex or not mine or mine == sex

    def guess(self) -> Sex:
        """What is known, or what most pronouns near the name say."""
        if self.sure or not self.votes:
            return self.sex
        he, she = self.votes["m"], self.votes["f"]
        if he == she:
            return self.sex
        return "m" if he > she else "f"

    def person(self) -> Person:
        told = self.votes["m"] != self.votes["f"]
        return Person(
            key=self.key,
            name=self.name,
            sex=self.guess(),
            sex_known=self.sure or told,
            called=frozenset(self.called),
            together=self.together,
        )


class Cast:
    """Everybody who was met, by every name."""

    def __init__(self, reserved: Iterable[str], language: str) -> None:
        self.reserved = {name.casefold() for name in reserved}
        self.language = language
        self.titled: dict[str, Sex] = {}  # surname -> what a title says somewhere of whoever has it
        self.all: dict[str, Someone] = {}
        self.names: dict[str, str] = {}  # folded name -> key
        self.heads: dict[str, dict[str, None]] = {}  # noun -> keys, the latest last
        self.titles: dict[str, list[str]] = {}  # `captain` -> keys
        self.groups: dict[frozenset[str], Someone] = {}  # those who speak together, by their keys
        self.same: dict[str, str] = {}  # key -> the key of whom it turned out to be
        for key, name in ((NARRATOR, "Narrator"), (UNKNOWN, "A voice")):
            self.all[key] = Someone(key, name, called={key})
        self.names[NARRATOR] = NARRATOR

    def named(self, name: str) -> Someone:
        """The person of a name such as `Mara`, `Mr. Fenwick`, `Tom Ashby`; a new one when there is none."""
        words = folded(name).split()
        titles = [word for word in words[:-1] if word in TITLES]
        bare = words[len(titles) :] if words[: len(titles)] == titles else words
        known = self._known(words, titles, bare)
        if known is not None:
            self._call(known, words, bare, titles)
            return known
        sex: Sex = next((TITLES[title] for title in titles if TITLES[title]), "")
        sure = bool(sex)
        if not sex:
            sex = KIN.get(words[0], "") if len(words) == 1 else ""
            sure = bool(sex)
        first, certain = sex_of(bare[0], self.language)
        said = "" if sex or first else self.titled.get(bare[-1], "")
        sex = sex or first or said
        shown = re.sub(r"['’]s?$", "", name.strip())
        title = titles[-1] if titles else words[0] if len(words) == 1 and words[0] in TITLES else ""
        surname = bool(titles) and len(bare) == 1  # Captain Rose may be a man
        sure = sure or (certain and not surname) or bool(said)
        new = self._new("_".join(words), shown, sex, sure=sure)
        if title:
            self._entitle(new, title)
        self._call(new, words, bare, titles)
        return new

    def exact(self, name: str) -> Someone:
        """The person of a name that nobody else has: where scripts name who speaks, `YOUNG ANNA` is not `ANNA`."""
        words = folded(name.replace("#", " ")).split()
        whole = " ".join(words)
        if whole not in self.names:
            if whole in NARRATORS:
                return self.all[NARRATOR]
            sex, sure = self._sex(words)
            new = self._new("_".join(words), name, sex, sure=sure)
            new.called.add(whole)
            self.names[whole] = new.key
        return self.all[self.names[whole]]

    def _sex(self, words: Sequence[str]) -> tuple[Sex, bool]:
        """What a name of a script tells: `MRS. REED`, `OLD WOMAN`, `YOUNG ANNA`, `GUARD 2`."""
        titled: Sex = next((TITLES[word] for word in words[:-1] if TITLES.get(word)), "")
        last = next((word for word in reversed(words) if not word.isdigit()), "")
        owners = [word[:-2] for word in words if word.endswith("'s")]  # `MAN'S VOICE`
        noun: Sex = next((sex for word in words if (sex := sex_of_noun(word, self.language))), "")
        noun = noun or next((sex for word in owners if (sex := KIN.get(word, "") or NOUNS.get(word, ""))), "")
        if sex := titled or noun or KIN.get(last, "") or NOUNS.get(last, ""):
            return sex, True
        found = [told for word in (*words, *owners) if (told := sex_of(word, self.language))[0]]
        return next((told for told in found if told[1]), found[0] if found else ("", False))

    def several(self, members: Sequence[Someone]) -> Someone:
        """Those who say a line at once, as one member; the same in any order."""
        keys = tuple(dict.fromkeys(one.key for one in members))
        if found := self.groups.get(frozenset(keys)):
            return found
        names = [self.all[key].name for key in keys]
        new = self._new("_and_".join(keys), f"{', '.join(names[:-1])} and {names[-1]}", "", sure=False)
        new.together = keys
        self.groups[frozenset(keys)] = new
        return new

    def _known(self, words: list[str], titles: list[str], bare: list[str]) -> Someone | None:
        sex: Sex = next((TITLES[title] for title in titles if TITLES[title]), "")
        for name in (" ".join(words), " ".join(bare), bare[-1], bare[0]):
            key = self.names.get(name)
            if key is None:
                continue
            one = self.all[key]
            if sex and one.sure and one.sex and one.sex != sex:
                continue
            if (
                len(bare) > 1
                and not titles
                and " ".join(bare) not in one.called
                and _full(one)
                and name != " ".join(bare)
            ):
                continue  # two people of one family, or of one first name
            return one
        return None

    def _call(self, one: Someone, words: list[str], bare: list[str], titles: list[str]) -> None:
        sex: Sex = next((TITLES[title] for title in titles if TITLES[title]), "")
        if sex and not one.sure:
            one.sex, one.sure = sex, True
        if titles and not one.title:
            self._entitle(one, titles[-1])
        for name in (" ".join(words), " ".join(bare), bare[0], bare[-1]):
            if name not in TITLES or name in KIN or name == " ".join(words):
                self.names.setdefault(name, one.key)
            if self.names.get(name) == one.key:
                one.called.add(name)

    def _entitle(self, one: Someone, title: str) -> None:
        one.title = title
        self.titles.setdefault(_IN_FULL.get(title, title), []).append(one.key)

    def described(self, words: str, near: Iterable[Someone] = ()) -> tuple[Someone, bool]:
        """The person of `the old man`, `a voice`, `the Captain`, a new one if none is meant; and whether it is guessed.

        Args:
            words: with the article.
            near: who may be meant by a general description (`the woman`, not `the old woman`), the likeliest first.
        """
        parts = folded(words).split()
        article = parts[0] if parts[0] in _ARTICLES else ""
        rest = parts[1:] if article else parts
        head = rest[-1]
        whole = " ".join(rest)
        keys = self.heads.get(head, {})
        if whole in self.names:
            return self.all[self.names[whole]], len(rest) == 1 and len(keys) > 1 and article == "the"
        if rest[0] in _ORDINALS and len(rest) == 1 and (longer := self._beginning(head)):
            return longer, False
        if article not in ("a", "an", "another"):
            titled = {self.now(key) for key in self.titles.get(head, ())}
            if len(titled) == 1:
                return self.all[titled.pop()], False
            last = self.all[next(reversed(keys))] if keys else None
            if last and (len(rest) == 1 or (len(keys) == 1 and self._is_so(last, rest))):
                return last, len(keys) > 1
            sex = NOUNS.get(head, "")
            if head in _GENERAL:
                for one in near:
                    if sex and one.guess() == sex and not one.head and (len(rest) == 1 or _is_called(one, rest)):
                        return one, True
        new = self._new(
            "_".join(rest), whole[:1].upper() + whole[1:], NOUNS.get(head, ""), sure=bool(NOUNS.get(head, ""))
        )
        new.head = head
        new.called.add(whole)
        self.names.setdefault(whole, new.key)
        self.heads.setdefault(head, {})[new.key] = None
        return new, False

    def _beginning(self, ordinal: str) -> Someone | None:
        """Whom `the first` means: the first soldier."""
        key = next((key for name, key in reversed(self.names.items()) if name.startswith(f"{ordinal} ")), "")
        if key:
            self.names[ordinal] = key
        return self.all.get(key)

    def _is_so(self, one: Someone, rest: Sequence[str]) -> bool:
        """Whether nothing that a person was called speaks against `tall man`: `man`, `tall thin man`; not `old man`."""
        asked = set(rest[:-1])
        said = [set(name.split()[:-1]) for name in one.called if name.split()[-1:] == [rest[-1]]]
        return "other" not in asked and any(each <= asked or asked <= each for each in said)

    def also(self, one: Someone, words: str) -> None:
        """`Silas, the keeper`: the description means him from now on."""
        rest = [part for part in folded(words).split() if part not in _ARTICLES]
        if rest:
            self.names.setdefault(" ".join(rest), one.key)
            self.heads.setdefault(rest[-1], {}).setdefault(one.key)
            one.called.add(" ".join(rest))

    def merge(self, old: Someone, new: Someone) -> None:
        """Two that were met are one: whoever was described turns out to have a name."""
        if old is new or NARRATOR in (old.key, new.key) or not old.fits(new.guess()):
            return
        for name, key in self.names.items():
            if key == old.key:
                self.names[name] = new.key
        for head, keys in self.heads.items():
            if old.key in keys:
                self.heads[head] = dict.fromkeys(new.key if key == old.key else key for key in keys)
        new.called |= old.called
        if old.sure and not new.sure:
            new.sex, new.sure = old.sex, True
        self.same[old.key] = new.key

    def now(self, key: str) -> str:
        """The key under which a person is known in the end."""
        while key in self.same:
            key = self.same[key]
        return key

    def _new(self, stem: str, name: str, sex: Sex, *, sure: bool) -> Someone:
        plain = "_".join(re.findall(r"\w+", stem)) or "person"
        key = plain if plain not in self.reserved and not plain.isdigit() else f"{plain}_speaks"
        number = 2
        while key in self.all:
            key = f"{plain}_{number}"
            number += 1
        self.all[key] = Someone(key, name, sex, sure, called={plain})
        return self.all[key]


def _is_called(one: Someone, rest: Sequence[str]) -> bool:
    """Whether `old man` may mean somebody with a name: Old Tom, Grandfather."""
    return rest[:-1] == [one.title] or (rest[0] == "old" and not _AGED.isdisjoint(one.called))


def _full(one: Someone) -> bool:
    return any(" " in name for name in one.called)


_ARTICLES = frozenset(row("the a an another his her my our their your this that one"))
_ORDINALS = frozenset(row("first second third fourth fifth sixth elder younger eldest youngest"))
_IN_FULL = {
    "dr": "doctor",
    "prof": "professor",
    "capt": "captain",
    "sgt": "sergeant",
    "lt": "lieutenant",
    "rev": "reverend",
}
_AGED = frozenset(row("grandmother grandma granny gran nana grandfather grandpa granddad"))
_GENERAL = frozenset(row("man woman boy girl lady gentleman lad fellow child old-timer"))


class Names:
    """Which words of a text are names of people; known before it is read for who speaks."""

    def __init__(self, known: set[str]) -> None:
        self.known = known

    def is_name(self, word: str) -> bool:
        """Whether one word with a capital is a name."""
        return folded(word) in self.known


_SENTENCE_START = re.compile(r"(?:^|[.!?…:;“”\"‘»«—–]['’”\")]?\s*|\s['‘])$")
_CAPITAL_WORD = re.compile(rf"(?<![\w'’-]){WORD}")
_DOING = frozenset(
    row(
        "looked turned sat stood nodded laughed smiled shrugged sighed shook took put picked opened closed walked "
        "leaned leant raised lifted reached pulled pushed glanced stared frowned grinned drew held stepped "
        "crossed knelt bent swallowed blinked winced hesitated waited listened gestured pointed ran rubbed wiped "
        "poured drank ate tried wanted knew thought"
    )
)
_PLACING = frozenset(row("in at from near into towards toward through over across around outside inside via"))


def names_in(texts: Iterable[str], tagged: Iterable[str], language: str) -> Names:
    """The names of a whole text.

    Args:
        texts: its paragraphs.
        tagged: words that stood beside a verb of saying, or behind a title.
        language: of the text. In German every noun has a capital, so only first names are names for that.
    """
    inner: Counter[str] = Counter()  # with a capital inside a sentence
    outer: Counter[str] = Counter()  # with one where a sentence begins
    placed: Counter[str] = Counter()
    small: set[str] = set()
    doing: set[str] = set()  # what does as people do
    for text in texts:
        before, end = "", 0
        opener = ""  # a word with a capital where a sentence began
        name = False  # whether the word before looks like one
        for word in _CAPITAL_WORD.finditer(text):
            shown = word[0]
            plain = folded(shown)
            if not shown[0].isupper():
                small.add(plain)
                if opener and (plain in PRONOUNS or (before == opener and plain in _DOING)):
                    doing.add(opener)
                    opener = ""
            elif plain not in NO_NAMES:
                starts = _SENTENCE_START.search(text[max(0, word.start() - 4) : word.start()]) is not None
                (outer if starts else inner)[plain] += 1
                opener = plain if starts else opener
                if text[end : word.start()] == " ":
                    placed.update(_placed(before, plain, named=name))
            before, end = plain, word.end()
            name = shown[0].isupper() and plain not in NO_NAMES
            if opener and text[end : end + 1] in (".", "!", "?", "…"):
                opener = ""
    known = {folded(name) for name in tagged} - NO_NAMES
    small |= PLACES
    if language.partition("-")[0].casefold() == "de":
        return Names(known | {plain for plain in (*inner, *outer) if sex_of(plain, language)[0] and plain not in small})
    for plain, count in inner.items():
        if plain not in small and placed[plain] <= count / 2 and not plain.endswith(("ish", "day")):
            known.add(plain)
    for plain, count in outer.items():
        likely = count >= 2 or plain in doing or plain in FIRST_NAMES or plain in KIN
        if plain not in small and likely and not placed[plain]:
            known.add(plain)
    return Names(known)


def _placed(before: str, word: str, *, named: bool) -> tuple[str, ...]:
    """Which of two words are a place's: `in Harrow`, `Oxford Street`, `Lake Erie`; not `Tom Hill`, `Miss Lane`.

    >>> _placed("oxford", "street", named=True), _placed("tom", "hill", named=True)
    (('oxford', 'street'), ())
    """
    if before in _PLACING:
        return (word,)
    somebody = before in FIRST_NAMES or before in KIN or before in TITLES
    ground = (word in GROUNDS and not somebody) or before in ("lake", "mount", "port", "cape", "fort")
    return (before, word) if named and ground else ()

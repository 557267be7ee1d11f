"""The spoken credits: a last scene that says what the episode is, which voices are synthetic, and whose sounds it has.

It is a scene like any other: its lines are spoken, timed, mixed and put into captions and chapters as all are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace
from fractions import Fraction

from producer.errors import Place
from producer.model.credits import CreditsAsked
from producer.model.script import Line, Pause, Scene, Script, Token, VoiceUse
from producer.script.credits_words import ALPHABETS, Words, words_of
from producer.script.people import pronounced

BEFORE_S = Fraction(5, 2)
"""Of silence before them: what faded with the last scene has gone."""
CLEAR_S, AFTER_S = Fraction(1), Fraction(1)
"""Of silence after the last sound of the story that outlasts it; and after the credits."""
GAP_S = Fraction(7, 10)
NAMES = 6
"""The most names in one sentence; `credits.txt` has them all."""
_LONGEST = 80  # letters of a name that is spoken
OWN = "credits"
"""The id of the scene, and of one that a writer has made in its place."""
NARRATOR = "narrator"
"""Who speaks them, where there is one in the cast."""


def with_credits(
    script: Script, recorded: Set[tuple[str, int]], authors: Iterable[str], overrun_s: Fraction = Fraction(0)
) -> Script:
    """The script with its credits as a last scene, where they are wanted and can be said; else as it was.

    Args:
        recorded: the lines that are heard from a recording, by (line id, number of the voice).
        authors: of the sounds that are heard, those first whose licences ask for it.
        overrun_s: how long after the end of the last scene something of it is still heard.
    """
    asked, words = script.credits, words_of(script.language)
    synthetic, voices = _synthetic(script, recorded)
    if not _wanted(script, synthetic=bool(synthetic)) or not asked.readers:
        return script
    reader = _reader(asked, synthetic, voices)
    own = asked.readers[reader]
    taken = {scene.id for scene in script.scenes} | {item.id for scene in script.scenes for item in scene.items}
    taken |= {cue.id for cue in script.cues}
    scene_id = _free(OWN, taken)
    said: dict[str, tuple[Token, ...]] = {}
    if asked.text:
        said["credits_text"] = asked.text
    elif words is not None:
        said["credits_title"] = _tokens(" ".join(_head(script, words)), script)
        said["credits_sounds"] = _tokens(_listed(words.sounds, authors, words, script.language), script)
    if asked.disclosure and words is not None:
        spoken = any(tokens and (line, 0) not in recorded for line, tokens in said.items())
        told = _disclosed(script, words, synthetic, voices, reader, spoken=spoken)
        said["credits_voices"] = _tokens(told, script)
    order = ("credits_text", "credits_title", "credits_voices", "credits_sounds")
    lines = tuple(_line(_free(name, taken), scene_id, said[name], own, asked.place) for name in order if said.get(name))
    if not lines:
        return script
    title = asked.title or (words.chapter if words is not None else "")
    before = Pause(
        id=_free("credits_pause", taken),
        scene=scene_id,
        place=asked.place,
        length=max(BEFORE_S, overrun_s + CLEAR_S),
    )
    after = Pause(id=_free("credits_end", taken), scene=scene_id, place=asked.place, length=AFTER_S)
    scene = Scene(
        id=scene_id,
        title=title,
        place=asked.place,
        gap_s=GAP_S,
        speech_margin=script.scenes[-1].speech_margin,
        items=(before, *lines, after),
    )
    return replace(script, scenes=(*script.scenes, scene), credits_scene=scene_id)


def unspoken(script: Script, *, synthetic: bool) -> str:
    """Why credits that should be there are not, and what to do; "" when they are there, or not wanted.

    Args:
        synthetic: whether a synthetic voice is heard.
    """
    if not _wanted(script, synthetic=synthetic) or script.credits_scene:
        return ""
    if words_of(script.language) is None:
        what = f"there are no words for them in '{script.language}' here; write some, as in 'credits: {{text: …}}'"
        return f"not spoken: {what}, or 'credits: no'"
    return "not spoken: there is nobody in the cast to speak them" if script.credits.wanted else ""


def _wanted(script: Script, *, synthetic: bool) -> bool:
    """Whether there should be credits: as the script says; else where a synthetic voice is heard and no scene is called
    `credits`, which is how a writer has them in the story's own words.
    """
    if script.credits.wanted is not None:
        return script.credits.wanted
    return synthetic and all(scene.id != OWN for scene in script.scenes if scene.id != script.credits_scene)


def _synthetic(script: Script, recorded: Set[tuple[str, int]]) -> tuple[list[str], list[str]]:
    """The members with a synthetic voice in the story, and all who are heard in it, by their first words."""
    synthetic: dict[str, None] = {}
    every: dict[str, None] = {}
    for line in script.lines:
        for index, use in enumerate(line.voices):
            every.setdefault(use.member)
            if (line.id, index) not in recorded:
                synthetic.setdefault(use.member)
    return list(synthetic), list(every)


def _reader(asked: CreditsAsked, synthetic: Sequence[str], voices: Sequence[str]) -> str:
    """Who speaks them: who is named, else the narrator, else who is heard first.

    One whose voice is synthetic in the story: an actor's is not imitated.
    """
    if asked.speaker in asked.readers:
        return asked.speaker
    among = [member for member in (synthetic or voices) if member in asked.readers] or list(asked.readers)
    return NARRATOR if NARRATOR in among else among[0]


def _head(script: Script, words: Words) -> Iterator[str]:
    """The title, the show, who wrote it and who produced it."""
    for name in (script.title, script.show):
        if _sayable(name, script.language):
            yield name if name.rstrip("\"'”’»)")[-1:] in tuple(".!?…") else f"{name}."
    for sentence, name in ((words.written, script.writer), (words.produced, script.producer)):
        if _sayable(name, script.language):
            yield sentence.format(names=name)


def _disclosed(
    script: Script, words: Words, synthetic: Sequence[str], voices: Sequence[str], reader: str, *, spoken: bool
) -> str:
    """Which voices are synthetic; the credits' own, too, where one that is not in the story has `spoken` the rest."""
    if not synthetic:
        return words.this_voice if spoken else ""
    if len(synthetic) == len(voices):
        heard = len(voices) + (spoken and reader not in voices)
        return words.every_voice if heard > 1 else words.the_voice
    names = [script.cast[member].name if member in script.cast else member for member in synthetic]
    said = [_listed(words.some_voices, names, words, script.language)]
    if spoken and reader not in synthetic:
        said.append(words.this_voice)
    return " ".join(filter(None, said))


def _listed(sentence: str, names: Iterable[str], words: Words, language: str) -> str:
    """The sentence with the names in it, as the language joins them; "" when there is none to say."""
    every = list(dict.fromkeys(" ".join(name.replace("_", " ").split()) for name in names))
    sayable = [name for name in every if _sayable(name, language)]
    shown = sayable[:NAMES] + ([words.others] if len(every) > len(sayable[:NAMES]) and sayable else [])
    if not shown:
        return ""
    if len(shown) == 1:  # most packs have one author; and Babel takes 40 ms to begin
        return sentence.format(names=shown[0])
    from babel import Locale, UnknownLocaleError
    from babel.lists import format_list

    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        locale = Locale.parse(language.partition("-")[0])
    return sentence.format(names=format_list(shown, locale=locale))


def _sayable(name: str, language: str) -> bool:
    """Whether a voice of the language can read a name: it has letters, all of which it knows, and an end."""
    letters = [sign for sign in name if sign.isalpha()]
    known = ("LATIN", ALPHABETS.get(language.partition("-")[0].casefold(), "LATIN"))
    return (
        0 < len(name) <= _LONGEST and bool(letters) and all(unicodedata.name(s, "").startswith(known) for s in letters)
    )


def _tokens(text: str, script: Script) -> tuple[Token, ...]:
    return pronounced([Token(word, word) for word in text.split()], script.say)


def _line(name: str, scene: str, tokens: tuple[Token, ...], use: VoiceUse, place: Place) -> Line:
    return Line(id=name, scene=scene, place=place, tokens=tokens, voices=(use,))


def _free(name: str, taken: Set[str]) -> str:
    """`name`, or with the first number behind it that makes it new."""
    return next(one for one in (name, *(f"{name}_{n}" for n in range(2, len(taken) + 3))) if one not in taken)

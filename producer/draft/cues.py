"""Sounds that a script asks for by name (`SOUND: DOOR OPENS`): the role that is nearest to what is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from producer.draft.endings import Ending, ending
from producer.draft.hearing import Ear, SoundKind, listen
from producer.draft.nouns import Played
from producer.draft.text import row
from producer.model.patterns import forms

_NAMED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("footstep|step|walk|boot|heel|run", ("boots_on_concrete", "footsteps")),
    ("knock|rap", ("knock",)),
    ("slam|bang", ("door_slam",)),
    ("creak", ("door_creak",)),
    ("latch|lock|unlock|bolt", ("door_latch",)),
    ("door|gate", ("door_creak", "door_latch")),
    ("telephone|phone", ("phone_ring",)),
    ("thunder", ("thunder",)),
    ("rain|storm", ("rain",)),
    ("wind|gale", ("wind_through_ruins", "wind")),
    ("sea|wave|surf|river|stream|water", ("water",)),
    ("fire", ("fire",)),
    ("crowd|applause|audience|market", ("crowd",)),
    ("bird|gull|crow", ("birds",)),
    ("clock", ("clock",)),
    ("typewriter|typing", ("typewriter",)),
    ("car|truck|engine|taxi", ("car_passing",)),
    ("bell|chime", ("bell", "church_bell", "metal_hit")),
    ("smash|shatter", ("glass_break",)),
    ("glass|cup|bottle", ("glass_set_down",)),
    ("paper|page|letter", ("paper",)),
    ("key", ("keys",)),
    ("shot|gunshot|gunfire", ("gunshot", "shot")),
    ("gun|pistol|rifle", ("gun_clicks",)),
    ("explosion|bomb|blast", ("boom",)),
    ("heart|heartbeat", ("heartbeat",)),
    ("breath|breathing|sigh", ("breath",)),
    ("gasp", ("gasp",)),
    ("fall|thud|collapse", ("body_fall",)),
    ("crash", ("metal_hit",)),
    ("scrape", ("metal_scrape",)),
    ("drip", ("drip",)),
    ("hum|buzz|static", ("electric_hum",)),
)
_MUSIC = (("dread|ominous|tense|sinister|dark|eerie|threat", ("dread",)), ("", ("theme", "music", "sting", "warmth")))
_STARTS = re.compile(r"\b(?:up|in|swells?|plays?|begins?|starts?|stings?|strikes?)\b", re.IGNORECASE)
_MUSICAL = re.compile(
    r"\b(?:music|song|tune|grams|theme|band|orchestra|musik|música|musica|musique|muziek|muzyka)\b", re.I
)
_SENTENCE = re.compile(r"[.;]|--+|—|\bthen\b", re.IGNORECASE)
_CLAUSE = re.compile(r",|\band\b", re.IGNORECASE)
_UNDER = re.compile(
    r"\b(?:under|background|b\.?g\.?|continues?|hold|low|beneath|behind|faint|distant|far)\b", re.IGNORECASE
)
_LITTLE = frozenset(row("a an and at behind by down for from in into of off on out over the through to under up with"))
"""Words in the name of a role that name no sound: `LANE GOES OUT` is no `breath_out`."""


@dataclass(slots=True)
class Cues:
    """Finds roles for what a script writes out, and remembers what is running."""

    kinds: Mapping[str, SoundKind]  # every role there is
    ear: Ear
    running: list[str] = field(default_factory=list)
    by_word: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for role in self.kinds:
            for word in role.split("_"):
                for form in forms(word):
                    self.by_word.setdefault(form, []).append(role)

    def scene(self) -> None:
        """A scene begins: nothing is running."""
        self.running.clear()

    def sound(self, text: str) -> tuple[Played, ...]:
        """The cues of a `SOUND:` line: what begins, what ends; one that says that no role was found, when none was.

        What ends and is not running is a comment.
        """
        found: list[Played] = []
        ends = False
        sentences = [[one for one in _CLAUSE.split(part) if _says(one)] for part in _SENTENCE.split(text)]
        alone = sum(map(len, sentences)) == 1
        for clauses in sentences:
            last = next((n for n in reversed(range(len(clauses))) if (one := ending(clauses[n])) and one.sure), -1)
            for number, clause in enumerate(clauses):
                end = ending(clause)
                before = number < last and (len(clause.split()) == 1 or self._meant(clause))  # `RAIN AND WIND OUT`
                roles = self._ended(end, clause, alone=alone) if end or before else []
                ends = ends or bool(roles or before or (end and end.sure))
                if roles or before or (end and end.sure):
                    found += [self._end(role, text, "1.5 s") for role in roles]
                elif heard := self._clause(clause, text):
                    found += [heard] if all(heard.role != other.role for other in found) else []
        if found:
            return tuple(found)
        return (
            Played(kind="comment", note=f"SOUND: {text}")
            if ends
            else Played(kind="pause", role="1 s", note=text, suggested=True),
        )

    def _ended(self, end: Ending | None, clause: str, *, alone: bool) -> list[str]:
        """What of that which is running a clause ends: what it names, or, where a cue names nothing, the latest."""
        if end is None or end.what:
            role = self._meant(end.what if end else clause)
            return [role] if role else []
        if not alone or not end.sure:
            return []
        sounds = [role for role in self.running if not role.startswith("music:")]
        return self.running[:] if end.everything else (sounds or self.running)[-1:]

    def _meant(self, text: str) -> str:
        """What is running and is named; empty when nothing is."""
        named = (self._exact(text), self._named(text, _NAMED), self._best(text, self.running).removeprefix("music:"))
        for role in named:
            for one in (role, f"music:{role}"):
                if role and one in self.running:
                    return one
        return next((one for one in reversed(self.running) if one[:6] == "music:" and _MUSICAL.search(text)), "")

    def _end(self, role: str, text: str, fade: str) -> Played:
        self.running.remove(role)
        return Played(kind="end", role=role.removeprefix("music:"), keys=f"fade_out {fade}", note=text)

    def _clause(self, clause: str, whole: str) -> Played | None:
        heard = listen(clause.casefold(), self.ear)
        role = self._exact(clause) or (heard[0].role if heard else "") or self._named(clause, _NAMED)
        role = role or self._best(clause, list(self.kinds))
        if not role:
            return None
        kind = self.kinds.get(role, "hit")
        if kind == "bed":
            if role in self.running:
                return Played(kind="bed", role=role, keys="level -28 LU, over 2 s", note=whole)
            self.running.append(role)
            return Played(kind="bed", role=role, keys="level -24 LU, fade_in 2 s", note=whole)
        if kind == "stinger":
            return Played(kind="sound", role=role, note=whole)
        return Played(kind="sound", role=role, keys=_keys(kind, role, clause), note=whole)

    def music(self, text: str) -> tuple[Played, ...]:
        """The cue of a `MUSIC:` line; a comment where it ends music and none is running."""
        running = [role for role in self.running if role.startswith("music:")]
        if ending(text):
            if running:
                return (self._end(self._meant(text) or running[-1], text, "3 s"),)
            if not _STARTS.search(text):
                return (Played(kind="comment", note=f"MUSIC: {text}"),)
        role = self._exact(text) or self._named(text, _MUSIC)
        if not role:
            return (Played(kind="pause", role="2 s", note=text, suggested=True),)
        level = "-24 LU" if _UNDER.search(text) else "-16 LU"
        if f"music:{role}" in self.running:
            return (Played(kind="music", role=role, keys=f"level {level}, over 2 s", note=text),)
        self.running.append(f"music:{role}")
        return (Played(kind="music", role=role, keys=f"level {level}, fade_in 2 s", note=text),)

    def _exact(self, text: str) -> str:
        """The role whose whole name is written there."""
        words = re.findall(r"\w+", text.casefold())
        spelled = "_".join(words)
        if spelled in self.kinds:
            return spelled
        there = set(words)
        full = [role for role in self.kinds if "_" in role and all(forms(word) & there for word in role.split("_"))]
        return max(full, key=lambda role: (role.count("_"), role), default="")

    def _named(self, text: str, table: Sequence[tuple[str, tuple[str, ...]]]) -> str:
        there = set(re.findall(r"[\w']+", text.casefold()))
        for words, roles in table:
            if not words or any(forms(word) & there for word in words.split("|")):
                role = next((one for one in roles if one in self.kinds), "")
                if role:
                    return role
        return ""

    def _best(self, text: str, among: Iterable[str]) -> str:
        """The role that has most words in common with what is written; none for a word that many roles have."""
        allowed = {role.removeprefix("music:"): role for role in among}
        score: dict[str, float] = {}
        for word in re.findall(r"\w+", text.casefold()):
            roles = [] if word in _LITTLE else self.by_word.get(word, [])
            for role in roles:
                if role in allowed and len(roles) <= 8:
                    score[role] = score.get(role, 0.0) + 1 / len(roles)
        best = max(score, key=lambda role: (score[role], role), default="")
        return allowed.get(best, "")


def _says(clause: str) -> bool:
    return any(sign.isalpha() for sign in clause)


def _keys(kind: SoundKind, role: str, clause: str) -> str:
    keys = {"steps": "repeat 4"}.get(kind, "for 1.2 s" if role == "metal_scrape" else "")
    far = re.search(r"\b(?:off|distant|far|away)\b", clause, re.IGNORECASE)
    return ", ".join(part for part in (keys, "distance 8 m" if far else "") if part)

"""Where a scene is: words for places, the rooms that they sound like, and what is heard there all the time."""

from __future__ import annotations

import re

_PLACES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("cathedral", (), "cathedral church chapel abbey nave crypt temple minster monastery"),
    ("tunnel", ("drip",), "tunnel sewer subway underpass mine catacomb catacombs shaft underground"),
    ("cellar", ("drip",), "cellar basement vault dungeon cave cavern bunker crypt hold"),
    (
        "small stone room",
        ("wind_behind_walls", "room_tone"),
        "cell tower turret lighthouse lamp-room larder cottage hut mill castle",
    ),
    (
        "factory",
        ("electric_hum", "room_tone"),
        "factory workshop warehouse foundry hangar shed works plant garage engine-room mill",
    ),
    (
        "hall",
        ("room_tone",),
        "hall ballroom theatre theater lobby gallery court courtroom museum library ballroom auditorium "
        "foyer gymnasium station",
    ),
    ("car", (), "car cab taxi carriage van truck lorry coach automobile cockpit cab"),
    ("forest", ("birds",), "forest wood woods jungle grove orchard copse thicket"),
    (
        "street",
        ("far_voices",),
        "street alley alleyway lane square market courtyard yard avenue road pavement platform bridge town "
        "city marketplace",
    ),
    (
        "open air",
        ("wind_through_ruins",),
        "field fields moor heath hill hillside mountain beach shore quay harbour harbor dock pier deck "
        "garden meadow desert roof rooftop park"
        " cliff island boat ship raft churchyard graveyard cemetery camp battlefield trench river lake bank "
        "coast plain garden terrace ice sea",
    ),
    (
        "empty house",
        ("room_tone",),
        "house attic landing corridor passage stairs staircase hallway mansion villa manor",
    ),
    ("studio", (), "studio booth"),
    (
        "small room",
        ("room_tone",),
        "room kitchen bedroom parlour parlor office study bathroom shop bar pub inn tavern cafe café "
        "restaurant classroom nursery cabin"
        " compartment flat apartment ward surgery dining-room drawing-room living-room sitting-room "
        "schoolroom bedchamber chamber lift"
        " elevator closet tent caravan lounge canteen laboratory lab hospital diner",
    ),
)
ROOMS: dict[str, tuple[str, tuple[str, ...]]] = {}
for _room, _beds, _words in _PLACES:
    for _word in _words.split():
        ROOMS.setdefault(_word, (_room, _beds))

_IN = re.compile(
    r"\b(?:in|into|inside|at|on|onto|through|across|down|along|to|crossed|entered|reached|around|up|under)"
    r" (?:the|a|an|his|her|my|our|their|that|this|some|another)(?: (?!of\b|and\b|with\b)[\w'’-]+){0,3}?"
    rf"[ -]({'|'.join(sorted(map(re.escape, ROOMS), key=len, reverse=True))})\b(?!-| of (?:light|mind|time|fact))",
    re.IGNORECASE,
)
_NOT_THERE = re.compile(
    r"\b(?:no|not|never|like|than|left|of|from|about|outside|for|if|would|thought|remembered)\b", re.IGNORECASE
)
_SLUG_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?")


def place_told(text: str) -> tuple[str, tuple[str, ...], str]:
    """The first place that is told of: its room, the roles of its beds, the words. Empty when none is."""
    for found in _IN.finditer(text):
        room = ROOMS.get(found[1].casefold())
        opening = text[max(0, found.start() - 12) : found.start()].split(" ")[-2:]
        if room and not _NOT_THERE.search(" ".join(opening)):
            return (*room, found[0])
    return "", (), ""


def place_headed(line: str) -> tuple[str, tuple[str, ...], str]:
    """The place of a slug line such as `INT. KITCHEN - NIGHT`."""
    low = line.casefold()
    for word in _SLUG_WORD.findall(low):
        if word in ROOMS:
            return (*ROOMS[word], word)
    if re.match(r"(?:\.|\d+[.)]?\s*)?\s*ext\b", low):
        return "open air", ("wind_through_ruins",), "ext"
    if re.match(r"(?:\.|\d+[.)]?\s*)?\s*int\b", low):
        return "small room", ("room_tone",), "int"
    return "", (), ""

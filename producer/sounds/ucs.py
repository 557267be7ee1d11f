"""Names of the Universal Category System: its CatIDs, and file names that begin with one.

The list is that of version 8.2.1 (`ucs_catids.txt` beside this module, with its origin); case counts, as UCS asks.
"""

from __future__ import annotations

import re
from importlib import resources

from producer.errors import nearest
from producer.frozen import dataclass
from producer.model.sound import Kind


def _listed() -> frozenset[str]:
    lines = resources.files(__package__).joinpath("ucs_catids.txt").read_text("utf-8").splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())


KNOWN = _listed()
"""Every CatID there is."""
_FILE = re.compile(
    r"(?P<cat>[A-Za-z]+)(?:-(?P<user>[^_]+))?_(?:(?P<vendor>[^_-]+)-)?(?P<fx>[^_]+)_(?P<creator>[^_]+)_(?P<source>[^_]+)"
    r"(?:_(?P<data>.+))?"
)
_BEDS = (
    "AMB",
    "WIND",
    "RAIN",
    "STORM",
    "WTHR",
    "DSGNDron",
    "DSGNErie",
    "DSGNRmbl",
    "COMStatic",
    "WATRFlow",
    "FIREBurn",
)
_STINGERS = ("DSGNStngr", "DSGNRise", "DSGNBoom", "MUSC")
_STEPS = ("FEET", "FOLYFeet")


@dataclass(frozen=True, slots=True)
class FileName:
    """What a UCS file name says."""

    cat: str
    fx: str
    creator: str
    source: str
    data: str = ""


def objection(cat: str) -> str:
    """Why `cat` is no CatID, or nothing."""
    if cat in KNOWN:
        return ""
    spelled = {name.casefold(): name for name in KNOWN}.get(cat.casefold())
    if spelled:
        return f"'{cat}' is not a UCS CatID; did you mean '{spelled}'? (upper and lower case count)"
    hint = nearest(cat, KNOWN)
    return f"'{cat}' is not a UCS CatID (8.2.1){hint or ', such as WINDInt or DOORCreak'}"


def parse_name(stem: str) -> FileName | None:
    """The parts of a file name without its suffix, or None when it does not follow UCS."""
    found = _FILE.fullmatch(stem)
    if found is None or found["cat"] not in KNOWN:
        return None
    return FileName(found["cat"], found["fx"].strip(), found["creator"], found["source"], found["data"] or "")


def role_name(fx: str) -> str:
    """The role that an FXName fills: `Through Ruins 02` and `ThroughRuins` are `through_ruins`."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", fx)
    words = re.sub(r"[\s\d]+$", "", words) or words
    return re.sub(r"\W+", "_", words).strip("_").lower()


def guess_kind(cat: str, length_s: float) -> Kind:
    """What a sound of this category is, when nobody has said: the category decides, else over 20 s is a bed."""
    if cat.startswith(_STEPS):
        return "steps"
    if cat.startswith(_STINGERS):
        return "stinger"
    if cat.startswith(_BEDS) or length_s > 20.0:
        return "bed"
    return "hit"

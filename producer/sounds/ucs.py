"""Names of the Universal Category System, version 8.2.1, as far as packs need them.

The whole list has 752 CatIDs; `KNOWN` has those that drama asks for and serves for hints. An id outside it passes when
it has the shape of one, so that a library made with the full list can be dropped in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from producer.errors import nearest
from producer.model.sound import Kind

_KNOWN = """
WIND WINDGust WINDInt WINDTonl WINDTurb WINDVege WINDDsgn FEETHmn FEETCrea FEETAnml FEETHors FOLYFeet FOLYClth
METLFric METLImpt METLMvmt METLHndl METLCrsh METLTonl CHAINMvmt GLASCrsh GLASBrk GLASImpt GLASMvmt GLASFric
DOORCreak DOORWood DOORMetl DOORHdwr DOORKnck DOORDungn MECHLock MECHLtch GUNHndl GUNMech GUNPis GUNRif CLOTHMvmt
EQUIPTact LETHRCreak OBJZipr FGHTBf FGHTClth FGHTGrab FGHTImpt COMRadio COMStatic COMTelph HMNHart HMNBrth HMNSniff
VOXEfrt VOXScrm VOXWhsp VOXFutz DSGNDron DSGNErie DSGNRmbl DSGNRise DSGNStngr DSGNBoom MAGEvil MUSCStngr MUSCSynth
AMBRoom AMBUndr AMBForst AMBUrbn AMBInd AMBHosp AMBPrisn AMBSea RAIN RAINConc RAINGlas RAINMetl RAINInt THUN STORM
WTHR FIRECrkl FIREBurn FIREIgn WATRDrip WATRFlow CREAMnstr CREABeast CREAHmn CREAEthr CREASrce GORESqsh GOREBone
IR TEST MIX RAW WIP
"""
KNOWN = frozenset(_KNOWN.split())
LONGEST = 11
_SHAPE = re.compile(r"[A-Z]{2,}[a-z]*")
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
    spelled = {known.casefold(): known for known in KNOWN}.get(cat.casefold())
    if spelled:
        return f"'{cat}' is not a UCS CatID; did you mean '{spelled}'? (upper and lower case count)"
    if len(cat) <= LONGEST and _SHAPE.fullmatch(cat):
        return ""
    hint = nearest(cat, KNOWN)
    return f"'{cat}' is not a UCS CatID: a category in capitals, then perhaps a subcategory, as in WINDInt{hint}"


def parse_name(stem: str) -> FileName | None:
    """The parts of a file name without its suffix, or None when it does not follow UCS."""
    found = _FILE.fullmatch(stem)
    if found is None or objection(found["cat"]):
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

"""Sounds computed from physics: one recipe a name; to add one, write a module like knock.py and name it here."""

from __future__ import annotations

from producer.foley.birds import BIRDS
from producer.foley.body import BODYFALL, HEARTBEAT
from producer.foley.boom import BOOM
from producer.foley.breath import BREATH
from producer.foley.car_pass import CAR_PASS
from producer.foley.choke import CHOKE
from producer.foley.cloth import CLOTH, PAPER
from producer.foley.crowd_far import CROWD_FAR
from producer.foley.door import DOOR
from producer.foley.drip import DRIP
from producer.foley.drone import DRONE
from producer.foley.fire import FIRE
from producer.foley.friction import FRICTION
from producer.foley.hand_wipe import HAND_WIPE
from producer.foley.hum import HUM
from producer.foley.impact import IMPACT
from producer.foley.knock import GLASS_DOWN, KEYS, KNOCK, PHONE, TYPEWRITER
from producer.foley.leather import LEATHER
from producer.foley.mechanism import CLOCK, MECHANISM
from producer.foley.rain import RAIN
from producer.foley.riser import RISER
from producer.foley.room_tone import ROOM_TONE
from producer.foley.rumble import RUMBLE
from producer.foley.shatter import CRACK, CRUNCH, SHATTER
from producer.foley.sheet_metal import SHEET_METAL
from producer.foley.steps import STEPS
from producer.foley.tinnitus import TINNITUS
from producer.foley.voice_of_thing import VOICE_OF_THING
from producer.foley.water import WATER
from producer.foley.whoosh import WHOOSH
from producer.foley.wind import WIND
from producer.model.foley import Recipe

RECIPES: dict[str, Recipe] = {
    "birds": BIRDS,
    "bodyfall": BODYFALL,
    "boom": BOOM,
    "breath": BREATH,
    "car_pass": CAR_PASS,
    "choke": CHOKE,
    "clock": CLOCK,
    "cloth": CLOTH,
    "crack": CRACK,
    "crowd_far": CROWD_FAR,
    "crunch": CRUNCH,
    "door": DOOR,
    "drip": DRIP,
    "drone": DRONE,
    "fire": FIRE,
    "friction": FRICTION,
    "glass_down": GLASS_DOWN,
    "hand_wipe": HAND_WIPE,
    "heartbeat": HEARTBEAT,
    "hum": HUM,
    "impact": IMPACT,
    "keys": KEYS,
    "knock": KNOCK,
    "leather": LEATHER,
    "mechanism": MECHANISM,
    "paper": PAPER,
    "phone": PHONE,
    "rain": RAIN,
    "riser": RISER,
    "room_tone": ROOM_TONE,
    "rumble": RUMBLE,
    "shatter": SHATTER,
    "sheet_metal": SHEET_METAL,
    "steps": STEPS,
    "tinnitus": TINNITUS,
    "typewriter": TYPEWRITER,
    "voice_of_thing": VOICE_OF_THING,
    "water": WATER,
    "whoosh": WHOOSH,
    "wind": WIND,
}
"""Every recipe by the name that packs use."""

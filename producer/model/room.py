"""Rooms by name: how long they ring, how soon they answer, how bright and how strong."""

from __future__ import annotations

from collections.abc import Mapping

from producer.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomPreset:
    """What a reverberant field is made from. Decays are RT60.

    `wet_db` is the reverberant energy against the direct sound's at 1 m; it stays put while distance lowers the direct.
    """

    decay_s: float
    high_decay_s: float  # at 8 kHz: air and soft surfaces take the top first
    low_decay_s: float  # at 125 Hz
    pre_delay_ms: float
    early: tuple[tuple[float, float], ...]
    """First reflections: (ms after the direct sound, dB against it)."""
    wet_db: float
    says: str


PRESETS: Mapping[str, RoomPreset] = {
    "none": RoomPreset(decay_s=0, high_decay_s=0, low_decay_s=0, pre_delay_ms=0, early=(), wet_db=-120, says="dry"),
    "open air": RoomPreset(
        decay_s=0.35,
        high_decay_s=0.15,
        low_decay_s=0.4,
        pre_delay_ms=14,
        wet_db=-26,
        early=((9.0, -22.0), (31.0, -27.0), (58.0, -31.0)),
        says="outdoors: the ground and little else",
    ),
    "street": RoomPreset(
        decay_s=1.1,
        high_decay_s=0.45,
        low_decay_s=1.2,
        pre_delay_ms=28,
        wet_db=-19,
        early=((8.0, -20.0), (41.0, -18.0), (67.0, -22.0), (104.0, -26.0)),
        says="stone fronts on both sides",
    ),
    "small room": RoomPreset(
        decay_s=0.35,
        high_decay_s=0.25,
        low_decay_s=0.45,
        pre_delay_ms=3,
        wet_db=-13,
        early=((3.1, -13.0), (5.7, -15.0), (8.9, -16.0), (12.4, -18.0)),
        says="furnished",
    ),
    "small stone room": RoomPreset(
        decay_s=0.8,
        high_decay_s=0.5,
        low_decay_s=0.9,
        pre_delay_ms=4,
        wet_db=-9,
        early=((4.2, -11.0), (7.3, -12.0), (11.6, -14.0), (17.1, -16.0)),
        says="bare and hard",
    ),
    "empty house": RoomPreset(
        decay_s=0.95,
        high_decay_s=0.6,
        low_decay_s=0.9,
        pre_delay_ms=8,
        wet_db=-10,
        early=((6.1, -12.0), (10.8, -13.0), (16.9, -15.0), (24.7, -17.0)),
        says="boards, plaster, no furniture",
    ),
    "hall": RoomPreset(
        decay_s=2.1,
        high_decay_s=1.1,
        low_decay_s=2.4,
        pre_delay_ms=22,
        wet_db=-10,
        early=((17.0, -15.0), (26.0, -16.0), (37.0, -18.0), (52.0, -20.0)),
        says="large, panelled",
    ),
    "cathedral": RoomPreset(
        decay_s=5.5,
        high_decay_s=2.2,
        low_decay_s=6.5,
        pre_delay_ms=45,
        wet_db=-8,
        early=((31.0, -18.0), (58.0, -19.0), (83.0, -21.0)),
        says="stone, very high",
    ),
    "cellar": RoomPreset(
        decay_s=0.7,
        high_decay_s=0.3,
        low_decay_s=1.2,
        pre_delay_ms=4,
        wet_db=-10,
        early=((4.0, -11.0), (6.6, -12.0), (9.1, -14.0)),
        says="low, damp vault",
    ),
    "tunnel": RoomPreset(
        decay_s=3.2,
        high_decay_s=1.4,
        low_decay_s=3.6,
        pre_delay_ms=12,
        wet_db=-7,
        early=((11.0, -12.0), (22.0, -13.0), (33.0, -15.0), (44.0, -17.0)),
        says="concrete tube",
    ),
    "factory": RoomPreset(
        decay_s=2.6,
        high_decay_s=1.3,
        low_decay_s=3.0,
        pre_delay_ms=24,
        wet_db=-11,
        early=((19.0, -15.0), (34.0, -16.0), (55.0, -19.0)),
        says="sheet metal and concrete",
    ),
    "car": RoomPreset(
        decay_s=0.12,
        high_decay_s=0.06,
        low_decay_s=0.2,
        pre_delay_ms=1,
        wet_db=-13,
        early=((1.4, -12.0), (2.2, -13.0), (3.6, -16.0)),
        says="small, soft, boxy",
    ),
    "forest": RoomPreset(
        decay_s=0.9,
        high_decay_s=0.3,
        low_decay_s=0.7,
        pre_delay_ms=30,
        wet_db=-24,
        early=((24.0, -24.0), (47.0, -26.0), (73.0, -28.0)),
        says="scattered trunks, soft ground",
    ),
    "studio": RoomPreset(
        decay_s=0.18,
        high_decay_s=0.12,
        low_decay_s=0.25,
        pre_delay_ms=2,
        wet_db=-20,
        early=((2.6, -20.0), (4.9, -22.0)),
        says="treated",
    ),
}

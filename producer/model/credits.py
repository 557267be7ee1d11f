"""What a script asks of its spoken credits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from producer.errors import Place
from producer.frozen import dataclass

if TYPE_CHECKING:  # a script has this, so it cannot have the script's nouns
    from producer.model.script import Token, VoiceUse


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditsAsked:
    """What the script says of its spoken credits."""

    wanted: bool | None = None  # None: where a synthetic voice is heard
    speaker: str = ""  # key of the member who speaks them; "": one is found
    disclosure: bool = True  # whether they say which voices are synthetic
    title: str = ""  # of their chapter
    text: tuple[Token, ...] = ()  # in place of title, people and sounds
    readers: Mapping[str, VoiceUse] = field(default_factory=dict)
    """Everybody who could speak them, as the cast has them, outside any scene."""
    place: Place = Place("")

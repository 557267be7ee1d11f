"""What the signs of reckoning are called where they stand between spaces: `2 + 2 = 4`."""

from __future__ import annotations

from collections.abc import Mapping

_NAMES: Mapping[str, str] = {
    # + | = | × | ÷ | ≠ | ≈ | < | > | ≤ | ≥ | ±
    "en": "plus|equals|times|divided by|is not|is about|is less than|is more than|is at most|is at least|plus or minus",
    "de": "plus|gleich|mal|durch|ungleich|ungefähr|kleiner als|größer als|höchstens|mindestens|plus minus",
    "fr": "plus|égale|fois|divisé par|n'égale pas|environ|inférieur à|supérieur à|au plus|au moins|plus ou moins",
    "es": "más|igual a|por|entre|distinto de|cerca de|menor que|mayor que|como máximo|como mínimo|más o menos",
    "it": "più|uguale|per|diviso|diverso da|circa|minore di|maggiore di|al massimo|almeno|più o meno",
    "pt": "mais|igual a|vezes|dividido por|diferente de|cerca de|menor que|maior que|no máximo|no mínimo|mais ou menos",
    "nl": "plus|is|keer|gedeeld door|is niet|ongeveer|kleiner dan|groter dan|hoogstens|minstens|plus of min",
    "ru": "плюс|равно|на|делить на|не равно|примерно|меньше|больше|не больше|не меньше|плюс минус",
    "uk": "плюс|дорівнює|на|поділити на|не дорівнює|приблизно|менше|більше|не більше|не менше|плюс мінус",
    "pl": "plus|równa się|razy|przez|nie równa się|około|mniejsze niż|większe niż|najwyżej|co najmniej|plus minus",
}
_SIGNS = "+=×÷≠≈<>≤≥±"

SIGNS_SAID: Mapping[str, Mapping[str, str]] = {
    language: dict(zip(_SIGNS, names.split("|"), strict=True)) for language, names in _NAMES.items()
}
"""By base language and sign. A hyphen is no minus here: it stands for a dash more often."""

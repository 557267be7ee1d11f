"""What stands before a colon in a radio script and is nobody's name (sounds, music, the head), and scenes' headings."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from producer.draft.text import row

Label = Literal["sound", "music", "about", "told", "speech"]


def _plain(name: str) -> str:
    """A label as it is compared: capitals, without accents."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", name.upper()) if not unicodedata.combining(sign))


def _labels(text: str) -> frozenset[str]:
    return frozenset(map(_plain, row(text)))


_SOUNDS = _labels(
    "SOUND SOUNDS SFX FX F/X EFFECT EFFECTS EFX ATMOS ATMOSPHERE AMBIENCE GERÄUSCH GERÄUSCHE GERAEUSCH ATMO EFFEKT "
    "EFFEKTE SONIDO SONIDOS EFECTO EFECTOS AMBIENTE BRUIT BRUITS BRUITAGE EFFET EFFETS AMBIANCE RUMORE RUMORI SUONO "
    "SUONI EFFETTO EFFETTI SOM EFEITO EFEITOS GELUID GELUIDEN LJUD LYD LYDE DŹWIĘK DŹWIĘKI EFEKT EFEKTY SUNET SUNETE "
    "ЗВУК ЗВУКИ ШУМ ЭФФЕКТ ЕФЕКТ"
)
_MUSIC = _labels(
    "MUSIC MX GRAMS SONG STING ORCHESTRA MUSIK MUSIKK MÚSICA MUSICA MUSIQUE MUZIEK MUZYKA MUZICĂ МУЗЫКА МУЗИКА"
)
_ONE_LANGUAGE = {"fr": _labels("SON SONS")}  # in English a SON speaks
_WRITER = _labels("WRITER AUTHOR BY AUTOR AUTORIN AUTORA AUTEUR AUTRICE AUTORE AUTRICE FÖRFATTARE FORFATTER АВТОР")
_TITLE = _labels("TITLE TITEL TÍTULO TITRE TITOLO TYTUŁ TITTEL TITLU НАЗВАНИЕ НАЗВА")
_ABOUT = _labels(
    "SHOW SERIES EPISODE DATE DRAFT CAST CHARACTERS PRODUCER DIRECTOR VERSION DURATION LENGTH SERIE FOLGE PERSONEN "
    "ROLLEN BESETZUNG DATUM EPISODIO PERSONAJES REPARTO FECHA SÉRIE ÉPISODE PERSONNAGES DISTRIBUTION PERSONAGGI "
    "INTERPRETI PERSONAGENS ELENCO PERSONAGES PERSONER ROLLER OSOBY OBSADA PERSONAJE"
)
_TOLD = _labels("SCENE SETTING SZENE SCÈNE ESCENA CENA DÉCOR") | {"AT RISE"}
SCENE = re.compile(
    r"^\s*(?:SCENE|ACT|PART|EPISODE|TEASER|PROLOGUE|EPILOGUE|COLD OPEN|TAG|SZENE|SCÈNE|ESCENA|SCENA|CENA|SCEN|AKT|ACTO"
    r"|ACTE|ATTO|ATO|СЦЕНА)\b[^a-z]{0,80}.*$"
)
"""A heading in capitals."""
NUMBERED_SCENE = re.compile(
    r"^\s*(?:scene|act|part|szene|akt|escena|acto|scène|acte|scena|atto|cena|ato|scen|scène|сцена)\s+"
    r"(?:\d{1,3}|[ivxl]{1,6}|one|two|three|four|five|six|seven|eight|nine|ten|eins|zwei|drei|vier|fünf)\b(?:[.:,–—-].{0,60})?$",
    re.IGNORECASE,
)
"""The same in any letters, with its number."""


def label(name: str, language: str, *, head: bool) -> Label:
    """What the words before a colon say of those behind it; `speech` where they are a name.

    Args:
        name: as written.
        language: a word may be a label in one language and somebody in another.
        head: nothing has been said yet, and a title or the writer may be told.
    """
    whole = _plain(name)
    first = whole.split()[0]
    shouted = name.upper() == name
    own = _ONE_LANGUAGE.get(language.partition("-")[0].casefold(), frozenset())
    if whole in _SOUNDS or whole in own or (first in _SOUNDS and shouted):
        return "sound"
    if whole.rstrip("S") in _MUSIC or whole in _MUSIC or (first in _MUSIC and shouted):
        return "music"
    if whole in _TOLD:
        return "told"
    about = whole in _TITLE | _WRITER | _ABOUT or whole.rstrip("S") in _ABOUT | _WRITER or first == "WRITTEN"
    return "about" if head and about else "speech"


def about(name: str) -> str:
    """`TITLE`, `WRITER`, or the label itself."""
    whole = _plain(name)
    if whole in _TITLE:
        return "TITLE"
    return "WRITER" if {whole, whole.rstrip("S")} & _WRITER or whole == "WRITTEN BY" else name.upper()

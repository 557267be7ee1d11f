"""What spoken credits say, in each language that they can be spoken in."""

from __future__ import annotations

from collections.abc import Mapping

from producer.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Whole sentences; `{names}` stands for a list of names."""

    chapter: str
    written: str
    produced: str
    every_voice: str  # is synthetic, of several
    the_voice: str  # is synthetic, of one
    some_voices: str
    this_voice: str  # is synthetic, though nobody's in the story is
    sounds: str
    others: str  # the last name of a list that is too long


WORDS: Mapping[str, Words] = {
    "en": Words(
        chapter="Credits",
        written="Written by {names}.",
        produced="Produced by {names}.",
        every_voice="All voices in this production are synthetic.",
        the_voice="The voice in this production is synthetic.",
        some_voices="These voices are synthetic: {names}.",
        this_voice="These credits are spoken by a synthetic voice.",
        sounds="Sounds by {names}.",
        others="others",
    ),
    "de": Words(
        chapter="Abspann",
        written="Geschrieben von {names}.",
        produced="Produziert von {names}.",
        every_voice="Alle Stimmen in dieser Produktion sind synthetisch.",
        the_voice="Die Stimme in dieser Produktion ist synthetisch.",
        some_voices="Diese Stimmen sind synthetisch: {names}.",
        this_voice="Diesen Abspann spricht eine synthetische Stimme.",
        sounds="Geräusche von {names}.",
        others="anderen",
    ),
    "fr": Words(
        chapter="Générique",
        written="Écrit par {names}.",
        produced="Produit par {names}.",
        every_voice="Toutes les voix de cette production sont des voix de synthèse.",
        the_voice="La voix de cette production est une voix de synthèse.",
        some_voices="Ces voix sont des voix de synthèse : {names}.",
        this_voice="Ce générique est lu par une voix de synthèse.",
        sounds="Sons de {names}.",
        others="d’autres",
    ),
    "es": Words(
        chapter="Créditos",
        written="Escrito por {names}.",
        produced="Producido por {names}.",
        every_voice="Todas las voces de esta producción son sintéticas.",
        the_voice="La voz de esta producción es sintética.",
        some_voices="Estas voces son sintéticas: {names}.",
        this_voice="Estos créditos los lee una voz sintética.",
        sounds="Sonidos de {names}.",
        others="otros",
    ),
    "it": Words(
        chapter="Titoli di coda",
        written="Scritto da {names}.",
        produced="Prodotto da {names}.",
        every_voice="Tutte le voci di questa produzione sono sintetiche.",
        the_voice="La voce di questa produzione è sintetica.",
        some_voices="Queste voci sono sintetiche: {names}.",
        this_voice="Questi titoli di coda sono letti da una voce sintetica.",
        sounds="Suoni di {names}.",
        others="altri",
    ),
    "nl": Words(
        chapter="Aftiteling",
        written="Geschreven door {names}.",
        produced="Geproduceerd door {names}.",
        every_voice="Alle stemmen in deze productie zijn synthetisch.",
        the_voice="De stem in deze productie is synthetisch.",
        some_voices="Deze stemmen zijn synthetisch: {names}.",
        this_voice="Deze aftiteling wordt gesproken door een synthetische stem.",
        sounds="Geluiden van {names}.",
        others="anderen",
    ),
    "pt": Words(
        chapter="Créditos",
        written="Escrito por {names}.",
        produced="Produzido por {names}.",
        every_voice="Todas as vozes desta produção são sintéticas.",
        the_voice="A voz desta produção é sintética.",
        some_voices="Estas vozes são sintéticas: {names}.",
        this_voice="Estes créditos são lidos por uma voz sintética.",
        sounds="Sons de {names}.",
        others="outros",
    ),
    "sv": Words(
        chapter="Eftertexter",
        written="Skrivet av {names}.",
        produced="Producerat av {names}.",
        every_voice="Alla röster i den här produktionen är syntetiska.",
        the_voice="Rösten i den här produktionen är syntetisk.",
        some_voices="Dessa röster är syntetiska: {names}.",
        this_voice="De här eftertexterna läses av en syntetisk röst.",
        sounds="Ljud av {names}.",
        others="andra",
    ),
    "da": Words(
        chapter="Rulletekster",
        written="Skrevet af {names}.",
        produced="Produceret af {names}.",
        every_voice="Alle stemmer i denne produktion er syntetiske.",
        the_voice="Stemmen i denne produktion er syntetisk.",
        some_voices="Disse stemmer er syntetiske: {names}.",
        this_voice="Disse rulletekster læses af en syntetisk stemme.",
        sounds="Lyde af {names}.",
        others="andre",
    ),
    "nb": Words(
        chapter="Rulletekst",
        written="Skrevet av {names}.",
        produced="Produsert av {names}.",
        every_voice="Alle stemmene i denne produksjonen er syntetiske.",
        the_voice="Stemmen i denne produksjonen er syntetisk.",
        some_voices="Disse stemmene er syntetiske: {names}.",
        this_voice="Denne rulleteksten leses av en syntetisk stemme.",
        sounds="Lyder av {names}.",
        others="andre",
    ),
    "pl": Words(
        chapter="Napisy końcowe",
        written="Scenariusz: {names}.",
        produced="Produkcja: {names}.",
        every_voice="Wszystkie głosy w tej produkcji są syntetyczne.",
        the_voice="Głos w tej produkcji jest syntetyczny.",
        some_voices="Te głosy są syntetyczne: {names}.",
        this_voice="Te napisy czyta głos syntetyczny.",
        sounds="Dźwięki: {names}.",
        others="inni",
    ),
    "cs": Words(
        chapter="Závěrečné titulky",
        written="Scénář: {names}.",
        produced="Produkce: {names}.",
        every_voice="Všechny hlasy v této produkci jsou syntetické.",
        the_voice="Hlas v této produkci je syntetický.",
        some_voices="Tyto hlasy jsou syntetické: {names}.",
        this_voice="Tyto titulky čte syntetický hlas.",
        sounds="Zvuky: {names}.",
        others="další",
    ),
    "ru": Words(
        chapter="Титры",
        written="Автор: {names}.",
        produced="Продюсер: {names}.",
        every_voice="Все голоса в этой постановке синтезированы.",
        the_voice="Голос в этой постановке синтезирован.",
        some_voices="Эти голоса синтезированы: {names}.",
        this_voice="Титры читает синтезированный голос.",
        sounds="Звуки: {names}.",
        others="другие",
    ),
}
"""By language, without region. To add one, write its sentences here; `tests/test_credits.py` speaks them."""
ALPHABETS: Mapping[str, str] = {"ru": "CYRILLIC"}
"""Whose letters a language's voices read besides Latin ones."""


def words_of(language: str) -> Words | None:
    """The sentences for `language` (`en-GB`), None where there are none."""
    base = language.replace("_", "-").partition("-")[0].casefold()
    return WORDS.get({"no": "nb", "nn": "nb"}.get(base, base))

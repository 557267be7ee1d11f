"""Words per minute: an engine's own speed number for the rate that a script asks for.

A rate is measured: spoken words per minute of sound, pauses of 120 ms and more apart. Every voice reads a passage once
at several of its speeds, which gives its curve; a line is spoken at the speed that the curve has for the rate asked. A
line of long words so comes out slower than one of short words, as an actor's would. Where that takes a line of
`FEWEST_WORDS` or more further than `TOLERANCE` from the rate asked, its speed is moved towards it, at most by the
factor `MOST_BEND`: only a line of uncommonly long words stays more than a tenth behind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from producer.frozen import dataclass
from producer.model.script import Token

FEWEST_WORDS = 4
TOLERANCE = 0.06
MOST_BEND = 1.35
BENDS = 2  # speed and rate are not quite in proportion: what is left after the first goes with the second
PASSAGES = {
    "en": "The boat came in at dusk with nobody at the wheel. It had been painted green a long time ago, and "
    "the name on its side was gone. We tied it up beside the others and went home to wait. In the morning "
    "there were footprints on the harbour stones, all of them leading away from the water.",
    "de": "Das Boot kam in der Dämmerung herein, und niemand stand am Steuer. Es war vor langer Zeit grün "
    "gestrichen worden, und der Name an der Seite war verschwunden. Wir machten es neben den anderen fest "
    "und gingen nach Hause.",
    "fr": "Le bateau est arrivé à la tombée de la nuit, sans personne à la barre. On l'avait peint en vert il y "
    "a longtemps, et le nom sur le côté avait disparu. Nous l'avons attaché près des autres et nous "
    "sommes rentrés.",
    "es": "El barco llegó al anochecer sin nadie al timón. Lo habían pintado de verde hacía mucho tiempo, y el "
    "nombre del costado ya no estaba. Lo atamos junto a los otros y nos fuimos a casa a esperar.",
    "it": "La barca arrivò al tramonto senza nessuno al timone. L'avevano dipinta di verde molto tempo prima, e "
    "il nome sul fianco era sparito. La legammo accanto alle altre e andammo a casa ad aspettare.",
    "pt": "O barco chegou ao anoitecer sem ninguém ao leme. Tinha sido pintado de verde há muito tempo, e o "
    "nome no casco já não estava lá. Nós o prendemos ao lado dos outros e fomos para casa esperar.",
    "nl": "De boot kwam binnen in de schemering met niemand aan het roer. Hij was lang geleden groen geverfd, "
    "en de naam op de zijkant was verdwenen. We legden hem vast naast de andere en gingen naar huis om te "
    "wachten.",
    "ru": "Лодка пришла в сумерках, и за рулём никого не было. Давно её покрасили в зелёный цвет, а имя на "
    "борту стёрлось. Мы привязали её рядом с другими и пошли домой ждать.",
    "uk": "Човен прийшов у сутінках, і за кермом нікого не було. Давно його пофарбували в зелений колір, а ім'я "
    "на борту стерлося. Ми прив'язали його поруч з іншими і пішли додому чекати.",
    "pl": "Łódź przypłynęła o zmierzchu i nikogo nie było przy sterze. Dawno temu pomalowano ją na zielono, a "
    "nazwa na burcie zniknęła. Przywiązaliśmy ją obok innych i poszliśmy do domu czekać.",
}
"""What a voice reads to be measured, by base language. In other languages each line is its own measure."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A voice's speeds and the words per minute they give, both rising."""

    speeds: tuple[float, ...]
    wpm: tuple[float, ...]

    def speed_for(self, wpm: float) -> float:
        """The speed that gives `wpm`, within the voice's bounds; evenly in proportion between two measured ones."""
        return float(np.exp(np.interp(np.log(wpm), np.log(self.wpm), np.log(self.speeds))))


def passage(language: str) -> tuple[Token, ...]:
    """The passage of a language as tokens, or nothing."""
    return tuple(Token(word, word) for word in PASSAGES.get(language, "").split())


def rising(speeds: Sequence[float], wpm: Sequence[float]) -> Curve:
    """A curve of measurements; one that does not rise is dropped, so that every rate has one speed."""
    kept: list[tuple[float, float]] = []
    for speed, rate in zip(speeds, wpm, strict=True):
        if not kept or rate > kept[-1][1] * 1.001:
            kept.append((speed, rate))
    return Curve(tuple(s for s, _ in kept), tuple(r for _, r in kept))


def bracket(speeds: Sequence[float], asked_wpm: float, first: float, measured: Callable[[float], float]) -> Curve:
    """As much of a voice's curve as the rate asked for needs: the two speeds next to it, or all when it is beyond them.

    Args:
        speeds: at which the voice can be measured, rising, at least two.
        asked_wpm: the rate.
        first: about the speed that it takes: where to begin.
        measured: the words per minute of a speed; the same whenever it is asked.
    """
    low = min(max(int(np.searchsorted(speeds, first, side="right")) - 1, 0), len(speeds) - 2)
    while True:
        near = rising(speeds[low : low + 2], [measured(speed) for speed in speeds[low : low + 2]])
        if near.wpm[0] <= asked_wpm <= near.wpm[-1]:
            return near
        step = -1 if asked_wpm < near.wpm[0] else 1
        following = low + step
        if not 0 <= following <= len(speeds) - 2:
            break
        # A rate that lies between what one pair reaches up to and the next begins at is on neither: all are needed.
        edge = measured(speeds[following if step < 0 else following + 1])
        if (step < 0 and edge >= near.wpm[0]) or (step > 0 and edge <= near.wpm[-1]):
            break
        low = following
    return rising(speeds, [measured(speed) for speed in speeds])


def bent(speed: float, first_speed: float, asked_wpm: float, found_wpm: float, words: int) -> float:
    """The speed to speak a line at again, or the same when it is near enough.

    Args:
        speed: that it was spoken at; `first_speed` is what the voice's curve says.
        asked_wpm: the rate asked for; `found_wpm` is what came out.
        words: how many it has.
    """
    off = asked_wpm / found_wpm
    if words < FEWEST_WORDS or abs(off - 1.0) <= TOLERANCE:
        return speed
    return min(max(speed * off, first_speed / MOST_BEND), first_speed * MOST_BEND)

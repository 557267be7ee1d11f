"""Which language a text is in, by its commonest words."""

from __future__ import annotations

import re
from collections import Counter

_COMMON = {
    "en-GB": "the and of to in a is was it i you he she that his her with had said not for on at as but be they me "
    "my no what we him this there from all so who are have do one out up if your",
    "es": "el la los las de del y a en un una que se no es lo le por con para su al como más pero había era "
    "dijo qué yo me te mi si sí ya él ella muy está ese esta quién cuando porque nada alguien",
    "fr": "le la les de des du et à un une que qui il elle je tu ne pas est se ce en dans au sur pour avec plus "
    "son sa ses était avait dit on mais nous vous me moi lui y c'est d'un qu'il comme où là",
    "de": "der die das und in den von zu dem mit sich des auf für ist im nicht ein eine als auch es an er sie "
    "ich du wir war sagte hatte aus noch nach wie bei nur was wer mir mich ihr so dann aber kein",
    "it": "il lo la i gli le di del della e è che a un una non in si per con da ma era al disse io mi ti ci più "
    "come sono chi nel nella alla dal suo sua lei lui aveva questo cosa anche c'era sul",
    "pt": "o os a as de do da dos das e é que um uma não se em no na para com por ao mas foi disse eu me seu "
    "sua ele ela mais como era à havia já muito você lhe quem sou isso estava nada ninguém meu",
    "nl": "de het een en van ik je is dat die in te niet hij ze zij op met er maar voor was aan zei wat haar "
    "zijn had ook naar om dan nog bij uit wie daar wel geen heeft mij hem doe door toen",
    "sv": "och att det en ett som på är inte jag han hon var den med för till av hade men sa om så de man från "
    "sig kunde",
    "da": "og det en et som på er ikke jeg han hun var den med for til af havde men sagde om så de der at sig "
    "ned i hans",
    "nb": "og det en et som på er ikke jeg han hun var den med for til av hadde men sa om så de der at seg fra "
    "etter hans",
    "pl": "i w na się nie do to że z jest o jak ale co po tak za był była ja on ona go już tylko jej przez było",
    "ro": "și în a să nu cu de la pe un o era mai că din au ce fi el ea lui am ca pentru dar când spus",
    "ru": "и в не на что он она я с как это но а по из у за был была так же мне его ее то все сказал",
    "uk": "і в не на що він вона я з як це але по та із у за був була так мені його її то все до й сказав",
}
"""Small words of each language. Where several have a word, those that they do not share decide."""
_LEAST, _SHARE, _LEAD = 3, 0.15, 1.2
"""Of the words of a text, how many must be such, which share of them, and how many times those of another language."""
_SAMPLE = 60_000  # characters
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def language_told(text: str) -> str:
    """The code of the language that the words of a text are in; empty where they do not say."""
    words = Counter(word.replace("’", "'") for word in _WORD.findall(text[:_SAMPLE].casefold()))
    scores = {code: sum(words[word] for word in common.split()) for code, common in _COMMON.items()}
    second, best = sorted(scores, key=lambda code: scores[code])[-2:]
    least = max(_LEAST, words.total() * _SHARE, scores[second] * _LEAD)
    return best if scores[best] >= least else ""


def language_of(text: str, otherwise: str = "en-GB") -> str:
    """The language's code; `otherwise` where the words do not say."""
    return language_told(text) or otherwise

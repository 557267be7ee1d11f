"""Figures, signs and abbreviations in words: what is said, in which language, and what is left as it stands."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producer.model.script import Token
from producer.script.markup import read_spoken
from producer.voice.phrasing import Piece, sayings, timed_words
from producer.voice.wording import is_known, worded
from producer.voice.wording_signs import SIGNS_SAID
from producer.voice.wording_tables import SPEECH
from tests.face_helpers import ROOT
from tests.voice_helpers import tokens

SAID = {
    "en-gb": {
        "She climbed 112 steps.": "She climbed one hundred and twelve steps.",
        "1,234 and 1,000,000": "one thousand two hundred and thirty four and one million",
        "3.14, -5 and 0.05": "three point one four, minus five and zero point zero five",
        "In 1984, not 2005; in 2010.": "In nineteen eighty four, not two thousand and five; in twenty ten.",
        "the 1990s, the 1st, the 22nd": "the nineteen nineties, the first, the twenty second",
        "At 10:30, 7:05 and 10:00.": "At ten thirty, seven oh five and ten o'clock.",
        "10:30 p.m. or 9am": "ten thirty PM or nine AM",
        "£20, $3.50, €1, £5m, $3 million": (
            "twenty pounds, three dollars fifty, one euro, five million pounds, three million dollars"
        ),
        "5 km, 60mph, -3°C, 50%, 6 ft": (
            "five kilometres, sixty miles per hour, minus three degrees Celsius, fifty per cent, six feet"
        ),
        "Mr. Reed, Dr Who, St John, No. 5": "Mister Reed, Doctor Who, Saint John, number five",
        "On 5 May, May 6, the 7 June; 5 may": "On the fifth of May, May sixth, the seventh of June; five may",
        "Henry VIII in Chapter IV": "Henry the eighth in Chapter four",
        "12-15, 10–12 km": "twelve to fifteen, ten to twelve kilometres",
        "1914–1918": "nineteen fourteen to nineteen eighteen",
        "555-1234, agent 007": "five five five, one two three four, agent zero zero seven",
        "2½ miles, 3/4 of it, #5 & more": "two and a half miles, three quarters of it, number five and more",
        "The 1914–18 war, 1990-95 and 12-15": (
            "The nineteen fourteen to eighteen war, nineteen ninety to ninety five and twelve to fifteen"
        ),
        "Henry VIII's wives, Louis XIV’s chair": "Henry the eighth's wives, Louis the fourteenth’s chair",
        "World War I, King George V and Elizabeth I.": "World War one, King George the fifth and Elizabeth the first.",
        "Queen Mary I was there": "Queen Mary the first was there",
        "Well, Mary I think so. The V sign, and I": "Well, Mary I think so. The V sign, and I",
        "I live at Main St. You know it.": "I live at Main Street. You know it.",
        "Main St. is long. He prayed to St. Paul.": "Main St. is long. He prayed to Saint Paul.",
        "Up on Main St. it is long. Dear St. Paul.": "Up on Main Street it is long. Dear Saint Paul.",
        "a $20 bill, a £3.50 pie, $20 for": "a twenty dollar bill, a three pounds fifty pie, twenty dollars for",
        "£5-a-week, a $20-bill and $20 each": "five pounds a week, a twenty dollar bill and twenty dollars each",
        "5 min. later, etc. Then i.e. now.": "five minutes later, et cetera. Then that is now.",
        "Pears, etc., at 5 p.m., i. e. now; etc.!": "Pears, et cetera, at five PM, that is now; et cetera!",
        "At 5 p.m. The end. At 9 a.m. Monday, 5pm. Then": "At five PM. The end. At nine AM Monday, five PM. Then",
        "at 5 p.m. GMT, 2.30pm and 2.30 p.m. sharp, v 2.30": (
            "at five PM GMT, two thirty PM and two thirty PM sharp, v two point three zero"
        ),
        "2 1/2 hours, 1/2 and £5—then 9am–5pm": "two and a half hours, a half and five pounds—then nine AM–five PM",
        "$0.99, £0.50, £0.01, $ 5, $ 3 million": (
            "ninety nine cents, fifty pence, one penny, five dollars, three million dollars"
        ),
        "a 50-50 chance, 0800 123 4567": (
            "a fifty fifty chance, zero eight zero zero, one two three, four five six seven"
        ),
        "+44 20 7946 0958 and 007 12": (
            "plus four four, two zero, seven nine four six, zero nine five eight and zero zero seven twelve"
        ),
    },
    "en-us": {"50% of 5 km": "fifty percent of five kilometers"},
    "de": {
        "112 Lampen, 1.234,5": "einhundertzwölf Lampen, eintausendzweihundertvierunddreißig Komma fünf",
        "Der 1. Mai, am 2. Mai 1984.": "Der erste Mai, am zweiten Mai neunzehnhundertvierundachtzig.",
        "Das 21. Jahrhundert, der 1. Weltkrieg, die 3. Frau.": (
            "Das einundzwanzigste Jahrhundert, der erste Weltkrieg, die dritte Frau."
        ),
        "In der 3. Stunde, vom 3. bis 5. Juni.": "In der dritten Stunde, vom dritten bis fünften Juni.",
        "Er kam am 3. Dann ging er. Ich habe 5. Dann.": "Er kam am dritten. Dann ging er. Ich habe fünf. Dann.",
        "Um 10:30 Uhr, um 9:00.": "Um zehn Uhr dreißig, um neun Uhr.",
        "Um 1 Uhr, um 10.30 Uhr, 10.00 Uhr": "Um ein Uhr, um zehn Uhr dreißig, zehn Uhr",
        "Zum 100. Mal, sein 18. Geburtstag, sein 5. Kind": (
            "Zum einhundertsten Mal, sein achtzehnter Geburtstag, sein fünftes Kind"
        ),
        "seinen 3. Sohn, seine 2. Frau, in jeder 3. Nacht, jedes 2. Jahr; mein 4. Auto": (
            "seinen dritten Sohn, seine zweite Frau, in jeder dritten Nacht, jedes zweite Jahr; mein vier. Auto"
        ),
        "Brot, usw., d. h. so, z. B. hier. Z.B. da.": (
            "Brot, und so weiter, das heißt so, zum Beispiel hier. zum Beispiel da."
        ),
        "€ 5,99 oder 0,50 €": "fünf Euro neunundneunzig oder fünfzig Cent",
        "3,50 €, 1 km, 1 h, 5 h": "drei Euro fünfzig, ein Kilometer, eine Stunde, fünf Stunden",
        "Dr. Reed, z.B. Nr. 5": "Doktor Reed, zum Beispiel Nummer fünf",
    },
    "fr": {
        "112 lampes, 3,5 et 0,05": "cent douze lampes, trois virgule cinq et zéro virgule zéro cinq",
        "le 1er mai, à 10h30, 21 h": "le premier mai, à dix heures trente, vingt et une heures",
        "Le 1° mai, il fait 30° dehors": "Le premier mai, il fait trente degrés dehors",
        "À 21h, à 9h, 1h, 21 h 04": "À vingt et une heures, à neuf heures, une heure, vingt et une heures quatre",
        "2 1/2 litres, 01 42 68 53 00": (
            "deux et un demi litres, zéro un, quarante deux, soixante huit, cinquante trois, zéro zéro"
        ),
        "3,50 € pour M. Dupont, n° 5": "trois euros cinquante pour Monsieur Dupont, numéro cinq",
    },
    "es": {
        "112 lámparas, 1.234": "ciento doce lámparas, mil doscientos treinta y cuatro",
        "A las 10:30, 21 km, la 1.ª": "A las diez y treinta, veintiún kilómetros, la primera",
        "Las 22:00 h, a las 10.30, a la 1, p. ej. hoy": (
            "Las veintidós horas, a las diez y treinta, a la una, por ejemplo hoy"
        ),
        "El 1° de mayo, hace 5° hoy": "El primero de mayo, hace cinco grados hoy",
        "El Sr. Pérez debe 3,50 €.": "El señor Pérez debe tres euros cincuenta.",
    },
    "it": {
        "Il 1° maggio, al 2° piano; 5°C, 30° a Roma": (
            "Il primo maggio, al secondo piano; cinque gradi Celsius, trenta gradi a Roma"
        ),
        "alle 10.30, all'1, la Sig.ra Bianchi": "alle dieci e trenta, all'una, la signora Bianchi",
        "112 lampade, 3,5, alle 10:30": "centododici lampade, tre virgola cinque, alle dieci e trenta",
    },
    "pt": {
        "Às 10h30, 5 km": "Às dez e trinta, cinco quilómetros",
        "Às 21h, às 10.30, à 1": "Às vinte e uma horas, às dez e trinta, à uma",
        "No 1° de maio": "No primeiro de maio",
    },
    "pt-br": {"R$ 5 e R$ 20,00": "cinco reais e vinte reais", "R$5,50 e 1 km": "cinco reais cinquenta e um quilômetro"},
    "nl": {
        "Om 10:30 uur, de 1e": "Om tien uur dertig, de eerste",
        "Om 10.30 uur, 20°, € 5,99": "Om tien uur dertig, twintig graden, vijf euro negenennegentig",
        "Mevr. Bos, Dhr. Bos": "mevrouw Bos, de heer Bos",
    },
    "ru": {
        "112 ламп, 2 мин, 5 км": "сто двенадцать ламп, две минуты, пять километров",
        "5 мая, 1-й и 2-я": "пятого мая, первый и вторая",
        "22 ₽, г-н Рид, в 10:30": "двадцать два рубля, господин Рид, в десять тридцать",
    },
    "uk": {"2 хв, 3 ₴, 5 км": "дві хвилини, три гривні, п'ять кілометрів"},
    "pl": {"2 h, 5 zł, 3 zł": "dwie godziny, pięć złotych, trzy złote"},
    "sv": {"112 lampor, 5 km, 50 %": "etthundratolv lampor, fem kilometer, femtio procent"},
}
AS_IT_STANDS = {
    "en": "I am. No. He said no to A4, B-52, R2D2, 24/7 and 3.4.5; an IV drip. The St was wet. Who is Dr? H2O",
    "de": "Er ist 3.14 und sagt: I. und A4.",
    "sv": "Kl. 10:30, 3,5 och 1:a",
    "xx": "112 km & Mr. X",
    "": "112 km, 10:30",
}


def said(text: str, language: str) -> str:
    parts = ((" " * (not token.glue)) + token.spoken for token in worded(read_spoken(text).tokens, language))
    return "".join(parts).strip()


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, texts in SAID.items() for text in texts])
def test_it_is_said_as_people_say_it(language: str, text: str) -> None:
    assert said(text, language) == SAID[language][text]


@pytest.mark.parametrize("language", AS_IT_STANDS)
def test_what_is_no_number_or_of_no_known_language_is_left_as_it_stands(language: str) -> None:
    assert said(AS_IT_STANDS[language], language) == AS_IT_STANDS[language]


RECKONED = {
    "en": "two plus two is not three, x equals y",
    "de": "zwei plus zwei ungleich drei, x gleich y",
    "fr": "deux plus deux n'égale pas trois, x égale y",
    "es": "dos más dos distinto de tres, x igual a y",
    "it": "due più due diverso da tre, x uguale y",
    "pt": "dois mais dois diferente de três, x igual a y",
    "nl": "twee plus twee is niet drie, x is y",
    "ru": "два плюс два не равно три, x равно y",
    "uk": "два плюс два не дорівнює три, x дорівнює y",
    "pl": "dwa plus dwa nie równa się trzy, x równa się y",
}


@pytest.mark.parametrize("language", SPEECH)
def test_signs_of_reckoning_are_words_with_moments_of_their_own(language: str) -> None:
    assert said("2 + 2 ≠ 3, x = y", language) == RECKONED[language]
    assert set(SIGNS_SAID[language]) == set("+=×÷≠≈<>≤≥±")
    assert said("a + in the middle: c++, a=b", language).endswith("c++, a=b")


def test_thousands_that_stand_apart_are_one_number_over_their_tokens() -> None:
    spoken = [token.spoken for token in worded(tokens("1 000 000 ₽, 1 234 лампы"), "ru")]
    assert " ".join(one for one in spoken if one) == "один миллион рублей, одна тысяча двести тридцать четыре лампы"
    assert [bool(one) for one in spoken] == [True, True, False, True, True, True, True]


def test_what_the_script_says_how_to_say_is_never_touched() -> None:
    given = (
        Token("112", "one one two"),
        Token("7", "ˈsɛvən", ipa=True),
        Token("Flat 3", "Flat 12"),
        Token("St", "Street"),
        Token("5", "5"),
        Token("ish", "ish", glue=True),
    )
    assert worded(given, "en") == given


def test_each_token_keeps_what_is_written_its_emphasis_and_its_time() -> None:
    written = (Token("At", "At"), Token("10:30,", "10:30,", emphasis=True), Token("112", "112"), Token("km.", "km."))
    found = worded(written, "en")
    assert [(token.written, token.emphasis) for token in found] == [(one.written, one.emphasis) for one in written]
    piece = Piece(0, found, True)
    assert [owner for owner, _ in sayings(piece)] == [0, 1, 1, 2, 2, 2, 2, 3]
    words = timed_words(piece, (), 8000)
    assert [word.token for word in words] == [0, 1, 2, 3]
    assert [text for text, _ in words[2].said] == ["one", "hundred", "and", "twelve"]
    assert all(one.end <= other.start for one, other in itertools.pairwise(words))


PIECES = (
    "1 12 112 000 1.5 1,5 10:30 10h30 $ £3.50 € 5km km % ° 1st 1er 1. II IV Mr Dr. No. #5 & 1/2 ½ 3-4 1914–18 -5 am "
    "p.m. 90s Mai мая г-н 1-й ₽ zł h Uhr — ( ” a ٣ 二 ² ’"
)
PARTS = st.sampled_from(PIECES.split())
LANGUAGES = [*SPEECH, "en-gb", "pt-br", "sv", "ar", "zh", "tr", "ko", "xx", ""]


@given(st.lists(st.one_of(PARTS, st.lists(PARTS, max_size=3).map("".join)), max_size=8), st.sampled_from(LANGUAGES))
def test_any_text_keeps_its_tokens_in_any_language(words: list[str], language: str) -> None:
    before = tuple(Token(word, word) for word in words if word)
    after = worded(before, language)
    assert [token.written for token in after] == [token.written for token in before]
    assert all(token.spoken == token.spoken.strip() for token in after)
    touched = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert all(new.spoken != old.spoken for old, new in touched)


@given(st.integers(0, 10**16), st.sampled_from(list(SPEECH)))
def test_every_whole_number_has_words_in_every_language(number: int, language: str) -> None:
    (token,) = worded((Token(str(number), str(number)),), language)
    assert token.spoken
    assert all(c.isalpha() or c in " '" for c in token.spoken)


def test_only_these_languages_are_put_into_words_whole() -> None:
    assert is_known("en-GB") and is_known("ru") and is_known("pt_BR")
    assert not is_known("sv") and not is_known("")


def test_a_text_without_figures_loads_no_tables() -> None:
    check = (
        "import sys, json; from producer.voice.wording import worded; from producer.model.script import Token;"
        "worded((Token('Mr', 'Mr'), Token('Reed.', 'Reed.')), 'en-gb');"
        "print(json.dumps([name in sys.modules for name in ('babel', 'unicode_rbnf')]))"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, check=True, cwd=ROOT)
    assert json.loads(done.stdout) == [False, False]

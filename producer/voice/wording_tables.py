"""What the libraries do not know of how a language writes numbers: abbreviations, clocks, the plain names of money.

Names of units, plural forms, months and the signs of decimals come from Babel, numbers in words from unicode-rbnf: both
are the Unicode consortium's own tables (CLDR). Here stands only how people write in a script and speak in a play.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from producer.frozen import dataclass

UNITS: Mapping[str, str] = {
    "%": "concentr-percent", "‰": "concentr-permille", "°": "angle-degree", "°C": "temperature-celsius",
    "°F": "temperature-fahrenheit", "mm": "length-millimeter", "cm": "length-centimeter", "m": "length-meter",
    "km": "length-kilometer", "mg": "mass-milligram", "g": "mass-gram", "kg": "mass-kilogram",
    "ml": "volume-milliliter", "l": "volume-liter", "L": "volume-liter", "ms": "duration-millisecond",
    "s": "duration-second", "min": "duration-minute", "h": "duration-hour", "km/h": "speed-kilometer-per-hour",
    "m/s": "speed-meter-per-second", "m²": "area-square-meter", "km²": "area-square-kilometer", "ha": "area-hectare",
    "m³": "volume-cubic-meter", "Hz": "frequency-hertz", "kHz": "frequency-kilohertz", "MHz": "frequency-megahertz",
    "GHz": "frequency-gigahertz", "W": "power-watt", "kW": "power-kilowatt", "kWh": "energy-kilowatt-hour",
    "V": "electric-volt", "kB": "digital-kilobyte", "MB": "digital-megabyte", "GB": "digital-gigabyte",
    "TB": "digital-terabyte",
}  # fmt: skip
"""Signs of units as Babel names them, in every language; a single letter only when it stands by itself."""
CODES: Mapping[str, str] = {"$": "USD", "£": "GBP", "€": "EUR", "¥": "JPY", "₽": "RUB", "₴": "UAH", "zł": "PLN"}


@dataclass(frozen=True, slots=True)
class Money:
    """A currency as it is called when nobody asks whose dollars they are: after one, after two to four, after many."""

    one: str
    many: str
    few: str = ""
    feminine: bool = False

    def beside(self, plural: str) -> str:
        """What it is called beside a number of the language's plural form `one`, `few` or another."""
        return {"one": self.one, "few": self.few or self.many}.get(plural, self.many)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """One language."""

    point: str
    """Said between the whole and its decimals …"""
    digits: bool = False
    """… which are then said one by one; else as a number, unless they begin with a zero."""
    minus: str
    to: str = ""
    """Said in a range, `10–12`; empty where it would change what follows: then both numbers alone are said."""
    number: str
    """What `#` and `№` before a figure are called."""
    both: str
    """What `&` is called."""
    in_hundreds: bool = False
    """A bare number of four figures from 1100 to 1999 is said in hundreds, as years are."""
    clock: tuple[str, str] = ("", "")
    """Between hours and minutes, and after a whole hour."""
    clock_word: str = ""
    """What may follow a time as a word of its own and is said between hours and minutes: `10:30 Uhr`."""
    hour_feminine: bool = False
    ordinals: Mapping[str, str] = field(default_factory=dict)
    """What is written after the figures of an ordinal, and unicode-rbnf's name of that form."""
    months: str = ""
    """The form of a day before the name of a month; empty: as it is written."""
    dotted: tuple[str, str, frozenset[str]] = ("", "", frozenset())
    """`1. Mai`: the form of an ordinal with a point, the other form, and the words after which that is said."""
    short: Mapping[str, str] = field(default_factory=dict)
    """Abbreviations without their last point, and the words for them, wherever they stand."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """Abbreviations that are words only before a name or a figure."""
    units: Mapping[str, str] = field(default_factory=dict)
    feminine: frozenset[str] = frozenset()
    """Units whose names are feminine, without what stands before the hyphen."""
    money: Mapping[str, Money] = field(default_factory=dict)


_EN = Speech(
    point="point", digits=True, minus="minus", to="to", number="number", both="and", in_hundreds=True,
    clock=("", "o'clock"), ordinals=dict.fromkeys(("st", "nd", "rd", "th"), "spellout-ordinal"),
    short={"Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "vs": "versus", "etc": "et cetera", "e.g": "for example",
           "i.e": "that is", "approx": "approximately"},
    titles={"Dr": "Doctor", "St": "Saint", "Prof": "Professor", "Sgt": "Sergeant", "Capt": "Captain",
            "Lt": "Lieutenant", "Col": "Colonel", "Gen": "General", "Rev": "Reverend", "No": "number"},
    units={"ft": "length-foot", "mi": "length-mile", "mph": "speed-mile-per-hour", "lb": "mass-pound",
           "lbs": "mass-pound", "oz": "mass-ounce", "yd": "length-yard", "kph": "speed-kilometer-per-hour"},
    money={"$": Money("dollar", "dollars"), "£": Money("pound", "pounds"), "€": Money("euro", "euros"),
           "¥": Money("yen", "yen"), "₽": Money("rouble", "roubles")},
)  # fmt: skip
_DE = Speech(
    point="Komma", digits=True, minus="minus", to="bis", number="Nummer", both="und", in_hundreds=True,
    clock=("Uhr", "Uhr"), clock_word="Uhr",
    dotted=("spellout-ordinal", "spellout-ordinal-n",
            frozenset({"am", "im", "vom", "zum", "zur", "beim", "dem", "den", "bis", "des"})),
    short={"z.B": "zum Beispiel", "usw": "und so weiter", "bzw": "beziehungsweise", "d.h": "das heißt", "ca": "circa"},
    titles={"Dr": "Doktor", "Prof": "Professor", "Hr": "Herr", "Fr": "Frau", "St": "Sankt", "Nr": "Nummer"},
    feminine=frozenset({"hour", "minute", "second", "mile", "millisecond", "kilowatt-hour"}),
    money={"$": Money("Dollar", "Dollar"), "£": Money("Pfund", "Pfund"), "€": Money("Euro", "Euro"),
           "¥": Money("Yen", "Yen"), "₽": Money("Rubel", "Rubel")},
)  # fmt: skip
_FR = Speech(
    point="virgule", minus="moins", to="à", number="numéro", both="et", clock=("heures", "heures"), hour_feminine=True,
    ordinals={"er": "spellout-ordinal-masculine", "re": "spellout-ordinal-feminine", "e": "spellout-ordinal-masculine",
              "ère": "spellout-ordinal-feminine", "ème": "spellout-ordinal-masculine"},
    short={"MM": "Messieurs", "Mme": "Madame", "Mmes": "Mesdames", "Mlle": "Mademoiselle", "etc": "et cétéra"},
    titles={"M": "Monsieur", "Dr": "Docteur", "Pr": "Professeur", "St": "Saint", "Ste": "Sainte", "n°": "numéro",
            "N°": "numéro"},
    feminine=frozenset({"hour", "minute", "second", "millisecond", "pound"}),
    money={"$": Money("dollar", "dollars"), "£": Money("livre", "livres", feminine=True), "€": Money("euro", "euros"),
           "¥": Money("yen", "yens"), "₽": Money("rouble", "roubles")},
)  # fmt: skip
_ES = Speech(
    point="coma", minus="menos", to="a", number="número", both="y", clock=("y", "en punto"), hour_feminine=True,
    ordinals={"º": "spellout-ordinal-masculine", ".º": "spellout-ordinal-masculine",
              "ª": "spellout-ordinal-feminine", ".ª": "spellout-ordinal-feminine",
              "er": "spellout-ordinal-masculine-adjective", ".er": "spellout-ordinal-masculine-adjective"},
    short={"Ud": "usted", "Uds": "ustedes", "etc": "etcétera", "Vd": "usted", "p.ej": "por ejemplo"},
    titles={"Sr": "señor", "Sra": "señora", "Srta": "señorita", "Dr": "doctor", "Dra": "doctora", "n.º": "número",
            "Sta": "Santa", "Sto": "Santo", "núm": "número"},
    feminine=frozenset({"hour", "mile", "pound", "hectare"}),
    money={"$": Money("dólar", "dólares"), "£": Money("libra", "libras", feminine=True), "€": Money("euro", "euros"),
           "¥": Money("yen", "yenes"), "₽": Money("rublo", "rublos")},
)  # fmt: skip
_IT = Speech(
    point="virgola", minus="meno", to="a", number="numero", both="e", clock=("e", "in punto"), hour_feminine=True,
    ordinals={"º": "spellout-ordinal-masculine", "°": "spellout-ordinal-masculine", "ª": "spellout-ordinal-feminine"},
    short={"ecc": "eccetera"},
    titles={"Sig": "signor", "Sig.ra": "signora", "Sig.na": "signorina", "Dott": "dottor", "Dott.ssa": "dottoressa",
            "Prof": "professor", "Prof.ssa": "professoressa", "n": "numero"},
    feminine=frozenset({"hour", "pound"}),
    money={"$": Money("dollaro", "dollari"), "£": Money("sterlina", "sterline", feminine=True),
           "€": Money("euro", "euro"), "¥": Money("yen", "yen"), "₽": Money("rublo", "rubli")},
)  # fmt: skip
_PT = Speech(
    point="vírgula", minus="menos", to="a", number="número", both="e", clock=("e", "horas"), hour_feminine=True,
    ordinals={"º": "spellout-ordinal-masculine", ".º": "spellout-ordinal-masculine",
              "ª": "spellout-ordinal-feminine", ".ª": "spellout-ordinal-feminine"},
    short={"etc": "etcétera"},
    titles={"Sr": "senhor", "Sra": "senhora", "Dr": "doutor", "Dra": "doutora", "n.º": "número", "nº": "número",
            "Sta": "Santa", "Sto": "Santo"},
    feminine=frozenset({"hour", "mile", "pound"}),
    money={"$": Money("dólar", "dólares"), "£": Money("libra", "libras", feminine=True), "€": Money("euro", "euros"),
           "R$": Money("real", "reais"), "¥": Money("iene", "ienes"), "₽": Money("rublo", "rublos")},
)  # fmt: skip
_NL = Speech(
    point="komma", digits=True, minus="min", to="tot", number="nummer", both="en", in_hundreds=True,
    clock=("uur", "uur"), clock_word="uur",
    ordinals={"e": "spellout-ordinal", "de": "spellout-ordinal", "ste": "spellout-ordinal"},
    short={"mevr": "mevrouw", "dhr": "de heer", "bijv": "bijvoorbeeld", "enz": "enzovoort", "ca": "circa"},
    titles={"dr": "dokter", "Dr": "dokter", "prof": "professor", "nr": "nummer", "St": "Sint"},
    money={"$": Money("dollar", "dollar"), "£": Money("pond", "pond"), "€": Money("euro", "euro"),
           "¥": Money("yen", "yen"), "₽": Money("roebel", "roebel")},
)  # fmt: skip
_RU_ORDINALS = {
    "й": "masculine", "ый": "masculine", "я": "feminine", "ая": "feminine", "е": "neuter", "ое": "neuter",
    "го": "masculine-genitive", "му": "masculine-dative", "м": "masculine-locative", "ю": "feminine-accusative",
    "х": "plural-genitive",
}  # fmt: skip
_RU = Speech(
    point="запятая", minus="минус", number="номер", both="и",
    ordinals={f"-{end}": f"spellout-ordinal-{form}" for end, form in _RU_ORDINALS.items()},
    months="spellout-ordinal-neuter-genitive", clock=("", "ровно"),
    short={"г-н": "господин", "г-жа": "госпожа", "т.е": "то есть", "т.д": "так далее", "т.п": "тому подобное"},
    titles={"им": "имени", "ул": "улица", "д-р": "доктор"},
    units={"м": "length-meter", "км": "length-kilometer", "см": "length-centimeter", "мм": "length-millimeter",
           "кг": "mass-kilogram", "л": "volume-liter", "км/ч": "speed-kilometer-per-hour", "ч": "duration-hour",
           "мин": "duration-minute", "сек": "duration-second"},
    feminine=frozenset({"minute", "second", "millisecond", "mile", "tonne"}),
    money={"$": Money("доллар", "долларов", "доллара"), "£": Money("фунт", "фунтов", "фунта"),
           "€": Money("евро", "евро", "евро"), "₽": Money("рубль", "рублей", "рубля"),
           "¥": Money("иена", "иен", "иены", feminine=True), "руб": Money("рубль", "рублей", "рубля")},
)  # fmt: skip
_UK = Speech(
    point="кома", minus="мінус", number="номер", both="і", clock=("", "рівно"), hour_feminine=True,
    short={"т.д": "так далі", "п-н": "пан"},
    titles={"вул": "вулиця", "ім": "імені"},
    units={"м": "length-meter", "км": "length-kilometer", "см": "length-centimeter", "мм": "length-millimeter",
           "кг": "mass-kilogram", "л": "volume-liter", "км/год": "speed-kilometer-per-hour", "хв": "duration-minute"},
    feminine=frozenset({"hour", "minute", "second", "millisecond", "mile", "tonne"}),
    money={"$": Money("долар", "доларів", "долари"), "£": Money("фунт", "фунтів", "фунти"),
           "€": Money("євро", "євро", "євро"), "₴": Money("гривня", "гривень", "гривні", feminine=True),
           "грн": Money("гривня", "гривень", "гривні", feminine=True)},
)  # fmt: skip
_PL = Speech(
    point="przecinek", minus="minus", number="numer", both="i", clock=("", "równo"), hour_feminine=True,
    short={"np": "na przykład", "itd": "i tak dalej", "tzn": "to znaczy", "itp": "i tym podobne"},
    titles={"dr": "doktor", "nr": "numer", "ul": "ulica", "prof": "profesor"},
    feminine=frozenset({"hour", "minute", "second", "millisecond", "mile", "kilowatt-hour", "tonne"}),
    money={"$": Money("dolar", "dolarów", "dolary"), "£": Money("funt", "funtów", "funty"),
           "€": Money("euro", "euro", "euro"), "zł": Money("złoty", "złotych", "złote")},
)  # fmt: skip
SPEECH: Mapping[str, Speech] = {
    "en": _EN, "de": _DE, "fr": _FR, "es": _ES, "it": _IT, "pt": _PT, "nl": _NL, "ru": _RU, "uk": _UK, "pl": _PL,
}  # fmt: skip
"""By base language. In others whole numbers, with a unit or without, are all that is put into words."""

HUNDREDTHS: Mapping[str, Mapping[str, Money]] = {
    "en": {"$": Money("cent", "cents"), "£": Money("penny", "pence"), "€": Money("cent", "cents")},
    "de": {"$": Money("Cent", "Cent"), "£": Money("Penny", "Pence"), "€": Money("Cent", "Cent")},
    "fr": {"$": Money("cent", "cents"), "£": Money("penny", "pence"), "€": Money("centime", "centimes")},
    "es": {"$": Money("centavo", "centavos"), "£": Money("penique", "peniques"), "€": Money("céntimo", "céntimos")},
    "it": {"$": Money("centesimo", "centesimi"), "£": Money("penny", "pence"), "€": Money("centesimo", "centesimi")},
    "pt": {"$": Money("cêntimo", "cêntimos"), "£": Money("péni", "pence"), "€": Money("cêntimo", "cêntimos"),
           "R$": Money("centavo", "centavos")},
    "nl": {"$": Money("cent", "cent"), "£": Money("penny", "pence"), "€": Money("cent", "cent")},
    "ru": {"$": Money("цент", "центов", "цента"), "€": Money("цент", "центов", "цента"),
           "₽": Money("копейка", "копеек", "копейки", feminine=True)},
    "uk": {"$": Money("цент", "центів", "центи"), "€": Money("цент", "центів", "центи"),
           "₴": Money("копійка", "копійок", "копійки", feminine=True)},
    "pl": {"$": Money("cent", "centów", "centy"), "€": Money("cent", "centów", "centy"),
           "zł": Money("grosz", "groszy", "grosze")},
}  # fmt: skip
"""The hundredth parts of currencies, of which one speaks where there is no whole: `$0.99`."""
UNIT_NAMES: Mapping[tuple[str, str], tuple[str, str]] = {("nl", "angle-degree"): ("graad", "graden")}
"""Where Babel's name is not what is said of one, and of many: its `booggraad` is an angle's alone."""
CLOCK_AFTER: Mapping[str, frozenset[str]] = {
    "it": frozenset({"alle", "dalle", "le", "ore"}),
    "es": frozenset({"las"}),
    "pt": frozenset({"às", "as", "das"}),
}
"""After these `10.30` is a time."""
ONE_OCLOCK: Mapping[str, tuple[str, str]] = {"es": ("la", "una"), "pt": ("à", "uma"), "it": ("all", "una")}
"""After which article a bare 1 is an hour, and what it is then."""

FRACTIONS: Mapping[str, Mapping[str, str]] = {
    "en": {"1/2": "a half", "1/4": "a quarter", "3/4": "three quarters", "1/3": "a third", "2/3": "two thirds"},
    "de": {"1/2": "ein halb", "1/4": "ein Viertel", "3/4": "drei Viertel", "1/3": "ein Drittel", "2/3": "zwei Drittel"},
    "fr": {"1/2": "un demi", "1/4": "un quart", "3/4": "trois quarts", "1/3": "un tiers", "2/3": "deux tiers"},
    "es": {"1/2": "medio", "1/4": "un cuarto", "3/4": "tres cuartos", "1/3": "un tercio", "2/3": "dos tercios"},
    "it": {"1/2": "mezzo", "1/4": "un quarto", "3/4": "tre quarti", "1/3": "un terzo", "2/3": "due terzi"},
    "pt": {"1/2": "meio", "1/4": "um quarto", "3/4": "três quartos", "1/3": "um terço", "2/3": "dois terços"},
    "nl": {"1/2": "een half", "1/4": "een kwart", "3/4": "drie kwart", "1/3": "een derde", "2/3": "twee derde"},
}
SIGNS = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3"}

YEAR_WORDS: Mapping[str, frozenset[str]] = {
    "en": frozenset({"in", "since", "by", "until", "till", "of", "year", "from", "before", "after", "summer", "winter",
                     "spring", "autumn", "fall", "circa", "anno"}),
    "de": frozenset({"jahr", "jahre", "jahres", "seit", "sommer", "winter", "anno"}),
    "nl": frozenset({"in", "sinds", "jaar", "anno", "zomer", "winter"}),
}  # fmt: skip
"""After these, and after the name of a month, 2010 is a year too: `twenty ten`."""
ROMAN_AFTER = frozenset(
    {"act", "book", "chapter", "episode", "part", "phase", "scene", "season", "section", "volume", "war"}
)
"""English words after which a Roman numeral is a plain number; after another name it is an ordinal (`Henry VIII`)."""
NO_NAMES = frozenset({"A", "An", "The", "This", "That", "My", "Your", "His", "Her", "Our", "Their", "And", "But", "No"})
"""Which nobody is called: `An IV` is not the fourth of his name."""
RULERS = frozenset({"Charles", "Edward", "Elizabeth", "Frederick", "George", "Henry", "James", "John", "Louis", "Mary",
                    "Philip", "Richard", "Robert", "William"})  # fmt: skip
"""After these a `V` is the fifth, and an `I` the first where it cannot be who speaks."""
CROWNS = frozenset({"King", "Queen", "Emperor", "Empress", "Pope", "Tsar"})
DEGREE_AFTER: Mapping[str, frozenset[str]] = {
    "it": frozenset({"il", "lo", "la", "al", "allo", "dal", "del", "nel", "sul", "un"}),
    "es": frozenset({"el", "al", "del", "un"}),
    "pt": frozenset({"o", "ao", "do", "no", "um"}),
    "fr": frozenset(),
}
"""Where `1°` is written for an ordinal, and the articles after which it is one; before a month it is one, too."""
_MINE = ("ein", "kein", "mein", "dein", "sein", "ihr", "unser", "euer")
_MINE_BENT = ("ein", "kein", "mein", "dein", "sein", "ihr", "unser", "unsr", "eur")
GERMAN_ENDING_N = frozenset({
    *(one + end for one in _MINE_BENT for end in ("en", "em", "es", "er")), "jeden", "jedem", "diesen", "diesem",
})  # fmt: skip
"""`seinem 18. Geburtstag`: after these the ordinal has an -n …"""
GERMAN_ENDING_E = frozenset({*(one + "e" for one in _MINE_BENT), "jede", "jedes", "diese", "dieses"})
"""… after these none …"""
GERMAN_NO_ENDING = frozenset(_MINE)
"""… and after these it has that of its noun: `sein achtzehnter Geburtstag`, `sein achtzehntes Jahr`."""
GERMAN_MASCULINE = ("tag", "abend", "morgen", "monat", "versuch", "sohn", "mann", "sieg", "platz", "fall", "brief",
                    "stock", "teil", "mord", "roman", "film", "krieg", "akt", "band", "schritt", "schuss", "kuss",
                    "geburtstag", "besuch", "anruf", "zug", "satz", "preis", "gast", "enkel")  # fmt: skip
GERMAN_NEUTER = ("jahr", "mal", "kind", "buch", "haus", "jahrhundert", "semester", "kapitel", "bier", "glas", "leben",
                 "tor", "spiel", "opfer", "lied", "stück", "bild", "treffen", "album")  # fmt: skip
"""Nouns that are counted, and those that end in them; of any other the ending is not sure, and nothing is changed."""
GERMAN_BEFORE = frozenset({
    "der", "die", "das", "den", "dem", "des", "am", "im", "vom", "zum", "zur", "beim", "ins", "bis",
    "jeder", "dieser", *GERMAN_ENDING_N, *GERMAN_ENDING_E, *GERMAN_NO_ENDING,
})  # fmt: skip
"""After these `21.` before a noun is an ordinal."""
GERMAN_DATIVE = frozenset({"an", "auf", "aus", "bei", "hinter", "in", "mit", "nach", "neben", "seit", "trotz", "unter",
                           "von", "vor", "während", "wegen", "zu", "zwischen", "über"})  # fmt: skip
"""`in der 3. Stunde`: after these "der" asks for the other form."""
GERMAN_OPENERS = frozenset({"Aber", "Da", "Dann", "Das", "Der", "Die", "Du", "Er", "Es", "Ich", "Ihr", "Man", "Sie",
                            "Und", "Wir"})  # fmt: skip
"""With these a sentence begins: the point before them is its end as well."""
ENGLISH_OPENERS = frozenset({
    "A", "An", "The", "This", "That", "These", "Those", "I", "You", "He", "She", "It", "We", "They", "My", "Your",
    "His", "Her", "Its", "Our", "Their", "There", "Here", "Then", "Now", "And", "But", "Or", "So", "Yet", "For", "If",
    "When", "While", "As", "At", "In", "On", "By", "From", "To", "With", "Without", "After", "Before", "Until", "No",
    "Not", "Nobody", "Nothing", "None", "Someone", "Somebody", "Something", "Everyone", "Everybody", "Everything",
    "What", "Who", "Why", "How", "Where", "Which", "Was", "Were", "Is", "Are", "Did", "Does", "Had", "Has", "Have",
    "Can", "Could", "Would", "Should", "Yes", "Well", "Oh", "All", "Some", "One", "Once", "Only", "Even", "Still",
    "Just", "Maybe", "Perhaps", "Because",
})  # fmt: skip
"""With these a sentence begins, and no name."""

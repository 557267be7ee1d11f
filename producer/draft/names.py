"""First names and the like: whose they are, a woman's or a man's, and whether that is certain."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from producer.draft.nouns import Sex
from producer.draft.table_men import MEN
from producer.draft.table_women import WOMEN
from producer.draft.text import row

EITHER: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "en": (
        row("jean marion marian evelyn andrea kim lindsay kelly sandy robyn tracy shannon ashley jackie jessie toni"),
        row(
            "alex robin charlie sam chris pip jan leslie jordan morgan jamie lee riley terry taylor casey frankie "
            "max nicky jay drew pat"
        ),
    ),
    "fr": (
        row("camille alix claire lou"),
        row("dominique claude sacha yannick charlie alex sam andrea"),
    ),
    "de": (
        row("kim nicola toni sascha"),
        row("kai robin alex chris charlie sam luca mika eike"),
    ),
    "nl": (
        row("anne kim wil willy robin"),
        row("chris alex sam sascha jos"),
    ),
    "es": (
        row("trinidad cruz guadalupe"),
        row("alex rosario reyes"),
    ),
    "sv": (
        row("kim"),
        row("robin alex charlie"),
    ),
    "da": (
        row(""),
        row("kim robin alex charlie"),
    ),
    "nb": (
        row(""),
        row("kim robin alex charlie inge"),
    ),
    "it": (
        row("celeste"),
        row("andrea felice"),
    ),
    "pt": (
        row("darci"),
        row("alex ariel"),
    ),
    "pl": (
        row("sasza"),
        row("alex"),
    ),
    "ru": (
        row("валя"),
        row("саша женя шура слава sasha zhenya"),
    ),
    "uk": (
        row(""),
        row("саша женя sasha"),
    ),
}
"""First names of both: first those that are women's more often, then men's. A story's pronouns say whose."""
NOUNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "de": (
        row(
            "frau mutter mama oma großmutter tochter schwester tante mädchen dame königin prinzessin nichte "
            "enkelin witwe nonne hexe braut ärztin lehrerin verkäuferin kellnerin nachbarin polizistin sekretärin "
            "chefin freundin erzählerin sprecherin"
        ),
        row(
            "mann vater papa opa großvater sohn bruder onkel junge herr könig prinz neffe enkel witwer mönch "
            "bräutigam arzt lehrer verkäufer kellner nachbar polizist sekretär chef freund soldat hauptmann "
            "kommissar pfarrer wirt bauer"
        ),
    ),
    "es": (
        row(
            "mujer madre mamá abuela hija hermana tía niña chica muchacha señora señorita reina princesa sobrina "
            "viuda monja bruja novia doctora profesora maestra vecina amiga enfermera camarera narradora anciana"
        ),
        row(
            "hombre padre papá abuelo hijo hermano tío niño chico muchacho señor rey príncipe sobrino viudo monje "
            "novio doctor profesor maestro vecino amigo soldado capitán camarero cura anciano policía"
        ),
    ),
    "fr": (
        row(
            "femme mère maman grand-mère fille sœur soeur tante dame reine princesse nièce veuve sorcière fiancée "
            "infirmière voisine amie serveuse narratrice vieille madame mademoiselle"
        ),
        row(
            "homme père papa grand-père fils frère oncle garçon roi prince neveu veuf moine fiancé médecin voisin "
            "ami soldat capitaine serveur prêtre curé vieux monsieur"
        ),
    ),
    "it": (
        row(
            "donna madre mamma nonna figlia sorella zia ragazza bambina signora signorina regina principessa "
            "vedova suora strega fidanzata dottoressa professoressa maestra vicina amica cameriera infermiera "
            "narratrice vecchia"
        ),
        row(
            "uomo padre papà babbo nonno figlio fratello zio ragazzo bambino signore re principe vedovo frate "
            "fidanzato dottore professore maestro vicino amico cameriere soldato capitano prete vecchio"
        ),
    ),
    "pt": (
        row(
            "mulher mãe mamã avó filha irmã tia menina moça rapariga senhora rainha princesa viúva freira bruxa "
            "noiva doutora professora vizinha amiga enfermeira narradora velha"
        ),
        row(
            "homem pai papá avô filho irmão tio menino moço rapaz senhor rei príncipe viúvo frade noivo doutor "
            "professor vizinho amigo soldado capitão padre velho"
        ),
    ),
    "nl": (
        row(
            "vrouw moeder mama oma dochter zus zuster tante meisje mevrouw juffrouw koningin prinses nicht weduwe "
            "heks bruid buurvrouw vriendin verpleegster"
        ),
        row(
            "man vader papa opa zoon broer oom jongen meneer heer koning prins neef weduwnaar bruidegom buurman "
            "vriend soldaat kapitein"
        ),
    ),
    "sv": (
        row(
            "kvinna kvinnan mor mamma mormor farmor dotter syster moster faster flicka flickan fru drottning prinsessa"
        ),
        row("man mannen far pappa morfar farfar son bror morbror farbror pojke pojken herr kung prins soldat kapten"),
    ),
    "da": (
        row("kvinde kvinden mor mormor farmor datter søster tante pige pigen fru dronning prinsesse"),
        row("mand manden far morfar farfar søn bror onkel dreng drengen herr konge prins soldat kaptajn"),
    ),
    "nb": (
        row("kvinne kvinnen mor mamma mormor farmor bestemor datter søster tante jente jenta fru dronning prinsesse"),
        row("mann mannen far pappa morfar farfar bestefar sønn bror onkel gutt gutten herr konge prins soldat kaptein"),
    ),
    "pl": (
        row(
            "kobieta matka mama babcia córka siostra ciotka dziewczyna dziewczynka pani królowa księżniczka wdowa "
            "czarownica sąsiadka lekarka nauczycielka narratorka"
        ),
        row(
            "mężczyzna ojciec tata dziadek syn brat wujek chłopak chłopiec pan król książę wdowiec ksiądz sąsiad "
            "lekarz nauczyciel żołnierz kapitan"
        ),
    ),
    "ro": (
        row(
            "femeie femeia mamă mama bunică bunica fiică fiica soră sora mătușă mătușa fată fata doamnă doamna "
            "regină prințesă"
        ),
        row(
            "bărbat bărbatul tată tata bunic bunicul fiu fiul frate fratele unchi unchiul băiat băiatul domn "
            "domnul rege prinț"
        ),
    ),
    "ru": (
        row("женщина мать мама бабушка дочь сестра тётя тетя девушка девочка королева принцесса вдова ведьма соседка"),
        row(
            "мужчина отец папа дедушка дед сын брат дядя юноша мальчик король принц вдовец солдат капитан сосед "
            "старик врач"
        ),
    ),
    "uk": (
        row("жінка мати мама бабуся дочка донька сестра тітка дівчина дівчинка королева принцеса вдова відьма сусідка"),
        row(
            "чоловік батько тато дідусь дід син брат дядько хлопець хлопчик король принц вдівець солдат капітан "
            "сусід лікар"
        ),
    ),
}
"""Words that stand for a name where a script says who speaks: women, men."""
BOTH = row("both beide beiden ambos entrambi båda begge oba oboje amândoi оба обидва")
ALL = row("all everyone everybody omnes alle todos tous tutti allen alla wszyscy toți все всі")
"""Whoever was there, in the words of a script."""
NARRATORS = row(
    "narrator erzähler narrador narrateur narratore verteller berättare berättaren fortæller fortælleren forteller "
    "fortelleren povestitor povestitorul рассказчик оповідач"
)

_BY_ENDING: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "es": (row("a"), row("o")),
    "it": (row("a"), row("o i")),
    "pt": (row("a"), row("o")),
    "pl": (row("a"), row("ek sz w f r n m")),
    "ro": (row("a"), row("u")),
    "ru": (row("а я"), row("й н р в л м к")),
    "uk": (row("а я"), row("й н р в л м к о")),
}
"""How names of women and of men end, where most do."""
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss"})
_SEXES: tuple[tuple[Sex, int], ...] = (("f", 0), ("m", 1))


def plain(name: str) -> str:
    """A name without its accents: capitals are often written so."""
    letters = unicodedata.normalize("NFKD", name.translate(_LETTERS))
    return "".join(sign for sign in letters if not unicodedata.combining(sign))


def _of(name: str, code: str, table: dict[str, tuple[tuple[str, ...], tuple[str, ...]]]) -> Sex:
    return next((sex for sex, side in _SEXES if name in table.get(code, ((), ()))[side]), "")


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, Sex]]:
    """Names of each language, with their accents and without; not those that another name of the language has lost."""
    found: dict[str, dict[str, Sex]] = {}
    for code in WOMEN:
        both: tuple[tuple[Sex, tuple[str, ...]], ...] = (("f", WOMEN[code]), ("m", MEN[code]))
        exact: dict[str, Sex] = {name: sex for sex, names in both for name in names}
        bare: dict[str, Sex] = {plain(name): sex for name, sex in exact.items()}
        found[code] = bare | exact
    return found


def sex_of(name: str, language: str) -> tuple[Sex, bool]:
    """Whose a first name is, and whether that is certain; ("", False) where nothing tells.

    Args:
        name: in small letters.
        language: of the story, where `Andrea` may be a man and elsewhere a woman.

    >>> sex_of("andrea", "it"), sex_of("andrea", "de"), sex_of("pablo", "en-GB"), sex_of("marzia", "it")
    (('m', False), ('f', True), ('m', True), ('f', False))
    """
    code = language.partition("-")[0].casefold()
    if either := _of(name, code, EITHER):
        return either, False
    tables = _tables()
    own = tables.get(code, {})
    if sex := own.get(name, own.get(plain(name), "")):
        return sex, True
    if code == "de" and (sex := own.get(re.sub("([aou])e", r"\1", name), "")):  # Juergen
        return sex, True
    if either := next((sex for other in EITHER if (sex := _of(name, other, EITHER))), ""):
        return either, False
    votes = [sex for other in tables.values() if (sex := other.get(name, other.get(plain(name), "")))]
    women = votes.count("f")
    if votes:
        return ("f" if women * 2 > len(votes) else "m"), women in (0, len(votes))
    endings = _BY_ENDING.get(code, ((), ()))
    return next(((sex, False) for sex, side in _SEXES if len(name) > 2 and name.endswith(endings[side])), ("", False))


def sex_of_noun(word: str, language: str) -> Sex:
    """Whether a word such as `MUTTER` or `PADRE`, which a script has for a name, means a woman or a man."""
    return _of(word, language.partition("-")[0].casefold(), NOUNS)

"""The words by which a text says who speaks, and how. English; other languages have the verbs that are needed most."""

from __future__ import annotations

from producer.draft.nouns import Sex
from producer.draft.table_men import MEN
from producer.draft.table_women import WOMEN
from producer.draft.text import row


def _words(text: str) -> frozenset[str]:
    return frozenset(row(text))


SAYING: dict[str, str] = {
    **dict.fromkeys(
        row(
            "said asked replied answered continued added told went explained agreed remarked observed repeated "
            "began returned declared announced insisted admitted protested suggested concluded inquired enquired "
            "resumed corrected countered confessed informed reminded wondered finished offered ventured mused "
            "commented responded stated promised assured put objected confirmed demanded urged conceded allowed "
            "volunteered recited read prompted echoed says asks replies answers adds spoke accused argued boasted "
            "challenged confided guessed hinted hazarded advised cautioned apologised apologized acknowledged "
            "affirmed interjected interposed invited noted opined pointed proposed queried quoted reasoned "
            "reassured reflected rejoined retorted reported revealed supplied threatened translated vowed uttered "
            "wanted marvelled marveled lied proclaimed pronounced pressed soothed comforted reproved chided "
            "scolded introduced complained remonstrated ejaculated quoth assented concurred expostulated entreated "
            "besought averred asserted maintained exhorted contradicted elaborated jested reiterated requested "
            "persisted pursued counselled emphasised emphasized vociferated clarified deadpanned dictated narrated"
        ),
        "",
    ),
    "whispered": "whispering",
    "whispers": "whispering",
    "breathed": "in a breath",
    "murmured": "murmuring",
    "muttered": "muttering",
    "mumbled": "mumbling",
    "sighed": "with a sigh",
    "groaned": "groaning",
    "moaned": "moaning",
    "gasped": "gasping",
    "panted": "out of breath",
    "croaked": "hoarse",
    "rasped": "hoarse",
    "hissed": "hissing",
    "spat": "spitting it out",
    "snarled": "snarling",
    "growled": "growling",
    "grunted": "grunting",
    "snapped": "sharply",
    "barked": "barking it",
    "shouted": "shouting",
    "shouts": "shouting",
    "yelled": "yelling",
    "screamed": "screaming",
    "shrieked": "shrieking",
    "cried": "crying out",
    "cries": "crying out",
    "called": "calling",
    "calls": "calling",
    "bellowed": "bellowing",
    "roared": "roaring",
    "thundered": "thundering",
    "exclaimed": "exclaiming",
    "warned": "warning",
    "begged": "begging",
    "pleaded": "pleading",
    "implored": "imploring",
    "sobbed": "sobbing",
    "wept": "weeping",
    "wailed": "wailing",
    "whimpered": "whimpering",
    "whined": "whining",
    "laughed": "laughing",
    "chuckled": "chuckling",
    "giggled": "giggling",
    "teased": "teasing",
    "joked": "joking",
    "grinned": "with a grin",
    "smiled": "with a smile",
    "sneered": "sneering",
    "scoffed": "scoffing",
    "drawled": "drawling",
    "stammered": "stammering",
    "stuttered": "stuttering",
    "faltered": "faltering",
    "ordered": "ordering",
    "commanded": "commanding",
    "interrupted": "breaking in",
    **dict.fromkeys(("bawled", "hollered", "howled"), "bawling"),
    "boomed": "booming",
    "piped": "in a thin voice",
    "chirped": "brightly",
    "trilled": "brightly",
    "crowed": "triumphant",
    "rumbled": "in a deep voice",
    "grumbled": "grumbling",
    "cursed": "cursing",
    "swore": "swearing",
    "fumed": "fuming",
    "jeered": "jeering",
    "mocked": "mocking",
    "prayed": "praying",
    "quipped": "lightly",
    "shrilled": "shrill",
    "slurred": "slurring",
    "sniffed": "with a sniff",
    "snorted": "with a snort",
    "spluttered": "spluttering",
    "squeaked": "squeaking",
    "squealed": "squealing",
    "stormed": "raging",
    "wheezed": "wheezing",
    "yelped": "with a yelp",
    "intoned": "solemnly",
    "blurted": "blurting it out",
    "gulped": "with a gulp",
    "crooned": "crooning",
    "coaxed": "coaxing",
    "lamented": "lamenting",
    "sang": "singing",
    "chanted": "chanting",
    "purred": "purring",
    "cooed": "cooing",
    "quavered": "with a shaking voice",
    "cackled": "cackling",
    "bleated": "bleating",
    **dict.fromkeys(("gabbled", "babbled", "prattled"), "fast and much"),
    "lisped": "lisping",
    "simpered": "simpering",
    "sputtered": "spluttering",
    "screeched": "shrieking",
    **dict.fromkeys(("gushed", "enthused", "whooped"), "full of joy"),
    "blustered": "blustering",
    "guffawed": "laughing",
    **dict.fromkeys(("tittered", "snickered"), "giggling"),
    **dict.fromkeys(("huffed", "tutted"), "crossly"),
    "blubbered": "sobbing",
}
"""Verbs of saying, as written -> what they say of how it is said."""

ALWAYS_SAYS = frozenset(
    verb
    for verb in SAYING
    if verb not in _words("laughed chuckled grinned smiled sighed put went read pointed wanted pressed")
)

PHRASAL: dict[str, frozenset[str]] = {
    **dict.fromkeys(("put", "broke", "cut", "chimed", "threw"), _words("in")),
    **dict.fromkeys(("burst", "called", "cried", "sang", "spoke"), _words("out up")),
    **dict.fromkeys(("shot", "snapped", "called", "shouted", "whispered"), _words("back out")),
    "went": _words("on"),
}
"""Verbs of saying that have a word of their own behind them: `put in Mara`."""

FOREIGN_SAYING = _words(
    "dijo preguntó respondió contestó exclamó gritó susurró murmuró añadió dice "
    "dit demanda répondit cria murmura ajouta disse chiese rispose gridò "
    "sagte fragte antwortete rief flüsterte murmelte perguntou respondeu"
)

BY_VOICE: dict[str, str] = {
    name: name
    for name in row(
        "quietly softly gently loudly sharply coldly coolly warmly angrily bitterly slowly quickly drily dryly hoarsely"
        " thickly faintly firmly flatly calmly cheerfully sadly wearily tiredly nervously anxiously eagerly urgently"
        " hastily gravely solemnly sternly kindly tenderly thoughtfully darkly grimly brightly breathlessly timidly"
        " shyly proudly sweetly weakly evenly lightly politely stiffly impatiently irritably crossly furiously"
        " desperately hopefully sleepily dreamily sarcastically mockingly absently hesitantly lazily abruptly curtly"
        " simply earnestly mildly severely savagely fiercely uneasily doubtfully miserably happily merrily gruffly"
    )
}
"""Adverbs that an actor can use."""

PRONOUNS: dict[str, Sex] = {"he": "m", "she": "f", "him": "m", "his": "m", "her": "f", "hers": "f"}
SUBJECTS = _words("he she")

SOME = row("one another other two three four some several many most both all none neither either each any")
"""Somebody among several, with `of` behind it: `one of them`. Which of them it is, nobody can tell."""

TITLES: dict[str, Sex] = {
    **{"mr": "m", "mister": "m", "mrs": "f", "ms": "f", "miss": "f", "master": "m", "madam": "f", "madame": "f"},
    **{"sir": "m", "lady": "f", "lord": "m", "king": "m", "queen": "f", "prince": "m", "princess": "f", "duke": "m"},
    **{"duchess": "f", "count": "m", "countess": "f", "baron": "m", "baroness": "f", "father": "m", "mother": "f"},
    **{
        "brother": "m",
        "sister": "f",
        "uncle": "m",
        "aunt": "f",
        "auntie": "f",
        "monsieur": "m",
        "herr": "m",
        "frau": "f",
    },
    **{"don": "m", "doña": "f", "señor": "m", "señora": "f", "signor": "m", "signora": "f", "grandfather": "m"},
    **dict.fromkeys(
        row(
            "dr doctor prof professor captain capt major colonel general sergeant sgt corporal private lieutenant "
            "lt commander admiral inspector constable detective officer agent judge president senator governor "
            "mayor bishop cardinal pope nurse chief marshal sheriff old young saint st rev reverend"
        ),
        "",
    ),
}
KIN: dict[str, Sex] = {
    **dict.fromkeys(row("mother mom mum mama mamma mummy mommy grandmother grandma granny gran nana aunt auntie"), "f"),
    **dict.fromkeys(row("father dad papa daddy pa grandfather grandpa granddad uncle"), "m"),
}
"""What can stand for a name, with a capital."""

NOUNS: dict[str, Sex] = {
    **dict.fromkeys(
        row(
            "man boy lad fellow gentleman father dad grandfather uncle brother son husband king prince duke count "
            "baron lord priest monk bishop butler waiter landlord fisherman policeman soldier sailor bosun miller "
            "smith blacksmith farmer shepherd hunter huntsman woodcutter baker butcher barber porter groom nephew "
            "grandson widower chap bloke sergeant captain major colonel general admiral corporal lieutenant "
            "constable monsieur wizard giant knight squire abbot friar fisher ferryman watchman "
            "emperor postman milkman fireman stationmaster"
        ),
        "m",
    ),
    **dict.fromkeys(
        row(
            "woman girl lady mother mum mom grandmother aunt sister daughter wife queen princess duchess countess "
            "baroness nun abbess waitress landlady maid nurse housekeeper governess cook witch widow niece "
            "granddaughter madam actress hostess seamstress midwife goddess mistress "
            "empress barmaid milkmaid bride"
        ),
        "f",
    ),
    **dict.fromkeys(
        row(
            "child baby driver doctor teacher stranger visitor guest clerk officer guard guide keeper pilot judge "
            "lawyer inspector detective professor student secretary operator announcer singer dancer painter "
            "writer poet editor neighbour neighbor cousin friend old-timer caller speaker captive prisoner thief "
            "robot machine computer ghost spirit engineer mechanic bartender barman steward agent mayor president "
            "minister ambassador commander chief master apprentice servant beggar merchant shopkeeper chemist "
            "dealer footman valet dragon troll elf fairy dwarf angel devil demon youth teenager kid passenger "
            "prosecutor solicitor magistrate foreman gaoler jailer warden librarian gardener conductor innkeeper "
            "parson curate vicar rector chaplain sexton boatman helmsman skipper rider archer sentry sentinel jester "
            "minstrel tailor cobbler weaver carpenter goldsmith scientist astronaut technician surgeon dentist "
            "reporter journalist photographer manager foreigner burglar hostage coachman cabman archaeologist navigator"
        ),
        "",
    ),
}
"""Nouns for somebody. Beasts and things are somebody once they have spoken."""

ITS = _words(
    "dragon troll robot machine computer ghost spirit demon creature beast thing monster voice animal wolf bear"
)
"""Somebody whom `it` may mean."""

_WORDS = _words(
    "amber april autumn bonnie brooke chase chester chuck clay cliff crystal dawn dean drew earl faith glen grant "
    "holly honor hope ike jade jay mack marshall mason melody merlin moses opal paddy page patience patsy penny "
    "piper pepper poppy primrose prudence rich rod savannah sol sterling summer troy verity willow"
)
"""Names that begin a sentence as words more often."""
FIRST_NAMES = (_words(" ".join((*WOMEN["en"], *MEN["en"]))) | _words("ester fanny")) - _WORDS
"""What is a name where it stands alone at the beginning of a sentence."""

GROUNDS = _words(
    "street road lane avenue square crescent terrace alley bay point cape head hill hills heath moor island isle "
    "islands lake river creek falls valley wood woods forest park common field fields farm house hall manor castle "
    "tower bridge gate station airport harbour harbor port quay pier dock docks beach shore cove coast sea ocean "
    "channel strait mountain mountains mount peak ridge cliff abbey cathedral church chapel school college university "
    "hospital hotel inn court market town city village county fort"
)
"""Words that make a place of the name before them (`Oxford Street`) or, some of them, behind them (`Lake Erie`)."""

PLACES = _words(
    "london edinburgh glasgow dublin belfast cardiff oxford cambridge liverpool manchester birmingham brighton york "
    "paris rome naples venice berlin hamburg munich madrid barcelona lisbon athens moscow prague warsaw "
    "budapest amsterdam rotterdam brussels antwerp copenhagen stockholm oslo helsinki zurich geneva istanbul cairo "
    "jerusalem baghdad tehran delhi mumbai calcutta tokyo kyoto beijing shanghai singapore chicago philadelphia "
    "washington hollywood manhattan texas california england scotland wales ireland britain europe africa "
    "asia america canada mexico brazil australia france germany italy spain portugal greece russia poland sweden "
    "norway denmark finland holland belgium switzerland austria turkey egypt china japan"
)
"""Places that nobody is called after, or hardly anybody."""

NO_NAMES = _words(
    "the a an he she it they we i you this that these those his her its their my our your who what when where why how"
    " which then there here now and but or nor so yet for if as at by from in into of on onto out over to under up with"
    " without before after behind beside between below above across along around about against among through until"
    " while because although though since unless once again all another any both each either every few many more most"
    " much neither no nobody none nothing one other others same several some somebody someone something somewhere such"
    " two three four five six seven eight nine ten first second third last next only just even ever never not perhaps"
    " maybe yes oh ah well please thank thanks good god heaven hell christ jesus today tomorrow "
    "yesterday monday tuesday"
    " wednesday thursday friday saturday sunday january february march april may june july august september october"
    " november december is was were are be been being am do did does done had has have will would could "
    "should might must"
    " can shall let come go get look listen stop wait still suddenly finally later soon outside inside upstairs"
    " downstairs everyone everybody everything nowhere anyone anything english french german chapter part prologue"
    " epilogue coins water rain wind thunder footsteps boots father's mother's by day night morning evening"
    " noon at like than don't didn't doesn't won't can't couldn't wouldn't isn't wasn't weren't aren't "
    "i'm i'll i'd i've"
    " it's he's she's that's there's what's who's let's you're they're we're behind both neither somewhere far down"
    " once quietly slowly misses messrs"
)
"""Words that are no names where they have a capital for standing first."""

"""What stands in brackets in a speech: for the actor (`sighs`, `to himself`), heard (`door slams`), or said after all.

In a script most brackets are directions. Those of a known shape are taken for one; short ones of no known shape are
taken for one, too, and marked as a guess; what has the words of a sentence that is said (`I`, `is`, `if`) stays said.
"""

from __future__ import annotations

import re
from typing import Literal

from producer.draft.lexicon import BY_VOICE, FIRST_NAMES
from producer.draft.text import row
from producer.model.patterns import forms

Bracket = Literal["direction", "sound", "guess", "said"]

BEAT = re.compile(
    r"(?:(?:a|short|long|brief|pregnant|another|kurze|lange|corta|larga|courte|longue|breve|lunga|korte|krótka|kort)\s+)*"
    r"(?:beat|pause|pausa|pauza|paus|silence|stille|silencio|silenzio|silêncio|stilte|cisza|tystnad|пауза|тиша|тишина)s?\.?",
    re.IGNORECASE,
)


def _third(verbs: str) -> frozenset[str]:
    """The forms of verbs that end like `laughs` and `laughed`; not the bare ones, which are nouns as well."""
    return frozenset(form for verb in row(verbs) for form in forms(verb) if form != verb and not form.endswith("ing"))


_VOICED = _third(
    "laugh sigh sob gasp cough sneeze sniff sniffle snort snore groan moan grunt growl scream shriek shout yell yelp "
    "cry whisper murmur mutter mumble hum sing whistle gulp swallow breathe inhale exhale pant yawn weep wail "
    "whimper whine chuckle giggle snicker snigger cackle guffaw hiss tut hiccup hiccough burp belch choke splutter "
    "stutter stammer wheeze purr squeal squeak croak chant scoff titter snarl roar howl bawl mimic gag retch vomit "
    "whoop cheer chortle smirk grin smile frown shrug nod wink blush shiver shudder tremble hesitate pause think "
    "listen wait remember realise realize recover relent stop break trail"
)
"""What an actor does with the voice or the face; how the line is said, and no sound of a pack."""
_DONE = _third(
    "take pick put hang look turn walk sit stand rise step move go come leave enter exit run rush cross lean kneel "
    "hand give grab hold pull push open close shut lock unlock pour drink sip eat chew bite swig light smoke read "
    "write type dial answer call point wave gesture touch kiss hug embrace slap hit punch kick throw toss drop catch "
    "clap applaud snap knock tap bang slam draw fire shoot drag carry lift lower fall collapse stumble trip climb "
    "jump dance bow salute clear catch lick wipe rub scratch shake wake sleep lie lay get set start begin continue "
    "finish notice see hear stare glance peer watch check search find show offer accept refuse consider tear rip "
    "fold unfold crumple flip leaf press switch click ring strike stir rattle approach follow return retreat stagger "
    "strain struggle mouth toast"
)
_HEARD = _third(
    "slam bang creak close open shut ring bark meow miaow howl rumble crash smash shatter break tick strike chime "
    "toll buzz beep honk blare wail roar whistle hiss crackle drip pour fall blow rise swell fade approach recede "
    "pass start stop begin end rattle clatter thump thud knock explode go sound chirp sing caw crow neigh splash "
    "clink scrape squeal screech cheer applaud murmur laugh scream whirr click rustle flap echo die gallop stall rev "
    "idle"
)
"""What things do, behind their names: `door slams`."""
_SOUNDS = frozenset(
    row(
        "thunder footsteps applause laughter knock knocking crash bang thud gunshot gunshots gunfire explosion "
        "doorbell siren sirens music rain wind birdsong screams cheering cheers silence splash rumble buzzing "
        "beep ringing phone telephone bell bells"
    )
)
_SAID = frozenset(
    row(
        "i i'm i've i'd i'll you you're you've you'll you'd your yours we we're we've we'll our ours us my mine me "
        "is are was were am be been being has have had does did do will would could should can cannot must may might "
        "isn't aren't wasn't weren't don't doesn't didn't won't can't it's that's there's he's she's they're which "
        "whose whom if because although though unless whether than so-called sic please thanks thank ago etc called "
        "aka née nee"
    )
)
"""Words of somebody who speaks to somebody, and not of a direction."""
_SAID_FIRST = frozenset(
    row(
        "and or but nor not no yes oh ah well so too also even only just almost nearly about roughly perhaps maybe "
        "probably possibly really actually obviously certainly surely apparently allegedly supposedly presumably "
        "hopefully finally especially particularly mainly mostly usually always never sometimes often early daily "
        "only family of for by than that this these those there here it its what when where why how who he she they "
        "at least as like both either neither some any nothing something anything everything all most many much more "
        "less half whatever whoever whichever god heaven god's heaven's once twice formerly namely honestly frankly"
    )
)
_NO_DOING = frozenset(
    row(
        "nothing something anything everything thing king ring string wing spring evening morning during being "
        "including considering assuming excepting excluding meaning depending according counting regarding ceiling "
        "wedding building feeling"
    )
)
_FIRST = frozenset(
    row("still now half almost suddenly then really very quite slightly a bit little barely mock quietly")
)
_MANNER = frozenset(
    row(
        "off aside on-mic off-mic mic close distant away beyond above below inside outside upstairs downstairs near "
        "nearer closer louder softer quieter faster slower loud soft quiet low high angry sad happy glad afraid "
        "scared frightened terrified nervous anxious worried annoyed irritated furious livid amused bored tired "
        "weary exhausted drunk sleepy surprised shocked stunned astonished amazed horrified disgusted hurt upset "
        "tearful bitter cold cool warm dry flat deadpan sarcastic ironic sincere earnest serious solemn grave stern "
        "firm calm tense urgent hesitant uncertain unsure confused puzzled curious suspicious wary guarded defensive "
        "hostile aggressive polite formal friendly kind tender gentle loving flirtatious coy shy timid embarrassed "
        "ashamed guilty proud smug triumphant excited eager enthusiastic delighted relieved resigned defeated broken "
        "desperate hysterical panicked breathless hoarse husky shaky shaken weak strong brisk bright cheerful cheery "
        "chirpy wry mocking teasing playful thoughtful wistful dreamy distracted absent incredulous disbelieving "
        "indignant impatient insistent pleading matter-of-fact sotto filtered muffled echo echoing contd cont'd "
        "continued continuing overlapping simultaneously together unison then again pre-lap prelap subtitled ad-lib "
        "ad-libs improvises vo v.o os o.s oc o.c voiceover offstage off-stage off-screen onstage unseen beat"
    )
)
_TO = re.compile(
    r"to (?:him|her|them|it)?sel(?:f|ves)\b.*|to the \w+(?: \w+)?|to (?:another|one) .*|to [A-Z].{0,40}"
    r"|to (?:him|her|them|all|both|everyone|everybody|audience|camera|nobody)(?:,.*)?"
)
_WITH = re.compile(
    r"(?:in|with|under|out of|on|over|through|from|into|via|off|at|by|behind|across|below|between|like)\b.*\b"
    r"(?:voice|whisper|breath|breaths|tone|accent|sigh|laugh|laughter|smile|grin|sob|shout|shrug|tears|phone|telephone|"
    r"radio|intercom|microphone|mic|tannoy|pa|door|doorway|distance|background|stage|teeth|hand|hands|mouth|glee|horror|"
    r"disgust|anger|pain|fear|relief|unison|dream|thought|feeling|room|window|wall|speaker|tv|screen|song|head)\b.{0,20}",
    re.IGNORECASE,
)
_BEHIND_VERB = frozenset(
    row("in on at to into onto up down off out away back over through from with under around about the a an his her")
)
_OTHER_TONGUES = frozenset(
    row(
        "lacht seufzt flüstert weint schluchzt ruft schreit leise laut schweigt hustet stöhnt zögert lachend "
        "flüsternd weinend rufend schreiend beiseite entsetzt wütend ängstlich ríe rie suspira llora susurra grita "
        "tose solloza duda riendo llorando susurrando gritando aparte bajo rit soupire chuchote pleure crie tousse "
        "sanglote murmure hésite riant pleurant criant bas ride sospira piange sussurra tossisce singhiozza ridendo "
        "piangendo sussurrando gridando zucht fluistert huilt schreeuwt hoest lachend zacht luid chora tosse soluça "
        "rindo chorando sussurrando wzdycha szepcze płacze krzyczy śmiech szeptem cicho głośno skrattar suckar "
        "viskar gråter ropar hostar tyst griner sukker hvisker græder råber ler gråter roper râde oftează șoptește "
        "plânge strigă смеётся смеется вздыхает шепчет плачет кричит тихо громко сміється зітхає шепоче плаче "
        "кричить"
    )
)
_SAID_ABROAD = frozenset(
    row(
        "wie was wer wo warum qué quién cómo dónde comment quoi qui chi cosa come wat hoe waarom vad vem hur hvad "
        "hvem hva hvorfor co kto jak gdzie ce cine cum что кто где як хто де ich du wir ihr mich dich mir dir uns "
        "mein dein bin bist ist sind war waren habe hat weil wenn dass yo tú nosotros mi tu soy eres es son era fue "
        "está porque si que je j'ai tu nous vous mon ton ma ta suis est sont était c'est parce io noi voi mio tuo "
        "sono sei è era perché che ik jij wij mijn jouw ben bent zijn was omdat als eu nós meu teu sou são foi "
        "porque ja ty my mój twój jestem jest są był bo jag du vi min din är var jeg er я ты мы мой твой был это"
    )
)


def bracket(text: str, language: str = "en") -> Bracket:
    """What words in brackets inside a speech are.

    >>> [bracket(one) for one in ("sighs", "to himself", "door slams", "old habits", "if anybody")]
    ['direction', 'direction', 'sound', 'guess', 'said']
    """
    bare = text.strip().rstrip(".")
    low = [word.strip(".") for word in re.findall(r"[^\W_](?:[\w.'-]*\w)?", bare.casefold().replace("’", "'"))]
    if not low or BEAT.fullmatch(bare):
        return "direction" if low else "said"
    english = language.partition("-")[0].casefold() == "en"
    shouted = bare.upper() == bare and bare.lower() != bare
    of_speech = _SAID if english else _SAID_ABROAD
    if not shouted and (re.search(r"[?…]|[.!]\s|\.\.|!$", bare) or any(word in of_speech for word in low)):
        return "said"
    if (heard := is_heard(low)) or shouted or _is_known(bare, low):
        return "sound" if heard else "direction"
    odd = any(any(sign.isdigit() for sign in word) for word in low) or (low[0] in _SAID_FIRST and english)
    longest = (8 if english and _is_done(low) else 3) if english else 4
    if len(low) > longest or odd or (english and bare[0].isupper()):
        return "said"
    return "guess"


def _is_done(low: list[str]) -> bool:
    """Whether words look like what somebody does, by a verb of no list: `rummages in her bag`."""
    return len(low) > 1 and low[0][-1] == "s" and low[0][-2:] != "ss" and low[1] in _BEHIND_VERB


def is_heard(low: list[str]) -> bool:
    """Whether words in small letters name a thing and what it does: `a dog barks`, `thunder`, `knocks at the door`."""
    words = low[1:] if low[0] in ("a", "an", "the", "another", "more", "distant", "loud", "sudden") else low
    if not words or len(words) > 7 or words[0] in _VOICED or words[0] in _SAID_FIRST:
        return False
    if words[:2] == ["sound", "of"] or (words[0] in _SOUNDS and len(words) <= 5):
        return True
    if words[0] in FIRST_NAMES or any(word in ("he", "she", "they", "who") for word in words[:2]):
        return False
    return any(word in _HEARD for word in words[1:3]) and not (words[0] in _DONE or words[0].endswith(("ing", "ly")))


def voices(text: str) -> bool:
    """Whether a direction begins with what somebody does, `sighs deeply`, as `*sighs*` does in a chat."""
    low = text.casefold().split()
    return bool(low) and low[0] in _VOICED


def _is_known(bare: str, low: list[str]) -> bool:
    first = next((n for n, word in enumerate(low) if word not in _FIRST), len(low) - 1)
    verb = low[first]
    if len(low) <= 12 and (verb in _VOICED or verb in _DONE):
        return True
    if 1 < len(low) <= 12 and low[1] in _VOICED | _DONE and (bare[0].isupper() or low[0] in ("he", "she", "they")):
        return True  # `Anna laughs`
    if len(low) > 8:
        return False
    if verb.endswith("ing") and verb not in _NO_DOING:
        return True
    ends = {low[0], low[-1]}
    manner = any(word in BY_VOICE or (word[-2:] == "ly" and (bare[0].islower() or len(word) > 6)) for word in ends)
    manner = manner and low[0] not in _SAID_FIRST
    if (manner and len(low) <= 4) or not _OTHER_TONGUES.isdisjoint(ends):
        return True
    return bool(_TO.fullmatch(bare) or _WITH.fullmatch(bare)) or (verb in _MANNER and len(low) <= 4)

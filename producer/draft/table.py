"""The words that stories sound by, and the roles that they stand for. A pack adds its own under `words` in its pack.yaml.

Each row: roles (the first that a pack fills is used), the keys of its cue, and patterns (`producer.model.patterns`).
"""

from __future__ import annotations

Row = tuple[tuple[str, ...], str, tuple[str, ...]]

_FEET = "boot|shoe|heel|=feet|footstep|footfall|=steps|=step|sole|=tread"
_TREAD = "hit|ring|click|clatter|crunch|pound|thud|echo|scrape|tap|clack|strike|clang|hammer|scuff|drum|shuffle|slap"
_CREAK = "creak|squeak|squeal|groan|whine|shriek|screech|protest|rasp"

TABLE: tuple[Row, ...] = (
    # ---- walking: the ground is said before the walk is
    (("boots_on_glass",), "repeat 4", (f"{_FEET} ... {_TREAD}! ... =glass", "glass ... crunch! ... underfoot|boot|shoe|foot")),
    (
        ("boots_on_metal",),
        "repeat 5",
        (
            f"iron|metal|steel ... stair|step|ladder|grating|catwalk|rung ... {_FEET} ... {_TREAD}!",
            f"{_FEET} ... {_TREAD}! ... iron|metal|steel|grating|ladder|catwalk",
        ),
    ),
    (
        ("boots_on_rubble",),
        "repeat 4",
        (
            f"{_FEET} ... {_TREAD}! ... gravel|rubble|shingle|cinder|pebble|snow|leaf|twig|sand|dirt",
            "gravel|shingle|snow|leaf ... crunch! ... under|underfoot|beneath",
        ),
    ),
    (
        ("boots_on_boards",),
        "repeat 4",
        (f"{_FEET} ... {_TREAD}! ... board|stair|floor|floorboard|deck|plank|wood|tile|passage|corridor|landing",),
    ),
    (
        ("boots_on_concrete", "footsteps"),
        "repeat 4",
        (
            f"{_FEET} ... {_TREAD}! ... concrete|stone|pavement|cobble|cobblestone|flag|flagstone|asphalt|road|street|marble",
            f"{_FEET} {_TREAD}!",
            f"footstep|footfall! ... approach|come|ring|sound|echo|go|cross|recede|fade|pass|near|quicken|die|pause",
            "=boots|=shoes|=heels ... ring|click|clatter|pound|thud|clack|clang|hammer|scuff",
            "hear|sound ... footstep|footfall|=steps!",
            "=footsteps! on|in|along|behind|above|outside|below|from",
        ),
    ),
    # ---- doors and what is on them
    (
        ("knock",),
        "",
        (
            "knock! at|on|upon|again|once|twice|softly|loudly|three|two|back",
            "someone|somebody|something|he|she|they|i|we|who knock!",
            "knock|rap|tap|bang|hammer|pound|beat! ... at|on|upon ... door|gate|shutter|window",
            "there ... knock! ... door",
            "a|the|another|loud|soft|sharp|second knock! come|sound|at|on",
            "rap! at|on|upon",
        ),
    ),
    (("door_creak",), "", (f"door|gate|hinge|lid|shutter|cupboard|drawer ... {_CREAK}!", "floorboard|board|plank|stair|step|bed|chair|bedspring|spring|ladder|bench|wheel|cart ... creak|squeak|squeal!", "creak! of ... door|gate|hinge|stair|floorboard", "something|it creak|squeak!")),
    (
        ("door_slam",),
        "",
        (
            "door|gate|lid|shutter|hatch|window|drawer ... slam|bang|crash|thud|clang!",
            "slam|bang! ... door|gate|lid|shutter|hatch",
            "door ... swing|fly|blow ... shut!",
            "slam|bang! of ... door|gate|lid",
        ),
    ),
    (
        ("door_latch",),
        "",
        (
            "latch|bolt|lock|catch ... fall|click|lift|snap|shoot|rattle|turn|drop!",
            "latch ... fall!",
            "door ... click ... shut|close!",
            "key ... turn! in ... lock",
            "lift|draw|shoot|slide|throw|drop! ... latch|bolt",
            "door ... latch!",
        ),
    ),
    (("keys", "key_ring"), "", ("=keys ... jingle|jangle|rattle|clink|chink!", "jingle|jangle|rattle! ... =keys", "coin|money|change ... clink|jingle|chink|rattle!", "jingle|clink! ... coin")),
    # ---- glass
    (
        ("glass_break", "window_breaks"),
        "",
        (
            "glass|window|pane|bottle|mirror|windowpane|vase|cup|plate|tumbler ... shatter|smash|break|explode|burst!",
            "shatter|smash|break! ... glass|window|pane|bottle|mirror|windowpane|vase|cup|plate|tumbler",
            "crash|tinkle|sound of ... glass!",
            "=glass! broke|shattered",
        ),
    ),
    (
        ("glass_crack", "mirror_cracks"),
        "",
        ("glass|mirror|ice|pane|window ... crack|split!", "it crack! from|under|across|beneath|with", "crack! of ... ice|glass"),
    ),
    (
        ("glass_set_down", "glass_down"),
        "",
        (
            "set|put|bang|slam|place|thump! ... glass|cup|mug|tumbler|bowl|tankard|bottle|goblet ... down|on|before|table",
            "set|put|bang|slam! down ... glass|cup|mug|tumbler|bowl|tankard|bottle|goblet",
            "glass|cup|mug|bottle ... clink!",
            "clink! ... glass|cup|bottle",
        ),
    ),
    (("glass_tick",), "", ("tap|tick|rap! ... glass|window|pane ... nail|fingernail|finger|knuckle", "nail|fingernail|finger ... tap|tick|click! ... glass|window|pane|table")),
    (("hand_on_glass",), "", ("wipe|rub|polish! ... glass|window|pane|mirror|lens",)),
    # ---- metal, stone, wood
    (
        ("metal_scrape",),
        "for 1.2 s",
        (
            "something|it|metal|iron|steel|chair|blade|shovel|spade|knife|plough|keel ... scrape|grate|rasp|grind!",
            "scrape! of|on|against|along|across",
            "=scraping|=grating!",
            "push|scrape! back ... chair|stool|bench",
            "drag! ... chain|chair|metal|iron",
        ),
    ),
    (
        ("metal_groan",),
        "",
        ("metal|iron|steel|hull|ship|girder|beam|timber|bridge|mast|pipe ... groan|moan|creak|shriek!", "groan! of ... metal|iron|steel|timber"),
    ),
    (("sheet_metal",), "", ("metal|tin|iron|roof|sheet ... rattle|clatter|flap|bang|wobble!", "rattle|clatter! of ... metal|tin|iron")),
    (
        ("bell", "church_bell", "metal_hit"),
        "",
        ("bell ... toll|ring|strike|sound|clang|chime|peal|begin!", "toll|chime|clang|peal|ring! of ... bell", "ring! the bell", "clock ... strike! ... one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|midnight|noon|hour|half"),
    ),
    (
        ("metal_hit",),
        "",
        (
            "something|hammer|block|pan|pot|bucket|iron|anvil|blade|sword|pipe|chain ... clang|crash|clank|strike|ring!",
            "clang|clank!",
            "drop! ... tray|tin|bucket|hammer|spanner|wrench|pan|poker",
            "crash! onto|on|against ... deck|floor|wall|iron|metal|steel|stone|ground",
            "strike|hit! ... anvil|iron|steel|metal",
        ),
    ),
    (
        ("rubble_falls",),
        "",
        ("wall|roof|ceiling|tower|house|rock|stone|brick|rubble|masonry ... collapse|crumble|slide|tumble|fall|crash!", "rubble!", "avalanche! of"),
    ),
    (("rope_creak",), "", ("rope|rigging|cable|mooring|hawser|hammock|rocker|ship|cart|saddle|oar|basket ... creak|strain|groan!", "creak! of ... rope|rigging|oar|saddle")),
    (("gun_clatter",), "", ("gun|pistol|rifle|sword|knife|revolver ... clatter|skitter|fall|drop! ... floor|stone|away|ground|deck", "drop! ... gun|pistol|rifle|revolver|sword|knife")),
    (("gun_clicks",), "", ("hammer|safety|bolt|magazine|gun|pistol|rifle|revolver|trigger ... click|snap!", "cock! ... gun|pistol|rifle|revolver|hammer", "load! ... gun|pistol|rifle|revolver")),
    (("gun_grip",), "", ("hand|finger ... close|tighten! ... gun|pistol|rifle|revolver|hilt", "grip|grasp|draw! ... gun|pistol|rifle|revolver")),
    (("gunshot", "shot", "gun_shot"), "", ("shot! ring|crack|echo|sound", "gun|rifle|pistol|revolver ... fire|crack|bark|bang!", "=gunshot|=gunshots!", "fire! ... shot|gun|pistol|rifle")),
    # ---- people
    (("heartbeat_racing",), "repeat 6", ("heart ... race|hammer|thud|pound|gallop!",)),
    (("heartbeat",), "repeat 4", ("heart ... beat|thump|drum!", "=heartbeat!")),
    (("gasp",), "", ("gasp! for|and|at|with|aloud", "he|she|i|they gasp!", "gasp! of", "draw|suck|take! ... sharp|great|sudden|deep ... breath", "catch! his|her|my breath")),
    (("breath_out",), "", ("breath ... knock|leave|rush|burst! ... out|him|her", "gasp|wheeze|pant! with|for", "winded!", "blow|let! out ... breath")),
    (("breath", "sigh"), "", ("cough|sneeze! once|twice|again|and|into|behind|from", "somebody|someone|he|she|i cough|sneeze!", "sigh! heavily|deeply|and|with", "breathe! out|in|heavily|hard|deeply", "=breathing!", "let! out ... sigh|breath", "exhale|inhale!", "yawn!")),
    (("throat", "choke"), "", ("choke! on|and|him|her", "clear! ... throat", "strangle!", "gag! on")),
    (
        ("body_fall",),
        "",
        (
            "body|man|woman|soldier|he|she|i|figure ... fall|drop|collapse|crumple! ... floor|ground|deck|stone|concrete|down|heavily|behind|heap",
            "hit! the floor|ground|deck",
            "fall|collapse|sprawl! in|into a heap",
            "fall|sprawl! headlong|flat",
            "thud! of ... body",
        ),
    ),
    (("cloth",), "", ("coat|cloak|skirt|dress|curtain|gown|silk|cloth|sleeve|robe|shawl|petticoat|apron|sheet|blanket ... rustle|flap|swish|whisper!", "rustle! of ... coat|cloak|skirt|dress|silk|cloth")),
    (("leather_grip",), "", ("glove|leather|saddle|belt|boot|strap ... creak!", "creak! of ... leather")),
    (("dog", "dog_bark", "dog_barks"), "", ("dog|hound ... bark|howl|yap|bay!", "bark|howl! of ... dog")),
    (("growl",), "", ("thing|creature|beast|dog|wolf|bear|monster|it|animal ... growl|snarl!", "growl|snarl! of", "low growl!", "growl|snarl!")),
    # ---- machines
    (("servo",), "", ("servo|motor|machine|gear|robot|lift|winch ... whirr|whir|whine|hum|buzz!", "whirr|whir|whine! of ... servo|motor|gear")),
    (("metal_whirl",), "", ("sword|blade|chain|sail|rope ... whirl|whistle|swish|whip! ... air|past|through",)),
    (("phone_ring", "telephone", "phone"), "", ("telephone|phone ... ring|shrill|buzz|jangle!", "ring! of ... telephone|phone", "ringing! of ... telephone|phone")),
    (("typewriter",), "repeat 14", ("typewriter|key|teleprinter|telegraph ... clatter|clack|tap|rattle|chatter!", "clatter|clack|tap! of ... typewriter", "typewriter! ... clatter|clack|rattle", "type! ... letter|word|line|report|name|page")),
    (("clock", "clock_tick"), "repeat 8", ("clock|watch ... tick!", "tick|ticking! of ... clock|watch")),
    (("paper", "page"), "", ("turn! ... page|paper|leaf", "page ... turn!", "page|paper|newspaper|letter|map|leaf ... rustle|crackle|flutter|crinkle!", "rustle|crackle! of ... page|paper|newspaper|letter|map", "unfold|unroll|crumple|tear! ... paper|letter|map|page|newspaper|envelope")),
    (("car_passing", "car", "car_pass"), "", ("car|lorry|truck|taxi|cab|bus|van|motor ... pass|go|drive|roar|rumble|speed! ... past|by|away|off|along|outside|street|road", "car|lorry|truck|bus|van ... pass!")),
    (("electric_hum", "hum"), "", ("transmitter|light|lamp|machine|generator|refrigerator|fridge|transformer|neon|wire|tube|set|radio|console|engine ... hum|buzz|drone!", "hum|buzz! of ... machine|light|lamp|generator|refrigerator|transformer|wire|engine")),
    (("servo",), "", ("engine ... start|whine|cough|catch!",)),
    # ---- weather and water
    (("thunder",), "", ("thunder! roll|crash|crack|rumble|boom|growl|break|mutter|shake|come", "clap|peal|crack|roll|crash|rumble of ... thunder!", "it thunder!")),
    (("far_rumble", "far_guns"), "", ("gun|cannon|artillery|battery ... rumble|boom|thunder|mutter|roar!", "rumble|thunder|boom! of ... gun|cannon|artillery")),
    (("boom",), "", ("bomb|shell|mine|explosion ... explode|burst|boom|shake!", "=exploded|=explosion!")),
    (
        ("rain",),
        "",
        (
            "rain! ... come|fall|drum|beat|patter|pour|lash|hammer|begin|start|run|hiss|drive|rattle|drip|whisper|sweep",
            "listen|hear|sound ... rain!",
            "in|through|into|against|under|out the ... rain!",
            "it|sky ... =raining|=rained|pour!",
            "rain! on|against|over the",
        ),
    ),
    (("drip", "water_drip"), "", ("water|tap|roof|blood|pipe|ceiling|gutter|leak ... drip!", "drip|dripping! of|from", "drop ... fall! ... from")),
    (
        ("wind_through_ruins", "wind"),
        "",
        (
            "wind|gale|breeze ... howl|blow|moan|rise|sigh|whistle|roar|scream|shriek|tear|rattle|get|pick|come|rush|whip|keen|gust!",
            "gust|howl|moan|whistle|sound of ... wind!",
            "in|into|against|through the ... =wind!",
        ),
    ),
    (
        ("water", "stream"),
        "",
        (
            "wave|surf|sea|breaker|tide|swell ... break|crash|roar|lap|wash|slap|boom|pound|hiss|beat!",
            "water|river|stream|brook|fountain|rapid|weir ... rush|run|gurgle|murmur|roar|babble|splash|flow|lap|slap|ripple!",
            "splash|lapping|gurgle|roar|rush|murmur! of ... water|river|sea|wave|stream|surf",
        ),
    ),
    (("fire", "campfire"), "", ("fire|flame|log|hearth|torch|campfire|blaze ... crackle|roar|spit|burn|snap|hiss|leap|pop!", "crackle|roar! of ... fire|flame|log", "by|beside|before the =fire|=fireside|=hearth!")),
    (("birds",), "", ("bird|lark|thrush|blackbird|sparrow|robin|rook|crow|gull|seagull|nightingale|raven|starling|swallow ... sing|call|cry|caw|chirp|twitter|scream|croak|wheel|chatter!", "=birdsong!", "cry|song|singing|twitter! of ... bird|lark|gull|crow|rook")),
    (("crowd",), "", ("crowd|mob|audience|people ... murmur|roar|cheer|shout|surge|laugh|gasp|mutter|jeer|chatter!", "murmur|roar|noise|hum! of ... crowd|voice|people|market", "market|square ... =loud|noisy|bustle!")),
    (("far_voices",), "", ("voice|laughter ... drift|float|come|rise! ... across|from|over|through|up|below|away", "murmur|sound! of ... voice", "distant|faint voice|laughter!")),
    # ---- words that are a sound whoever makes it: they come last, where nothing nearer is said
    (("door_latch",), "", ("click! shut|open|home|into|softly", "a|the|soft|loud|faint|sharp click!")),
    (("door_slam",), "", ("a|the|loud|great bang!", "slam! behind|shut")),
    (("door_creak",), "", ("a|the|long|faint|slow|low|soft creak|squeak!", "=creaking|=squeaking!")),
    (("glass_break", "window_breaks"), "", ("shatter! on|against|into|upon", "smash! on|against|into|upon|to", "a|the|faint tinkle!")),
    (("knock",), "", ("=knocking|=rapping|=hammering! at|on|came|began|again|stopped|from", "a|the|another|loud|soft|sharp|gentle|double knock|rap!")),
    (("metal_scrape",), "for 1.2 s", ("a|the|long|faint|harsh scrape!", "scrape! against|along|over|across")),
    (("metal_hit",), "", ("a|the|great|tremendous|terrible|loud crash|clang|clank!", "crash! down|into|through|to")),
    (("sheet_metal",), "", ("a|the|loud|faint rattle|clatter!", "clatter! down|across|to|onto|on|over|against", "window|shutter|pane|door|sign|chain|bucket|tray|dish|crockery ... rattle!")),
    (("keys", "key_ring"), "", ("jingle|jangle|clink|chink!",)),
    (("body_fall",), "", ("a|the|heavy|dull|soft thud|thump!", "thud|thump! to|onto|down|against|on")),
    (("cloth",), "", ("a|the|soft|faint rustle|swish!",)),
    (("clock", "clock_tick"), "repeat 8", ("=ticking!", "tick! on|away|loudly|softly|steadily")),
    (("fire", "campfire"), "", ("=crackling!",)),
    (("rain",), "", ("patter! on|against|down", "drizzle! down|on|over")),
    (("bell", "church_bell", "metal_hit"), "", ("toll|peal! out|across|over|the|for", "chime! the|in|out|softly")),
    (("breath", "sigh"), "", ("a|the|long|deep|small|great|heavy sigh|breath|cough!", "wheeze|snore|sniff|sob! softly|loudly|and|into|in|behind|beside|quietly")),
    (("gasp",), "", ("a|the|sharp|little|low gasp!",)),
    (("footsteps", "boots_on_concrete"), "repeat 4", ("a|the|heavy|slow|quick|light|soft|hurried|distant|another|of =footsteps|=footfalls|=steps! ", "tramp! of")),
    (("gunshot", "shot", "gun_shot", "metal_hit"), "", ("a|the|another|single shot! rang|cracked|echoed|came",)),
)

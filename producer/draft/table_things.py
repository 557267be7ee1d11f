"""Words for walking, doors, glass, metal, stone and wood."""

from __future__ import annotations

from producer.draft.rows import Row

_FEET = "boot|shoe|heel|=feet|footstep|footfall|=steps|=step|sole|=tread"
_TREAD = "hit|ring|click|clatter|crunch|pound|thud|echo|scrape|tap|clack|strike|clang|hammer|scuff|drum|shuffle|slap"
_GO = "come|go|approach|cross|recede|pass|sound|near|fade"
_CREAK = "creak|squeak|squeal|groan|whine|shriek|screech|protest|rasp"

THINGS: tuple[Row, ...] = (
    # ---- walking: the ground is said before the walk is
    (
        ("boots_on_glass",),
        "repeat 4",
        (f"{_FEET} ... {_TREAD}! ... =glass", "glass ... crunch! ... underfoot|boot|shoe|foot"),
    ),
    (
        ("boots_on_metal",),
        "repeat 5",
        (
            f"iron|metal|steel ... stair|step|ladder|grating|catwalk|rung ... {_FEET} ... {_TREAD}!",
            f"{_FEET} ... {_TREAD}! ... iron|metal|steel|grating|catwalk",
            f"footstep|footfall|=steps! ... {_GO} ... iron|metal|steel|grating|catwalk",
        ),
    ),
    (
        ("boots_on_rubble",),
        "repeat 4",
        (
            f"{_FEET} ... {_TREAD}! ... gravel|rubble|shingle|cinder|pebble|snow|leaf|twig|sand|dirt",
            f"footstep|footfall|=steps! ... {_GO} ... gravel|rubble|shingle|cinder|pebble|snow|leaf|twig|sand",
            "gravel|shingle|snow|leaf ... crunch! ... under|underfoot|beneath",
        ),
    ),
    (
        ("boots_on_concrete", "footsteps"),
        "repeat 4",
        (f"{_FEET} ... {_TREAD}! ... stone|marble|concrete ... floor|stair|step|passage|corridor|landing|tile",),
    ),
    (
        ("boots_on_boards",),
        "repeat 4",
        (
            f"{_FEET} ... {_TREAD}! ... board|stair|floor|floorboard|deck|plank|wood|tile|passage|corridor|landing|"
            "ladder",
            f"footstep|footfall|=steps! ... {_GO} ... board|floorboard|deck|plank",
        ),
    ),
    (
        ("boots_on_concrete", "footsteps"),
        "repeat 4",
        (
            f"{_FEET} ... {_TREAD}! ... concrete|stone|pavement|cobble|cobblestone|flag|flagstone|asphalt|road|"
            f"street|marble",
            f"{_FEET} {_TREAD}!",
            "footstep|footfall! ... approach|come|ring|sound|echo|go|cross|recede|fade|pass|near|quicken|die|pause",
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
            "rap|bang|pound|strike! ... gavel",
            "gavel ... fall|bang|crack|rap!",
        ),
    ),
    (
        ("door_creak",),
        "",
        (
            f"door|gate|hinge|lid|shutter|cupboard|drawer ... {_CREAK}!",
            "floorboard|board|plank|stair|step|bed|chair|bedspring|spring|ladder|bench|wheel|cart ... creak|"
            "squeak|squeal!",
            "creak! of ... door|gate|hinge|stair|floorboard",
            "something|it creak|squeak!",
        ),
    ),
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
    (
        ("keys", "key_ring"),
        "",
        (
            "=keys ... jingle|jangle|rattle|clink|chink!",
            "jingle|jangle|rattle! ... =keys",
            "coin|money|change ... clink|jingle|chink|rattle!",
            "jingle|clink! ... coin",
        ),
    ),
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
        (
            "glass|mirror|ice|pane|window ... crack|split!",
            "it crack! from|under|across|beneath|with",
            "crack! of ... ice|glass",
        ),
    ),
    (
        ("glass_set_down", "glass_down"),
        "",
        (
            "set|put|bang|slam|place|thump! ... glass|cup|mug|tumbler|bowl|tankard|bottle|goblet ... down|on|"
            "before|table",
            "set|put|bang|slam! down ... glass|cup|mug|tumbler|bowl|tankard|bottle|goblet",
            "glass|cup|mug|bottle ... clink!",
            "clink! ... glass|cup|bottle",
        ),
    ),
    (
        ("glass_tick",),
        "",
        (
            "tap|tick|rap! ... glass|window|pane ... nail|fingernail|finger|knuckle",
            "nail|fingernail|finger ... tap|tick|click! ... glass|window|pane|table",
        ),
    ),
    (("hand_on_glass",), "", ("wipe|rub|polish! ... glass|window|pane|mirror|lens",)),
    # ---- metal, stone, wood
    (
        ("metal_scrape",),
        "for 1.2 s",
        (
            "something|it|metal|iron|steel|chair|blade|shovel|spade|knife|plough|keel ... scrape|grate|rasp|"
            "=grind|=grinds|=grinding!",
            "metal|iron|steel|chair|blade|keel =ground! against|on|along|over|across|together",
            "scrape! of|on|against|along|across",
            "=scraping|=grating!",
            "push|scrape! back ... chair|stool|bench",
            "drag! ... chain|chair|metal|iron",
        ),
    ),
    (
        ("metal_groan",),
        "",
        (
            "metal|iron|steel|hull|ship|girder|beam|timber|bridge|mast|pipe ... groan|moan|creak|shriek!",
            "groan! of ... metal|iron|steel|timber",
        ),
    ),
    (
        ("sheet_metal",),
        "",
        ("metal|tin|iron|roof|sheet ... rattle|clatter|flap|bang|wobble!", "rattle|clatter! of ... metal|tin|iron"),
    ),
    (
        ("bell", "church_bell", "metal_hit"),
        "",
        (
            "bell ... toll|ring|strike|sound|clang|chime|peal|begin!",
            "toll|chime|clang|peal|ring! of ... bell",
            "ring! the bell",
            "clock ... strike! ... one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|midnight|noon|"
            "hour|half",
        ),
    ),
    (
        ("metal_hit",),
        "",
        (
            "something|hammer|block|pan|pot|bucket|iron|anvil|blade|sword|pipe|chain ... clang|crash|clank|"
            "strike|ring!",
            "clang|clank!",
            "drop! ... tray|tin|bucket|hammer|spanner|wrench|pan|poker",
            "crash! onto|on|against ... deck|floor|wall|iron|metal|steel|stone|ground",
            "strike|hit! ... anvil|iron|steel|metal",
        ),
    ),
    (
        ("rubble_falls",),
        "",
        (
            "wall|roof|ceiling|tower|house|rock|stone|brick|rubble|masonry ... collapse|crumble|slide|tumble|"
            "fall|crash!",
            "rubble!",
            "avalanche! of",
        ),
    ),
    (
        ("rope_creak",),
        "",
        (
            "rope|rigging|cable|mooring|hawser|hammock|rocker|ship|cart|saddle|oar|basket ... creak|strain|groan!",
            "creak! of ... rope|rigging|oar|saddle",
        ),
    ),
    (
        ("gun_clatter",),
        "",
        (
            "gun|pistol|rifle|sword|knife|revolver ... clatter|skitter|fall|drop! ... floor|stone|away|ground|deck",
            "drop! ... gun|pistol|rifle|revolver|sword|knife",
        ),
    ),
    (
        ("gun_clicks",),
        "",
        (
            "hammer|safety|bolt|magazine|gun|pistol|rifle|revolver|trigger ... click|snap!",
            "cock! ... gun|pistol|rifle|revolver|hammer",
            "load! ... gun|pistol|rifle|revolver",
        ),
    ),
    (
        ("gun_grip",),
        "",
        (
            "hand|finger ... close|tighten! ... gun|pistol|rifle|revolver|hilt",
            "grip|grasp|draw! ... gun|pistol|rifle|revolver",
        ),
    ),
    (
        ("gunshot", "shot", "gun_shot"),
        "",
        (
            "shot! ring|crack|echo|sound",
            "gun|rifle|pistol|revolver ... fire|crack|bark|bang!",
            "=gunshot|=gunshots!",
            "fire! ... shot|gun|pistol|rifle",
        ),
    ),
)

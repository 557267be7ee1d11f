"""Words for weather, water and places; and words that are a sound whoever makes it."""

from __future__ import annotations

from producer.draft.rows import Row

WORLD: tuple[Row, ...] = (  # ---- weather and water
    (
        ("thunder",),
        "",
        (
            "thunder! roll|crash|crack|rumble|boom|growl|break|mutter|shake|come",
            "thunder ... roll|crash|crack|rumble|boom|growl|break|mutter|shake|come!",
            "clap|peal|crack|roll|crash|rumble of ... thunder!",
            "it thunder!",
        ),
    ),
    (
        ("far_rumble", "far_guns"),
        "",
        (
            "gun|cannon|artillery|battery ... rumble|boom|thunder|mutter|roar!",
            "rumble|thunder|boom! of ... gun|cannon|artillery",
        ),
    ),
    (("boom",), "", ("bomb|shell|mine|explosion ... explode|burst|boom|shake!", "=exploded|=explosion!")),
    (
        ("rain",),
        "",
        (
            "rain! ... come|fall|drum|beat|patter|pour|lash|hammer|begin|start|run|hiss|drive|rattle|drip|"
            "whisper|sweep",
            "listen|hear|sound ... rain!",
            "in|through|into|against|under|out the ... rain!",
            "it|sky ... =raining|=rained|pour!",
            "rain! on|against|over the",
        ),
    ),
    (
        ("drip", "water_drip"),
        "",
        (
            "water|tap|roof|blood|pipe|ceiling|gutter|leak ... drip!",
            "drip|dripping! of|from",
            "drop ... fall! ... from",
        ),
    ),
    (
        ("wind_through_ruins", "wind"),
        "",
        (
            "wind|gale|breeze ... howl|blow|moan|rise|sigh|whistle|roar|scream|shriek|tear|rattle|get|pick|come|"
            "rush|whip|keen|gust!",
            "gust|howl|moan|whistle|sound of ... wind!",
            "in|into|against|through the ... =wind!",
        ),
    ),
    (
        ("water", "stream"),
        "",
        (
            "wave|surf|sea|breaker|tide|swell ... break|crash|roar|lap|wash|slap|boom|pound|hiss|beat!",
            "water|river|stream|brook|fountain|rapid|weir ... rush|run|gurgle|murmur|roar|babble|splash|flow|lap|"
            "slap|ripple!",
            "splash|lapping|gurgle|roar|rush|murmur! of ... water|river|sea|wave|stream|surf",
        ),
    ),
    (
        ("fire", "campfire"),
        "",
        (
            "fire|flame|log|hearth|torch|campfire|blaze ... crackle|roar|spit|burn|snap|hiss|leap|pop!",
            "crackle|roar! of ... fire|flame|log",
            "by|beside|before the =fire|=fireside|=hearth!",
        ),
    ),
    (
        ("birds",),
        "",
        (
            "bird|lark|thrush|blackbird|sparrow|robin|rook|crow|gull|seagull|nightingale|raven|starling|swallow "
            "... sing|call|cry|caw|chirp|twitter|scream|croak|wheel|chatter!",
            "=birdsong!",
            "cry|song|singing|twitter! of ... bird|lark|gull|crow|rook",
        ),
    ),
    (
        ("crowd",),
        "",
        (
            "crowd|mob|audience|people ... murmur|roar|cheer|shout|surge|laugh|gasp|mutter|jeer|chatter!",
            "murmur|roar|noise|hum! of ... crowd|voice|people|market",
            "market|square ... =loud|noisy|bustle!",
        ),
    ),
    (
        ("far_voices",),
        "",
        (
            "=voices|laughter ... drift|float|come|rise! ... across|from|over|through|up|below|away",
            "murmur|sound! of ... voice",
            "distant|faint voice|laughter!",
        ),
    ),
    # ---- words that are a sound whoever makes it: they come last, where nothing nearer is said
    (("door_latch",), "", ("click! shut|open|home|into|softly", "a|the|soft|loud|faint|sharp click!")),
    (("door_slam",), "", ("a|the|loud|great bang!", "slam! behind|shut")),
    (("door_creak",), "", ("a|the|long|faint|slow|low|soft creak|squeak!", "=creaking|=squeaking!")),
    (
        ("glass_break", "window_breaks"),
        "",
        ("shatter! on|against|into|upon", "smash! on|against|into|upon|to", "a|the|faint tinkle!"),
    ),
    (
        ("knock",),
        "",
        (
            "=knocking|=rapping|=hammering! at|on|came|began|again|stopped|from",
            "a|the|another|loud|soft|sharp|gentle|double knock|rap!",
        ),
    ),
    (("metal_scrape",), "for 1.2 s", ("a|the|long|faint|harsh scrape!", "scrape! against|along|over|across")),
    (("metal_hit",), "", ("a|the|great|tremendous|terrible|loud crash|clang|clank!", "crash! down|into|through|to")),
    (
        ("sheet_metal",),
        "",
        (
            "a|the|loud|faint rattle|clatter!",
            "clatter! down|across|to|onto|on|over|against",
            "window|shutter|pane|door|sign|chain|bucket|tray|dish|crockery ... rattle!",
        ),
    ),
    (("keys", "key_ring"), "", ("jingle|jangle|clink|chink!",)),
    (("body_fall",), "", ("a|the|heavy|dull|soft thud|thump!", "thud|thump! to|onto|down|against|on")),
    (("cloth",), "", ("a|the|soft|faint rustle|swish!",)),
    (("clock", "clock_tick"), "repeat 8", ("=ticking!", "tick! on|away|loudly|softly|steadily")),
    (("fire", "campfire"), "", ("=crackling!",)),
    (("rain",), "", ("patter! on|against|down", "drizzle! down|on|over")),
    (("bell", "church_bell", "metal_hit"), "", ("toll|peal! out|across|over|the|for", "chime! the|in|out|softly")),
    (
        ("breath", "sigh"),
        "",
        (
            "a|the|long|deep|small|great|heavy sigh|breath|cough!",
            "wheeze|snore|sniff|sob! softly|loudly|and|into|in|behind|beside|quietly",
        ),
    ),
    (("gasp",), "", ("a|the|sharp|little|low gasp!",)),
    (
        ("footsteps", "boots_on_concrete"),
        "repeat 4",
        ("a|the|heavy|slow|quick|light|soft|hurried|distant|another|of =footsteps|=footfalls|=steps! ", "tramp! of"),
    ),
    (("gunshot", "shot", "gun_shot", "metal_hit"), "", ("a|the|another|single shot! rang|cracked|echoed|came",)),
)

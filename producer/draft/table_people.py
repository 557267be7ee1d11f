"""Words for bodies, beasts, clothes, machines and what hands do."""

from __future__ import annotations

from producer.draft.rows import Row

PEOPLE: tuple[Row, ...] = (  # ---- people
    (("heartbeat_racing",), "repeat 6", ("heart ... race|hammer|thud|pound|gallop!",)),
    (("heartbeat",), "repeat 4", ("heart ... beat|thump|drum!", "=heartbeat!")),
    (
        ("gasp",),
        "",
        (
            "gasp! for|and|at|with|aloud",
            "he|she|i|they gasp!",
            "gasp! of",
            "draw|suck|take! ... sharp|great|sudden|deep ... breath",
            "catch! his|her|my breath",
        ),
    ),
    (
        ("breath_out",),
        "",
        (
            "breath ... knock|leave|rush|burst! ... out|him|her",
            "gasp|wheeze|pant! with|for",
            "winded!",
            "blow|let! out ... breath",
        ),
    ),
    (
        ("breath", "sigh"),
        "",
        (
            "cough|sneeze! once|twice|again|and|into|behind|from",
            "somebody|someone|he|she|i cough|sneeze!",
            "sigh! heavily|deeply|and|with",
            "breathe! out|in|heavily|hard|deeply",
            "=breathing!",
            "let! out ... sigh|breath",
            "exhale|inhale!",
            "yawn!",
        ),
    ),
    (("throat", "choke"), "", ("choke! on|and|him|her", "clear! ... throat", "strangle!", "gag! on")),
    (
        ("body_fall",),
        "",
        (
            "body|man|woman|soldier|he|she|i|figure ... fall|drop|collapse|crumple! ... floor|ground|deck|stone|"
            "concrete|down|heavily|behind|heap",
            "hit! the floor|ground|deck",
            "fall|collapse|sprawl! in|into a heap",
            "fall|sprawl! headlong|flat",
            "thud! of ... body",
        ),
    ),
    (
        ("cloth",),
        "",
        (
            "coat|cloak|skirt|dress|curtain|gown|silk|cloth|sleeve|robe|shawl|petticoat|apron|sheet|blanket ... "
            "rustle|flap|swish|whisper!",
            "rustle! of ... coat|cloak|skirt|dress|silk|cloth",
        ),
    ),
    (("leather_grip",), "", ("glove|leather|saddle|belt|boot|strap ... creak!", "creak! of ... leather")),
    (("dog", "dog_bark", "dog_barks"), "", ("dog|hound ... bark|howl|yap|bay!", "bark|howl! of ... dog")),
    (
        ("growl",),
        "",
        (
            "thing|creature|beast|dog|wolf|bear|monster|it|animal ... growl|snarl!",
            "growl|snarl! of",
            "low growl!",
            "growl|snarl!",
        ),
    ),
    # ---- machines
    (
        ("servo",),
        "",
        (
            "servo|motor|machine|gear|robot|lift|winch ... whirr|whir|whine|hum|buzz!",
            "whirr|whir|whine! of ... servo|motor|gear",
        ),
    ),
    (("metal_whirl",), "", ("sword|blade|chain|sail|rope ... whirl|whistle|swish|whip! ... air|past|through",)),
    (
        ("phone_ring", "telephone", "phone"),
        "",
        (
            "telephone|phone ... ring|shrill|buzz|jangle!",
            "ring! of ... telephone|phone",
            "ringing! of ... telephone|phone",
        ),
    ),
    (
        ("typewriter",),
        "repeat 14",
        (
            "typewriter|key|teleprinter|telegraph ... clatter|clack|tap|rattle|chatter!",
            "clatter|clack|tap! of ... typewriter",
            "typewriter! ... clatter|clack|rattle",
            "type! ... letter|word|line|report|name|page",
        ),
    ),
    (("clock", "clock_tick"), "repeat 8", ("clock|watch ... tick!", "tick|ticking! of ... clock|watch")),
    (
        ("paper", "page"),
        "",
        (
            "turn! ... page|paper|leaf",
            "page ... turn!",
            "page|paper|newspaper|letter|map|leaf ... rustle|crackle|crinkle!",
            "page|paper|newspaper|map|leaf ... flutter!",
            "rustle|crackle! of ... page|paper|newspaper|letter|map",
            "unfold|unroll|crumple|tear! ... paper|letter|map|page|newspaper|envelope",
        ),
    ),
    (
        ("car_passing", "car", "car_pass"),
        "",
        (
            "car|lorry|truck|taxi|cab|bus|van|motor ... pass|go|drive|roar|rumble|speed! ... past|by|away|off|"
            "along|outside|street|road",
            "car|lorry|truck|bus|van ... pass!",
        ),
    ),
    (
        ("electric_hum", "hum"),
        "",
        (
            "transmitter|light|lamp|machine|generator|refrigerator|fridge|transformer|neon|wire|tube|set|radio|"
            "console|engine ... hum|buzz|drone!",
            "hum|buzz! of ... machine|light|lamp|generator|refrigerator|transformer|wire|engine",
        ),
    ),
    (("servo",), "", ("engine ... start|whine|cough|catch!",)),
)

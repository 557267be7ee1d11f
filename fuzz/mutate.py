"""What goes wrong between a good file and the one that arrives: slips of the hand, damage, and malice."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

HOSTILE = (
    *("../../../etc/passwd", "/etc/passwd", "~/x", "file:///etc/passwd", "http://127.0.0.1:9/x.wav", "%2e%2e/x"),
    *("-i", "--help", "-y /tmp/x.wav", "concat:/etc/passwd|/etc/hostname", "subfile,,start,0,end,9,,:/etc/passwd"),
    *("/dev/zero", "/dev/stdin", "/proc/self/mem", "CON", "nul.wav", "..\\..\\x", "C:\\x", "\\\\host\\share"),
    *("a" * 300, "a" * 70_000, "9" * 5_000, "9" * 5_000 + " s", "-" + "9" * 400 + ".5 LU", "0." + "0" * 5_000 + "1 s"),
    *("1e999", "inf", "nan", "-inf LU", "٣ s", "１０ LU", "1_000 s", "0x10", "1/0 s", "86400 s", "1:30", "999:59:59"),
    *(
        "!!python/object/apply:os.system ['true']",
        "&a [*a]",
        "*a",
        "<<: *a",
        "? x",
        "%YAML 1.1",
        "--- x",
        "!!binary aGk=",
    ),
    *(
        "[" * 500,
        "{" * 500,
        "[" * 500 + "]" * 500,
        "{a: " * 60 + "1" + "}" * 60,
        '"\\0"',
        '"\\ud800"',
        "'",
        '"',
        "[knock",
    ),
    *(
        "\u202e",
        "\ufeff",
        "\u0000",
        "\x1b[2J",
        "\u2028",
        "\ud7ff",
        "🜁" * 50,
        "a\u0301" * 500,
        "{112|",
        "|}",
        "[]",
        "[ , , ]",
    ),
    *(
        'word "x" of next line',
        "end of end of end",
        "start of scene - 99 s",
        "until until until",
        "mark",
        'word "" (0)',
    ),
    *('word "rain" (999999999)', "word rain", "now + 86400 s", "now - 86400 s", "end of line + 99999 s", "__class__"),
    *(
        "{0.__class__}",
        "${HOME}",
        "$(touch x)",
        "`id`",
        "%s%n",
        "<script>",
        "</title>",
        "'; drop",
        "{{7*7}}",
        "none",
        "all",
    ),
    *("far -> " * 3000 + "near", "left 40 -> " * 3000 + "left 1", "room_0 -> " * 500 + "none", "a b" * 30_000),
)
"""Values that have broken programs: paths, addresses, options, numbers, YAML, Unicode, templates, sheer size."""
_VALUE = re.compile(r"(?<=[:,] )[^,\n\]}]+")
_TOKEN = re.compile(r"\w+|[^\w\s]|\n[ ]*")
_MORE = (
    "[",
    "]",
    "{",
    "}",
    ":",
    ": ",
    "- ",
    "#",
    " #",
    "|",
    ">",
    "'",
    '"',
    "&a ",
    "*a",
    "!x ",
    "\t",
    "\r",
    "  ",
    ",",
    "->",
)


def value(chance: Random, text: str) -> str:
    """One value of it is hostile."""
    found = list(_VALUE.finditer(text))
    one = chance.choice(found) if found else None
    hostile = chance.choice(HOSTILE)
    return text[: one.start()] + hostile + text[one.end() :] if one else hostile


def token(chance: Random, text: str) -> str:
    """Two tokens have changed places, or one is missing, doubled, or another sign."""
    tokens = _TOKEN.findall(text) or [""]
    cuts = [(one.start(), one.end()) for one in _TOKEN.finditer(text)] or [(0, 0)]
    (a, b), (c, d) = sorted((chance.choice(cuts), chance.choice(cuts)))
    how = chance.randrange(4)
    if how == 0 and b <= c:
        return text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]
    return text[:a] + ("", text[a:b] * 2, chance.choice(_MORE), chance.choice(tokens))[how] + text[b:]


def lines(chance: Random, text: str) -> str:
    """Lines are gone, doubled, moved or indented otherwise."""
    rows = text.split("\n")
    at, to = chance.randrange(len(rows)), chance.randrange(len(rows))
    how = chance.randrange(5)
    if how == 0:
        del rows[at:to]
    elif how == 1:
        rows[at:at] = rows[min(at, to) : max(at, to)]
    elif how == 2:
        rows[at] = " " * chance.randrange(12) + rows[at].lstrip()
    elif how == 3:
        rows[at], rows[to] = rows[to], rows[at]
    else:
        rows[at:at] = [rows[to]] * chance.choice((2, 50, 3000))
    return "\n".join(rows)


def cut(chance: Random, text: str) -> str:
    """It ends too early."""
    return text[: chance.randrange(len(text) + 1)]


def sign(chance: Random, text: str) -> str:
    """A character is another one, from anywhere in Unicode."""
    at = chance.randrange(len(text) + 1)
    new = chr(chance.choice((chance.randrange(32), chance.randrange(127, 0xD800), chance.randrange(0xE000, 0x11_0000))))
    return text[:at] + new + text[at + chance.randrange(2) :]


TEXT: tuple[Callable[[Random, str], str], ...] = (value, value, token, token, lines, cut, sign)


def text(chance: Random, written: str, times: int = 0) -> str:
    """`written`, changed in one to four ways."""
    for _ in range(times or chance.choice((1, 1, 1, 2, 4))):
        written = chance.choice(TEXT)(chance, written)
    return written


def octets(chance: Random, content: bytes, most: int = 8) -> bytes:
    """`content` with bytes flipped, runs of it overwritten, doubled or gone, or its end missing."""
    made = bytearray(content)
    for _ in range(chance.randint(1, most)):
        if not made:
            break
        at = chance.randrange(
            min(len(made), 128) if chance.random() < 0.5 else len(made)
        )  # headers are read with most care
        length = chance.choice((1, 2, 4, 4, 8, 64))
        how = chance.randrange(7)
        if how == 0:
            made[at] ^= 1 << chance.randrange(8)
        elif how == 1:
            made[at : at + length] = chance.randbytes(length)
        elif how == 2:
            made[at : at + length] = chance.choice((b"\0", b"\xff", b"\x7f", b"\x80")) * length
        elif how == 3:
            del made[at : at + length]
        elif how == 4:
            made[at:at] = made[at : at + length]
        elif how == 5 and chance.random() < 0.5:
            del made[at:]
        else:
            made[at : at + 4] = chance.choice((0, 1, 0x7FFF_FFF0, 0xFFFF_FFFF, 0x8000_0000)).to_bytes(
                4, chance.choice(("little", "big"))
            )
    return bytes(made)
